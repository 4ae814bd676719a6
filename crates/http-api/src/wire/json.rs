//! Money as a JSON number.

use domain::money::{Money, format_minor};
use serde::{Serialize, Serializer};
use serde_json::Number;
use utoipa::ToSchema;

/// An amount as a JSON number with at most two decimals (`15.0`, `19.99`), written exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(value_type = f64, example = 15.0)]
pub(crate) struct Amount(i64);

impl Amount {
    /// From minor units.
    pub(crate) const fn from_minor(minor: i64) -> Self {
        Self(minor)
    }

    /// From money; the currency is told elsewhere.
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
}
