//! Refunds, and what is decided outside: a challenge passed, a shop paid, a dispute.

use serde_json::{Value, json};

use crate::conekta::charge::{charge_event, dispute_event, order_event, record_money};
use crate::conekta::error::{self, Refusal, reply};
use crate::conekta::store::{ChargeStatus, ConektaStore, Order, Refund};
use crate::conekta::{State, view};
use crate::core::gateway::Gateway;
use crate::core::http::{Call, Reply};
use crate::core::ledger::{Decision, EntryKind, PaymentView};

const REASONS: &[&str] = &[
    "requested_by_client",
    "cannot_be_fulfilled",
    "duplicated_transaction",
    "suspected_fraud",
    "other",
];

/// `POST /orders/{id}/refunds`: both fields are required; the answer is the order.
pub(crate) fn create_refund(
    state: &mut State<'_>,
    call: &Call,
    id: &str,
    body: &Value,
) -> Result<Reply, Refusal> {
    let order = state
        .store
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
fn give_back(
    state: &mut State<'_>,
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
        let (id, auth_code) = (state.core.ids.hex24(), state.core.ids.six_digits());
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
        };
        charge.refunds.push(refund);
        let charge = charge.clone();
        record_money(state, &order, &charge, EntryKind::Refund, part, now_ms);
        charge_event(state, &order, &charge, "charge.refunded", now_ms);
    }
    order.updated_at = now_ms / 1_000;
    let word = order.status_word().unwrap_or("refunded");
    order_event(state, &order, &format!("order.{word}"), now_ms);
    if let Some(place) = state.store.order_mut(&order.account, &order.id) {
        *place = order.clone();
    }
    Ok(order)
}

/// Finds an order and one of its charges by order id, charge id or the charge's reference.
fn find(store: &ConektaStore, id: &str) -> Option<(Order, usize)> {
    store.orders.items().iter().rev().find_map(|order| {
        let by_charge = order
            .charges
            .iter()
            .rposition(|charge| charge.id == id || charge.reference_id.as_deref() == Some(id));
        let index = match by_charge {
            Some(index) => index,
            None if order.id == id => order.charges.len().checked_sub(1)?,
            None => return None,
        };
        Some((order.clone(), index))
    })
}

/// The charge as the control side shows it.
pub(crate) fn view(store: &ConektaStore, id: &str) -> Option<PaymentView> {
    let (order, index) = find(store, id)?;
    one(&order, index)
}

/// All charges, oldest first.
pub(crate) fn views(store: &ConektaStore) -> Vec<PaymentView> {
    let orders = store.orders.items().iter();
    orders
        .flat_map(|order| (0..order.charges.len()).filter_map(|i| one(order, i)))
        .collect()
}

fn one(order: &Order, index: usize) -> Option<PaymentView> {
    let charge = order.charges.get(index)?;
    Some(PaymentView {
        gateway: Gateway::Conekta,
        id: charge.id.clone(),
        order_id: Some(order.id.clone()),
        status: charge.status_word().to_owned(),
        detail: charge.failure.as_ref().map(|failure| failure.code.clone()),
        amount_cents: charge.amount,
        refunded_cents: charge.refunded(),
        reference: charge.reference_id.clone(),
        metadata: Value::Object(order.metadata.clone()),
    })
}

fn put(state: &mut State<'_>, order: Order) {
    if let Some(place) = state.store.order_mut(&order.account, &order.id) {
        *place = order;
    }
}

/// Carries out what was decided outside. `Err` names the status that forbids it, `None` means that
/// there is no such payment.
pub(crate) fn settle(
    state: &mut State<'_>,
    id: &str,
    decision: &Decision,
    now_ms: i64,
) -> Option<Result<(), String>> {
    match decision {
        Decision::Approve => approve(state, id, now_ms),
        Decision::Reject { code } => reject(state, id, code.as_deref(), now_ms),
        Decision::Expire => expire(state, id, now_ms),
        Decision::Chargeback => chargeback(state, id, now_ms),
        Decision::Refund { amount_cents } => refund(state, id, *amount_cents, now_ms),
    }
}

