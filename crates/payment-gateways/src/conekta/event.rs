//! What a Conekta event points at, and who sent it. The body is a hint: the order is read again.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ports::payments::{EventProof, GatewayEvent, RawEvent};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use rustls::pki_types::SubjectPublicKeyInfoDer;
use rustls::pki_types::pem::PemObject;
use serde::Deserialize;
use spki::{ObjectIdentifier, SubjectPublicKeyInfoRef};

use crate::conekta::facts;
use crate::conekta::wire::{Charge, Order};
use crate::marks::Metadata;
use crate::{text, tolerant};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Event {
    #[serde(deserialize_with = "tolerant::field")]
    id: Option<String>,
    #[serde(rename = "type", deserialize_with = "tolerant::field")]
    kind: Option<String>,
    #[serde(deserialize_with = "tolerant::object")]
    data: Option<EventData>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct EventData {
    #[serde(deserialize_with = "tolerant::object")]
    object: Option<EventObject>,
}

/// An order, a charge or a chargeback.
#[derive(Default, Deserialize)]
#[serde(default)]
struct EventObject {
    #[serde(deserialize_with = "tolerant::field")]
    id: Option<String>,
    #[serde(deserialize_with = "tolerant::field")]
    order_id: Option<String>,
    #[serde(deserialize_with = "tolerant::field")]
    charge_id: Option<String>,
    #[serde(deserialize_with = "tolerant::field")]
    reference_id: Option<String>,
    #[serde(deserialize_with = "tolerant::object")]
    metadata: Option<Metadata>,
    #[serde(deserialize_with = "tolerant::list")]
    charges: Vec<Charge>,
}

/// Reads events about orders, charges and chargebacks; pings and the rest are nothing.
pub(crate) fn parse(raw: &RawEvent) -> Option<GatewayEvent> {
    let event: Event = serde_json::from_slice(&raw.body).ok()?;
    let event_id = text::code(&event.id?);
    let topic = text::code(&event.kind?);
    let object = event.data?.object?;
    let (order_id, payment_id, reference) = if topic.starts_with("charge.chargeback.") {
        (object.order_id, object.charge_id, None)
    } else if topic.starts_with("charge.") {
        (object.order_id, object.id, object.reference_id)
    } else if topic.starts_with("order.") {
        let marked = object.metadata.and_then(|metadata| metadata.referencia);
        let order = Order {
            charges: object.charges,
            ..Order::default()
        };
        let charge = facts::choose(&order, marked.as_deref());
        let payment_id = charge.and_then(|charge| charge.id.clone());
        let charged = charge.and_then(|charge| charge.reference_id.clone());
        (object.id, payment_id, charged.or(marked))
    } else {
        return None;
    };
    let points_somewhere = order_id.is_some() || payment_id.is_some();
    (points_somewhere && !event_id.is_empty()).then_some(GatewayEvent {
        event_id,
        topic,
        order_id,
        payment_id,
        reference,
    })
}

const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// Checks the `DIGEST` header, RSA PKCS#1 v1.5 with SHA-256 over the raw body, with each of the tenant's keys (several during a rotation). A key that
/// cannot be read verifies nothing, but counts as a key.
pub(crate) fn prove(raw: &RawEvent, keys: &[String]) -> EventProof {
    let mut keys = keys.iter().filter(|key| !key.trim().is_empty()).peekable();
    if keys.peek().is_none() {
        return EventProof::NoKey;
    }
    let signature = raw
        .headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("digest"))
        .and_then(|(_, value)| STANDARD.decode(value.trim()).ok());
    let is_signed = signature.is_some_and(|signature| {
        keys.filter_map(|key| public_key(key)).any(|key| {
            UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key)
                .verify(&raw.body, &signature)
                .is_ok()
        })
    });
    if is_signed {
        EventProof::Verified
    } else {
        EventProof::Forged
    }
}

