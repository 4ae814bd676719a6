//! The one error of all value parsers.

use core::fmt;

/// A text that is no value of the type asked for. The text itself is not in the error: it may be
/// anything, also a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValueError {
    expected: &'static str,
}

impl ValueError {
    pub(crate) const fn new(expected: &'static str) -> Self {
        Self { expected }
    }

    /// What was expected, such as `duration`.
    #[must_use]
    pub const fn expected(&self) -> &'static str {
        self.expected
    }
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a {}", self.expected)
    }
}

impl core::error::Error for ValueError {}
