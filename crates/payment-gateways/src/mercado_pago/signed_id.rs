//! The id that an event's signature covers.

use ports::payments::RawEvent;
use serde::Deserialize;

use crate::tolerant;

/// An event's body. Nothing in it is covered by the signature.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct EventBody {
    /// Id of the event.
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) id: Option<String>,
    #[serde(rename = "type", deserialize_with = "tolerant::field")]
    pub(crate) kind: Option<String>,
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) action: Option<String>,
    /// Our reference, should the event carry it: a hint at whose secret signed it.
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) external_reference: Option<String>,
    #[serde(deserialize_with = "tolerant::object")]
    data: Option<NoticeData>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct NoticeData {
    #[serde(deserialize_with = "tolerant::field")]
    id: Option<String>,
}

impl EventBody {
    pub(crate) fn of(raw: &RawEvent) -> Self {
        serde_json::from_slice(&raw.body).unwrap_or_default()
    }
}

/// A query parameter that is not empty.
pub(crate) fn query<'a>(raw: &'a RawEvent, name: &str) -> Option<&'a str> {
    raw.query
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.trim())
        .filter(|value| !value.is_empty())
}

/// A header that is not empty.
pub(crate) fn header<'a>(raw: &'a RawEvent, name: &str) -> Option<&'a str> {
    raw.headers
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
        .filter(|value| !value.is_empty())
}

/// `data.id` of the query, else of the body. Checking and reading go by the same id.
pub(crate) fn signed_id(raw: &RawEvent, body: &EventBody) -> Option<String> {
    query(raw, "data.id")
        .map(str::to_owned)
        .or_else(|| body.data.as_ref().and_then(|data| data.id.clone()))
}
