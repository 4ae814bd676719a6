//! Payments: create, read, change, with their entries in the ledger and their events.

use serde_json::{Value, json};

use crate::core::clock::iso;
use crate::core::events::GatewayEvent;
use crate::core::gateway::Gateway;
use crate::core::http::{Call, Reply, Request, shown_token};
use crate::core::ledger::{EntryKind, LedgerEntry};
use crate::mercado_pago::error::Refusal;
use crate::mercado_pago::outcome::{self, ChargeOptions, Outcome};
use crate::mercado_pago::request::{self, Fields, NewPayment};
use crate::mercado_pago::store::{CardFace, Payment};
use crate::mercado_pago::{State, tokens, view};

/// `POST /v1/payments`: 201 also for a refused card.
pub(crate) fn create(
    state: &mut State<'_>,
    call: &Call,
    request: &Request,
) -> Result<Reply, Refusal> {
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
            state.store.tokens.remove(token);
            state.store.used_tokens.insert(token.clone());
            let options = ChargeOptions {
                binary_mode: new.binary_mode,
                capture: new.capture,
                three_ds: new.three_ds,
            };
            (
                outcome::of_card(card.scenario, options, &call.response_override),
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
    record_money(state, &payment, kind, payment.amount, call.now_ms);
    payment_event(state, &payment, "payment.created", call.now_ms);
    let answer = view::payment(&payment);
    state.store.payments.push(payment);
    Ok(Reply::json(201, answer))
}

fn build(
    state: &mut State<'_>,
    call: &Call,
    new: NewPayment,
    outcome: Outcome,
    card: Option<CardFace>,
) -> Payment {
    let id = state.core.ids.number();
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
        authorization_code: decided.then(|| state.core.ids.six_digits()),
        refunds: Vec::new(),
        token: new.token.as_deref().map(shown_token),
        created_ms: call.now_ms,
        updated_ms: call.now_ms,
        approved_ms: approved.then_some(call.now_ms),
        expiration: new.expiration,
        hidden: state.core.settings.search_delay,
    }
}

/// The e-mail address of a seller; its own payments are refused.
pub(crate) fn seller_email(collector: i64) -> String {
    format!("seller_{collector}@testuser.com")
}

/// `GET /v1/payments/{id}`.
pub(crate) fn read(state: &State<'_>, call: &Call, id: &str) -> Result<Reply, Refusal> {
    let payment = state
        .store
        .payment(&call.account, id)
        .ok_or_else(Refusal::no_payment)?;
    Ok(Reply::json(200, view::payment(payment)))
}

/// `PUT /v1/payments/{id}` and `.../cancellations`: cancel, capture, or move the expiry.
pub(crate) fn update(
    state: &mut State<'_>,
    call: &Call,
    id: &str,
    request: &Request,
) -> Result<Reply, Refusal> {
    let found = state.store.payment(&call.account, id).cloned();
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
        state.store.put(payment);
        return Ok(Reply::json(200, answer));
    } else {
        return Err(Refusal::bad(1, "Nothing to change"));
    };
    payment.updated_ms = call.now_ms;
    record_money(state, &payment, kind, amount, call.now_ms);
    payment_event(state, &payment, "payment.updated", call.now_ms);
    let answer = view::payment(&payment);
    state.store.put(payment);
    Ok(Reply::json(200, answer))
}

/// Writes what happened to a payment's money into the ledger.
pub(crate) fn record_money(
    state: &mut State<'_>,
    payment: &Payment,
    kind: EntryKind,
    amount: i64,
    now_ms: i64,
) {
    state.core.ledger.record(LedgerEntry {
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
pub(crate) fn payment_event(state: &mut State<'_>, payment: &Payment, action: &str, now_ms: i64) {
    let id = state.core.ids.number();
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
    state.core.events.push(GatewayEvent {
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
