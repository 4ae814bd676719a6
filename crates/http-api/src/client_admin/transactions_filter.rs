//! Which sales an operator asks for.

use std::time::Duration;

use application::vocabulary::PurchaseFilter;
use chrono::{NaiveDate, NaiveDateTime};
use domain::ids::RouterId;
use domain::time::Timestamp;

use crate::body::fields::Fields;

const DAY: Duration = Duration::from_hours(24);
/// The smallest step of time: what is created before `t + INSTANT` was created by `t`.
const INSTANT: Duration = Duration::from_micros(1);

/// What was asked for.
pub(super) struct Wish {
    pub(super) filter: PurchaseFilter,
    /// Whether no sale can fit: a router that nobody could have.
    pub(super) fits_nothing: bool,
}

/// Reads `desde`, `hasta`, `estado`, `router_id` and `q`; all of them narrow.
pub(super) fn read_filter(query: &mut Fields) -> Wish {
    let from = read_moment(query, "desde").map(|moment| moment.start);
    let to = read_moment(query, "hasta").map(|moment| moment.end);
    let payment_status = query.optional_text(&["estado"], 50, true);
    let router = query.optional_text(&["router_id"], 50, true);
    let text = query.optional_text(&["q"], 100, true);
    let router_id = router.as_deref().map(RouterId::parse);
    Wish {
        fits_nothing: matches!(router_id, Some(Err(_))),
        filter: PurchaseFilter {
            from,
            to,
            payment_status,
            router_id: router_id.and_then(Result::ok),
            text,
        },
    }
}

/// A day, or one moment of it.
struct Moment {
    start: Timestamp,
    /// The first instant after it.
    end: Timestamp,
}

/// `2026-03-04` or `2026-03-04T10:00:00`, in UTC like all times here.
fn read_moment(query: &mut Fields, name: &str) -> Option<Moment> {
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
        let start = timestamp(day.and_hms_opt(0, 0, 0)?);
        return Some(Moment {
            start,
            end: start.plus(DAY),
        });
    }
    let text = text.strip_suffix('Z').unwrap_or(text);
    let start = timestamp(text.parse::<NaiveDateTime>().ok()?);
    Some(Moment {
        start,
        end: start.plus(INSTANT),
    })
}

fn timestamp(moment: NaiveDateTime) -> Timestamp {
    Timestamp::from_unix_micros(moment.and_utc().timestamp_micros())
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
        for text in ["ayer", "2026-02-30", "2026-03-04T25:00:00", "04/03/2026"] {
            assert!(parse(text).is_none(), "{text}");
        }
    }
}
