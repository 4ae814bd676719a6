//! Conekta, API version 2.3.0: authentication and routing.

pub(crate) mod charge;
pub(crate) mod error;
pub(crate) mod hooks;
pub(crate) mod orders;
pub(crate) mod request;
pub(crate) mod search;
pub(crate) mod settle;
pub(crate) mod store;
pub(crate) mod tokens;
pub(crate) mod view;

use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::conekta::error::Refusal;
use crate::conekta::store::ConektaStore;
use crate::core::Context;
use crate::core::gateway::Endpoint;
use crate::core::http::{Call, Reply, Request};

/// What Conekta works on.
pub(crate) type State<'a> = Context<'a, ConektaStore>;

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
        ["orders", _, "cancel"] if post => Endpoint::CancelOrder,
        ["orders", _, "capture"] if post => Endpoint::CaptureOrder,
        ["charges"] if get => Endpoint::ListCharges,
        ["tokens"] if post => Endpoint::CreateToken,
        ["webhook_keys"] if post || get => Endpoint::WebhookKeys,
        ["events"] | ["events", _] if get => Endpoint::Events,
        _ => Endpoint::Unknown,
    }
}

/// Does what an authenticated request asks for.
pub(crate) fn handle(state: &mut State<'_>, call: &Call, request: &Request) -> Reply {
    match run(state, call, request) {
        Ok(reply) => reply,
        Err(refusal) => refusal.reply(&mut state.core.ids),
    }
}

fn run(state: &mut State<'_>, call: &Call, request: &Request) -> Result<Reply, Refusal> {
    check_version(request)?;
    let segments = request.segments();
    let id = segments.get(1).copied().unwrap_or_default();
    let post = request.method == Method::POST;
    match call.endpoint {
        Endpoint::CreateOrder => orders::create(state, call, &object(request)?),
        Endpoint::ReadOrder => orders::read(state, call, id),
        Endpoint::SearchOrders => search::orders(state, call, request),
        Endpoint::CreateCharge => orders::add_charge(state, call, id, &object(request)?),
        Endpoint::AddCharges => orders::add_charges(state, call, id, &any_json(request)?),
        Endpoint::RefundOrder => settle::create_refund(state, call, id, &object(request)?),
        Endpoint::CancelOrder => orders::cancel(state, call, id),
        Endpoint::CaptureOrder => orders::capture(state, call, id, &optional(request)?),
        Endpoint::ListCharges => search::charges(state, call, request),
        Endpoint::CreateToken => tokens::create(state, call, &object(request)?),
        Endpoint::WebhookKeys if post => hooks::create_key(state, call, &optional(request)?),
        Endpoint::WebhookKeys => Ok(hooks::list_keys(state, call)),
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

const MEDIA_TYPE: &str = "application/vnd.conekta-v2.3.0+json";

/// The key: `Bearer <key>`, or Basic with the key as user and an empty password.
pub(crate) fn key(request: &Request) -> Option<String> {
    let header = request.header("authorization")?;
    let (scheme, rest) = header.split_once(' ')?;
    let key = if scheme.eq_ignore_ascii_case("bearer") {
        rest.trim().to_owned()
    } else if scheme.eq_ignore_ascii_case("basic") {
        let text = String::from_utf8(STANDARD.decode(rest.trim()).ok()?).ok()?;
        let (user, password) = text.split_once(':')?;
        if !password.is_empty() {
            return None;
        }
        user.to_owned()
    } else {
        return None;
    };
    let shaped = key.len() > "key_".len()
        && key.starts_with("key_")
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    shaped.then_some(key)
}

/// Whether a key is a live one.
pub(crate) fn is_live(key: &str) -> bool {
    key.starts_with("key_live_")
}

/// Refuses a request that does not ask for version 2.3.0.
pub(crate) fn check_version(request: &Request) -> Result<(), Refusal> {
    let accepted = request.header("accept").unwrap_or_default();
    let served = accepted.split(',').any(|one| {
        one.split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .eq_ignore_ascii_case(MEDIA_TYPE)
    });
    if served {
        Ok(())
    } else {
        Err(Refusal::wrong_version())
    }
}
