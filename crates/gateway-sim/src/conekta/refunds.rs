//! Refunds.

use serde_json::Value;

use crate::call::Call;
use crate::conekta::error::{Refusal, reply};
use crate::conekta::record;
use crate::conekta::store::{ChargeStatus, Order, Refund};
use crate::conekta::view;
use crate::ledger::EntryKind;
use crate::state::State;
use crate::wire::Reply;

const REASONS: &[&str] = &[
    "requested_by_client",
    "cannot_be_fulfilled",
    "duplicated_transaction",
    "suspected_fraud",
    "other",
];

/// `POST /orders/{id}/refunds`: both fields are required; the answer is the order.
pub(crate) fn create(
    state: &mut State,
    call: &Call,
    id: &str,
    body: &Value,
) -> Result<Reply, Refusal> {
    let order = state
        .conekta
        .order(&call.account, id)
        .cloned()
        .ok_or_else(Refusal::not_found)?;
    let mut faults = Vec::new();
    let amount = body
        .get("amount")
        .and_then(Value::as_i64)
        .filter(|amount| *amount >= 1);
    if amount.is_none() {
        faults.push((
            "amount".to_owned(),
            "An integer of at least 1 is required.".to_owned(),
        ));
    }
    let reason = body.get("reason").and_then(Value::as_str);
    if !reason.is_some_and(|reason| REASONS.contains(&reason)) {
        faults.push((
            "reason".to_owned(),
            format!("One of {}.", REASONS.join(", ")),
        ));
    }
    let Some(amount) = amount.filter(|_| faults.is_empty()) else {
        return Err(Refusal::invalid(faults));
    };
    let order = give_back(state, order, amount, call.now_ms)?;
    Ok(reply(200, view::order(&order)))
}

/// Gives part of an order's money back, from its paid charges, and stores the order.
pub(crate) fn give_back(
    state: &mut State,
    mut order: Order,
    amount: i64,
    now_ms: i64,
) -> Result<Order, Refusal> {
    let refundable = |order: &Order| -> i64 {
        let paid = order
            .charges
            .iter()
            .filter(|charge| charge.status == ChargeStatus::Paid);
        paid.map(|charge| charge.amount - charge.refunded()).sum()
    };
    let rest = refundable(&order);
    if rest == 0 {
        let code = "combo.order.not_refundable";
        return Err(Refusal::precondition(
            code,
            "The order has nothing left to refund.",
        ));
    }
    if amount > rest {
        let what = format!("At most {rest} can be refunded.");
        return Err(Refusal::invalid(vec![("amount".to_owned(), what)]));
    }
    let mut left = amount;
    for index in 0..order.charges.len() {
        let (id, auth_code) = (state.ids.hex24(), state.ids.six_digits());
        let Some(charge) = order.charges.get_mut(index) else {
            continue;
        };
        let part = left.min(charge.amount - charge.refunded());
        if charge.status != ChargeStatus::Paid || part == 0 {
            continue;
        }
        left -= part;
        let created_at = now_ms / 1_000;
        let refund = Refund {
            id,
            amount: part,
            auth_code,
            created_at,
            status: "refunded",
        };
        charge.refunds.push(refund);
        let charge = charge.clone();
        record::book(state, &order, &charge, EntryKind::Refund, part, now_ms);
        record::charge_event(state, &order, &charge, "charge.refunded", now_ms);
    }
    order.updated_at = now_ms / 1_000;
    let word = order.status_word().unwrap_or("refunded");
    record::order_event(state, &order, &format!("order.{word}"), now_ms);
    if let Some(place) = state.conekta.order_mut(&order.account, &order.id) {
        *place = order.clone();
    }
    Ok(order)
}

/// `DELETE /orders/{id}/refunds/{refund}`: sandbox refunds are done at once, so there is never a
/// pending one to undo.
pub(crate) fn undo(state: &State, call: &Call, id: &str, refund: &str) -> Result<Reply, Refusal> {
    let order = state
        .conekta
        .order(&call.account, id)
        .ok_or_else(Refusal::not_found)?;
    let known = order
        .charges
        .iter()
        .flat_map(|charge| &charge.refunds)
        .any(|r| r.id == refund);
    if !known {
        return Err(Refusal::not_found());
    }
    let code = "combo.refund.cannot_be_canceled";
    Err(Refusal::precondition(code, "The refund is done."))
}
