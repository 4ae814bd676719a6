//! Webhooks of the fake gateways: a JSON object `{"event", "topic", "order", "payment",
//! "reference"}`, with the key itself in `x-signature` in place of a signature.

use domain::gateway::GatewayKind;
use domain::secret::Secret;
use ports::payments::{EventKeys, EventProof, GatewayEvent, RawEvent};
use serde_json::{Value, json};

const SIGNATURE: &str = "x-signature";

/// An event on the wire: signed with `key`, or unsigned.
#[must_use]
pub fn write_event(event: &GatewayEvent, key: Option<&str>) -> RawEvent {
    let body = json!({
        "event": event.event_id,
        "topic": event.topic,
        "order": event.order_id,
        "payment": event.payment_id,
        "reference": event.reference,
    });
    RawEvent {
        query: Vec::new(),
        headers: key
            .map(|key| (SIGNATURE.to_owned(), key.to_owned()))
            .into_iter()
            .collect(),
        body: body.to_string().into_bytes(),
    }
}

/// Reads an event; `None` without an event id.
pub(super) fn parse(raw: &RawEvent) -> Option<GatewayEvent> {
    let body: Value = serde_json::from_slice(&raw.body).ok()?;
    let text = |name: &str| Some(body.get(name)?.as_str()?.to_owned());
    Some(GatewayEvent {
        event_id: text("event")?,
        topic: text("topic").unwrap_or_default(),
        order_id: text("order"),
        payment_id: text("payment"),
        reference: text("reference"),
    })
}

/// Checks the signature: Conekta's tenants have public keys, Mercado Pago's a secret.
pub(super) fn prove(gateway: GatewayKind, raw: &RawEvent, keys: &EventKeys) -> EventProof {
    let known: Vec<&str> = match gateway {
        GatewayKind::Conekta => keys.public_keys.iter().map(String::as_str).collect(),
        GatewayKind::MercadoPago => keys.secret.iter().map(Secret::expose).collect(),
    };
    let shown = raw
        .headers
        .iter()
        .find(|(name, _)| name == SIGNATURE)
        .map(|(_, value)| value.as_str());
    match shown {
        _ if known.is_empty() => EventProof::NoKey,
        Some(signature) if known.contains(&signature) => EventProof::Verified,
        _ => EventProof::Forged,
    }
}