/// The bank says yes to an open charge (also to an expired one: late money in a shop). `Err`
/// names the state that forbids it, `None` means that there is no such charge.
fn approve(state: &mut State<'_>, id: &str, now_ms: i64) -> Option<Result<(), String>> {
    let (mut order, index) = find(state.store, id)?;
    let charge = order.charges.get_mut(index)?;
    if !charge.is_open() && charge.status != ChargeStatus::Expired {
        return Some(Err(charge.status_word().to_owned()));
    }
    charge.status = ChargeStatus::Paid;
    charge.paid_at = Some(now_ms / 1_000);
    charge.next_action = None;
    let charge = charge.clone();
    order.updated_at = now_ms / 1_000;
    record_money(
        state,
        &order,
        &charge,
        EntryKind::Charge,
        charge.amount,
        now_ms,
    );
    charge_event(state, &order, &charge, "charge.paid", now_ms);
    let word = order.status_word().unwrap_or("paid");
    order_event(state, &order, &format!("order.{word}"), now_ms);
    put(state, order);
    Some(Ok(()))
}

/// The bank says no to an open charge, with a code (after `conekta.errors.`).
fn reject(
    state: &mut State<'_>,
    id: &str,
    code: Option<&str>,
    now_ms: i64,
) -> Option<Result<(), String>> {
    end_open(state, id, ChargeStatus::Declined, code, now_ms)
}

/// An open charge runs out.
fn expire(state: &mut State<'_>, id: &str, now_ms: i64) -> Option<Result<(), String>> {
    end_open(state, id, ChargeStatus::Expired, None, now_ms)
}

fn end_open(
    state: &mut State<'_>,
    id: &str,
    status: ChargeStatus,
    code: Option<&str>,
    now_ms: i64,
) -> Option<Result<(), String>> {
    let (mut order, index) = find(state.store, id)?;
    let charge = order.charges.get_mut(index)?;
    if !charge.is_open() {
        return Some(Err(charge.status_word().to_owned()));
    }
    charge.status = status;
    charge.next_action = None;
    let kind = if status == ChargeStatus::Declined {
        charge.failure = Some(error::chosen_failure(
            code.unwrap_or("processing.bank.declined"),
        ));
        EntryKind::Decline
    } else {
        EntryKind::Cancel
    };
    let charge = charge.clone();
    order.updated_at = now_ms / 1_000;
    let word = charge.status_word();
    record_money(state, &order, &charge, kind, charge.amount, now_ms);
    charge_event(state, &order, &charge, &format!("charge.{word}"), now_ms);
    order_event(state, &order, &format!("order.{word}"), now_ms);
    put(state, order);
    Some(Ok(()))
}

/// The bank takes the money back.
fn chargeback(state: &mut State<'_>, id: &str, now_ms: i64) -> Option<Result<(), String>> {
    let (mut order, index) = find(state.store, id)?;
    let dispute_id = state.core.ids.tagged("chbk_");
    let charge = order.charges.get_mut(index)?;
    let taken = charge.amount - charge.refunded();
    if charge.status != ChargeStatus::Paid || taken == 0 {
        return Some(Err(charge.status_word().to_owned()));
    }
    let dispute = json!({
        "id": dispute_id,
        "object": "chargeback",
        "status": "action_required",
        "reason": "unrecognized",
        "note": null,
        "charge_id": charge.id,
        "files": [],
        "created_at": now_ms / 1_000,
        "evidence_due_by": now_ms / 1_000 + 1_209_600,
    });
    charge.status = ChargeStatus::ChargedBack;
    charge.chargeback = Some(dispute.clone());
    let charge = charge.clone();
    order.updated_at = now_ms / 1_000;
    record_money(state, &order, &charge, EntryKind::Chargeback, taken, now_ms);
    dispute_event(state, &order, &dispute, now_ms);
    order_event(state, &order, "order.charged_back", now_ms);
    put(state, order);
    Some(Ok(()))
}

/// The merchant gives money back in the panel; all that is left when no amount is named.
fn refund(
    state: &mut State<'_>,
    id: &str,
    amount: Option<i64>,
    now_ms: i64,
) -> Option<Result<(), String>> {
    let (order, index) = find(state.store, id)?;
    let charge = order.charges.get(index)?;
    let amount = amount.unwrap_or(charge.amount - charge.refunded());
    if amount < 1 {
        return Some(Err(charge.status_word().to_owned()));
    }
    let word = charge.status_word();
    Some(
        give_back(state, order, amount, now_ms)
            .map(drop)
            .or(Err(word.to_owned())),
    )
}