/// The RSA key inside of a PEM `PUBLIC KEY`.
fn public_key(pem: &str) -> Option<Vec<u8>> {
    let der = SubjectPublicKeyInfoDer::from_pem_slice(pem.trim().as_bytes()).ok()?;
    let info = SubjectPublicKeyInfoRef::try_from(der.as_ref()).ok()?;
    if info.algorithm.oid != RSA_ENCRYPTION {
        return None;
    }
    info.subject_public_key.as_bytes().map(<[u8]>::to_vec)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(body: &str) -> Option<GatewayEvent> {
        parse(&RawEvent {
            body: body.as_bytes().to_vec(),
            ..RawEvent::default()
        })
    }

    #[test]
    fn orders_charges_and_chargebacks_are_understood() {
        let order = parsed(
            r#"{"id":"e1","type":"order.paid","data":{"object":{"id":"ord_1","object":"order",
                "charges":{"data":[{"id":"c1","status":"paid","reference_id":"att"}]}},
                "previous_attributes":{}}}"#,
        )
        .unwrap();
        assert_eq!(
            (order.event_id.as_str(), order.topic.as_str()),
            ("e1", "order.paid")
        );
        assert_eq!(order.order_id.as_deref(), Some("ord_1"));
        assert_eq!(order.payment_id.as_deref(), Some("c1"));
        assert_eq!(order.reference.as_deref(), Some("att"));

        let charge = parsed(
            r#"{"id":"e2","type":"charge.paid","data":{"object":{"id":"c1","order_id":"ord_1",
                "reference_id":"att","metadata":null}}}"#,
        )
        .unwrap();
        assert_eq!(charge.order_id.as_deref(), Some("ord_1"));
        assert_eq!(charge.payment_id.as_deref(), Some("c1"));

        let chargeback = parsed(
            r#"{"id":"e3","type":"charge.chargeback.created","data":{"object":{"id":"chbk_1",
                "charge_id":"c1"}}}"#,
        )
        .unwrap();
        assert_eq!(
            (chargeback.order_id, chargeback.payment_id.as_deref()),
            (None, Some("c1"))
        );
    }

    #[test]
    fn everything_else_is_nothing() {
        for body in [
            "",
            "x",
            "[]",
            "{}",
            r#"{"id":"e","type":"webhook_ping","data":{"livemode":true,"action":"ping"}}"#,
            r#"{"id":"e","type":"customer.created","data":{"object":{"id":"cus_1"}}}"#,
            r#"{"id":"e","type":"order.paid","data":{"object":{}}}"#,
            r#"{"id":"e","type":"order.paid","data":{"object":null}}"#,
            r#"{"id":null,"type":"order.paid","data":{"object":{"id":"ord_1"}}}"#,
            r#"{"type":"order.paid","data":{"object":{"id":"ord_1"}}}"#,
            r#"{"id":"\u00f1","type":"order.paid","data":{"object":{"id":"ord_1"}}}"#,
        ] {
            assert_eq!(parsed(body), None, "{body}");
        }
    }

    // Test vector of docs/reference/gateways.md, section A9; its SHA-256 is 573624e4....
    const BODY: &str = r#"{"id":"evt_test_1","object":"event","type":"order.paid","livemode":false,"created_at":1774901374,"data":{"object":{"id":"ord_test_1","object":"order","payment_status":"paid","amount":2000,"currency":"MXN"}}}"#;
    const DIGEST: &str = "oRrzJdj5lTi4cR/cO5SFzYGm6R21UPLDsgsXewATT4SeHZ3lcOUUsLtMep3jsz+/6lP7fPvaINalPBYjUAHCOMV4IEcHhWGHGqZbUHNH9Yn0ahwL6dRjPdlVQHTqa5E9NtOLxo9O002vi9iVVvvZKBPkHXsWcv8wHctuukzD7JKxyNhgup1wOhKXv1GXPnKjZE8cCngO6NIfpwg7Xmk5HJTQAUqO0bHofLh2LeVSOfBpWQV4TSEBjRZ3Vnt02AJ7yp6ddS6hxn4ga9BTLUfcp8h3q4uD6Vnztl2EBeSGUKA1IGxPDbUrvLSHawa7TyluvbHnQ8UdVzaDRd2/eI+ttA==";
    const KEY: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAuSLLfAvXhymUM9xQA7ao
2jdQuV7GVEprGSQ/3Pe4yopnzUlsFrwUJEK45TvTvoTWm2v1Vj4ljg42t7m6af++
te4NGZElQR+5Ivxgh9WJwj+2CLAkOqXSA9JX0XHT5vZVIST3DsrC4hpP1guUHJn3
ju8Rbl4SdD8fGB4y1gNQ1AwG6w+S6AQWVd/5E9/TpsFLExJHl/s37bx34X8Nt4PU
qMLep9PNlrmIZ76JUbnk4up8OSlcA9+ykxr0gz2ib3AdmdrV5B5ew9iyqWAFWpSr
Wvam64ZztnKwiXYwOyN6hxxfyUTq1IlMqKxYhCV/8Z0eI9B6cQ+I/GYdy+TWo6Mk
SwIDAQAB
-----END PUBLIC KEY-----
";

    fn raw(body: &str, digest: Option<&str>) -> RawEvent {
        RawEvent {
            headers: digest
                .map(|value| ("digest".to_owned(), value.to_owned()))
                .into_iter()
                .collect(),
            body: body.as_bytes().to_vec(),
            ..RawEvent::default()
        }
    }

    #[test]
    fn the_vector_verifies_also_with_several_keys_and_odd_line_ends() {
        let unreadable = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----".to_owned();
        let crlf = KEY.replace('\n', "\r\n");
        for keys in [
            vec![KEY.to_owned()],
            vec![unreadable, "  ".to_owned(), crlf],
        ] {
            assert_eq!(prove(&raw(BODY, Some(DIGEST)), &keys), EventProof::Verified);
            assert_eq!(
                prove(&raw(BODY, Some(&format!(" {DIGEST}\t"))), &keys),
                EventProof::Verified
            );
        }
    }

    #[test]
    fn a_changed_body_a_missing_or_wrong_digest_is_forged() {
        let keys = [KEY.to_owned()];
        let changed = BODY.replace("2000", "2001");
        let wrong = DIGEST.replacen('o', "p", 1);
        for event in [
            raw(&changed, Some(DIGEST)),
            raw(&format!("{BODY}\n"), Some(DIGEST)),
            raw(BODY, Some(&wrong)),
            raw(BODY, Some("")),
            raw(BODY, Some("%%%")),
            raw(BODY, None),
        ] {
            assert_eq!(prove(&event, &keys), EventProof::Forged);
        }
    }

    #[test]
    fn without_a_key_nothing_is_proved_and_a_bad_key_proves_nothing() {
        assert_eq!(prove(&raw(BODY, Some(DIGEST)), &[]), EventProof::NoKey);
        assert_eq!(
            prove(&raw(BODY, Some(DIGEST)), &[" \n".to_owned()]),
            EventProof::NoKey
        );
        assert_eq!(
            prove(&raw(BODY, Some(DIGEST)), &["junk".to_owned()]),
            EventProof::Forged
        );
    }
}
