//! Mercado Pago, Payments API, Mexico.

pub(crate) mod auth;
pub(crate) mod error;
mod fields;
pub(crate) mod idempotency;
mod outcome;
mod payments;
mod record;
mod refunds;
mod request;
mod search;
pub(crate) mod settle;
pub(crate) mod store;
mod tokens;
mod view;

use axum::http::Method;
use serde_json::{Value, json};

use crate::call::Call;
use crate::gateway::Endpoint;
use crate::mercado_pago::error::Refusal;
use crate::mercado_pago::store::METHODS;
use crate::state::State;
use crate::wire::{Reply, Request};

/// Which operation a request asks for.
pub(crate) fn endpoint(request: &Request) -> Endpoint {
    let post = request.method == Method::POST;
    let get = request.method == Method::GET;
    let put = request.method == Method::PUT;
    match request.segments().as_slice() {
        ["v1", "payments"] if post => Endpoint::CreatePayment,
        ["v1", "payments", "search"] if get => Endpoint::SearchPayments,
        ["v1", "payments", _] if get => Endpoint::ReadPayment,
        ["v1", "payments", _] | ["v1", "payments", _, "cancellations"] if put => {
            Endpoint::UpdatePayment
        }
        ["v1", "payments", _, "refunds"] if post => Endpoint::RefundPayment,
        ["v1", "payments", _, "refunds"] | ["v1", "payments", _, "refunds", _] if get => {
            Endpoint::ReadRefunds
        }
        ["users", "me"] if get => Endpoint::UsersMe,
        ["v1", "payment_methods"] if get => Endpoint::PaymentMethods,
        ["v1", "card_tokens"] if post => Endpoint::CreateCardToken,
        _ => Endpoint::Unknown,
    }
}

/// Does what an authenticated request asks for.
pub(crate) fn handle(state: &mut State, call: &Call, request: &Request) -> Reply {
    run(state, call, request).unwrap_or_else(Refusal::reply)
}

fn run(state: &mut State, call: &Call, request: &Request) -> Result<Reply, Refusal> {
    let segments = request.segments();
    let id = segments.get(2).copied().unwrap_or_default();
    match call.endpoint {
        Endpoint::CreatePayment => payments::create(state, call, request),
        Endpoint::ReadPayment => payments::read(state, call, id),
        Endpoint::SearchPayments => search::search(state, call, request),
        Endpoint::UpdatePayment => payments::update(state, call, id, request),
        Endpoint::RefundPayment => refunds::create(state, call, id, request),
        Endpoint::ReadRefunds => refunds::read(state, call, id, segments.get(4).copied()),
        Endpoint::UsersMe => Ok(Reply::json(200, me(call))),
        Endpoint::PaymentMethods => Ok(Reply::json(200, methods())),
        Endpoint::CreateCardToken => tokens::create(state, call, request),
        _ => Err(Refusal::not_found()),
    }
}

/// The seller behind the access token.
fn me(call: &Call) -> Value {
    json!({
        "id": call.collector,
        "nickname": format!("TESTUSER{}", call.collector),
        "registration_date": "2024-01-01T00:00:00.000-06:00",
        "country_id": "MX",
        "site_id": "MLM",
        "email": payments::seller_email(call.collector),
        "user_type": "normal",
        "site_status": "active",
        "status": { "site_status": "active" },
    })
}

fn methods() -> Value {
    METHODS
        .iter()
        .map(|method| {
            json!({
                "id": method.id,
                "name": method.name,
                "payment_type_id": method.kind,
                "status": "active",
                "secure_thumbnail": null,
                "thumbnail": null,
                "deferred_capture": if method.kind == "credit_card" { "supported" } else { "unsupported" },
                "settings": [],
                "additional_info_needed": [],
                "min_allowed_amount": 5,
                "max_allowed_amount": 200_000,
                "accreditation_time": 2_880,
                "financial_institutions": [],
                "processing_modes": ["aggregator"],
            })
        })
        .collect()
}
