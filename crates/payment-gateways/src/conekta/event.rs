//! What a Conekta event points at. The body is a hint: the order is read again.

use ports::payments::{GatewayEvent, RawEvent};
use serde::Deserialize;

use crate::conekta::facts;
use crate::conekta::wire::Order;
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
    charges: Vec<crate::conekta::wire::Charge>,
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
}
