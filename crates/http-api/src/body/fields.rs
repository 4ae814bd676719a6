//! A reader of fields that collects every problem instead of stopping at the first.
//!
//! Readers answer a stand-in where a field is bad; [`Fields::finish`] then refuses the request,
//! so the stand-in is never used.

mod addresses;
mod numbers;

use domain::text::{self, TextError};
use serde_json::{Map, Value};

use crate::body::problem::Problem;
use crate::error::ApiError;

/// What a request says of an optional field that can be cleared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change<T> {
    /// Not sent: leave it.
    Keep,
    /// Sent as null: clear it.
    Clear,
    /// Sent: set it.
    Set(T),
}

/// The fields of a body, a query or a path.
pub(crate) struct Fields {
    place: &'static str,
    map: Map<String, Value>,
    problems: Vec<Problem>,
}

impl Fields {
    pub(crate) fn new(place: &'static str, map: Map<String, Value>) -> Self {
        Self {
            place,
            map,
            problems: Vec::new(),
        }
    }

    pub(crate) fn empty(place: &'static str) -> Self {
        Self::new(place, Map::new())
    }

    /// Refuses the request if any field was bad.
    ///
    /// # Errors
    /// `422` with every problem.
    pub(crate) fn finish(self) -> Result<(), ApiError> {
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(self.into_error())
        }
    }

    /// Whether no problem was found so far.
    pub(crate) fn is_fine(&self) -> bool {
        self.problems.is_empty()
    }

    /// The refusal with every problem found.
    pub(crate) fn into_error(self) -> ApiError {
        ApiError::invalid(&self.problems)
    }

    /// Adds a problem that a reader could not see by itself.
    pub(crate) fn problem(&mut self, field: &str, kind: &'static str, msg: impl Into<String>) {
        self.problems
            .push(Problem::of_field(self.place, field, kind, msg));
    }

    fn missing(&mut self, field: &str) {
        self.problem(field, "missing", "Este campo es obligatorio");
    }

    /// The value under the first of these names that is sent and not null.
    fn present(&self, names: &[&str]) -> Option<Value> {
        names
            .iter()
            .find_map(|name| self.map.get(*name))
            .filter(|value| !value.is_null())
            .cloned()
    }

    fn first<'a>(names: &[&'a str]) -> &'a str {
        names.first().copied().unwrap_or("")
    }

    /// Whether the field is sent, null included.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.map.contains_key(name)
    }

    /// Any JSON value, null if absent.
    pub(crate) fn json(&self, name: &str) -> Value {
        self.map.get(name).cloned().unwrap_or(Value::Null)
    }

    /// The value read, or a problem with the field.
    fn or_problem<T>(
        &mut self,
        field: &str,
        read: Option<T>,
        kind: &'static str,
        msg: &str,
    ) -> Option<T> {
        if read.is_none() {
            self.problem(field, kind, msg);
        }
        read
    }

    /// A text as sent. Numbers are taken as texts where `numbers` allows.
    fn plain(&mut self, names: &[&str], numbers: bool) -> Option<String> {
        let text = match self.present(names)? {
            Value::String(text) => Some(text),
            Value::Number(number) if numbers => Some(number.to_string()),
            _ => None,
        };
        self.or_problem(Self::first(names), text, "string_type", "Debe ser un texto")
    }

    fn text_problem(&mut self, field: &str, error: TextError) {
        match error {
            TextError::Empty => self.problem(field, "string_too_short", "No puede estar vacío"),
            TextError::TooLong { max } => {
                let msg = format!("Debe tener como máximo {max} caracteres");
                self.problem(field, "string_too_long", msg);
            }
            TextError::Control => {
                self.problem(
                    field,
                    "string_pattern_mismatch",
                    "Contiene caracteres no permitidos",
                );
            }
        }
    }

    /// A text of 1 to `max` characters, trimmed.
    pub(crate) fn text(&mut self, names: &[&str], max: usize) -> String {
        let field = Self::first(names);
        if self.present(names).is_none() {
            self.missing(field);
            return String::new();
        }
        self.optional_text(names, max, false).unwrap_or_default()
    }

    /// A text of 1 to `max` characters, trimmed; absent, null and (where `empty_is_none`) blank
    /// are none.
    pub(crate) fn optional_text(
        &mut self,
        names: &[&str],
        max: usize,
        empty_is_none: bool,
    ) -> Option<String> {
        let sent = self.plain(names, false)?;
        if empty_is_none && sent.trim().is_empty() {
            return None;
        }
        match text::required(&sent, max) {
            Ok(text) => Some(text),
            Err(error) => {
                self.text_problem(Self::first(names), error);
                None
            }
        }
    }

    /// As [`Fields::optional_text`], with numbers taken as texts.
    pub(crate) fn optional_text_or_number(&mut self, names: &[&str], max: usize) -> Option<String> {
        let sent = self.plain(names, true)?;
        if sent.trim().is_empty() {
            return None;
        }
        match text::required(&sent, max) {
            Ok(text) => Some(text),
            Err(error) => {
                self.text_problem(Self::first(names), error);
                None
            }
        }
    }

    /// A text of at most `max` characters in which line breaks are welcome.
    pub(crate) fn optional_multiline(&mut self, name: &str, max: usize) -> Option<String> {
        let sent = self.plain(&[name], false)?;
        match text::multiline(&sent, max) {
            Ok(text) => Some(text),
            Err(error) => {
                self.text_problem(name, error);
                None
            }
        }
    }

    /// A text that may be kept, cleared by null, or set.
    pub(crate) fn change_text(&mut self, name: &str, max: usize) -> Change<String> {
        match self.map.get(name) {
            None => Change::Keep,
            Some(Value::Null) => Change::Clear,
            Some(_) => self
                .optional_text(&[name], max, true)
                .map_or(Change::Clear, Change::Set),
        }
    }

    /// A mandatory text of a partial update: absent keeps it, null is refused.
    pub(crate) fn update_text(&mut self, name: &str, max: usize) -> Option<String> {
        if self.map.get(name).is_some_and(Value::is_null) {
            self.problem(name, "string_type", "No puede ser nulo");
            return None;
        }
        self.optional_text(&[name], max, false)
    }

    /// A secret: as sent, 1 to `max` bytes, any characters but NUL.
    pub(crate) fn secret(&mut self, name: &str, max: usize) -> String {
        if self.present(&[name]).is_none() {
            self.missing(name);
            return String::new();
        }
        self.optional_secret(&[name], max).unwrap_or_default()
    }

    /// As [`Fields::secret`]; absent, null and empty are none.
    pub(crate) fn optional_secret(&mut self, names: &[&str], max: usize) -> Option<String> {
        let field = Self::first(names);
        let sent = self.plain(names, false)?;
        if sent.is_empty() {
            return None;
        }
        if sent.len() > max {
            let msg = format!("Debe tener como máximo {max} bytes");
            self.problem(field, "string_too_long", msg);
            return None;
        }
        if sent.contains('\0') {
            self.problem(
                field,
                "string_pattern_mismatch",
                "Contiene caracteres no permitidos",
            );
            return None;
        }
        Some(sent)
    }

    /// One of a few words, if sent.
    pub(crate) fn optional_choice<T>(
        &mut self,
        names: &[&str],
        read: impl Fn(&str) -> Option<T>,
        allowed: &str,
    ) -> Option<T> {
        let sent = self.plain(names, false)?;
        let choice = read(sent.trim());
        if choice.is_none() {
            self.problem(Self::first(names), "enum", format!("Debe ser {allowed}"));
        }
        choice
    }

    /// A boolean, if sent and not null.
    pub(crate) fn optional_bool(&mut self, names: &[&str]) -> Option<bool> {
        let value = self.present(names)?.as_bool();
        self.or_problem(
            Self::first(names),
            value,
            "bool_type",
            "Debe ser verdadero o falso",
        )
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields(value: Value) -> Fields {
        match value {
            Value::Object(map) => Fields::new("body", map),
            _ => Fields::empty("body"),
        }
    }

    #[test]
    fn every_problem_is_told_at_once() {
        let mut body =
            fields(json!({"nombre": "", "precio": 1.999, "puerto": 70000, "email": "x"}));
        body.text(&["nombre"], 100);
        body.optional_amount(&["precio"]);
        body.integer(&["puerto"], 1..=65535);
        body.email(&["email"]);
        body.text(&["falta"], 10);
        let error = body.finish().unwrap_err().to_string();
        for part in [
            "nombre",
            "precio",
            "dos decimales",
            "puerto",
            "65535",
            "email",
            "falta",
        ] {
            assert!(error.contains(part), "{part} in {error}");
        }
    }

    #[test]
    fn amounts_are_exact_and_both_names_are_read() {
        let mut body = fields(json!({"product_id": 7, "monto": 19.99}));
        assert_eq!(
            body.integer(&["producto_id", "product_id"], 1..=i64::MAX),
            7
        );
        assert_eq!(body.optional_amount(&["monto"]), Some(1999));
        assert_eq!(body.compared_amount(&["monto", "transaction_amount"]), 1999);
        assert!(body.finish().is_ok());
    }

    #[test]
    fn null_and_absent_differ_in_updates() {
        let mut body = fields(json!({"a": null, "b": "x", "d": " "}));
        assert_eq!(body.change_text("a", 10), Change::Clear);
        assert_eq!(body.change_text("b", 10), Change::Set("x".to_owned()));
        assert_eq!(body.change_text("c", 10), Change::Keep);
        assert_eq!(body.change_text("d", 10), Change::Clear);
        assert_eq!(body.update_text("a", 10), None);
        assert!(body.finish().is_err());
    }

    #[test]
    fn wrong_types_are_named() {
        let mut body = fields(json!({"nombre": 5, "activo": "si", "n": 7.5, "m": "12"}));
        body.text(&["nombre"], 10);
        body.optional_bool(&["activo"]);
        body.optional_integer(&["n"], 0..=10);
        assert_eq!(body.optional_integer(&["m"], 0..=100), Some(12));
        let error = body.finish().unwrap_err().to_string();
        assert!(
            error.contains("string_type")
                && error.contains("bool_type")
                && error.contains("int_type")
        );
    }
}
