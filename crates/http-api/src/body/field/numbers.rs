//! Numbers, money and times.

use std::ops::RangeInclusive;
use std::time::Duration;

use chrono::{Datelike, NaiveDate, NaiveDateTime};
use domain::money::{AmountError, Currency, parse_minor, parse_minor_rounded};
use domain::time::Timestamp;
use serde_json::Value;
use utoipa::openapi::schema::{KnownFormat, Type};

use crate::body::field::{Field, Kind};

/// What people type instead is named.
const NOT_AN_AMOUNT: &str = "Debe ser un número como 15.00, sin comillas ni coma decimal";

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

impl Field<'_> {
    fn describe_integer(
        &mut self,
        is_required: bool,
        format: KnownFormat,
        range: &RangeInclusive<i64>,
    ) {
        let limits = (
            Some(*range.start()).filter(|start| *start != i64::MIN),
            Some(*range.end()).filter(|end| *end != i64::MAX),
        );
        let kind = Kind {
            range: limits,
            ..Kind::of(Type::Integer).format(format)
        };
        self.describe(is_required, kind);
    }

    fn integer_sent(&mut self, range: &RangeInclusive<i64>) -> Option<i64> {
        let number = match self.present()? {
            Value::Number(number) => integer_of(&number),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        match number {
            Some(number) if range.contains(&number) => Some(number),
            Some(_) => {
                let msg = format!("Debe estar entre {} y {}", range.start(), range.end());
                self.problem("out_of_range", msg);
                None
            }
            None => {
                self.problem("int_type", "Debe ser un número entero");
                None
            }
        }
    }

    /// A whole number within a range, also as a text in queries and paths; none if absent.
    pub(crate) fn optional_integer(mut self, range: RangeInclusive<i64>) -> Option<i64> {
        self.describe_integer(false, KnownFormat::Int64, &range);
        self.integer_sent(&range)
    }

    /// A whole number within a range.
    pub(crate) fn integer(mut self, range: RangeInclusive<i64>) -> i64 {
        self.describe_integer(true, KnownFormat::Int64, &range);
        self.require();
        self.integer_sent(&range).unwrap_or(*range.start())
    }

    /// A whole number of 32 bits within a range; none if absent.
    pub(crate) fn optional_small<T: TryFrom<i64>>(
        mut self,
        range: RangeInclusive<i64>,
    ) -> Option<T> {
        self.describe_integer(false, KnownFormat::Int32, &range);
        let number = self.integer_sent(&range)?;
        T::try_from(number).ok()
    }

    /// As [`Field::optional_small`]; a blank text is none, as forms send what nobody chose.
    pub(crate) fn optional_small_unless_blank<T: TryFrom<i64>>(
        mut self,
        range: RangeInclusive<i64>,
    ) -> Option<T> {
        self.describe_integer(false, KnownFormat::Int32, &range);
        if self
            .present()?
            .as_str()
            .is_some_and(|text| text.trim().is_empty())
        {
            return None;
        }
        let number = self.integer_sent(&range)?;
        T::try_from(number).ok()
    }

    /// A port; none if absent.
    pub(crate) fn optional_port(self) -> Option<u16> {
        self.optional_small(1..=65535)
    }

    /// An amount of money in minor units and more than zero, exactly: never by way of a float.
    pub(crate) fn optional_positive_amount(mut self) -> Option<i64> {
        self.describe(false, Kind::of(Type::Number).format(KnownFormat::Double));
        self.positive_money()
    }

    /// As [`Field::optional_positive_amount`], and required.
    pub(crate) fn positive_amount(mut self) -> i64 {
        self.describe(true, Kind::of(Type::Number).format(KnownFormat::Double));
        self.require();
        self.positive_money().unwrap_or(1)
    }

    fn positive_money(&mut self) -> Option<i64> {
        let minor = self.money(parse_minor)?;
        if minor < 1 {
            self.problem("greater_than", "Debe ser mayor que cero");
            return None;
        }
        Some(minor)
    }

    /// An amount of money that is compared with one of ours and never charged, in minor units;
    /// what is finer than a cent is rounded.
    pub(crate) fn compared_amount(mut self) -> i64 {
        self.describe(true, Kind::of(Type::Number).format(KnownFormat::Double));
        self.require();
        self.money(parse_minor_rounded).unwrap_or(1)
    }

    fn money(&mut self, parse: fn(&str) -> Result<i64, AmountError>) -> Option<i64> {
        let Value::Number(number) = self.present()? else {
            self.problem("decimal_type", NOT_AN_AMOUNT);
            return None;
        };
        match parse(&number.to_string()) {
            Ok(minor) => Some(minor),
            Err(AmountError::NotANumber) => {
                self.problem("decimal_type", NOT_AN_AMOUNT);
                None
            }
            Err(AmountError::TooPrecise) => {
                self.problem("decimal_max_places", "Debe tener como máximo dos decimales");
                None
            }
            Err(AmountError::OutOfRange) => {
                self.problem("out_of_range", "El importe es demasiado grande");
                None
            }
        }
    }

    /// A currency, if sent.
    pub(crate) fn optional_currency(mut self) -> Option<Currency> {
        self.describe(false, Kind::of(Type::String));
        let sent = self.plain()?;
        let currency = Currency::from_code(sent.trim());
        self.or_problem(currency, "enum", "La moneda debe ser MXN, USD o EUR")
    }

    /// `2026-03-04` or `2026-03-04T10:00:00` in UTC, if sent.
    pub(crate) fn optional_moment(mut self) -> Option<Moment> {
        self.describe(false, Kind::of(Type::String));
        let text = self.filled_unless_blank(40)?;
        self.or_problem(
            moment_of(&text),
            "date_type",
            "Debe ser una fecha (2026-03-04) o una fecha con hora (2026-03-04T10:00:00), en UTC",
        )
    }
}

/// A JSON number as a whole one: `7`, `7.0` and `7e0` are, `7.5` is not.
fn integer_of(number: &serde_json::Number) -> Option<i64> {
    number.as_i64().or_else(|| {
        let minor = parse_minor(&number.to_string()).ok()?;
        (minor % 100 == 0).then_some(minor / 100)
    })
}

fn moment_of(text: &str) -> Option<Moment> {
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
        let day = moment_of("2026-03-04").unwrap();
        assert_eq!(day.start, Timestamp::from_unix_seconds(1_772_582_400));
        assert_eq!(day.end, Timestamp::from_unix_seconds(1_772_668_800));
        let moment = moment_of("2026-03-04T10:00:00Z").unwrap();
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
            assert!(moment_of(text).is_none(), "{text}");
        }
    }
}
