//! Durations: `1w2d3h4m5s`, `1d01:22:53`, a bare number of seconds.

use std::time::Duration;

/// Units in the only order a router takes them, in nanoseconds.
const UNITS: [(&str, u64); 8] = [
    ("w", 604_800_000_000_000),
    ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

/// Reads any spelling that a router accepts; no repeats, no wrong order, no overflow.
pub(crate) fn parse(text: &str) -> Option<Duration> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok().map(Duration::from_secs);
    }
    let mut total: u64 = 0;
    let mut rest = text;
    let mut units = UNITS.iter();
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, tail) = rest.split_at_checked(digits)?;
        if tail.starts_with(':') {
            return Duration::from_nanos(total).checked_add(clock(rest)?);
        }
        let letters = tail
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(tail.len());
        let (unit, after) = tail.split_at_checked(letters)?;
        let (_, size) = units.find(|(name, _)| *name == unit)?;
        let part = number.parse::<u64>().ok()?.checked_mul(*size)?;
        total = total.checked_add(part)?;
        rest = after.trim_start_matches(' ');
    }
    (!text.is_empty()).then(|| Duration::from_nanos(total))
}

/// Reads `HH:MM:SS` with optional fraction.
fn clock(text: &str) -> Option<Duration> {
    let mut parts = text.split(':');
    let hours: u64 = parts.next()?.parse().ok()?;
    let minutes: u64 = parts.next()?.parse().ok()?;
    let (seconds, fraction) = match parts.next() {
        Some(last) => last.split_once('.').unwrap_or((last, "")),
        None => ("0", ""),
    };
    if parts.next().is_some() || minutes > 59 || fraction.len() > 9 {
        return None;
    }
    let seconds: u64 = seconds.parse().ok().filter(|seconds| *seconds < 60)?;
    let nanos: u32 = format!("{fraction:0<9}").parse().ok()?;
    let whole = hours
        .checked_mul(3600)?
        .checked_add(minutes * 60 + seconds)?;
    Some(Duration::new(whole, nanos))
}

/// The canonical unit form; `0s` for nothing.
pub(crate) fn format(duration: Duration) -> String {
    let mut rest = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    let mut text = String::new();
    for (unit, size) in UNITS {
        let count = rest / size;
        rest %= size;
        if count > 0 {
            text.push_str(&count.to_string());
            text.push_str(unit);
        }
    }
    if text.is_empty() {
        text.push_str("0s");
    }
    text
}

/// The canonical form of whole seconds, as counters print.
pub(crate) fn format_seconds(duration: Duration) -> String {
    format(Duration::from_secs(duration.as_secs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_an_hour_and_a_half_is_the_same() {
        for text in [
            "1h30m",
            "90m",
            "01:30:00",
            "0d01:30:00",
            "5400",
            "5400s",
            "1:30",
        ] {
            assert_eq!(parse(text), Some(Duration::from_secs(5400)), "{text}");
        }
        assert_eq!(parse("3d 00:00:00"), Some(Duration::from_secs(259_200)));
        assert_eq!(parse("00:00:00.510"), Some(Duration::from_millis(510)));
        assert_eq!(parse("1ms500us"), Some(Duration::from_micros(1500)));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "",
            "h",
            "1h1h",
            "1m1h",
            "1x",
            "1h-3m",
            "00:61:00",
            "1:2:3:4",
            "1 h",
            "99999999999w",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn printing_uses_the_largest_units() {
        assert_eq!(format(Duration::from_secs(86_400)), "1d");
        assert_eq!(format(Duration::from_secs(694_861)), "1w1d1h1m1s");
        assert_eq!(format(Duration::ZERO), "0s");
        assert_eq!(format_seconds(Duration::from_millis(1999)), "1s");
    }
}
