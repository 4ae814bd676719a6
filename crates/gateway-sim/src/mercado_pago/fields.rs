//! Reading request bodies strictly: exact numbers, no unknown names.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::mercado_pago::error::Refusal;
use crate::money::parse_major;
use crate::wire::Request;

/// A JSON object whose values are still text, so that decimals stay exact.
#[derive(Debug)]
pub(crate) struct Fields(BTreeMap<String, Box<RawValue>>);

impl Fields {
    /// Reads the body; an empty one counts as `{}` where that is allowed.
    pub(crate) fn read(request: &Request, empty: bool) -> Result<Self, Refusal> {
        if empty && request.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self(BTreeMap::new()));
        }
        serde_json::from_slice(&request.body)
            .map(Self)
            .map_err(|error| Refusal::bad(1, format!("Invalid json: {error}")))
    }

    /// Refuses names that are not in the list (cause 8).
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), Refusal> {
        let wrong: Vec<&str> = self
            .0
            .keys()
            .map(String::as_str)
            .filter(|name| !known.contains(name))
            .collect();
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(wrong_names(&wrong))
        }
    }

    /// The value, where present and not null.
    pub(crate) fn get(&self, name: &str) -> Option<Value> {
        let value: Value = serde_json::from_str(self.0.get(name)?.get()).ok()?;
        (!value.is_null()).then_some(value)
    }

    /// An amount in minor units: a JSON number above zero with at most two decimals.
    pub(crate) fn amount(&self, name: &str, cause: i64) -> Result<Option<i64>, Refusal> {
        let Some(raw) = self.0.get(name) else {
            return Ok(None);
        };
        let text = raw.get().trim();
        if text == "null" {
            return Ok(None);
        }
        let numeric = text.starts_with(|c: char| c == '-' || c.is_ascii_digit());
        if !numeric {
            return Err(Refusal::bad(
                cause,
                format!("{name} attribute must be numeric"),
            ));
        }
        match parse_major(text) {
            Some(cents) if cents > 0 => Ok(Some(cents)),
            _ => Err(Refusal::bad(cause, format!("Invalid {name}"))),
        }
    }

    /// A text of at most `max` characters.
    pub(crate) fn text(
        &self,
        name: &str,
        max: usize,
        cause: i64,
    ) -> Result<Option<String>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) if text.chars().count() <= max => Ok(Some(text)),
            Some(_) => Err(Refusal::bad(
                cause,
                format!("{name} attribute must be a string of at most {max} characters"),
            )),
        }
    }

    /// A boolean.
    pub(crate) fn flag(&self, name: &str, default: bool) -> Result<bool, Refusal> {
        match self.get(name) {
            None => Ok(default),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(_) => Err(Refusal::bad(1, format!("{name} attribute must be boolean"))),
        }
    }

    /// An object.
    pub(crate) fn object(&self, name: &str) -> Result<Option<Value>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(value @ Value::Object(_)) => Ok(Some(value)),
            Some(_) => Err(Refusal::bad(
                1,
                format!("{name} attribute must be an object"),
            )),
        }
    }
}

/// Cause 8.
pub(crate) fn wrong_names(names: &[&str]) -> Refusal {
    let names = names.join(", ");
    Refusal::bad(
        8,
        format!("The name of the following parameters is wrong : [{names}]"),
    )
}
