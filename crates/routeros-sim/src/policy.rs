//! Who may log in to the router's API, and what they may do there.

use std::fmt;

/// What a group of router users is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a policy of the router, set on its own"
)]
pub struct Policies {
    /// May log in through the API.
    pub api: bool,
    /// May print.
    pub read: bool,
    /// May add, set, remove and log customers in.
    pub write: bool,
    /// May read passwords back; without it the property is absent.
    pub sensitive: bool,
}

impl Policies {
    /// Everything: the group `full`.
    #[must_use]
    pub const fn full() -> Self {
        Self {
            api: true,
            read: true,
            write: true,
            sensitive: true,
        }
    }

    /// `read,write,api`: enough to sell, not enough to read passwords.
    #[must_use]
    pub const fn operator() -> Self {
        Self {
            sensitive: false,
            ..Self::full()
        }
    }

    /// `read,api`.
    #[must_use]
    pub const fn read_only() -> Self {
        Self {
            write: false,
            ..Self::operator()
        }
    }

    /// Reads a list such as `read,write,api,sensitive`; policies that do not matter here pass.
    #[must_use]
    pub fn parse(list: &str) -> Self {
        let has = |wanted| list.split(',').any(|word| word.trim() == wanted);
        if has("full") {
            return Self::full();
        }
        Self {
            api: has("api"),
            read: has("read"),
            write: has("write"),
            sensitive: has("sensitive"),
        }
    }
}

/// A user of the router itself, not of its hotspot.
#[derive(Clone)]
pub(crate) struct Account {
    pub(crate) name: Vec<u8>,
    pub(crate) password: Vec<u8>,
    pub(crate) policies: Policies,
}

/// The password is left out.
impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("name", &self.name.escape_ascii().to_string())
            .field("policies", &self.policies)
            .finish_non_exhaustive()
    }
}
