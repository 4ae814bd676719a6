//! RouterOS versions.

use core::fmt;

/// A version as `/system/resource` prints it: `6.49.19 (long-term)`, `7.20rc1 (testing)`.
///
/// Reading never fails, since no router is refused for its version: what is not a number counts
/// as 0, and the text in brackets is not kept. Ordered; `7.20beta2` comes before `7.20rc1`, and
/// both before `7.20`.
///
/// ```
/// use routeros_proto::value::Version;
/// let version = Version::parse(b"7.18.2 (stable)");
/// assert_eq!((version.major, version.minor, version.patch), (7, 18, 2));
/// assert!(version.sends_empty());
/// assert!(Version::parse(b"7.20rc1") < Version::parse(b"7.20"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// 6 or 7, so far.
    pub major: u32,
    /// The second number.
    pub minor: u32,
    /// The third number, 0 when there is none.
    pub patch: u32,
    /// How far the release had got.
    pub stage: Stage,
}

/// The stage of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// `alpha` and anything unknown, with its number.
    Alpha(u32),
    /// `beta`, with its number.
    Beta(u32),
    /// `rc`, with its number.
    Candidate(u32),
    /// A finished release.
    Release,
}

impl Version {
    /// A finished release.
    #[must_use]
    pub const fn new(major: u32, minor: u32, patch: u32) -> Self {
        Self {
            major,
            minor,
            patch,
            stage: Stage::Release,
        }
    }

    /// Reads the text before the first space, as far as it can be understood.
    ///
    /// ```
    /// use routeros_proto::value::{Stage, Version};
    /// assert_eq!(Version::parse(b"7.21beta2 (testing)").stage, Stage::Beta(2));
    /// assert_eq!(Version::parse(b"6.49.19 (long-term)").to_string(), "6.49.19");
    /// assert_eq!(Version::parse(b"new scheme").major, 0);
    /// ```
    #[must_use]
    pub fn parse(text: &[u8]) -> Self {
        let text = text.split(|byte| *byte == b' ').next().unwrap_or_default();
        let mut numbers = [0; 3];
        let mut rest = text;
        for (index, number) in numbers.iter_mut().enumerate() {
            if index > 0 {
                let [b'.', after @ ..] = rest else { break };
                rest = after;
            }
            (*number, rest) = take_number(rest);
        }
        let name_end = rest
            .iter()
            .position(u8::is_ascii_digit)
            .unwrap_or(rest.len());
        let (name, count) = rest.split_at_checked(name_end).unwrap_or_default();
        let (count, _) = take_number(count);
        let stage = match name {
            b"" => Stage::Release,
            b"rc" => Stage::Candidate(count),
            b"beta" => Stage::Beta(count),
            _ => Stage::Alpha(count),
        };
        let [major, minor, patch] = numbers;
        Self {
            major,
            minor,
            patch,
            stage,
        }
    }

    /// Whether a command without data is answered with `!empty`: from 7.18 on.
    ///
    /// ```
    /// use routeros_proto::value::Version;
    /// assert!(Version::new(7, 18, 0).sends_empty() && !Version::new(7, 17, 2).sends_empty());
    /// ```
    #[must_use]
    pub const fn sends_empty(&self) -> bool {
        self.at_least(7, 18)
    }

    /// Whether the plain login works: from 6.43 on.
    ///
    /// ```
    /// use routeros_proto::value::Version;
    /// assert!(Version::new(6, 43, 0).has_plain_login() && !Version::new(6, 42, 12).has_plain_login());
    /// ```
    #[must_use]
    pub const fn has_plain_login(&self) -> bool {
        self.at_least(6, 43)
    }

    /// Whether dates are printed in the ISO style: from 7.10 on.
    ///
    /// ```
    /// use routeros_proto::value::Version;
    /// assert!(Version::new(7, 10, 0).has_iso_dates() && !Version::new(6, 49, 0).has_iso_dates());
    /// ```
    #[must_use]
    pub const fn has_iso_dates(&self) -> bool {
        self.at_least(7, 10)
    }

    const fn at_least(&self, major: u32, minor: u32) -> bool {
        self.major > major || self.major == major && self.minor >= minor
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        if self.patch > 0 {
            write!(f, ".{}", self.patch)?;
        }
        match self.stage {
            Stage::Alpha(count) => write!(f, "alpha{count}"),
            Stage::Beta(count) => write!(f, "beta{count}"),
            Stage::Candidate(count) => write!(f, "rc{count}"),
            Stage::Release => Ok(()),
        }
    }
}

/// A leading number, 0 when there is none, and what follows it.
fn take_number(text: &[u8]) -> (u32, &[u8]) {
    let end = text
        .iter()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, rest) = text.split_at_checked(end).unwrap_or_default();
    let number = number.iter().fold(0_u32, |sum, byte| {
        sum.saturating_mul(10)
            .saturating_add(u32::from(byte.wrapping_sub(b'0')))
    });
    (number, rest)
}
