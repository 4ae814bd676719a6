//! Values in the database's terms and back.

use bigdecimal::{BigDecimal, ToPrimitive};
use chrono::{DateTime, NaiveDateTime};
use domain::ids::{InvalidId, TenantId};
use domain::time::Timestamp;
use ports::store::error::StoreError;

/// A moment as `timestamp without time zone` in UTC. Moments beyond the calendar are its end.
pub(crate) fn to_sql_time(at: Timestamp) -> NaiveDateTime {
    DateTime::from_timestamp_micros(at.unix_micros())
        .map_or(NaiveDateTime::MAX, |at| at.naive_utc())
}

/// A stored moment.
pub(crate) fn from_sql_time(at: NaiveDateTime) -> Timestamp {
    Timestamp::from_unix_micros(at.and_utc().timestamp_micros())
}

/// Minor units as `numeric(_, 2)`.
pub(crate) fn to_numeric(minor: i64) -> BigDecimal {
    BigDecimal::new(minor.into(), 2)
}

/// A stored amount in minor units; `None` if it has more digits than we count.
pub(crate) fn to_minor(amount: &BigDecimal) -> Option<i64> {
    let (digits, _scale) = amount.with_scale(2).into_bigint_and_exponent();
    digits.to_i64()
}

/// A text that somebody else sent: Postgres stores every character but NUL.
pub(crate) fn clean(text: &str) -> String {
    text.replace('\0', "")
}

/// As [`clean`], of a text that may be absent.
pub(crate) fn clean_option(text: Option<&String>) -> Option<String> {
    text.map(|text| clean(text))
}

/// A row limit or offset; a negative one counts as zero.
pub(crate) fn to_limit(number: i64) -> i64 {
    number.max(0)
}

/// Ids as their texts.
pub(crate) fn to_texts(ids: &[TenantId]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

/// Separates rows that the domain cannot make sense of (logged, by their ids) from the others, so
/// that one of them does not stop the work on all.
///
/// # Errors
/// Any other error than [`StoreError::Corrupt`].
pub(crate) fn readable<T>(
    rows: impl Iterator<Item = (i64, Result<T, StoreError>)>,
) -> Result<(Vec<T>, Vec<i64>), StoreError> {
    let mut good = Vec::new();
    let mut bad = Vec::new();
    for (id, row) in rows {
        match row {
            Ok(row) => good.push(row),
            Err(StoreError::Corrupt { table, .. }) => {
                tracing::error!(table, id, "row is not readable by this version: set aside");
                bad.push(id);
            }
            Err(other) => return Err(other),
        }
    }
    Ok((good, bad))
}

/// Names a row that the domain cannot make sense of.
#[derive(Debug, Clone)]
pub(crate) struct RowName {
    /// Table.
    pub(crate) table: &'static str,
    /// Key.
    pub(crate) id: String,
}

impl RowName {
    /// The row of this table with this key.
    pub(crate) fn new(table: &'static str, id: &impl ToString) -> Self {
        Self {
            table,
            id: id.to_string(),
        }
    }

    /// The error that says so.
    pub(crate) fn corrupt(&self) -> StoreError {
        StoreError::Corrupt {
            table: self.table,
            id: self.id.clone(),
        }
    }

    /// The value, or the error for want of it.
    pub(crate) fn need<T>(&self, value: Option<T>) -> Result<T, StoreError> {
        value.ok_or_else(|| self.corrupt())
    }

    /// The identifier, or the error if it is not one.
    pub(crate) fn id<T>(&self, parsed: Result<T, InvalidId>) -> Result<T, StoreError> {
        self.need(parsed.ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_moments_survive() {
        for minor in [0, 1, 29, 1999, 3555, 9_999_999_999, -50] {
            assert_eq!(to_minor(&to_numeric(minor)), Some(minor));
        }
        assert_eq!(to_minor(&BigDecimal::from(20)), Some(2000));
        assert_eq!(to_minor(&"19.9".parse().expect("a number")), Some(1990));
        for micros in [0, 1, -1, 1_772_618_400_123_456] {
            let at = Timestamp::from_unix_micros(micros);
            assert_eq!(from_sql_time(to_sql_time(at)), at);
        }
    }

    #[test]
    fn nul_is_left_out() {
        assert_eq!(clean("a\0b"), "ab");
    }
}
