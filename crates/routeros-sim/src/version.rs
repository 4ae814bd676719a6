//! Which RouterOS the simulator plays, and what that changes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A version profile. Later profiles compare greater.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum Version {
    /// The last one with the challenge login.
    #[serde(rename = "6.42")]
    V6_42,
    /// Plain login, v6 menus and dates.
    #[serde(rename = "6.49")]
    V6_49,
    /// v7 menus and ISO dates, no `!empty`.
    #[serde(rename = "7.17")]
    V7_17,
    /// As 7.17, and prints without a row answer `!empty` before `!done`.
    #[default]
    #[serde(rename = "7.18")]
    V7_18,
}

impl Version {
    /// All profiles, oldest first.
    pub const ALL: [Self; 4] = [Self::V6_42, Self::V6_49, Self::V7_17, Self::V7_18];

    /// The short name, as the command line takes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::V6_42 => "6.42",
            Self::V6_49 => "6.49",
            Self::V7_17 => "7.17",
            Self::V7_18 => "7.18",
        }
    }

    /// What `/system/resource` prints as `version`.
    #[must_use]
    pub const fn full_text(self) -> &'static str {
        match self {
            Self::V6_42 => "6.42.12 (long-term)",
            Self::V6_49 => "6.49.19 (long-term)",
            Self::V7_17 => "7.17.2 (stable)",
            Self::V7_18 => "7.18.2 (stable)",
        }
    }

    /// Whether `/login` hands out a challenge instead of reading a password.
    #[must_use]
    pub const fn challenge_login(self) -> bool {
        matches!(self, Self::V6_42)
    }

    /// Whether a print without a row answers `!empty`.
    #[must_use]
    pub const fn sends_empty(self) -> bool {
        matches!(self, Self::V7_18)
    }

    /// Whether this is a v7.
    #[must_use]
    pub const fn is_v7(self) -> bool {
        matches!(self, Self::V7_17 | Self::V7_18)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Version {
    type Err = UnknownVersion;

    fn from_str(text: &str) -> Result<Self, UnknownVersion> {
        Self::ALL
            .into_iter()
            .find(|version| version.name() == text)
            .ok_or(UnknownVersion)
    }
}

/// A version that has no profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownVersion;

impl fmt::Display for UnknownVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unknown version: use 6.42, 6.49, 7.17 or 7.18")
    }
}

impl std::error::Error for UnknownVersion {}
