//! How to reach people.

use std::fmt;

/// An e-mail address, trimmed and in lower case, so that login and uniqueness agree.
///
/// Personal data: `Debug` keeps it out of logs.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

/// A text that is not an e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address")]
pub struct InvalidEmail;

/// Longest address, the width of its columns.
pub const MAX_EMAIL: usize = 100;

impl Email {
    /// Accepts `local@domain` with a dotted domain. The check is about shape: whether somebody
    /// reads the mailbox is not ours to know.
    ///
    /// # Errors
    /// [`InvalidEmail`] for anything else and for more than 100 bytes.
    pub fn parse(text: &str) -> Result<Self, InvalidEmail> {
        let address = text.trim().to_lowercase();
        let (local, domain) = address.rsplit_once('@').ok_or(InvalidEmail)?;
        let local_fits = !local.is_empty()
            && local.len() <= 64
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && local
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~.-".contains(&b));
        let labels_fit = domain.contains('.')
            && domain.split('.').all(|label| {
                !label.is_empty()
                    && label.len() <= 63
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            });
        if address.len() <= MAX_EMAIL && local_fits && labels_fit {
            Ok(Self(address))
        } else {
            Err(InvalidEmail)
        }
    }

    /// Wraps an address that was checked when it was stored.
    #[must_use]
    pub fn from_stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(..)")
    }
}

/// Who buys. Personal data: `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Customer {
    /// Name as typed, at most 100 characters.
    pub name: String,
    /// Where the receipt would go; also what the gateways score.
    pub email: Email,
    /// Phone as typed, at most 20 characters.
    pub phone: Option<String>,
}

impl fmt::Debug for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Customer(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_normalised() {
        assert_eq!(
            Email::parse("  Ana.Paz+wifi@X.Test ").map(|e| e.as_str().to_owned()),
            Ok("ana.paz+wifi@x.test".to_owned())
        );
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "a",
            "@x.test",
            "a@",
            "a@x",
            "a b@x.test",
            "a@x..test",
            "a@-x.test",
            ".a@x.test",
            "a@x.test\n@y",
            "a\0@x.test",
        ] {
            assert_eq!(Email::parse(text), Err(InvalidEmail), "{text:?}");
        }
        assert_eq!(
            Email::parse(&format!("{}@x.test", "a".repeat(100))),
            Err(InvalidEmail)
        );
    }

    #[test]
    fn debug_keeps_people_out_of_logs() {
        let customer = Customer {
            name: "Ana".into(),
            email: Email::from_stored("ana@x.test"),
            phone: None,
        };
        assert!(!format!("{customer:?} {:?}", customer.email).contains("na"));
    }
}
