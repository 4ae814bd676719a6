//! The control port: JSON over HTTP.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::net::TcpListener;

use crate::core::events::{MerchantTarget, SendOrder, WebhookTargets};
use crate::core::faults::FaultSpec;
use crate::core::gateway::Gateway;
use crate::core::ledger::{Decision, EntryKind, LedgerEntry};
use crate::core::{Settings, Urls, signatures};
use crate::server::hub::{self, Hub, SettleError};
use crate::server::webhooks;

/// Serves the control port until the sandbox stops.
pub(crate) async fn serve(listener: TcpListener, hub: Arc<Hub>, urls: Urls) {
    let stop = hub.stop.clone();
    let app = router(Shared {
        hub,
        urls: Arc::new(urls),
    });
    let serving = async { axum::serve(listener, app).await };
    // Leaving drops the connections; nothing on this port has to be finished.
    tokio::select! {
        () = stop.cancelled() => {}
        _ = serving => {}
    }
}

fn router(shared: Shared) -> Router {
    Router::new()
        .route("/", get(guide))
        .route("/urls", get(urls))
        .route("/ledger", get(ledger))
        .route("/counters", get(counters))
        .route("/requests", get(requests))
        .route("/events", get(events))
        .route("/telegram/messages", get(telegram))
        .route("/held", get(held))
        .route("/payments", get(payments))
        .route("/payments/{id}", get(payment))
        .route("/payments/{id}/{decision}", post(decide))
        .route("/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/faults/{id}", delete(remove_fault))
        .route("/release", post(release))
        .route("/settings", get(settings).put(set_settings))
        .route("/search/reveal", post(reveal))
        .route("/webhooks", get(webhooks).put(set_webhooks))
        .route("/webhooks/merchant", put(set_merchant_webhook))
        .route("/webhooks/send", post(send))
        .route("/webhooks/key", get(key))
        .route("/accounts/revoke", post(revoke))
        .route("/accounts/join", post(join))
        .route("/reset", post(reset))
        .fallback(unknown)
        .with_state(shared)
}

/// What every handler gets.
#[derive(Debug, Clone)]
struct Shared {
    hub: Arc<Hub>,
    urls: Arc<Urls>,
}

/// A refusal: status and `{"error": ...}`.
#[derive(Debug)]
struct Refused(StatusCode, String);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, axum::Json(json!({ "error": self.1 }))).into_response()
    }
}

impl From<SettleError> for Refused {
    fn from(error: SettleError) -> Self {
        let status = match &error {
            SettleError::NotFound(_) => StatusCode::NOT_FOUND,
            SettleError::WrongState(_) => StatusCode::CONFLICT,
        };
        Self(status, error.to_string())
    }
}

/// Reads a JSON body; none counts as `{}`.
fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Refused> {
    let text: &[u8] = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(text)
        .map_err(|error| Refused(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()))
}

/// A JSON answer.
fn shown<T: Serialize>(value: T) -> Response {
    axum::Json(value).into_response()
}

/// `GET /`: what the control port can do.
async fn guide() -> Response {
    let headers = [(CONTENT_TYPE, "application/json")];
    (headers, include_str!("guide.json")).into_response()
}

/// Any other path.
async fn unknown() -> Refused {
    Refused(
        StatusCode::NOT_FOUND,
        "unknown path; GET / lists what there is".to_owned(),
    )
}

async fn payments(State(shared): State<Shared>) -> Response {
    shown(hub::payments(&shared.hub))
}

