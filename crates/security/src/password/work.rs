//! The hashing itself: pure computing that takes tens of milliseconds.

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash as Phc, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use domain::secret::Secret;
use ports::security::{PasswordHash, PasswordVerdict};

use crate::password::cost::PasswordCost;

/// Bytes of salt in a new hash.
pub(super) const SALT_LENGTH: usize = 16;

/// Highest bcrypt cost that is computed: each step doubles the time, 16 is some seconds.
const MAX_BCRYPT_COST: u32 = 16;

/// The memory that one hashing thread computes in. It is kept from hash to hash: blocks that are
/// allocated for every hash stay with the allocator, one set for each thread that ever hashed.
#[derive(Debug, Default)]
pub(super) struct Memory(Vec<Block>);

impl Memory {
    /// As many blocks as these parameters need; `None` when the machine has no memory for them.
    fn blocks(&mut self, params: &Params) -> Option<&mut [Block]> {
        let count = params.block_count();
        let missing = count.saturating_sub(self.0.len());
        self.0.try_reserve_exact(missing).ok()?;
        self.0.resize(self.0.len().max(count), Block::new());
        self.0.get_mut(..count)
    }

    /// Gives back what exceeds the cost of new hashes: an old hash may have asked for more.
    fn shrink_to(&mut self, params: &Params) {
        if self.0.len() > params.block_count() {
            self.0.truncate(params.block_count());
            self.0.shrink_to_fit();
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

/// The output of one run; `None` when the machine has no memory for it.
fn compute(
    memory: &mut Memory,
    (algorithm, version, params): (Algorithm, Version, &Params),
    password: &Secret,
    salt: &[u8],
) -> Option<Output> {
    let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    let mut buffer = [0; Output::MAX_LENGTH];
    let out = buffer.get_mut(..length)?;
    Argon2::new(algorithm, version, params.clone())
        .hash_password_into_with_memory(
            password.expose().as_bytes(),
            salt,
            out,
            memory.blocks(params)?,
        )
        .ok()?;
    Output::new(out).ok()
}

/// Makes a hash; `None` when the machine has no memory for it.
pub(super) fn hash(
    memory: &mut Memory,
    params: &Params,
    password: &Secret,
    salt: [u8; SALT_LENGTH],
) -> Option<PasswordHash> {
    let kind = (Algorithm::Argon2id, Version::V0x13, params);
    let output = compute(memory, kind, password, &salt)?;
    let phc = Phc {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params).ok()?,
        salt: Some(Salt::new(&salt).ok()?),
        hash: Some(output),
    };
    Some(PasswordHash::from_stored(phc.to_string()))
}

/// Compares a password with a hash of any known kind.
pub(super) fn verify(
    memory: &mut Memory,
    params: &Params,
    password: &Secret,
    stored: &PasswordHash,
) -> PasswordVerdict {
    let text = stored.as_str();
    if text.starts_with("$argon2") {
        let verdict = verify_argon2(memory, params, password, text);
        memory.shrink_to(params);
        verdict
    } else {
        verify_bcrypt(password, text)
    }
}

/// Does the work of a comparison for an account that does not exist.
pub(super) fn pretend(memory: &mut Memory, params: &Params, password: &Secret) -> PasswordVerdict {
    let _discarded = hash(memory, params, password, [0; SALT_LENGTH]);
    PasswordVerdict::Mismatch
}

fn verify_argon2(
    memory: &mut Memory,
    params: &Params,
    password: &Secret,
    text: &str,
) -> PasswordVerdict {
    let Ok(phc) = Phc::new(text) else {
        return PasswordVerdict::Mismatch;
    };
    let Ok(stored) = Params::try_from(&phc) else {
        return PasswordVerdict::Mismatch;
    };
    let cost = PasswordCost::of_params(&stored);
    if cost.to_params().is_err() {
        return PasswordVerdict::Mismatch;
    }
    // Algorithm, version and cost are those of the stored hash.
    let algorithm = Algorithm::try_from(phc.algorithm.as_str());
    let version = phc
        .version
        .map_or(Ok(Version::default()), Version::try_from);
    let (Ok(algorithm), Ok(version), Some(salt), Some(expected)) =
        (algorithm, version, phc.salt.as_ref(), phc.hash.as_ref())
    else {
        return PasswordVerdict::Mismatch;
    };
    // Outputs are compared in constant time.
    match compute(memory, (algorithm, version, &stored), password, salt) {
        Some(output) if output == *expected => {}
        Some(_) | None => return PasswordVerdict::Mismatch,
    }
    let is_present_kind =
        text.starts_with("$argon2id$v=19$") && cost == PasswordCost::of_params(params);
    if is_present_kind {
        PasswordVerdict::Match
    } else {
        PasswordVerdict::MatchOutdated
    }
}

fn verify_bcrypt(password: &Secret, text: &str) -> PasswordVerdict {
    let is_known = ["$2a$", "$2b$", "$2y$"]
        .iter()
        .any(|prefix| text.starts_with(prefix));
    let is_affordable = text
        .split('$')
        .nth(2)
        .and_then(|cost| cost.parse::<u32>().ok())
        .is_some_and(|cost| cost <= MAX_BCRYPT_COST);
    // Like the implementation that made these hashes, only the first 72 bytes count.
    let matches =
        is_known && is_affordable && bcrypt::verify(password.expose(), text).unwrap_or(false);
    if matches {
        PasswordVerdict::MatchOutdated
    } else {
        PasswordVerdict::Mismatch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cheap() -> Params {
        Params::new(32, 1, 1, None).unwrap()
    }

    fn stored(text: &str) -> PasswordHash {
        PasswordHash::from_stored(text)
    }

    #[test]
    fn a_hash_matches_its_password_alone() {
        let hash = hash(
            &mut Memory::default(),
            &cheap(),
            &Secret::new("correcta"),
            [7; SALT_LENGTH],
        )
        .unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=32,t=1,p=1$"));
        let check = |password: &str| {
            verify(
                &mut Memory::default(),
                &cheap(),
                &Secret::new(password),
                &hash,
            )
        };
        assert_eq!(check("correcta"), PasswordVerdict::Match);
        assert_eq!(check("correctA"), PasswordVerdict::Mismatch);
        assert_eq!(check(""), PasswordVerdict::Mismatch);
    }

    #[test]
    fn a_costly_old_hash_does_not_keep_its_memory() {
        let mut memory = Memory::default();
        let costly = Params::new(256, 1, 1, None).unwrap();
        let old = hash(&mut memory, &costly, &Secret::new("x"), [7; SALT_LENGTH]).unwrap();
        assert_eq!(memory.len(), 256);
        let verdict = verify(&mut memory, &cheap(), &Secret::new("x"), &old);
        assert_eq!(verdict, PasswordVerdict::MatchOutdated);
        assert_eq!(memory.len(), 32);
    }

    #[test]
    fn a_hash_of_other_cost_or_kind_is_outdated() {
        // Reference vectors of the argon2 authors, password "password".
        let id = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        let i = "$argon2i$v=19$m=65536,t=1,p=1$c29tZXNhbHQAAAAAAAAAAA$+r0d29hqEB0yasKr55ZgICsQGSkl0v0kgwhd+U3wyRo";
        for text in [id, i] {
            assert_eq!(
                verify(
                    &mut Memory::default(),
                    &cheap(),
                    &Secret::new("password"),
                    &stored(text)
                ),
                PasswordVerdict::MatchOutdated
            );
            assert_eq!(
                verify(
                    &mut Memory::default(),
                    &cheap(),
                    &Secret::new("sassword"),
                    &stored(text)
                ),
                PasswordVerdict::Mismatch
            );
        }
    }

    #[test]
    fn bcrypt_hashes_of_an_older_database_still_open() {
        // From the test vectors of Openwall's crypt_blowfish.
        let text = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
        for prefix in ["$2a$", "$2b$", "$2y$"] {
            let text = text.replace("$2a$", prefix);
            assert_eq!(
                verify(
                    &mut Memory::default(),
                    &cheap(),
                    &Secret::new("U*U"),
                    &stored(&text)
                ),
                PasswordVerdict::MatchOutdated
            );
            assert_eq!(
                verify(
                    &mut Memory::default(),
                    &cheap(),
                    &Secret::new("U*V"),
                    &stored(&text)
                ),
                PasswordVerdict::Mismatch
            );
        }
    }

    #[test]
    fn what_cannot_be_read_or_afforded_is_a_mismatch() {
        let hash = hash(
            &mut Memory::default(),
            &cheap(),
            &Secret::new("x"),
            [7; SALT_LENGTH],
        )
        .unwrap();
        for text in [
            "",
            "x",
            "$argon2id$",
            "$argon2id$v=19$m=32,t=1,p=1$",
            "$2b$05$short",
            "$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
            "$1$salt$hash",
            &hash.as_str().replace("m=32", "m=4194304"),
            &hash.as_str().replace("t=1", "t=4000000"),
        ] {
            assert_eq!(
                verify(
                    &mut Memory::default(),
                    &cheap(),
                    &Secret::new("x"),
                    &stored(text)
                ),
                PasswordVerdict::Mismatch,
                "{text}"
            );
        }
    }
}
