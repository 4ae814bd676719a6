//! Why a command is refused, in the words of a router (docs/reference/routeros-protocol.md, section 3.2).

use crate::version::Version;

/// What goes into a `!trap`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// Number of the manual; `failure: ...` messages mostly come without.
    pub(crate) category: Option<u32>,
    /// The text.
    pub(crate) message: String,
}

impl Refusal {
    /// A text with the category of the manual.
    pub(crate) fn new(category: u32, message: impl Into<String>) -> Self {
        Self {
            category: Some(category),
            message: message.into(),
        }
    }

    /// A text without a category.
    pub(crate) fn plain(message: impl Into<String>) -> Self {
        Self {
            category: None,
            message: message.into(),
        }
    }

    /// The menu is there, the verb is not.
    pub(crate) fn no_such_command() -> Self {
        Self::new(0, "no such command")
    }

    /// The menu is not there, or not on this version or board.
    pub(crate) fn no_such_prefix() -> Self {
        Self::new(0, "no such command prefix")
    }

    /// The item is gone.
    pub(crate) fn no_such_item() -> Self {
        Self::new(0, "no such item")
    }

    /// An attribute that the menu does not have, or that cannot be set.
    pub(crate) fn unknown_parameter(version: Version, name: &[u8]) -> Self {
        if version.is_v7() {
            let name = String::from_utf8_lossy(name);
            Self::plain(format!("unknown parameter {name}"))
        } else {
            Self::plain("unknown parameter")
        }
    }

    /// Required attributes that were left out.
    pub(crate) fn missing(names: &[&str]) -> Self {
        Self::plain(format!(
            "missing value(s) of argument(s) {}",
            names.join(" ")
        ))
    }

    /// A value that names nothing.
    pub(crate) fn no_match(argument: &str) -> Self {
        Self::new(1, format!("input does not match any value of {argument}"))
    }

    /// A value that is the start of more than one name.
    pub(crate) fn ambiguous(argument: &str) -> Self {
        Self::new(
            1,
            format!("ambiguous value of {argument}, more than one possible value matches input"),
        )
    }

    /// A value of the wrong shape.
    pub(crate) fn invalid(argument: &str) -> Self {
        Self::new(1, format!("invalid value for argument {argument}"))
    }

    /// A value that is no MAC address.
    pub(crate) fn mac_required(argument: &str) -> Self {
        Self::new(
            1,
            format!("invalid value of {argument}, mac address required"),
        )
    }

    /// The user's group lacks a policy.
    pub(crate) fn permission() -> Self {
        Self::plain("not enough permissions (9)")
    }

    /// A command stopped by `/cancel`.
    pub(crate) fn interrupted() -> Self {
        Self::new(2, "interrupted")
    }
}