async fn payment(
    State(shared): State<Shared>,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    Ok(shown(hub::payment(&shared.hub, &id)?))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Details {
    code: Option<String>,
    amount_cents: Option<i64>,
}

async fn decide(
    State(shared): State<Shared>,
    Path((id, decision)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response, Refused> {
    let details: Details = read(&body)?;
    let decision = match decision.as_str() {
        "approve" => Decision::Approve,
        "reject" => Decision::Reject { code: details.code },
        "expire" => Decision::Expire,
        "chargeback" => Decision::Chargeback,
        "refund" => Decision::Refund {
            amount_cents: details.amount_cents,
        },
        other => {
            let text = format!("{other}: approve, reject, expire, chargeback or refund");
            return Err(Refused(StatusCode::NOT_FOUND, text));
        }
    };
    Ok(shown(hub::settle(&shared.hub, &id, &decision)?))
}

async fn faults(State(shared): State<Shared>) -> Response {
    shown(shared.hub.state().core.faults.list())
}

async fn add_fault(State(shared): State<Shared>, body: Bytes) -> Result<Response, Refused> {
    let spec: FaultSpec = read(&body)?;
    let id = shared.hub.state().core.faults.add(spec);
    Ok(shown(json!({ "id": id })))
}

async fn remove_fault(
    State(shared): State<Shared>,
    Path(id): Path<u64>,
) -> Result<Response, Refused> {
    if shared.hub.state().core.faults.remove(id) {
        Ok(shown(json!({ "removed": id })))
    } else {
        Err(Refused(
            StatusCode::NOT_FOUND,
            format!("there is no fault {id}"),
        ))
    }
}

async fn clear_faults(State(shared): State<Shared>) -> Response {
    shared.hub.state().core.faults.clear();
    shown(json!({ "removed": "all" }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Release {
    id: Option<u64>,
}

async fn release(State(shared): State<Shared>, body: Bytes) -> Result<Response, Refused> {
    let release: Release = read(&body)?;
    Ok(shown(json!({ "released": shared.hub.release(release.id) })))
}

async fn settings(State(shared): State<Shared>) -> Response {
    shown(shared.hub.state().core.settings)
}

async fn set_settings(State(shared): State<Shared>, body: Bytes) -> Result<Response, Refused> {
    let settings: Settings = read(&body)?;
    shared.hub.state().core.settings = settings;
    shared.hub.changed();
    Ok(shown(settings))
}

async fn reveal(State(shared): State<Shared>) -> Response {
    hub::reveal(&shared.hub);
    shown(json!({ "revealed": true }))
}

async fn webhooks(State(shared): State<Shared>) -> Response {
    shown(&shared.hub.state().targets.general)
}

async fn set_webhooks(State(shared): State<Shared>, body: Bytes) -> Result<Response, Refused> {
    let targets: WebhookTargets = read(&body)?;
    let answer = shown(&targets);
    shared.hub.state().targets.general = targets;
    shared.hub.changed();
    Ok(answer)
}

async fn set_merchant_webhook(
    State(shared): State<Shared>,
    body: Bytes,
) -> Result<Response, Refused> {
    let target: MerchantTarget = read(&body)?;
    shared.hub.state().targets.set(target);
    shared.hub.changed();
    Ok(shown(json!({ "set": true })))
}

async fn send(State(shared): State<Shared>, body: Bytes) -> Result<Response, Refused> {
    let order: SendOrder = read(&body)?;
    let sent = webhooks::send(&shared.hub, &order).await;
    sent.map(shown)
        .map_err(|error| Refused(StatusCode::CONFLICT, error))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Revoke {
    gateway: Gateway,
    key: String,
}

async fn revoke(State(shared): State<Shared>, body: Bytes) -> Result<Response, Refused> {
    let revoke: Revoke = read(&body)?;
    shared
        .hub
        .state()
        .core
        .accounts
        .revoke(revoke.gateway, &revoke.key);
    Ok(shown(json!({ "revoked": true })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Join {
    gateway: Gateway,
    key: String,
    existing: String,
}

async fn join(State(shared): State<Shared>, body: Bytes) -> Result<Response, Refused> {
    let join: Join = read(&body)?;
    shared
        .hub
        .state()
        .core
        .accounts
        .join(join.gateway, &join.key, &join.existing);
    Ok(shown(json!({ "joined": true })))
}

async fn reset(State(shared): State<Shared>) -> Response {
    shared.hub.state().reset();
    shared.hub.release(None);
    shown(json!({ "reset": true }))
}

/// Longest wait for held requests, in milliseconds.
const MAX_WAIT_MS: u64 = 60_000;

async fn urls(State(shared): State<Shared>) -> Response {
    shown(shared.urls.as_ref())
}

#[derive(Debug, Deserialize)]
struct LedgerQuery {
    kind: Option<EntryKind>,
    gateway: Option<Gateway>,
    reference: Option<String>,
    payment_id: Option<String>,
}

async fn ledger(State(shared): State<Shared>, Query(query): Query<LedgerQuery>) -> Response {
    let state = shared.hub.state();
    let entries: Vec<&LedgerEntry> = state
        .core
        .ledger
        .entries()
        .iter()
        .filter(|entry| query.kind.is_none_or(|kind| kind == entry.kind))
        .filter(|entry| query.gateway.is_none_or(|gateway| gateway == entry.gateway))
        .filter(|entry| query.reference.is_none() || query.reference == entry.reference)
        .filter(|entry| {
            query
                .payment_id
                .as_ref()
                .is_none_or(|id| *id == entry.payment_id)
        })
        .collect();
    shown(json!({ "entries": entries, "total_net_cents": state.core.ledger.total_net_cents() }))
}

async fn counters(State(shared): State<Shared>) -> Response {
    shown(shared.hub.state().core.journal.counters())
}

#[derive(Debug, Deserialize)]
struct RequestsQuery {
    last: Option<usize>,
}

async fn requests(State(shared): State<Shared>, Query(query): Query<RequestsQuery>) -> Response {
    let mut all = shared.hub.state().core.journal.list();
    let from = all.len().saturating_sub(query.last.unwrap_or(50));
    shown(all.split_off(from))
}

async fn events(State(shared): State<Shared>) -> Response {
    shown(shared.hub.state().core.events.all())
}

async fn telegram(State(shared): State<Shared>) -> Response {
    shown(shared.hub.state().telegram.messages.items())
}

#[derive(Debug, Deserialize)]
struct HeldQuery {
    #[serde(default)]
    at_least: usize,
    timeout_ms: Option<u64>,
}

async fn held(State(shared): State<Shared>, Query(query): Query<HeldQuery>) -> Response {
    let timeout = Duration::from_millis(query.timeout_ms.unwrap_or(5_000).min(MAX_WAIT_MS));
    let mut changes = shared.hub.watch();
    let enough = async {
        while shared.hub.held().len() < query.at_least {
            if changes.changed().await.is_err() {
                return;
            }
        }
    };
    // Too few in time: what there is.
    let _: Result<(), _> = tokio::time::timeout(timeout, enough).await;
    shown(shared.hub.held())
}

async fn key() -> Response {
    shown(json!({ "public_key": signatures::public_pem(0) }))
}
