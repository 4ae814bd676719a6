//! Books and notices for what happens to orders.

use serde_json::{Value, json};

use crate::conekta::store::{Charge, Order};
use crate::conekta::view;
use crate::gateway::Gateway;
use crate::ledger::{EntryKind, LedgerEntry};
use crate::notice::Notice;
use crate::state::State;

/// Writes what happened to a charge's money into the ledger.
pub(crate) fn book(
    state: &mut State,
    order: &Order,
    charge: &Charge,
    kind: EntryKind,
    amount: i64,
    now_ms: i64,
) {
    state.ledger.record(LedgerEntry {
        seq: 0,
        at_ms: now_ms,
        kind,
        gateway: Gateway::Conekta,
        account: order.account.clone(),
        payment_id: charge.id.clone(),
        order_id: Some(order.id.clone()),
        amount_cents: amount,
        currency: order.currency.clone(),
        reference: charge.reference_id.clone(),
        token: charge.token.clone(),
        metadata: Value::Object(order.metadata.clone()),
    });
}

/// Notes an event about the order itself.
pub(crate) fn order_event(state: &mut State, order: &Order, event: &str, now_ms: i64) {
    push(state, order, event, &view::order(order), now_ms);
}

/// Notes an event about one of its charges.
pub(crate) fn charge_event(
    state: &mut State,
    order: &Order,
    charge: &Charge,
    event: &str,
    now_ms: i64,
) {
    push(state, order, event, &view::charge(order, charge), now_ms);
}

/// Notes an event about a dispute.
pub(crate) fn dispute_event(state: &mut State, order: &Order, dispute: &Value, now_ms: i64) {
    push(state, order, "charge.chargeback.created", dispute, now_ms);
}

fn push(state: &mut State, order: &Order, event: &str, object: &Value, now_ms: i64) {
    let id = state.ids.hex24();
    let body = json!({
        "id": id,
        "object": "event",
        "type": event,
        "livemode": order.live,
        "created_at": now_ms / 1_000,
        "webhook_status": "pending",
        "webhook_logs": [],
        "data": { "object": object, "previous_attributes": {} },
    });
    state.notices.push(Notice {
        seq: 0,
        id,
        gateway: Gateway::Conekta,
        account: order.account.clone(),
        event: event.to_owned(),
        subject: order.id.clone(),
        body,
        notification_url: None,
        sent: 0,
    });
}
