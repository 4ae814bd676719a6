//! Books and notices for what happens to payments.

use serde_json::{Value, json};

use crate::clock::iso;
use crate::gateway::Gateway;
use crate::ledger::{EntryKind, LedgerEntry};
use crate::mercado_pago::store::Payment;
use crate::notice::Notice;
use crate::state::State;

/// Writes what happened to a payment's money into the ledger.
pub(crate) fn book(
    state: &mut State,
    payment: &Payment,
    kind: EntryKind,
    amount: i64,
    now_ms: i64,
) {
    state.ledger.record(LedgerEntry {
        seq: 0,
        at_ms: now_ms,
        kind,
        gateway: Gateway::MercadoPago,
        account: payment.account.clone(),
        payment_id: payment.id.to_string(),
        order_id: None,
        amount_cents: amount,
        currency: "MXN".to_owned(),
        reference: payment.external_reference.clone(),
        token: payment.token.clone(),
        metadata: Value::Object(payment.metadata.clone()),
    });
}

/// Notes `payment.created` or `payment.updated`.
pub(crate) fn event(state: &mut State, payment: &Payment, action: &str, now_ms: i64) {
    let id = state.ids.number();
    let body = json!({
        "id": id,
        "live_mode": payment.live,
        "type": "payment",
        "date_created": iso(now_ms),
        "user_id": payment.collector,
        "api_version": "v1",
        "action": action,
        "data": { "id": payment.id.to_string() },
    });
    state.notices.push(Notice {
        seq: 0,
        id: id.to_string(),
        gateway: Gateway::MercadoPago,
        account: payment.account.clone(),
        event: action.to_owned(),
        subject: payment.id.to_string(),
        body,
        notification_url: payment.notification_url.clone(),
        sent: 0,
    });
}
