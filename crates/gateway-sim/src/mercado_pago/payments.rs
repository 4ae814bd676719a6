//! Payments: make, read, change.

use serde_json::{Value, json};

use crate::call::Call;
use crate::journal::shown_token;
use crate::ledger::EntryKind;
use crate::mercado_pago::error::Refusal;
use crate::mercado_pago::fields::Fields;
use crate::mercado_pago::outcome::{self, Outcome, Wish};
use crate::mercado_pago::record;
use crate::mercado_pago::request::{self, NewPayment};
use crate::mercado_pago::store::{CardFace, Payment};
use crate::mercado_pago::tokens;
use crate::mercado_pago::view;
use crate::state::State;
use crate::wire::{Reply, Request};

/// `POST /v1/payments`: 201 also for a refused card.
pub(crate) fn create(state: &mut State, call: &Call, request: &Request) -> Result<Reply, Refusal> {
    let new = request::payment(request)?;
    if new.payer.get("email").and_then(Value::as_str) == Some(&seller_email(call.collector)) {
        return Err(Refusal::bad(
            2060,
            "The customer can't be equal to the collector.",
        ));
    }
    let (outcome, face) = match &new.token {
        Some(token) if new.method.kind.ends_with("_card") => {
            let card = tokens::find(state, token)?;
            state.mercado_pago.used_tokens.insert(token.clone());
            let wish = Wish {
                binary_mode: new.binary_mode,
                capture: new.capture,
                three_ds: new.three_ds,
            };
            (
                outcome::of_card(card.scenario, wish, &call.twist),
                Some(card.face),
            )
        }
        _ if new.method.kind == "ticket" => {
            (Outcome::new("pending", "pending_waiting_payment"), None)
        }
        _ => (Outcome::new("pending", "pending_waiting_transfer"), None),
    };
    let payment = build(state, call, new, outcome, face);
    let kind = match payment.status {
        "approved" => EntryKind::Charge,
        "authorized" => EntryKind::Authorization,
        "rejected" => EntryKind::Decline,
        _ => EntryKind::Pending,
    };
    record::book(state, &payment, kind, payment.amount, call.now_ms);
    record::event(state, &payment, "payment.created", call.now_ms);
    let answer = view::payment(&payment);
    state.mercado_pago.payments.push(payment);
    Ok(Reply::json(201, answer))
}

fn build(
    state: &mut State,
    call: &Call,
    new: NewPayment,
    outcome: Outcome,
    card: Option<CardFace>,
) -> Payment {
    let id = state.ids.number();
    let approved = outcome.status == "approved";
    let decided = approved || outcome.status == "authorized";
    let host = "https://www.mercadopago.com.mx";
    Payment {
        id,
        account: call.account.clone(),
        collector: call.collector,
        live: call.live,
        amount: new.amount,
        status: outcome.status,
        three_ds: (outcome.detail == "pending_challenge").then(|| {
            json!({
                "external_resource_url": format!("{host}/payments/{id}/challenge"),
                "creq": "eyJ0aHJlZURTU2VydmVyVHJhbnNJRCI6InNhbmRib3gifQ",
            })
        }),
        resource_url: card
            .is_none()
            .then(|| format!("{host}/payments/{id}/ticket")),
        detail: outcome.detail,
        method: new.method,
        issuer_id: new.issuer_id,
        installments: new.installments,
        binary_mode: new.binary_mode,
        captured: new.capture,
        external_reference: new.external_reference,
        description: new.description.map_or(Value::Null, Value::String),
        statement_descriptor: new.statement_descriptor.map_or(Value::Null, Value::String),
        notification_url: new.notification_url,
        application_fee: new.application_fee,
        payer: new.payer,
        additional_info: new.additional_info,
        metadata: new.metadata,
        card,
        authorization_code: decided.then(|| state.ids.six_digits()),
        refunds: Vec::new(),
        token: new.token.as_deref().map(shown_token),
        created_ms: call.now_ms,
        updated_ms: call.now_ms,
        approved_ms: approved.then_some(call.now_ms),
        expiration: new.expiration,
        hidden: state.settings.search_delay,
    }
}

/// The e-mail address of a seller; its own payments are refused.
pub(crate) fn seller_email(collector: i64) -> String {
    format!("seller_{collector}@testuser.com")
}

/// `GET /v1/payments/{id}`.
pub(crate) fn read(state: &State, call: &Call, id: &str) -> Result<Reply, Refusal> {
    let payment = state
        .mercado_pago
        .payment(&call.account, id)
        .ok_or_else(Refusal::no_payment)?;
    Ok(Reply::json(200, view::payment(payment)))
}

/// `PUT /v1/payments/{id}` and `.../cancellations`: cancel, capture, or move the expiry.
pub(crate) fn update(
    state: &mut State,
    call: &Call,
    id: &str,
    request: &Request,
) -> Result<Reply, Refusal> {
    let found = state.mercado_pago.payment(&call.account, id).cloned();
    let mut payment = found.ok_or_else(Refusal::no_payment)?;
    let fields = Fields::read(request, false)?;
    fields.only(&[
        "capture",
        "status",
        "transaction_amount",
        "date_of_expiration",
    ])?;
    let wrong_state = || {
        Refusal::bad(
            3005,
            "The action requested is not valid for the current payment state",
        )
    };
    let cancel = match fields.get("status") {
        None => false,
        Some(Value::String(word)) if word == "cancelled" => true,
        Some(_) => return Err(Refusal::bad(1, "Invalid status")),
    };
    let (kind, amount) = if cancel {
        if !payment.is_open() {
            return Err(wrong_state());
        }
        payment.status = "cancelled";
        "by_collector".clone_into(&mut payment.detail);
        (EntryKind::Cancel, payment.amount)
    } else if fields.flag("capture", false)? {
        let amount = fields
            .amount("transaction_amount", 2072)?
            .unwrap_or(payment.amount);
        if payment.status != "authorized" {
            return Err(wrong_state());
        }
        if amount > payment.amount {
            return Err(Refusal::bad(2072, "Invalid value for transaction_amount"));
        }
        payment.amount = amount;
        payment.status = "approved";
        "accredited".clone_into(&mut payment.detail);
        payment.captured = true;
        payment.approved_ms = Some(call.now_ms);
        (EntryKind::Charge, amount)
    } else if let Some(expiration) = fields.text("date_of_expiration", 40, 23)? {
        if chrono::DateTime::parse_from_rfc3339(&expiration).is_err() {
            return Err(Refusal::bad(23, "Invalid date_of_expiration"));
        }
        if payment.status != "pending" {
            return Err(wrong_state());
        }
        payment.expiration = Some(expiration);
        payment.updated_ms = call.now_ms;
        let answer = view::payment(&payment);
        state.mercado_pago.put(payment);
        return Ok(Reply::json(200, answer));
    } else {
        return Err(Refusal::bad(1, "Nothing to change"));
    };
    payment.updated_ms = call.now_ms;
    record::book(state, &payment, kind, amount, call.now_ms);
    record::event(state, &payment, "payment.updated", call.now_ms);
    let answer = view::payment(&payment);
    state.mercado_pago.put(payment);
    Ok(Reply::json(200, answer))
}
