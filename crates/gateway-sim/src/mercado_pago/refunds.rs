//! Refunds.

use serde_json::Value;

use crate::call::Call;
use crate::ledger::EntryKind;
use crate::mercado_pago::error::Refusal;
use crate::mercado_pago::fields::Fields;
use crate::mercado_pago::record;
use crate::mercado_pago::store::{Payment, Refund};
use crate::mercado_pago::view;
use crate::state::State;
use crate::wire::{Reply, Request};

/// `POST /v1/payments/{id}/refunds`: all that is left when no amount is named.
pub(crate) fn create(
    state: &mut State,
    call: &Call,
    id: &str,
    request: &Request,
) -> Result<Reply, Refusal> {
    let found = state.mercado_pago.payment(&call.account, id).cloned();
    let payment = found.ok_or_else(Refusal::no_payment)?;
    let fields = Fields::read(request, true)?;
    fields.only(&["amount", "metadata", "reason"])?;
    let amount = fields.amount("amount", 4040)?;
    let (payment, refund) = give_back(state, payment, amount, false, call.now_ms)?;
    Ok(Reply::json(201, view::refund(&payment, &refund)))
}

/// Gives money back and stores the payment.
pub(crate) fn give_back(
    state: &mut State,
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
        id: state.ids.number(),
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
    record::book(state, &payment, EntryKind::Refund, amount, now_ms);
    record::event(state, &payment, "payment.updated", now_ms);
    state.mercado_pago.put(payment.clone());
    Ok((payment, refund))
}

/// `GET /v1/payments/{id}/refunds` and `.../refunds/{refund}`.
pub(crate) fn read(
    state: &State,
    call: &Call,
    id: &str,
    refund: Option<&str>,
) -> Result<Reply, Refusal> {
    let payment = state
        .mercado_pago
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
