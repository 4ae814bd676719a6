//! Days and moments in queries, in UTC like all times here.

use std::time::Duration;

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use domain::time::Timestamp;

use crate::body::fields::Fields;

const DAY: Duration = Duration::from_hours(24);
/// The smallest step of time: what was created before `t + INSTANT` was created by `t`.
const INSTANT: Duration = Duration::from_micros(1);

/// A day, or one moment of it.
pub(crate) struct Moment {
    /// Its beginning.
    pub(crate) start: Timestamp,
    /// The first instant after it.
    pub(crate) end: Timestamp,
}

/// `2026-03-04` or `2026-03-04T10:00:00`, if sent.
pub(crate) fn read_moment(query: &mut Fields, name: &str) -> Option<Moment> {
    let text = query.optional_text(&[name], 40, true)?;
    let moment = parse(&text);
    if moment.is_none() {
        query.problem(
            name,
            "date_type",
            "Debe ser una fecha (2026-03-04) o una fecha con hora (2026-03-04T10:00:00), en UTC",
        );
    }
    moment
}

fn parse(text: &str) -> Option<Moment> {
    if let Ok(day) = text.parse::<NaiveDate>() {
        let start = timestamp(day.and_hms_opt(0, 0, 0)?)?;
        return Some(Moment {
            start,
            end: start.plus(DAY),
        });
    }
    let text = text.strip_suffix('Z').unwrap_or(text);
    let start = timestamp(text.parse::<NaiveDateTime>().ok()?)?;
    Some(Moment {
        start,
        end: start.plus(INSTANT),
    })
}

/// Years of four digits only: beyond them databases and callers disagree.
fn timestamp(moment: NaiveDateTime) -> Option<Timestamp> {
    (0..=9999)
        .contains(&moment.year())
        .then(|| Timestamp::from_unix_micros(moment.and_utc().timestamp_micros()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_lasts_until_the_next_and_a_moment_for_an_instant() {
        let day = parse("2026-03-04").unwrap();
        assert_eq!(day.start, Timestamp::from_unix_seconds(1_772_582_400));
        assert_eq!(day.end, Timestamp::from_unix_seconds(1_772_668_800));
        let moment = parse("2026-03-04T10:00:00Z").unwrap();
        assert_eq!(moment.start, Timestamp::from_unix_seconds(1_772_618_400));
        assert_eq!(
            moment.end,
            Timestamp::from_unix_micros(1_772_618_400_000_001)
        );
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "ayer",
            "2026-02-30",
            "2026-03-04T25:00:00",
            "04/03/2026",
            "-4800-01-01",
            "+200000-01-01",
        ] {
            assert!(parse(text).is_none(), "{text}");
        }
    }
}
