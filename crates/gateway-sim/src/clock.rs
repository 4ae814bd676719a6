//! The sandbox's time.

use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, FixedOffset};

/// Where the sandbox takes its time from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The machine's clock: what a server under test compares its own with.
    System,
    /// Starts at this Unix time in milliseconds and goes on one second per reading, so that
    /// transcripts are the same in each run.
    Stepping(i64),
}

impl Clock {
    /// Now, in milliseconds since the Unix epoch.
    pub(crate) fn now_ms(&mut self) -> i64 {
        match self {
            Self::System => system_ms(),
            Self::Stepping(at) => {
                *at += 1_000;
                *at
            }
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the sandbox reads the time"
)]
fn system_ms() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_millis()).ok())
        .unwrap_or(0)
}

/// Mexico's time, with milliseconds and offset, as Mercado Pago writes it.
pub(crate) fn iso(ms: i64) -> String {
    let zone = FixedOffset::west_opt(6 * 3_600);
    match (DateTime::from_timestamp_millis(ms), zone) {
        (Some(at), Some(zone)) => at
            .with_timezone(&zone)
            .format("%Y-%m-%dT%H:%M:%S%.3f%:z")
            .to_string(),
        _ => String::new(),
    }
}

/// Reads a search bound: ISO 8601 with offset, or `NOW` with an optional `-7DAYS` and the like.
pub(crate) fn parse_bound(text: &str, now_ms: i64) -> Option<i64> {
    let upper = text.trim().to_ascii_uppercase();
    if let Some(rest) = upper.strip_prefix("NOW") {
        if rest.is_empty() {
            return Some(now_ms);
        }
        let rest = rest.strip_prefix('-')?;
        let digits = rest.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
        let unit = rest.strip_prefix(digits)?.trim_end_matches('S');
        let length = match unit {
            "MINUTE" => 60_000,
            "HOUR" => 3_600_000,
            "DAY" => 86_400_000,
            "WEEK" => 604_800_000,
            "MONTH" => 2_592_000_000,
            _ => return None,
        };
        let count: i64 = digits.parse().ok()?;
        return now_ms.checked_sub(count.checked_mul(length)?);
    }
    DateTime::parse_from_rfc3339(text.trim())
        .ok()
        .map(|at| at.timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_in_mexican_time_with_milliseconds() {
        assert_eq!(iso(1_742_505_638_683), "2025-03-20T15:20:38.683-06:00");
    }

    #[test]
    fn bounds_are_read_in_both_spellings() {
        assert_eq!(
            parse_bound("2025-03-20T15:20:38.683-06:00", 0),
            Some(1_742_505_638_683)
        );
        assert_eq!(parse_bound("NOW", 5), Some(5));
        assert_eq!(parse_bound("NOW-7DAYS", 604_800_001), Some(1));
        assert_eq!(parse_bound("NOW-1MONTH", 2_592_000_001), Some(1));
        assert_eq!(parse_bound("yesterday", 0), None);
        assert_eq!(parse_bound("NOW-DAYS", 0), None);
    }

    #[test]
    fn a_stepping_clock_never_stands_still() {
        let mut clock = Clock::Stepping(0);
        assert_eq!((clock.now_ms(), clock.now_ms()), (1_000, 2_000));
    }
}
