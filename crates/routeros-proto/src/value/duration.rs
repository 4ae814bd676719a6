//! Durations in all their spellings.

use core::fmt;
use core::time::Duration;

use crate::value::error::ValueError;
use crate::value::number::digits;

const WEEK: u64 = 604_800;
const DAY: u64 = 86_400;
const HOUR: u64 = 3_600;
const MINUTE: u64 = 60;

/// A unit by its name: nanoseconds in one, and its place in the fixed order.
const UNITS: [(&[u8], u128, u8); 8] = [
    (b"w", 604_800_000_000_000, 0),
    (b"d", 86_400_000_000_000, 1),
    (b"h", 3_600_000_000_000, 2),
    (b"m", 60_000_000_000, 3),
    (b"s", 1_000_000_000, 4),
    (b"ms", 1_000_000, 5),
    (b"us", 1_000, 6),
    (b"ns", 1, 7),
];

/// A duration as RouterOS spells it, printed in the unit form: `1w2d3h4m5s`.
///
/// Read are the unit form with the units in order and each at most once (`90m`, `1ms500us`), the
/// clock form alone or after weeks and days (`01:22:53`, `1d00:00:00`, `00:00:00.510`), and a bare
/// number of seconds. A day is 86 400 s; there are no months and years.
///
/// ```
/// use core::time::Duration;
/// use routeros_proto::value::RouterDuration;
/// for text in ["1h30m", "90m", "01:30:00", "5400"] {
///     let parsed = RouterDuration::parse(text.as_bytes()).unwrap();
///     assert_eq!(Duration::from(parsed), Duration::from_secs(5400));
///     assert_eq!(parsed.to_string(), "1h30m");
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RouterDuration(Duration);

impl RouterDuration {
    /// A duration of whole seconds.
    #[must_use]
    pub const fn from_secs(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }

    /// Whole seconds; fractions are cut off.
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.0.as_secs()
    }

    /// Reads any of the spellings.
    ///
    /// # Errors
    /// [`ValueError`] for anything else, also for more seconds than fit into 64 bits, and for the
    /// words that [`Timeout`] reads.
    ///
    /// ```
    /// use routeros_proto::value::RouterDuration;
    /// assert_eq!(RouterDuration::parse(b"3w6d22:23:36")?.as_secs(), 2_413_416);
    /// assert_eq!(RouterDuration::parse(b"1ms500us")?.to_string(), "1ms500us");
    /// assert!(RouterDuration::parse(b"5m1h").is_err(), "units come in order");
    /// # Ok::<(), routeros_proto::value::ValueError>(())
    /// ```
    pub fn parse(text: &[u8]) -> Result<Self, ValueError> {
        read(text).map(Self).ok_or(ValueError::new("duration"))
    }
}

impl From<Duration> for RouterDuration {
    fn from(duration: Duration) -> Self {
        Self(duration)
    }
}

impl From<RouterDuration> for Duration {
    fn from(duration: RouterDuration) -> Self {
        duration.0
    }
}

impl fmt::Display for RouterDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_zero() {
            return f.write_str("0s");
        }
        let (seconds, nanos) = (self.0.as_secs(), self.0.subsec_nanos());
        let parts = [
            (seconds / WEEK, "w"),
            (seconds % WEEK / DAY, "d"),
            (seconds % DAY / HOUR, "h"),
            (seconds % HOUR / MINUTE, "m"),
            (seconds % MINUTE, "s"),
            (u64::from(nanos / 1_000_000), "ms"),
            (u64::from(nanos / 1_000 % 1_000), "us"),
            (u64::from(nanos % 1_000), "ns"),
        ];
        for (count, unit) in parts {
            if count > 0 {
                write!(f, "{count}{unit}")?;
            }
        }
        Ok(())
    }
}

fn read(text: &[u8]) -> Option<Duration> {
    if let Some(seconds) = digits(text) {
        return Some(Duration::from_secs(seconds));
    }
    let mut rest = text;
    let mut nanos = 0_u128;
    let mut last_place = None;
    while !rest.is_empty() {
        let clock_may_follow = last_place.is_none_or(|place| place <= 1);
        if clock_may_follow && rest.contains(&b':') && !starts_with_unit(rest) {
            return total(nanos.checked_add(read_clock(rest)?)?);
        }
        let (count, after) = split_while(rest, u8::is_ascii_digit);
        let (name, after) = split_while(after, u8::is_ascii_lowercase);
        let (_, unit, place) = UNITS.iter().find(|(unit, ..)| *unit == name)?;
        if last_place.is_some_and(|last| last >= *place) {
            return None;
        }
        last_place = Some(*place);
        nanos = nanos.checked_add(u128::from(digits(count)?).checked_mul(*unit)?)?;
        rest = after;
    }
    last_place?;
    total(nanos)
}

