//! SHA-256 fingerprints of certificates.

use std::fmt;
use std::str::FromStr;

#[cfg(feature = "rustls")]
use ring::digest::{SHA256, digest};

/// SHA-256 of a certificate (DER), or of its public key (`SubjectPublicKeyInfo`).
///
/// ```
/// use routeros_client::Fingerprint;
/// let text = ["AB"; 32].join(":");
/// let fingerprint: Fingerprint = text.parse()?;
/// assert_eq!(fingerprint.to_string(), "ab".repeat(32));
/// # Ok::<(), routeros_client::InvalidFingerprint>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Wraps the 32 bytes of a hash.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Hashes DER bytes.
    #[cfg(feature = "rustls")]
    #[must_use]
    pub fn of(der: &[u8]) -> Self {
        let hash = digest(&SHA256, der);
        let mut bytes = [0; 32];
        for (slot, byte) in bytes.iter_mut().zip(hash.as_ref()) {
            *slot = *byte;
        }
        Self(bytes)
    }

    /// The bytes of the hash.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// 64 lower-case hex digits.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is not 64 hex digits, with or without colons and blanks between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidFingerprint;

impl fmt::Display for InvalidFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a SHA-256 fingerprint: 64 hex digits are needed")
    }
}

impl std::error::Error for InvalidFingerprint {}

impl FromStr for Fingerprint {
    type Err = InvalidFingerprint;

    fn from_str(text: &str) -> Result<Self, InvalidFingerprint> {
        let mut digits = text
            .chars()
            .filter(|c| !matches!(c, ':' | ' ' | '\n' | '\r'))
            .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()));
        let mut bytes = [0; 32];
        for byte in &mut bytes {
            let high = digits.next().flatten().ok_or(InvalidFingerprint)?;
            let low = digits.next().flatten().ok_or(InvalidFingerprint)?;
            *byte = high << 4 | low;
        }
        match digits.next() {
            None => Ok(Self(bytes)),
            Some(_) => Err(InvalidFingerprint),
        }
    }
}

#[cfg(all(test, feature = "rustls"))]
mod tests {
    use super::Fingerprint;

    #[test]
    fn hash_and_texts() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Fingerprint::of(b"").to_string(), empty);
        assert_eq!(empty.parse(), Ok(Fingerprint::of(b"")));
        assert_eq!(empty.to_uppercase().parse(), Ok(Fingerprint::of(b"")));
        for bad in ["", "ab", &"g".repeat(64), &"a".repeat(63), &"a".repeat(65)] {
            assert!(bad.parse::<Fingerprint>().is_err(), "{bad}");
        }
    }
}
