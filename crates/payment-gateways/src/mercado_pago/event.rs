//! What a Mercado Pago event points at, and the id that its signature covers. Only the id counts:
//! the payment is read again.

use ports::payments::{GatewayEvent, RawEvent};
use serde::Deserialize;

use crate::{text, tolerant};

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

/// Reads events about payments: webhooks, and legacy IPN (`?topic=payment&id=123`) as a hint.
pub(crate) fn parse(raw: &RawEvent) -> Option<GatewayEvent> {
    let body = EventBody::of(raw);
    let kind = query(raw, "type")
        .or_else(|| query(raw, "topic"))
        .or(body.kind.as_deref())
        .map(text::code)?;
    if kind != "payment" {
        return None;
    }
    let signed = signed_id(raw, &body);
    let is_legacy = signed.is_none();
    let payment_id = signed.or_else(|| query(raw, "id").map(str::to_owned))?;
    // Payment ids are numbers; anything else would only cost us a request.
    let is_id = payment_id.len() <= 20 && payment_id.bytes().all(|byte| byte.is_ascii_digit());
    if !is_id {
        return None;
    }
    let action = body
        .action
        .as_deref()
        .map(text::code)
        .filter(|action| !action.is_empty());
    let topic = action.unwrap_or_else(|| kind.clone());
    // Repeats of one event share its id; one without an id is told apart by its request.
    let number = if is_legacy { None } else { body.id };
    let number = number
        .as_deref()
        .or_else(|| header(raw, "x-request-id"))
        .unwrap_or_default();
    let event_id = text::code(&format!("{kind}:{payment_id}:{topic}:{number}"));
    Some(GatewayEvent {
        event_id,
        topic,
        order_id: None,
        payment_id: Some(payment_id),
        reference: body
            .external_reference
            .filter(|text| !text.is_empty() && text.len() <= 64),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(query: &[(&str, &str)], body: &str) -> RawEvent {
        RawEvent {
            query: query
                .iter()
                .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
                .collect(),
            headers: vec![("x-request-id".to_owned(), "req-1".to_owned())],
            body: body.as_bytes().to_vec(),
        }
    }

    const BODY: &str = r#"{"id":12345678,"live_mode":true,"type":"payment","user_id":44444,
        "api_version":"v1","action":"payment.updated","data":{"id":"123456789012"}}"#;

    #[test]
    fn a_webhook_is_understood() {
        let event = parse(&raw(
            &[("data.id", "123456789012"), ("type", "payment")],
            BODY,
        ))
        .unwrap();
        assert_eq!(event.payment_id.as_deref(), Some("123456789012"));
        assert_eq!(event.topic, "payment.updated");
        assert_eq!(
            event.event_id,
            "payment:123456789012:payment.updated:12345678"
        );
    }

    #[test]
    fn a_reference_in_the_body_is_taken_for_a_hint() {
        let body = BODY.replacen('{', r#"{"external_reference":"HSEM1","#, 1);
        let event = parse(&raw(&[], &body)).unwrap();
        assert_eq!(event.reference.as_deref(), Some("HSEM1"));
        for odd in ["", &"x".repeat(65)] {
            let odd = format!(r#"{{"external_reference":"{odd}","#);
            let event = parse(&raw(&[], &BODY.replacen('{', &odd, 1))).unwrap();
            assert_eq!(event.reference, None);
        }
    }

    #[test]
    fn the_signed_id_of_the_query_wins_over_the_body() {
        let event = parse(&raw(&[("data.id", "7"), ("type", "payment")], BODY)).unwrap();
        assert_eq!(event.payment_id.as_deref(), Some("7"));
        assert_eq!(
            parse(&raw(&[], BODY)).unwrap().payment_id.as_deref(),
            Some("123456789012")
        );
    }

    #[test]
    fn an_id_beside_the_signed_one_does_not_count() {
        let query = [("id", "9"), ("data.id", "7"), ("type", "payment")];
        assert_eq!(
            parse(&raw(&query, BODY)).unwrap().payment_id.as_deref(),
            Some("7")
        );
    }

    #[test]
    fn a_legacy_notice_is_a_hint() {
        let event = parse(&raw(&[("topic", "payment"), ("id", "123")], "")).unwrap();
        assert_eq!(event.payment_id.as_deref(), Some("123"));
        assert_eq!(event.event_id, "payment:123:payment:req-1");
    }

    #[test]
    fn everything_else_is_nothing() {
        for (query, body) in [
            (vec![], ""),
            (vec![], "x"),
            (vec![("type", "payment")], "{}"),
            (vec![("topic", "merchant_order"), ("id", "1")], ""),
            (
                vec![("type", "topic_chargebacks_wh"), ("data.id", "1")],
                BODY,
            ),
            (vec![("type", "payment"), ("data.id", "../1")], ""),
            (vec![("type", "payment"), ("data.id", "ORD01JX7ABCDEF")], ""),
            (
                vec![("type", "payment"), ("data.id", "123456789012345678901")],
                "",
            ),
        ] {
            assert_eq!(parse(&raw(&query, body)), None, "{query:?} {body}");
        }
    }
}
