//! Reading JSON that may be absent, null, empty, of another type or unknown, field by field.
//!
//! A field that cannot be read counts as absent; it never spoils its neighbours. Numbers are read
//! from their text, so that amounts stay exact.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// Longest text that is taken over.
const MAX_TEXT: usize = 2048;

/// A value that can be read from any JSON, or not.
pub(crate) trait Tolerant: Sized {
    /// Reads the value; `None` when there is none in it.
    fn read(raw: &RawValue) -> Option<Self>;
}

/// An amount with at most two decimals, as minor units, from a number or a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decimal(pub(crate) i64);

/// Text or number as text, trimmed; not empty, without control characters.
impl Tolerant for String {
    fn read(raw: &RawValue) -> Option<Self> {
        let json = raw.get();
        let text = match json.bytes().next()? {
            b'"' => serde_json::from_str::<Self>(json).ok()?,
            b'-' | b'0'..=b'9' => json.to_owned(),
            _ => return None,
        };
        let text = text.trim();
        let is_usable =
            !text.is_empty() && text.len() <= MAX_TEXT && !text.chars().any(char::is_control);
        is_usable.then(|| text.to_owned())
    }
}

impl Tolerant for i64 {
    fn read(raw: &RawValue) -> Option<Self> {
        String::read(raw)?.parse().ok()
    }
}

impl Tolerant for u32 {
    fn read(raw: &RawValue) -> Option<Self> {
        String::read(raw)?.parse().ok()
    }
}

impl Tolerant for Decimal {
    fn read(raw: &RawValue) -> Option<Self> {
        domain::money::parse_minor(&String::read(raw)?)
            .ok()
            .map(Self)
    }
}

impl Tolerant for bool {
    fn read(raw: &RawValue) -> Option<Self> {
        match raw.get() {
            "true" | "\"true\"" => Some(true),
            "false" | "\"false\"" => Some(false),
            _ => None,
        }
    }
}

/// For `deserialize_with`: a plain value.
pub(crate) fn field<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Tolerant,
{
    Ok(T::read(<&RawValue>::deserialize(deserializer)?))
}

/// For `deserialize_with`: an object.
pub(crate) fn object<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    Ok(read_object(<&RawValue>::deserialize(deserializer)?))
}

/// For `deserialize_with`: a list of objects, plain, wrapped as `{"data": [...]}`, or a single
/// object in place of a list.
pub(crate) fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    Ok(read_list(<&RawValue>::deserialize(deserializer)?))
}

fn read_object<T: DeserializeOwned>(raw: &RawValue) -> Option<T> {
    // Derived structs read themselves from arrays, too; no gateway means that.
    raw.get()
        .starts_with('{')
        .then(|| serde_json::from_str(raw.get()).ok())
        .flatten()
}

fn read_list<T: DeserializeOwned>(raw: &RawValue) -> Vec<T> {
    #[derive(Deserialize)]
    struct Wrapped<'a> {
        #[serde(borrow)]
        data: Vec<&'a RawValue>,
    }
    let json = raw.get();
    let items = if json.starts_with('[') {
        serde_json::from_str::<Vec<&RawValue>>(json).unwrap_or_default()
    } else if let Ok(wrapped) = serde_json::from_str::<Wrapped<'_>>(json) {
        wrapped.data
    } else {
        vec![raw]
    };
    items.into_iter().filter_map(read_object).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Sample {
        #[serde(deserialize_with = "field")]
        id: Option<String>,
        #[serde(deserialize_with = "field")]
        amount: Option<Decimal>,
        #[serde(deserialize_with = "field")]
        live: Option<bool>,
        #[serde(deserialize_with = "list")]
        parts: Vec<Sample>,
        #[serde(deserialize_with = "object")]
        inner: Option<Box<Sample>>,
    }

    fn sample(json: &str) -> Sample {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn accepts_numbers_strings_and_null() {
        for (json, id) in [
            (r#"{"id":123456789012}"#, Some("123456789012")),
            (r#"{"id":"123456789012"}"#, Some("123456789012")),
            (r#"{"id":"  a "}"#, Some("a")),
            (r#"{"id":""}"#, None),
            (r#"{"id":"a\u0000b"}"#, None),
            (r#"{"id":null}"#, None),
            (r#"{"id":{"x":1}}"#, None),
            (r#"{"id":[1]}"#, None),
            (r#"{"id":true}"#, None),
            ("{}", None),
        ] {
            assert_eq!(sample(json).id.as_deref(), id, "{json}");
        }
    }

    #[test]
    fn amounts_are_exact() {
        for (json, minor) in [
            (r#"{"amount":19.99}"#, Some(1999)),
            (r#"{"amount":20}"#, Some(2000)),
            (r#"{"amount":"20.00"}"#, Some(2000)),
            (r#"{"amount":2e1}"#, Some(2000)),
            (r#"{"amount":19.999}"#, None),
            (r#"{"amount":"x"}"#, None),
        ] {
            assert_eq!(sample(json).amount.map(|amount| amount.0), minor, "{json}");
        }
    }

    #[test]
    fn a_bad_field_or_item_does_not_spoil_its_neighbours() {
        let read = sample(r#"{"id":"a","amount":[],"live":"true","parts":[{"id":"b"},3,null,{}]}"#);
        assert_eq!((read.id.as_deref(), read.live), (Some("a"), Some(true)));
        let ids: Vec<_> = read.parts.iter().map(|part| part.id.as_deref()).collect();
        assert_eq!(ids, [Some("b"), None]);
    }

    #[test]
    fn lists_come_plain_wrapped_single_or_not_at_all() {
        for (json, count) in [
            (r#"{"parts":[{},{}]}"#, 2),
            (r#"{"parts":{"object":"list","data":[{},{}]}}"#, 2),
            (r#"{"parts":{"id":"x"}}"#, 1),
            (r#"{"parts":null}"#, 0),
            (r#"{"parts":""}"#, 0),
            ("{}", 0),
        ] {
            assert_eq!(sample(json).parts.len(), count, "{json}");
        }
    }
}
