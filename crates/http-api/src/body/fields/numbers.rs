//! Numbers and money.

use std::ops::RangeInclusive;

use domain::money::{AmountError, Currency, parse_minor, parse_minor_rounded};
use serde_json::Value;

use crate::body::fields::Fields;

impl Fields {
    /// A whole number within a range, also as a text in queries and paths; none if absent.
    pub(crate) fn optional_integer(
        &mut self,
        names: &[&str],
        range: RangeInclusive<i64>,
    ) -> Option<i64> {
        let field = Self::first(names);
        let number = match self.present(names)? {
            Value::Number(number) => integer_of(&number),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        match number {
            Some(number) if range.contains(&number) => Some(number),
            Some(_) => {
                let msg = format!("Debe estar entre {} y {}", range.start(), range.end());
                self.problem(field, "out_of_range", msg);
                None
            }
            None => {
                self.problem(field, "int_type", "Debe ser un número entero");
                None
            }
        }
    }

    /// A whole number within a range.
    pub(crate) fn integer(&mut self, names: &[&str], range: RangeInclusive<i64>) -> i64 {
        let start = *range.start();
        if self.present(names).is_none() {
            self.missing(Self::first(names));
            return start;
        }
        self.optional_integer(names, range).unwrap_or(start)
    }

    /// A number of money in minor units, exactly: never by way of a float.
    pub(crate) fn optional_amount(&mut self, names: &[&str]) -> Option<i64> {
        self.money(names, parse_minor)
    }

    /// A number of money that is compared with one of ours and never charged, in minor units;
    /// what is finer than a cent is rounded.
    pub(crate) fn compared_amount(&mut self, names: &[&str]) -> i64 {
        if self.present(names).is_none() {
            self.missing(Self::first(names));
            return 1;
        }
        self.money(names, parse_minor_rounded).unwrap_or(1)
    }

    fn money(
        &mut self,
        names: &[&str],
        parse: fn(&str) -> Result<i64, AmountError>,
    ) -> Option<i64> {
        let field = Self::first(names);
        let Value::Number(number) = self.present(names)? else {
            self.problem(field, "decimal_type", "Debe ser un número");
            return None;
        };
        match parse(&number.to_string()) {
            Ok(minor) => Some(minor),
            Err(AmountError::NotANumber) => {
                self.problem(field, "decimal_type", "Debe ser un número");
                None
            }
            Err(AmountError::TooPrecise) => {
                self.problem(
                    field,
                    "decimal_max_places",
                    "Debe tener como máximo dos decimales",
                );
                None
            }
            Err(AmountError::OutOfRange) => {
                self.problem(field, "out_of_range", "El importe es demasiado grande");
                None
            }
        }
    }

    /// A currency, if sent.
    pub(crate) fn optional_currency(&mut self, name: &str) -> Option<Currency> {
        let sent = self.plain(&[name], false)?;
        let currency = Currency::from_code(sent.trim());
        if currency.is_none() {
            self.problem(name, "enum", "La moneda debe ser MXN, USD o EUR");
        }
        currency
    }
}

/// A JSON number as a whole one: `7`, `7.0` and `7e0` are, `7.5` is not.
fn integer_of(number: &serde_json::Number) -> Option<i64> {
    number.as_i64().or_else(|| {
        let minor = parse_minor(&number.to_string()).ok()?;
        (minor % 100 == 0).then_some(minor / 100)
    })
}
