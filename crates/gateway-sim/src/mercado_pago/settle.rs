//! Refunds, and what is decided outside: a review, a shop paid, a dispute.

use serde_json::Value;

use crate::core::gateway::Gateway;
use crate::core::http::{Call, Reply, Request};
use crate::core::ledger::{Decision, EntryKind, PaymentView};
use crate::mercado_pago::error::Refusal;
use crate::mercado_pago::payments::{payment_event, record_money};
use crate::mercado_pago::request::Fields;
use crate::mercado_pago::store::{MercadoPagoStore, Payment, Refund};
use crate::mercado_pago::{State, view};

/// `POST /v1/payments/{id}/refunds`: all that is left when no amount is named.
pub(crate) fn create_refund(
    state: &mut State<'_>,
    call: &Call,
    id: &str,
    request: &Request,
) -> Result<Reply, Refusal> {
    let found = state.store.payment(&call.account, id).cloned();
    let payment = found.ok_or_else(Refusal::no_payment)?;
    let fields = Fields::read(request, true)?;
    fields.only(&["amount", "metadata", "reason"])?;
    let amount = fields.amount("amount", 4040)?;
    let (payment, refund) = give_back(state, payment, amount, false, call.now_ms)?;
    Ok(Reply::json(201, view::refund(&payment, &refund)))
}

/// Gives money back and stores the payment.
fn give_back(
    state: &mut State<'_>,
    mut payment: Payment,
    amount: Option<i64>,
    by_admin: bool,
    now_ms: i64,
) -> Result<(Payment, Refund), Refusal> {
    if payment.status != "approved" {
        let text = "The action requested is not valid for the current payment state";
        return Err(Refusal::bad(2063, text));
    }
    let rest = payment.amount - payment.refunded();
    let amount = amount.unwrap_or(rest);
    if amount < 1 || amount > rest {
        return Err(Refusal::bad(
            2085,
            "Invalid amount for gateway mode payment",
        ));
    }
    let refund = Refund {
        id: state.core.ids.number(),
        amount,
        created_ms: now_ms,
        by_admin,
    };
    payment.refunds.push(refund.clone());
    if amount == rest {
        payment.status = "refunded";
        if by_admin { "by_admin" } else { "refunded" }.clone_into(&mut payment.detail);
    } else {
        "partially_refunded".clone_into(&mut payment.detail);
    }
    payment.updated_ms = now_ms;
    record_money(state, &payment, EntryKind::Refund, amount, now_ms);
    payment_event(state, &payment, "payment.updated", now_ms);
    state.store.put(payment.clone());
    Ok((payment, refund))
}

/// `GET /v1/payments/{id}/refunds` and `.../refunds/{refund}`.
pub(crate) fn read_refunds(
    state: &State<'_>,
    call: &Call,
    id: &str,
    refund: Option<&str>,
) -> Result<Reply, Refusal> {
    let payment = state
        .store
        .payment(&call.account, id)
        .ok_or_else(Refusal::no_payment)?;
    let mut shown = payment
        .refunds
        .iter()
        .map(|one| (one.id, view::refund(payment, one)));
    match refund {
        None => Ok(Reply::json(
            200,
            Value::Array(shown.map(|(_, value)| value).collect()),
        )),
        Some(wanted) => {
            let found = shown.find(|(id, _)| id.to_string() == wanted);
            found
                .map(|(_, value)| Reply::json(200, value))
                .ok_or_else(Refusal::not_found)
        }
    }
}

/// Finds a payment by id or by external reference (the newest).
fn find(store: &MercadoPagoStore, id: &str) -> Option<Payment> {
    let mut newest_first = store.payments.items().iter().rev();
    newest_first
        .find(|one| one.id.to_string() == id || one.external_reference.as_deref() == Some(id))
        .cloned()
}

/// The payment as the control side shows it.
pub(crate) fn view(store: &MercadoPagoStore, id: &str) -> Option<PaymentView> {
    find(store, id).as_ref().map(one)
}

/// All payments, oldest first.
pub(crate) fn views(store: &MercadoPagoStore) -> Vec<PaymentView> {
    store.payments.items().iter().map(one).collect()
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
    state: &mut State<'_>,
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
    record_money(state, &payment, kind, amount, now_ms);
    payment_event(state, &payment, "payment.updated", now_ms);
    state.store.put(payment);
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

/// An undecided payment is approved. XX
fn approve(state: &mut State<'_>, id: &str, now_ms: i64) -> Option<Result<(), String>> {
    let payment = find(state.store, id)?;
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
fn reject(
    state: &mut State<'_>,
    id: &str,
    code: Option<&str>,
    now_ms: i64,
) -> Option<Result<(), String>> {
    let detail = code.unwrap_or("cc_rejected_other_reason");
    end_open(state, id, ("rejected", detail), EntryKind::Decline, now_ms)
}

/// An undecided payment runs out.
fn expire(state: &mut State<'_>, id: &str, now_ms: i64) -> Option<Result<(), String>> {
    end_open(
        state,
        id,
        ("cancelled", "expired"),
        EntryKind::Cancel,
        now_ms,
    )
}

fn end_open(
    state: &mut State<'_>,
    id: &str,
    end: (&'static str, &str),
    kind: EntryKind,
    now_ms: i64,
) -> Option<Result<(), String>> {
    let payment = find(state.store, id)?;
    if !payment.is_open() {
        return Some(Err(payment.status.to_owned()));
    }
    let amount = payment.amount;
    change(state, payment, end, (kind, amount), now_ms);
    Some(Ok(()))
}

/// The bank takes the money back.
fn chargeback(state: &mut State<'_>, id: &str, now_ms: i64) -> Option<Result<(), String>> {
    let payment = find(state.store, id)?;
    let taken = payment.amount - payment.refunded();
    if payment.status != "approved" || taken == 0 {
        return Some(Err(payment.status.to_owned()));
    }
    let end = ("charged_back", "in_process");
    change(state, payment, end, (EntryKind::Chargeback, taken), now_ms);
    Some(Ok(()))
}

/// Money is given back in the panel; all that is left when no amount is named.
fn refund(
    state: &mut State<'_>,
    id: &str,
    amount: Option<i64>,
    now_ms: i64,
) -> Option<Result<(), String>> {
    let payment = find(state.store, id)?;
    let word = payment.status.to_owned();
    Some(
        give_back(state, payment, amount, true, now_ms)
            .map(drop)
            .or(Err(word)),
    )
}
