//! What happens to a payment from outside: the review ends, the customer pays in the shop,
//! disputes; the merchant or Mercado Pago itself refunds.

use serde_json::Value;

use crate::gateway::Gateway;
use crate::ledger::EntryKind;
use crate::mercado_pago::record;
use crate::mercado_pago::refunds;
use crate::mercado_pago::store::Payment;
use crate::payment_view::PaymentView;
use crate::state::State;

/// Finds a payment by id or by external reference (the newest).
fn find(state: &State, id: &str) -> Option<Payment> {
    let mut newest_first = state.mercado_pago.payments.iter().rev();
    newest_first
        .find(|one| one.id.to_string() == id || one.external_reference.as_deref() == Some(id))
        .cloned()
}

/// The payment as the control side shows it.
pub(crate) fn view(state: &State, id: &str) -> Option<PaymentView> {
    find(state, id).as_ref().map(one)
}

/// All payments, oldest first.
pub(crate) fn views(state: &State) -> Vec<PaymentView> {
    state.mercado_pago.payments.iter().map(one).collect()
}

fn one(payment: &Payment) -> PaymentView {
    PaymentView {
        gateway: Gateway::MercadoPago,
        id: payment.id.to_string(),
        order_id: None,
        status: payment.status.to_owned(),
        detail: Some(payment.detail.clone()),
        amount_cents: payment.amount,
        refunded_cents: payment.refunded(),
        reference: payment.external_reference.clone(),
        metadata: Value::Object(payment.metadata.clone()),
    }
}

fn change(
    state: &mut State,
    mut payment: Payment,
    (status, detail): (&'static str, &str),
    (kind, amount): (EntryKind, i64),
    now_ms: i64,
) {
    payment.status = status;
    detail.clone_into(&mut payment.detail);
    payment.updated_ms = now_ms;
    if kind == EntryKind::Charge {
        payment.approved_ms = Some(now_ms);
        payment.captured = true;
    }
    record::book(state, &payment, kind, amount, now_ms);
    record::event(state, &payment, "payment.updated", now_ms);
    state.mercado_pago.put(payment);
}

/// An undecided payment is approved. `Err` names the state that forbids it, `None` means that
/// there is no such payment.
pub(crate) fn approve(state: &mut State, id: &str, now_ms: i64) -> Option<Result<(), String>> {
    let payment = find(state, id)?;
    let expired = payment.status == "cancelled" && payment.detail == "expired";
    if !payment.is_open() && !expired {
        return Some(Err(payment.status.to_owned()));
    }
    let amount = payment.amount;
    change(
        state,
        payment,
        ("approved", "accredited"),
        (EntryKind::Charge, amount),
        now_ms,
    );
    Some(Ok(()))
}

/// An undecided payment is rejected, with a `status_detail`.
pub(crate) fn reject(
    state: &mut State,
    id: &str,
    code: Option<&str>,
    now_ms: i64,
) -> Option<Result<(), String>> {
    let detail = code.unwrap_or("cc_rejected_other_reason");
    end_open(state, id, ("rejected", detail), EntryKind::Decline, now_ms)
}

/// An undecided payment runs out.
pub(crate) fn expire(state: &mut State, id: &str, now_ms: i64) -> Option<Result<(), String>> {
    end_open(
        state,
        id,
        ("cancelled", "expired"),
        EntryKind::Cancel,
        now_ms,
    )
}

fn end_open(
    state: &mut State,
    id: &str,
    end: (&'static str, &str),
    kind: EntryKind,
    now_ms: i64,
) -> Option<Result<(), String>> {
    let payment = find(state, id)?;
    if !payment.is_open() {
        return Some(Err(payment.status.to_owned()));
    }
    let amount = payment.amount;
    change(state, payment, end, (kind, amount), now_ms);
    Some(Ok(()))
}

/// The bank takes the money back.
pub(crate) fn chargeback(state: &mut State, id: &str, now_ms: i64) -> Option<Result<(), String>> {
    let payment = find(state, id)?;
    let taken = payment.amount - payment.refunded();
    if payment.status != "approved" || taken == 0 {
        return Some(Err(payment.status.to_owned()));
    }
    let end = ("charged_back", "in_process");
    change(state, payment, end, (EntryKind::Chargeback, taken), now_ms);
    Some(Ok(()))
}

/// Money is given back in the panel; all that is left when no amount is named.
pub(crate) fn refund(
    state: &mut State,
    id: &str,
    amount: Option<i64>,
    now_ms: i64,
) -> Option<Result<(), String>> {
    let payment = find(state, id)?;
    let word = payment.status.to_owned();
    Some(
        refunds::give_back(state, payment, amount, true, now_ms)
            .map(drop)
            .or(Err(word)),
    )
}
