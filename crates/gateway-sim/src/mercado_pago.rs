//! Mercado Pago, Payments API, Mexico: authentication and routing.

pub(crate) mod error;
pub(crate) mod outcome;
pub(crate) mod payments;
pub(crate) mod request;
pub(crate) mod search;
pub(crate) mod settle;
pub(crate) mod store;
pub(crate) mod tokens;
pub(crate) mod view;

use axum::http::Method;
use serde_json::{Value, json};

use crate::core::Context;
use crate::core::gateway::{Endpoint, number_of};
use crate::core::http::{Call, Reply, Request};
use crate::mercado_pago::error::Refusal;
use crate::mercado_pago::store::{METHODS, MercadoPagoStore};

/// What Mercado Pago works on.
pub(crate) type State<'a> = Context<'a, MercadoPagoStore>;

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
pub(crate) fn handle(state: &mut State<'_>, call: &Call, request: &Request) -> Reply {
    run(state, call, request).unwrap_or_else(Refusal::reply)
}

fn run(state: &mut State<'_>, call: &Call, request: &Request) -> Result<Reply, Refusal> {
    let segments = request.segments();
    let id = segments.get(2).copied().unwrap_or_default();
    match call.endpoint {
        Endpoint::CreatePayment => payments::create(state, call, request),
        Endpoint::ReadPayment => payments::read(state, call, id),
        Endpoint::SearchPayments => search::search(state, call, request),
        Endpoint::UpdatePayment => payments::update(state, call, id, request),
        Endpoint::RefundPayment => settle::create_refund(state, call, id, request),
        Endpoint::ReadRefunds => settle::read_refunds(state, call, id, segments.get(4).copied()),
        Endpoint::UsersMe => Ok(Reply::json(200, me(call))),
        Endpoint::PaymentMethods => Ok(Reply::json(200, methods())),
        Endpoint::CreateCardToken => tokens::create(state, call, request),
        _ => Err(Refusal::not_found()),
    }
}

/// The seller whose access token it is.
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

/// The access token of `Authorization: Bearer`, if it looks like one.
pub(crate) fn key(request: &Request) -> Option<String> {
    let (scheme, token) = request.header("authorization")?.split_once(' ')?;
    let token = token.trim();
    let rest = token
        .strip_prefix("APP_USR-")
        .or_else(|| token.strip_prefix("TEST-"))?;
    let shaped = !rest.is_empty()
        && rest
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    (scheme.eq_ignore_ascii_case("bearer") && shaped).then(|| token.to_owned())
}

/// Whether an access token is a live one.
pub(crate) fn is_live(key: &str) -> bool {
    !key.starts_with("TEST-")
}

/// The seller's user id: real access tokens end with it; for others it is derived from the
/// token.
pub(crate) fn collector(key: &str) -> i64 {
    let last = key.rsplit('-').next().unwrap_or_default();
    let digits = (4..=12).contains(&last.len()) && last.bytes().all(|byte| byte.is_ascii_digit());
    last.parse()
        .ok()
        .filter(|_| digits)
        .unwrap_or_else(|| number_of(key))
}
