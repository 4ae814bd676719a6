//! What happens to a charge from outside: the customer passes the challenge, pays in the shop,
//! disputes; the merchant refunds in the panel.

use serde_json::json;

use crate::conekta::decline;
use crate::conekta::record;
use crate::conekta::refunds;
use crate::conekta::store::{ChargeStatus, Order};
use crate::gateway::Gateway;
use crate::ledger::EntryKind;
use crate::payment_view::PaymentView;
use crate::state::State;

/// Finds an order and one of its charges by order id, charge id or the charge's reference.
fn find(state: &State, id: &str) -> Option<(Order, usize)> {
    state.conekta.orders.iter().rev().find_map(|order| {
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
pub(crate) fn view(state: &State, id: &str) -> Option<PaymentView> {
    let (order, index) = find(state, id)?;
    one(&order, index)
}

/// All charges, oldest first.
pub(crate) fn views(state: &State) -> Vec<PaymentView> {
    let orders = state.conekta.orders.iter();
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
        metadata: serde_json::Value::Object(order.metadata.clone()),
    })
}

fn put(state: &mut State, order: Order) {
    if let Some(place) = state.conekta.order_mut(&order.account, &order.id) {
        *place = order;
    }
}

/// The bank says yes to an open charge (also to an expired one: late money in a shop). `Err`
/// names the state that forbids it, `None` means that there is no such charge.
pub(crate) fn approve(state: &mut State, id: &str, now_ms: i64) -> Option<Result<(), String>> {
    let (mut order, index) = find(state, id)?;
    let charge = order.charges.get_mut(index)?;
    if !charge.is_open() && charge.status != ChargeStatus::Expired {
        return Some(Err(charge.status_word().to_owned()));
    }
    charge.status = ChargeStatus::Paid;
    charge.paid_at = Some(now_ms / 1_000);
    charge.next_action = None;
    let charge = charge.clone();
    order.updated_at = now_ms / 1_000;
    record::book(
        state,
        &order,
        &charge,
        EntryKind::Charge,
        charge.amount,
        now_ms,
    );
    record::charge_event(state, &order, &charge, "charge.paid", now_ms);
    let word = order.status_word().unwrap_or("paid");
    record::order_event(state, &order, &format!("order.{word}"), now_ms);
    put(state, order);
    Some(Ok(()))
}

/// The bank says no to an open charge, with a code (after `conekta.errors.`).
pub(crate) fn reject(
    state: &mut State,
    id: &str,
    code: Option<&str>,
    now_ms: i64,
) -> Option<Result<(), String>> {
    end_open(state, id, ChargeStatus::Declined, code, now_ms)
}

/// An open charge runs out.
pub(crate) fn expire(state: &mut State, id: &str, now_ms: i64) -> Option<Result<(), String>> {
    end_open(state, id, ChargeStatus::Expired, None, now_ms)
}

fn end_open(
    state: &mut State,
    id: &str,
    status: ChargeStatus,
    code: Option<&str>,
    now_ms: i64,
) -> Option<Result<(), String>> {
    let (mut order, index) = find(state, id)?;
    let charge = order.charges.get_mut(index)?;
    if !charge.is_open() {
        return Some(Err(charge.status_word().to_owned()));
    }
    charge.status = status;
    charge.next_action = None;
    let kind = if status == ChargeStatus::Declined {
        charge.failure = Some(decline::chosen(code.unwrap_or("processing.bank.declined")));
        EntryKind::Decline
    } else {
        EntryKind::Cancel
    };
    let charge = charge.clone();
    order.updated_at = now_ms / 1_000;
    let word = charge.status_word();
    record::book(state, &order, &charge, kind, charge.amount, now_ms);
    record::charge_event(state, &order, &charge, &format!("charge.{word}"), now_ms);
    record::order_event(state, &order, &format!("order.{word}"), now_ms);
    put(state, order);
    Some(Ok(()))
}

/// The bank takes the money back.
pub(crate) fn chargeback(state: &mut State, id: &str, now_ms: i64) -> Option<Result<(), String>> {
    let (mut order, index) = find(state, id)?;
    let dispute_id = state.ids.tagged("chbk_");
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
    record::book(state, &order, &charge, EntryKind::Chargeback, taken, now_ms);
    record::dispute_event(state, &order, &dispute, now_ms);
    record::order_event(state, &order, "order.charged_back", now_ms);
    put(state, order);
    Some(Ok(()))
}

/// The merchant gives money back in the panel; all that is left when no amount is named.
pub(crate) fn refund(
    state: &mut State,
    id: &str,
    amount: Option<i64>,
    now_ms: i64,
) -> Option<Result<(), String>> {
    let (order, index) = find(state, id)?;
    let charge = order.charges.get(index)?;
    let amount = amount.unwrap_or(charge.amount - charge.refunded());
    if amount < 1 {
        return Some(Err(charge.status_word().to_owned()));
    }
    let word = charge.status_word();
    Some(
        refunds::give_back(state, order, amount, now_ms)
            .map(drop)
            .or(Err(word.to_owned())),
    )
}
