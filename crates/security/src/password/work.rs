//! The hashing itself: pure computing that takes tens of milliseconds.

use argon2::password_hash::PasswordVerifier as _;
use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version};
use domain::secret::Secret;
use ports::security::{PasswordHash, PasswordVerdict};

use crate::password::cost::PasswordCost;

/// Bytes of salt in a new hash.
pub(super) const SALT_LENGTH: usize = 16;

/// Highest bcrypt cost that is computed: each step doubles the time, 16 is some seconds.
const MAX_BCRYPT_COST: u32 = 16;

fn argon2id(params: &Params) -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone())
}

/// Makes a hash; `None` when the machine has no memory for it.
pub(super) fn hash(
    params: &Params,
    password: &Secret,
    salt: [u8; SALT_LENGTH],
) -> Option<PasswordHash> {
    argon2id(params)
        .hash_password_with_salt(password.expose().as_bytes(), &salt)
        .ok()
        .map(|phc| PasswordHash::from_stored(phc.to_string()))
}

/// Compares a password with a hash of any known kind.
pub(super) fn verify(params: &Params, password: &Secret, stored: &PasswordHash) -> PasswordVerdict {
    let text = stored.as_str();
    if text.starts_with("$argon2") {
        verify_argon2(params, password, text)
    } else {
        verify_bcrypt(password, text)
    }
}

/// Does the work of a comparison for an account that does not exist.
pub(super) fn pretend(params: &Params, password: &Secret) -> PasswordVerdict {
    let _discarded = hash(params, password, [0; SALT_LENGTH]);
    PasswordVerdict::Mismatch
}

fn verify_argon2(params: &Params, password: &Secret, text: &str) -> PasswordVerdict {
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
    // The verifier takes algorithm, version and cost from the hash.
    if argon2id(params)
        .verify_password(password.expose().as_bytes(), &phc)
        .is_err()
    {
        return PasswordVerdict::Mismatch;
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
        let hash = hash(&cheap(), &Secret::new("correcta"), [7; SALT_LENGTH]).unwrap();
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=32,t=1,p=1$"));
        let check = |password: &str| verify(&cheap(), &Secret::new(password), &hash);
        assert_eq!(check("correcta"), PasswordVerdict::Match);
        assert_eq!(check("correctA"), PasswordVerdict::Mismatch);
        assert_eq!(check(""), PasswordVerdict::Mismatch);
    }

    #[test]
    fn a_hash_of_other_cost_or_kind_is_outdated() {
        // Reference vectors of the argon2 authors, password "password".
        let id = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        let i = "$argon2i$v=19$m=65536,t=1,p=1$c29tZXNhbHQAAAAAAAAAAA$+r0d29hqEB0yasKr55ZgICsQGSkl0v0kgwhd+U3wyRo";
        for text in [id, i] {
            assert_eq!(
                verify(&cheap(), &Secret::new("password"), &stored(text)),
                PasswordVerdict::MatchOutdated
            );
            assert_eq!(
                verify(&cheap(), &Secret::new("sassword"), &stored(text)),
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
                verify(&cheap(), &Secret::new("U*U"), &stored(&text)),
                PasswordVerdict::MatchOutdated
            );
            assert_eq!(
                verify(&cheap(), &Secret::new("U*V"), &stored(&text)),
                PasswordVerdict::Mismatch
            );
        }
    }

    #[test]
    fn what_cannot_be_read_or_afforded_is_a_mismatch() {
        let hash = hash(&cheap(), &Secret::new("x"), [7; SALT_LENGTH]).unwrap();
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
                verify(&cheap(), &Secret::new("x"), &stored(text)),
                PasswordVerdict::Mismatch,
                "{text}"
            );
        }
    }
}