/// Whether digits and then a letter come next, rather than a clock.
fn starts_with_unit(rest: &[u8]) -> bool {
    let (_, after) = split_while(rest, u8::is_ascii_digit);
    after.first().is_some_and(u8::is_ascii_lowercase)
}

/// `HH:MM:SS`, with a fraction of up to nine digits, in nanoseconds.
fn read_clock(text: &[u8]) -> Option<u128> {
    let mut parts = text.split(|byte| *byte == b':');
    let (hours, minutes, tail) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let mut tail = tail.splitn(2, |byte| *byte == b'.');
    let seconds = tail.next()?;
    let below_sixty = |part: &[u8]| {
        let number = digits(part)?;
        (part.len() == 2 && number < 60).then_some(number)
    };
    let whole = u128::from(digits(hours)?)
        .checked_mul(u128::from(HOUR))?
        .checked_add(u128::from(
            below_sixty(minutes)? * MINUTE + below_sixty(seconds)?,
        ))?;
    let fraction = match tail.next() {
        None => 0,
        Some(fraction) if fraction.len() <= 9 => {
            let scale = 10_u64.checked_pow(9 - u32::try_from(fraction.len()).ok()?)?;
            digits(fraction)?.checked_mul(scale)?
        }
        Some(_) => return None,
    };
    whole
        .checked_mul(1_000_000_000)?
        .checked_add(u128::from(fraction))
}

fn total(nanos: u128) -> Option<Duration> {
    let seconds = u64::try_from(nanos / 1_000_000_000).ok()?;
    let rest = u32::try_from(nanos % 1_000_000_000).ok()?;
    Some(Duration::new(seconds, rest))
}

fn split_while(text: &[u8], keep: impl Fn(&u8) -> bool) -> (&[u8], &[u8]) {
    let end = text
        .iter()
        .position(|byte| !keep(byte))
        .unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or_default()
}

/// A duration, or one of the words that some properties allow in its place.
///
/// ```
/// use routeros_proto::value::{RouterDuration, Timeout};
/// assert_eq!(Timeout::parse(b"none"), Ok(Timeout::None));
/// assert_eq!(Timeout::parse(b"2m"), Ok(Timeout::After(RouterDuration::from_secs(120))));
/// assert_eq!(Timeout::Never.to_string(), "never");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Timeout {
    /// This long.
    After(RouterDuration),
    /// `none`, or empty.
    None,
    /// `never`.
    Never,
    /// `immediately`.
    Immediately,
    /// `unlimited`.
    Unlimited,
}

impl Timeout {
    /// Reads a word or a duration.
    ///
    /// # Errors
    /// [`ValueError`] for anything else.
    ///
    /// ```
    /// use routeros_proto::value::{RouterDuration, Timeout};
    /// assert_eq!(Timeout::parse(b""), Ok(Timeout::None));
    /// assert_eq!(Timeout::parse(b"1h"), Ok(Timeout::After(RouterDuration::from_secs(3600))));
    /// ```
    pub fn parse(text: &[u8]) -> Result<Self, ValueError> {
        match text {
            b"none" | b"" => Ok(Self::None),
            b"never" => Ok(Self::Never),
            b"immediately" => Ok(Self::Immediately),
            b"unlimited" => Ok(Self::Unlimited),
            _ => RouterDuration::parse(text).map(Self::After),
        }
    }

    /// The duration, unless a word stands in its place.
    ///
    /// ```
    /// use routeros_proto::value::{RouterDuration, Timeout};
    /// assert_eq!(Timeout::parse(b"2m")?.duration(), Some(RouterDuration::from_secs(120)));
    /// assert_eq!(Timeout::parse(b"none")?.duration(), None);
    /// # Ok::<(), routeros_proto::value::ValueError>(())
    /// ```
    #[must_use]
    pub const fn duration(self) -> Option<RouterDuration> {
        match self {
            Self::After(duration) => Some(duration),
            _ => None,
        }
    }
}

impl fmt::Display for Timeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::After(duration) => duration.fmt(f),
            Self::None => f.write_str("none"),
            Self::Never => f.write_str("never"),
            Self::Immediately => f.write_str("immediately"),
            Self::Unlimited => f.write_str("unlimited"),
        }
    }
}
