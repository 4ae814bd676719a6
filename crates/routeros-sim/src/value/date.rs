//! Dates in both styles.

use chrono::{DateTime, Datelike, NaiveDateTime, Timelike};

use crate::version::Version;

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// Milliseconds since 1970 as calendar time, UTC.
fn calendar(unix_millis: u64) -> NaiveDateTime {
    i64::try_from(unix_millis)
        .ok()
        .and_then(DateTime::from_timestamp_millis)
        .unwrap_or_default()
        .naive_utc()
}

/// `sep/26/2026` on v6 (and v7 up to 7.9), `2026-09-26` from 7.10 on.
pub(crate) fn date(version: Version, unix_millis: u64) -> String {
    let time = calendar(unix_millis);
    let (year, month, day) = (time.year(), time.month(), time.day());
    if version.is_v7() {
        return format!("{year:04}-{month:02}-{day:02}");
    }
    let name = MONTHS
        .get(usize::try_from(time.month0()).unwrap_or_default())
        .copied()
        .unwrap_or_default();
    format!("{name}/{day:02}/{year:04}")
}

/// `12:00:00`.
pub(crate) fn time(unix_millis: u64) -> String {
    let time = calendar(unix_millis);
    format!(
        "{:02}:{:02}:{:02}",
        time.hour(),
        time.minute(),
        time.second()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_follows_the_version() {
        let at = 1_790_424_000_000;
        assert_eq!(date(Version::V6_49, at), "sep/26/2026");
        assert_eq!(date(Version::V7_17, at), "2026-09-26");
        assert_eq!(time(at), "12:00:00");
    }
}
