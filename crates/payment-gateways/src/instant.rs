//! Moments in ISO 8601, as Mercado Pago writes them.

use chrono::{DateTime, SecondsFormat};
use domain::time::Timestamp;

/// `2026-03-04T10:00:00.000Z`; `None` beyond the calendar.
pub(crate) fn format(moment: Timestamp) -> Option<String> {
    DateTime::from_timestamp_micros(moment.unix_micros())
        .map(|moment| moment.to_rfc3339_opts(SecondsFormat::Millis, true))
}

/// Reads a moment with any offset.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let moment = DateTime::parse_from_rfc3339(text).ok()?;
    Some(Timestamp::from_unix_micros(moment.timestamp_micros()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_understood() {
        let moment = parse("2024-01-15T10:30:00.000-03:00").unwrap();
        assert_eq!(format(moment).as_deref(), Some("2024-01-15T13:30:00.000Z"));
        assert_eq!(parse("15/01/2024"), None);
    }
}
