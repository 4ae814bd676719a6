//! Conekta, API version 2.3.0.

pub(crate) mod auth;
mod charge;
mod check;
mod decline;
pub(crate) mod error;
mod hooks;
mod orders;
mod record;
mod refunds;
mod request;
mod search;
pub(crate) mod settle;
pub(crate) mod store;
mod tokens;
pub(crate) mod view;

use axum::http::Method;
use serde_json::{Value, json};

use crate::call::Call;
use crate::conekta::error::Refusal;
use crate::gateway::Endpoint;
use crate::state::State;
use crate::wire::{Reply, Request};

/// Which operation a request asks for.
pub(crate) fn endpoint(request: &Request) -> Endpoint {
    let post = request.method == Method::POST;
    let get = request.method == Method::GET;
    match request.segments().as_slice() {
        ["orders"] if post => Endpoint::CreateOrder,
        ["orders"] if get => Endpoint::SearchOrders,
        ["orders", _] if get => Endpoint::ReadOrder,
        ["orders", _, "charges"] if post => Endpoint::CreateCharge,
        ["orders", _, "add_charges"] if post => Endpoint::AddCharges,
        ["orders", _, "refunds"] if post => Endpoint::RefundOrder,
        ["orders", _, "refunds", _] if request.method == Method::DELETE => Endpoint::CancelRefund,
        ["orders", _, "cancel"] if post => Endpoint::CancelOrder,
        ["orders", _, "capture"] if post => Endpoint::CaptureOrder,
        ["charges"] if get => Endpoint::ListCharges,
        ["tokens"] if post => Endpoint::CreateToken,
        ["webhook_keys"] if post || get => Endpoint::WebhookKeys,
        ["webhook_keys", _] if get => Endpoint::WebhookKeys,
        ["webhooks"] if post || get => Endpoint::Webhooks,
        ["events"] | ["events", _] if get => Endpoint::Events,
        _ => Endpoint::Unknown,
    }
}

/// Does what an authenticated request asks for.
pub(crate) fn handle(state: &mut State, call: &Call, request: &Request) -> Reply {
    match run(state, call, request) {
        Ok(reply) => reply,
        Err(refusal) => refusal.reply(&mut state.ids),
    }
}

fn run(state: &mut State, call: &Call, request: &Request) -> Result<Reply, Refusal> {
    auth::check_version(request)?;
    let segments = request.segments();
    let id = segments.get(1).copied().unwrap_or_default();
    let post = request.method == Method::POST;
    match call.endpoint {
        Endpoint::CreateOrder => orders::create(state, call, &object(request)?),
        Endpoint::ReadOrder => orders::read(state, call, id),
        Endpoint::SearchOrders => search::orders(state, call, request),
        Endpoint::CreateCharge => orders::add_charge(state, call, id, &object(request)?),
        Endpoint::AddCharges => orders::add_charges(state, call, id, &any_json(request)?),
        Endpoint::RefundOrder => refunds::create(state, call, id, &object(request)?),
        Endpoint::CancelRefund => refunds::undo(
            state,
            call,
            id,
            segments.get(3).copied().unwrap_or_default(),
        ),
        Endpoint::CancelOrder => orders::cancel(state, call, id),
        Endpoint::CaptureOrder => orders::capture(state, call, id, &optional(request)?),
        Endpoint::ListCharges => search::charges(state, call, request),
        Endpoint::CreateToken => tokens::create(state, call, &object(request)?),
        Endpoint::WebhookKeys if post => hooks::create_key(state, call, &optional(request)?),
        Endpoint::WebhookKeys if id.is_empty() => Ok(hooks::list_keys(state, call)),
        Endpoint::WebhookKeys => hooks::read_key(state, call, id),
        Endpoint::Webhooks if post => hooks::create_webhook(state, call, &object(request)?),
        Endpoint::Webhooks => Ok(hooks::list_webhooks(state, call)),
        Endpoint::Events if id.is_empty() => {
            let limit = request
                .query("limit")
                .and_then(|n| n.parse().ok())
                .unwrap_or(20);
            Ok(hooks::list_events(state, call, limit))
        }
        Endpoint::Events => hooks::read_event(state, call, id),
        _ => Err(Refusal::not_found()),
    }
}

fn any_json(request: &Request) -> Result<Value, Refusal> {
    request.json().ok_or_else(Refusal::malformed)
}

fn object(request: &Request) -> Result<Value, Refusal> {
    any_json(request)?
        .is_object()
        .then(|| request.json())
        .flatten()
        .ok_or_else(Refusal::malformed)
}

/// Where a body may be left out.
fn optional(request: &Request) -> Result<Value, Refusal> {
    if request.body.is_empty() {
        Ok(json!({}))
    } else {
        object(request)
    }
}
