//! Plain and keyed digests.

use std::fmt;

use domain::secret::Secret;
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use ports::security::Digests;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::derive::{expand, extract};

/// SHA-256, and HMAC-SHA-256 under keys derived from `JWT_APIKEY_SECRET`, one for each purpose.
#[derive(Clone)]
pub struct HmacDigests {
    extracted: Hkdf<Sha256>,
}

impl HmacDigests {
    /// Digests of the installation that has this secret. With another secret every keyed digest
    /// is another one: idempotency of card tokens and public purchase links end with a change.
    #[must_use]
    pub fn new(api_key_secret: &Secret) -> Self {
        Self {
            extracted: extract(api_key_secret),
        }
    }
}

impl fmt::Debug for HmacDigests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HmacDigests(..)")
    }
}

impl Digests for HmacDigests {
    fn sha256(&self, data: &[u8]) -> [u8; 32] {
        Sha256::digest(data).into()
    }

    fn keyed(&self, purpose: &str, data: &[u8]) -> [u8; 32] {
        let key = expand(&self.extracted, &format!("digest:{purpose}"));
        // HMAC fills a short key with zeros up to the block of its hash, 64 bytes for SHA-256.
        let mut block = Zeroizing::new([0_u8; 64]);
        block
            .iter_mut()
            .zip(key.iter())
            .for_each(|(place, byte)| *place = *byte);
        let mut mac = <Hmac<Sha256> as KeyInit>::new((&*block).into());
        mac.update(data);
        mac.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use ports::security::to_hex;

    use super::*;

    #[test]
    fn sha256_is_the_standard_one() {
        let digests = HmacDigests::new(&Secret::new("s"));
        assert_eq!(
            to_hex(&digests.sha256(b"abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn keyed_digests_are_hmac_under_the_derived_key() {
        let secret = Secret::new("s");
        let key = crate::derive::derive_key(&secret, "digest:card");
        let mut mac = Hmac::<Sha256>::new_from_slice(&*key).unwrap();
        mac.update(b"tok");
        let expected: [u8; 32] = mac.finalize().into_bytes().into();
        assert_eq!(HmacDigests::new(&secret).keyed("card", b"tok"), expected);
    }

    #[test]
    fn keyed_digests_depend_on_secret_purpose_and_data() {
        let digests = HmacDigests::new(&Secret::new("s"));
        let other = HmacDigests::new(&Secret::new("t"));
        let all = [
            digests.keyed("card", b"tok"),
            digests.keyed("card", b"tok2"),
            digests.keyed("link", b"tok"),
            other.keyed("card", b"tok"),
            digests.sha256(b"tok"),
        ];
        for (position, one) in all.iter().enumerate() {
            assert!(!all[position + 1..].contains(one), "{position}");
        }
        assert_eq!(digests.keyed("card", b"tok"), all[0]);
    }

    #[test]
    fn debug_shows_no_key() {
        assert_eq!(
            format!("{:?}", HmacDigests::new(&Secret::new("s"))),
            "HmacDigests(..)"
        );
    }
}
