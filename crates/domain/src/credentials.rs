//! Hotspot credentials and how they are drawn.

use std::fmt;

use crate::secret::Secret;

/// What kind of credentials the customer asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CredentialKind {
    /// User name and password (`usuario_contrasena`).
    UserAndPassword,
    /// A PIN: the user name alone, with an empty password (`pin`).
    Pin,
}

impl CredentialKind {
    /// The contract's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UserAndPassword => "usuario_contrasena",
            Self::Pin => "pin",
        }
    }

    /// Reads the contract's name.
    #[must_use]
    pub fn from_str_name(name: &str) -> Option<Self> {
        [Self::UserAndPassword, Self::Pin]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }
}

/// Letters and digits that nobody mistakes for one another: no `0`, `1`, `I`, `O`.
const SECRET_ALPHABET: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// Fewest drawn characters of a PIN, which is name and password at once: 40 bits.
pub const MIN_PIN_LENGTH: usize = 8;
/// Characters of the password that goes with a user name: 30 bits.
const PASSWORD_LENGTH: usize = 6;

/// How user names look: prefix and number of drawn characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialFormat {
    prefix: String,
    user_length: usize,
    pin_length: usize,
}

/// A format that RouterOS or the database would not take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("prefix: at most 16 of A-Z a-z 0-9 - _; length of names: 4 to 16, of PINs: 8 to 16")]
pub struct InvalidFormat;

impl CredentialFormat {
    /// A format with this prefix and these lengths.
    ///
    /// # Errors
    /// [`InvalidFormat`] for a prefix with other than letters, digits, `-`, `_` or of more than
    /// 16 characters, and for lengths outside 4 to 16, or outside 8 to 16 for PINs.
    pub fn new(prefix: &str, user_length: usize, pin_length: usize) -> Result<Self, InvalidFormat> {
        let prefix_fits = prefix.len() <= 16
            && prefix
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        let lengths_fit =
            (4..=16).contains(&user_length) && (MIN_PIN_LENGTH..=16).contains(&pin_length);
        if prefix_fits && lengths_fit {
            Ok(Self {
                prefix: prefix.to_owned(),
                user_length,
                pin_length,
            })
        } else {
            Err(InvalidFormat)
        }
    }

    /// The same format with names `extra` characters longer (at most 16), for routers where
    /// short names have become scarce.
    #[must_use]
    pub fn longer_by(&self, extra: usize) -> Self {
        let grow = |length: usize| length.saturating_add(extra).min(16);
        Self {
            prefix: self.prefix.clone(),
            user_length: grow(self.user_length),
            pin_length: grow(self.pin_length),
        }
    }

    /// Draws a user name. `fill` must deliver cryptographically secure bytes.
    pub fn draw_name(&self, kind: CredentialKind, fill: &mut dyn FnMut(&mut [u8])) -> HotspotName {
        let (alphabet, length) = match kind {
            CredentialKind::UserAndPassword => (
                &b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"[..],
                self.user_length,
            ),
            CredentialKind::Pin => (SECRET_ALPHABET, self.pin_length),
        };
        let mut name = self.prefix.clone();
        name.push_str(&draw(alphabet, length, fill));
        HotspotName(name)
    }

    /// Draws the password: six characters, or empty for a PIN.
    pub fn draw_password(kind: CredentialKind, fill: &mut dyn FnMut(&mut [u8])) -> Secret {
        match kind {
            CredentialKind::UserAndPassword => {
                Secret::new(draw(SECRET_ALPHABET, PASSWORD_LENGTH, fill))
            }
            CredentialKind::Pin => Secret::new(String::new()),
        }
    }
}

impl Default for CredentialFormat {
    /// `PT-` and five characters for user names, as portals know them; PINs, which have no
    /// password, have eight.
    fn default() -> Self {
        Self {
            prefix: "PT-".to_owned(),
            user_length: 5,
            pin_length: MIN_PIN_LENGTH,
        }
    }
}

/// Uniform choice by rejection: a byte modulo the alphabet would favour its first letters.
fn draw(alphabet: &[u8], length: usize, fill: &mut dyn FnMut(&mut [u8])) -> String {
    let size = alphabet.len();
    let limit = 256 - 256 % size.max(1);
    let mut text = String::with_capacity(length);
    let mut pool = [0_u8; 32];
    while text.len() < length {
        fill(&mut pool);
        let letters = pool
            .iter()
            .filter(|byte| usize::from(**byte) < limit)
            .filter_map(|byte| alphabet.get(usize::from(*byte) % size.max(1)))
            .map(|letter| char::from(*letter));
        let missing = length - text.len();
        text.extend(letters.take(missing));
    }
    text
}

/// The name of a hotspot user that we made.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HotspotName(String);

impl HotspotName {
    /// Wraps a stored name.
    #[must_use]
    pub fn from_stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HotspotName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A stand-in for a CSPRNG: a plain generator good enough to look at distributions.
    fn generator(mut seed: u64) -> impl FnMut(&mut [u8]) {
        move |bytes| {
            for byte in bytes {
                seed = seed
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                *byte = seed.to_be_bytes()[0];
            }
        }
    }

    proptest! {
        #[test]
        fn names_have_the_running_format(seed: u64) {
            let format = CredentialFormat::default();
            let name = format.draw_name(CredentialKind::UserAndPassword, &mut generator(seed));
            let body = name.as_str().strip_prefix("PT-").unwrap();
            prop_assert!(body.len() == 5 && body.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()));
            let pin = format.draw_name(CredentialKind::Pin, &mut generator(seed));
            let body = pin.as_str().strip_prefix("PT-").unwrap();
            prop_assert!(body.len() == 8 && body.bytes().all(|b| SECRET_ALPHABET.contains(&b)));
            let password = CredentialFormat::draw_password(CredentialKind::UserAndPassword, &mut generator(seed));
            prop_assert!(password.expose().len() == 6 && password.expose().bytes().all(|b| SECRET_ALPHABET.contains(&b)));
            prop_assert!(CredentialFormat::draw_password(CredentialKind::Pin, &mut generator(seed)).is_empty());
        }
    }

    #[test]
    fn every_letter_is_about_equally_likely() {
        let mut fill = generator(7);
        let text = draw(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 36_000, &mut fill);
        for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".chars() {
            let seen = text.chars().filter(|c| *c == letter).count();
            assert!((850..=1150).contains(&seen), "{letter} seen {seen} times");
        }
    }

    #[test]
    fn formats_are_checked_and_can_grow() {
        assert!(CredentialFormat::new("PT-", 5, 8).is_ok());
        assert!(CredentialFormat::new("PT ", 5, 8).is_err());
        assert!(CredentialFormat::new("PT-", 3, 8).is_err());
        assert!(CredentialFormat::new("PT-", 5, 7).is_err());
        assert!(CredentialFormat::new("PT-", 5, 17).is_err());
        let longer = CredentialFormat::default().longer_by(2);
        assert_eq!(
            longer
                .draw_name(CredentialKind::Pin, &mut generator(1))
                .as_str()
                .len(),
            3 + 10
        );
    }
}
