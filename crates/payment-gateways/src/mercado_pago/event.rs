//! What a Mercado Pago event points at, and who sent it. Only the id counts: the signature covers
//! it, and the payment is read again.

use domain::secret::Secret;
use ports::payments::{EventProof, GatewayEvent, RawEvent};
use ring::hmac;
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
    data: Option<EventData>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct EventData {
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

/// Checks the `x-signature` header, HMAC-SHA256 over a manifest of ids and not over the body, in
/// constant time.
///
/// The manifest is `id:[data.id];request-id:[x-request-id];ts:[ts];`, a missing part left out with
/// its label. The vendor's pages say to lower-case an alphanumeric id, its validators do not:
/// both are accepted. `ts` is signed as sent, in seconds or milliseconds; no window is enforced,
/// since repeats keep their old `ts` and are told apart by their id.
pub(crate) fn prove(raw: &RawEvent, secret: Option<&Secret>) -> EventProof {
    let Some(secret) = secret.filter(|secret| !secret.is_empty()) else {
        return EventProof::NoKey;
    };
    // The older IPN is never signed: it proves nothing, and is not a forgery either.
    if header(raw, "x-signature").is_none() && is_ipn(raw) {
        return EventProof::NoKey;
    }
    let Some((ts, signature)) = header(raw, "x-signature").and_then(parts) else {
        return EventProof::Forged;
    };
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
    let id = signed_id(raw, &EventBody::of(raw));
    let request_id = header(raw, "x-request-id");
    let mut forms = vec![id.clone()];
    if let Some(id) = id {
        let lower = id.to_lowercase();
        if lower != id {
            forms.push(Some(lower));
        }
    }
    let is_signed = forms.into_iter().any(|id| {
        let manifest = manifest(id.as_deref(), request_id, ts);
        hmac::verify(&key, manifest.as_bytes(), &signature).is_ok()
    });
    if is_signed {
        EventProof::Verified
    } else {
        EventProof::Forged
    }
}

/// `?topic=payment&id=123`, as IPN come.
fn is_ipn(raw: &RawEvent) -> bool {
    query(raw, "topic").is_some() && query(raw, "id").is_some() && query(raw, "data.id").is_none()
}

fn manifest(id: Option<&str>, request_id: Option<&str>, ts: &str) -> String {
    let part = |label: &str, value: Option<&str>| {
        value.map_or_else(String::new, |value| format!("{label}:{value};"))
    };
    part("id", id) + &part("request-id", request_id) + &part("ts", Some(ts))
}

/// `ts=<unix>,v1=<hex>`, in any order.
fn parts(header: &str) -> Option<(&str, Vec<u8>)> {
    let value = |name: &str| {
        header.split(',').find_map(|part| {
            let (key, value) = part.split_once('=')?;
            (key.trim() == name).then(|| value.trim())
        })
    };
    let ts = value("ts").filter(|ts| !ts.is_empty())?;
    Some((ts, hex::decode(value("v1")?).ok()?))
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

    const SECRET: &str = "mp_test_secret_0001";
    const TS: &str = "1742505638683";
    const REQUEST: &str = "b4d4c3f0-5f1e-4a7e-9f6c-2f2f6a1c9d10";
    // Vectors of docs/reference/gateways.md, section B7; the first and third were confirmed with
    // the official Python SDK.
    const NUMERIC: &str = "e1af2a6d898f4c9831de40df50ba9bfbf0388aa45e3631b832837830ede04aa3";
    const LOWERED: &str = "3d00cc57e557855bd9eb39bef47c5ceb26592d6074cd2bf3519fee9025ce5b18";
    const NO_REQUEST: &str = "33a74b86df47b76b2858453a0133cae71ffd30c6a080c5b16fd5f58699d87ceb";

    fn event(id: Option<&str>, request: Option<&str>, signature: Option<&str>) -> RawEvent {
        let header =
            |name: &str, value: Option<&str>| value.map(|v| (name.to_owned(), v.to_owned()));
        RawEvent {
            query: id
                .map(|id| ("data.id".to_owned(), id.to_owned()))
                .into_iter()
                .collect(),
            headers: [
                header("x-request-id", request),
                header("x-signature", signature),
            ]
            .into_iter()
            .flatten()
            .collect(),
            body: Vec::new(),
        }
    }

    fn check(event: &RawEvent) -> EventProof {
        prove(event, Some(&Secret::new(SECRET)))
    }

    fn signed(v1: &str) -> String {
        format!("ts={TS},v1={v1}")
    }

    #[test]
    fn the_vectors_verify() {
        for (id, request, v1) in [
            ("123456789012", Some(REQUEST), NUMERIC),
            ("ORD01JX7ABCDEF", Some(REQUEST), LOWERED),
            ("ord01jx7abcdef", Some(REQUEST), LOWERED),
            ("123456789012", None, NO_REQUEST),
        ] {
            let event = event(Some(id), request, Some(&signed(v1)));
            assert_eq!(check(&event), EventProof::Verified, "{id} {request:?}");
        }
    }

    #[test]
    fn an_id_signed_in_upper_case_verifies_too() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
        let text = manifest(Some("ORD01JX7ABCDEF"), Some(REQUEST), "1742505638");
        let v1 = hex::encode(hmac::sign(&key, text.as_bytes()));
        let header = format!(" v1={v1} , ts=1742505638 ");
        let event = event(Some("ORD01JX7ABCDEF"), Some(REQUEST), Some(&header));
        assert_eq!(check(&event), EventProof::Verified);
    }

    #[test]
    fn the_id_of_the_body_steps_in_for_a_missing_query_only() {
        let mut in_body = event(None, Some(REQUEST), Some(&signed(NUMERIC)));
        in_body.body = br#"{"data":{"id":123456789012}}"#.to_vec();
        assert_eq!(check(&in_body), EventProof::Verified);
        in_body.query = vec![("data.id".to_owned(), "7".to_owned())];
        assert_eq!(
            check(&in_body),
            EventProof::Forged,
            "the query says another payment"
        );
    }

    #[test]
    fn anything_else_is_forged() {
        let good = signed(NUMERIC);
        for (id, request, header) in [
            (Some("123456789013"), Some(REQUEST), Some(good.clone())),
            (None, Some(REQUEST), Some(good.clone())),
            (Some("123456789012"), Some("other"), Some(good.clone())),
            (
                Some("123456789012"),
                Some(REQUEST),
                Some(good.replace("683", "684")),
            ),
            (
                Some("123456789012"),
                Some(REQUEST),
                Some(good.replace("e1af", "e1ae")),
            ),
            (
                Some("123456789012"),
                Some(REQUEST),
                Some(format!("v1={NUMERIC}")),
            ),
            (
                Some("123456789012"),
                Some(REQUEST),
                Some(format!("ts={TS}")),
            ),
            (
                Some("123456789012"),
                Some(REQUEST),
                Some(format!("ts={TS},v1=")),
            ),
            (
                Some("123456789012"),
                Some(REQUEST),
                Some(format!("ts={TS},v1=zz")),
            ),
            (Some("123456789012"), Some(REQUEST), None),
        ] {
            let event = event(id, request, header.as_deref());
            assert_eq!(check(&event), EventProof::Forged, "{event:?}");
        }
        let other = prove(
            &event(Some("123456789012"), Some(REQUEST), Some(&good)),
            Some(&Secret::new("another secret")),
        );
        assert_eq!(other, EventProof::Forged);
    }

    #[test]
    fn without_a_secret_nothing_is_proved() {
        let event = event(Some("123456789012"), Some(REQUEST), Some(&signed(NUMERIC)));
        assert_eq!(prove(&event, None), EventProof::NoKey);
        assert_eq!(prove(&event, Some(&Secret::new(""))), EventProof::NoKey);
    }

    #[test]
    fn an_unsigned_ipn_is_a_hint_and_no_forgery() {
        let secret = Secret::new(SECRET);
        let with = |query: &[(&str, &str)], header: Option<&str>| RawEvent {
            query: query
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            headers: header
                .map(|value| ("x-signature".to_owned(), value.to_owned()))
                .into_iter()
                .collect(),
            body: Vec::new(),
        };
        let ipn = [("id", "123"), ("topic", "payment")];
        let proof = |raw: &RawEvent| prove(raw, Some(&secret));
        assert_eq!(proof(&with(&ipn, None)), EventProof::NoKey);
        assert_eq!(proof(&with(&ipn, Some("ts=1,v1=00"))), EventProof::Forged);
        let webhook = [("data.id", "123"), ("type", "payment")];
        assert_eq!(proof(&with(&webhook, None)), EventProof::Forged);
    }
}
