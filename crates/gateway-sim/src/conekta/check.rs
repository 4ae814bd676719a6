//! Field checks that collect everything that is wrong, as the vendor does.

use serde_json::{Map, Value};

/// The faults found so far: field and what is wrong with it.
#[derive(Debug, Default)]
pub(crate) struct Faults(pub(crate) Vec<(String, String)>);

impl Faults {
    pub(crate) fn add(&mut self, param: &str, what: impl Into<String>) {
        self.0.push((param.to_owned(), what.into()));
    }

    /// A text of `min` to `max` characters.
    pub(crate) fn text(
        &mut self,
        param: &str,
        value: Option<&Value>,
        (min, max): (usize, usize),
    ) -> Option<String> {
        match value {
            Some(Value::String(text)) if (min..=max).contains(&text.chars().count()) => {
                Some(text.clone())
            }
            Some(Value::String(_)) => {
                self.add(
                    param,
                    format!("The length must be between {min} and {max}."),
                );
                None
            }
            Some(_) => {
                self.add(param, "The parameter must be a string.");
                None
            }
            None => {
                self.add(param, "The parameter is required.");
                None
            }
        }
    }

    /// The same, where it may be absent.
    pub(crate) fn optional_text(
        &mut self,
        param: &str,
        value: Option<&Value>,
        bounds: (usize, usize),
    ) -> Option<String> {
        match value {
            None | Some(Value::Null) => None,
            some => self.text(param, some, bounds),
        }
    }

    /// An integer of at least `min`. `2000.0` is no integer.
    pub(crate) fn integer(&mut self, param: &str, value: Option<&Value>, min: i64) -> Option<i64> {
        let Some(value) = value else {
            self.add(param, "The parameter is required.");
            return None;
        };
        // 99,999,999,999 keeps every later sum far from overflow.
        match value.as_i64() {
            Some(number) if (min..=99_999_999_999).contains(&number) => Some(number),
            Some(_) => {
                self.add(
                    param,
                    format!("The parameter must be at least {min} and not too large."),
                );
                None
            }
            None => {
                self.add(param, "The parameter must be an integer.");
                None
            }
        }
    }

    /// `metadata`: at most 100 keys, scalar values only.
    pub(crate) fn metadata(&mut self, param: &str, value: Option<&Value>) -> Map<String, Value> {
        let fields = match value {
            None | Some(Value::Null) => return Map::new(),
            Some(Value::Object(fields)) => fields,
            Some(_) => {
                self.add(param, "The parameter must be a hash.");
                return Map::new();
            }
        };
        if fields.len() > 100 {
            self.add(param, "At most 100 keys are allowed.");
        }
        for (key, value) in fields {
            let fits = match value {
                Value::String(text) => text.chars().count() <= 249,
                Value::Number(_) | Value::Bool(_) => true,
                Value::Null | Value::Array(_) | Value::Object(_) => false,
            };
            if !fits {
                self.add(
                    &format!("{param}.{key}"),
                    "Only scalar values, text up to 249 characters.",
                );
            }
        }
        fields.clone()
    }

    /// An e-mail address, as far as one can tell.
    pub(crate) fn email(&mut self, param: &str, value: Option<&Value>) -> Option<String> {
        let text = self.text(param, value, (3, 249))?;
        let fits = text.split_once('@').is_some_and(|(local, host)| {
            !local.is_empty()
                && host.split('.').count() > 1
                && host.split('.').all(|label| !label.is_empty())
                && !host.contains('@')
        }) && !text.contains(char::is_whitespace);
        if !fits {
            self.add(param, "The parameter must be an e-mail address.");
            return None;
        }
        Some(text)
    }

    /// A phone number: 10 to 15 digits, a leading plus allowed.
    pub(crate) fn phone(&mut self, param: &str, value: Option<&Value>) -> Option<String> {
        let text = self.text(param, value, (1, 249))?;
        let digits = text.strip_prefix('+').unwrap_or(&text);
        let fits = (10..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        if !fits {
            self.add(
                param,
                "The parameter must be a phone number of 10 to 15 digits.",
            );
            return None;
        }
        Some(text)
    }
}
