//! Keys derived from configured secrets (HKDF-SHA256, RFC 5869).

use domain::secret::Secret;
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

/// Separates our keys from any other use of the same secret.
const SALT: &[u8] = b"wifi access sales, derived keys, v1";

/// A 256-bit key of its own for each secret and purpose.
pub(crate) fn derive_key(secret: &Secret, purpose: &str) -> Zeroizing<[u8; 32]> {
    expand(&Hkdf::new(Some(SALT), secret.expose().as_bytes()), purpose)
}

/// The first half of [`derive_key`], for deriving many keys from one secret.
pub(crate) fn extract(secret: &Secret) -> Hkdf<Sha256> {
    Hkdf::new(Some(SALT), secret.expose().as_bytes())
}

/// The second half of [`derive_key`].
pub(crate) fn expand(extracted: &Hkdf<Sha256>, purpose: &str) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0_u8; 32]);
    // Fails only for more than 255 blocks of output.
    let expanded = extracted.expand(purpose.as_bytes(), key.as_mut());
    debug_assert!(expanded.is_ok(), "32 bytes are one block");
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_secret_and_purpose_has_a_key_of_its_own() {
        let (one, two) = (Secret::new("one"), Secret::new("two"));
        assert_eq!(derive_key(&one, "a"), derive_key(&one, "a"));
        assert_ne!(derive_key(&one, "a"), derive_key(&one, "b"));
        assert_ne!(derive_key(&one, "a"), derive_key(&two, "a"));
        assert_ne!(derive_key(&one, "a").as_ref(), &[0_u8; 32]);
    }
}
