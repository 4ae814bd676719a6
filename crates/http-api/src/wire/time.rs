//! Times as panels know them: naive UTC in ISO 8601, without a `Z`.

use chrono::DateTime;
use domain::time::Timestamp;

/// Whole seconds where there is no fraction, else six digits of it.
pub(crate) fn iso(at: Timestamp) -> String {
    let Some(moment) = DateTime::from_timestamp_micros(at.unix_micros()) else {
        return String::new();
    };
    let has_fraction = at.unix_micros().rem_euclid(1_000_000) != 0;
    let format = if has_fraction {
        "%Y-%m-%dT%H:%M:%S%.6f"
    } else {
        "%Y-%m-%dT%H:%M:%S"
    };
    moment.naive_utc().format(format).to_string()
}

/// As [`iso`], for times that may be missing.
pub(crate) fn optional_iso(at: Option<Timestamp>) -> Option<String> {
    at.map(iso)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_no_zone_and_six_digits_or_none() {
        assert_eq!(
            iso(Timestamp::from_unix_seconds(1_772_618_400)),
            "2026-03-04T10:00:00"
        );
        assert_eq!(
            iso(Timestamp::from_unix_micros(1_772_618_400_123_000)),
            "2026-03-04T10:00:00.123000"
        );
    }
}
