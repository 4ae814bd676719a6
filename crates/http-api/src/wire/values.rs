//! Values as callers know them: money, times, states of payments.

use chrono::DateTime;
use domain::money::{Money, format_minor};
use domain::time::Timestamp;
use serde::{Serialize, Serializer};
use serde_json::Number;
use utoipa::ToSchema;

/// Un importe, con dos decimales como máximo (`15.0`, `19.99`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(value_type = f64, example = 15.0)]
pub(crate) struct Amount(i64);

impl Amount {
    /// From minor units.
    pub(crate) const fn from_minor(minor: i64) -> Self {
        Self(minor)
    }

    /// From money; the currency is a field of its own.
    pub(crate) const fn of(money: Money) -> Self {
        Self(money.minor())
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // The shortest decimal of the nearest double is the amount again for every numeric(10,2).
        let number: Number = format_minor(self.0)
            .parse()
            .map_err(serde::ser::Error::custom)?;
        number.serialize(serializer)
    }
}

/// What a new company has for a public key of Conekta until it has one.
pub(crate) const PLACEHOLDER_PUBLIC_KEY: &str = "key_test_default_pub";

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
    fn amounts_are_written_exactly() {
        for (minor, text) in [
            (1500, "15.0"),
            (1999, "19.99"),
            (3555, "35.55"),
            (0, "0.0"),
            (9_999_999_999, "99999999.99"),
        ] {
            assert_eq!(
                serde_json::to_string(&Amount::from_minor(minor)).unwrap(),
                text
            );
        }
    }

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
