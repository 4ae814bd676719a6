//! Typed identifiers. The formats are in docs/reference/http-contract.md, section 3.

use std::fmt;

use uuid::Uuid;

/// An identifier that is empty, too long, or holds something other than visible ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a well-formed identifier")]
pub struct InvalidId;

/// Longest textual identifier, the width of its columns.
const MAX_TEXT_ID: usize = 50;

fn checked(text: &str) -> Result<String, InvalidId> {
    let well_formed =
        !text.is_empty() && text.len() <= MAX_TEXT_ID && text.bytes().all(|b| b.is_ascii_graphic());
    if well_formed {
        Ok(text.to_owned())
    } else {
        Err(InvalidId)
    }
}

fn hex(bytes: &[u8], upper: bool) -> String {
    let digits: &[u8; 16] = if upper {
        b"0123456789ABCDEF"
    } else {
        b"0123456789abcdef"
    };
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|nibble| digits.get(usize::from(nibble)).copied().map(char::from))
        .collect()
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal, $bytes:literal, upper: $upper:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// Makes a new identifier from random bytes.
            #[must_use]
            pub fn from_random(bytes: [u8; $bytes]) -> Self {
                Self(format!("{}{}", $prefix, hex(&bytes, $upper)))
            }

            /// Accepts any visible ASCII text of at most 50 bytes, so that identifiers brought
            /// over from an older database stay valid.
            ///
            /// # Errors
            /// [`InvalidId`] for anything else.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                checked(text).map(Self)
            }

            /// The identifier as callers and the database see it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id! {
    /// A tenant: one WiFi operator (`EMP_7B20C4D91E`).
    TenantId, "EMP_", 5, upper: true
}
text_id! {
    /// A MikroTik router (`RTR_51D0A2BC`).
    RouterId, "RTR_", 4, upper: true
}
text_id! {
    /// A router API key's public id (`key_0f3a9c1e77b2d845`), also the token's `jti`.
    ApiKeyId, "key_", 8, upper: false
}

macro_rules! row_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(i64);

        impl $name {
            /// Wraps a number given by the database or a caller; it need not exist.
            #[must_use]
            pub const fn new(value: i64) -> Self {
                Self(value)
            }

            /// The number.
            #[must_use]
            pub const fn get(self) -> i64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

row_id! {
    /// A panel user.
    UserId
}
row_id! {
    /// A product of a router's catalogue.
    ProductId
}
row_id! {
    /// A sale, from the first click on; the number that the operator sees.
    PurchaseId
}
row_id! {
    /// A refund of a sale.
    RefundId
}

/// The one charge attempt of a purchase: Conekta's `reference_id`, Mercado Pago's idempotency
/// key, and the key under which the purchase's secrets are sealed. Never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AttemptId(Uuid);

impl AttemptId {
    /// Makes a version 4 UUID from random bytes.
    #[must_use]
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self(uuid::Builder::from_random_bytes(bytes).into_uuid())
    }

    /// Wraps a stored UUID.
    #[must_use]
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// The UUID.
    #[must_use]
    pub const fn as_uuid(&self) -> &Uuid {
        &self.0
    }
}

impl fmt::Display for AttemptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_formats_of_the_contract() {
        assert_eq!(
            TenantId::from_random([0x7b, 0x20, 0xc4, 0xd9, 0x1e]).as_str(),
            "EMP_7B20C4D91E"
        );
        assert_eq!(
            RouterId::from_random([0x51, 0xd0, 0xa2, 0xbc]).as_str(),
            "RTR_51D0A2BC"
        );
        assert_eq!(
            ApiKeyId::from_random([0xab; 8]).as_str(),
            "key_abababababababab"
        );
        assert_eq!(
            AttemptId::from_random([0; 16]).to_string(),
            "00000000-0000-4000-8000-000000000000"
        );
    }

    #[test]
    fn ids_refuse_what_no_database_holds() {
        assert_eq!(TenantId::parse(""), Err(InvalidId));
        assert_eq!(TenantId::parse(&"x".repeat(51)), Err(InvalidId));
        assert_eq!(RouterId::parse("RTR 1"), Err(InvalidId));
        assert_eq!(RouterId::parse("RTR_\0"), Err(InvalidId));
        assert!(RouterId::parse("abc123").is_ok());
    }
}
