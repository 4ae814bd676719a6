//! What can be changed.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use crate::control::answer::{Refused, Shared, read, shown};
use crate::fault::FaultSpec;
use crate::gateway::Gateway;
use crate::operations;
use crate::settings::Settings;
use crate::webhooks::deliver;
use crate::webhooks::order::SendOrder;
use crate::webhooks::targets::{MerchantTarget, WebhookTargets};

pub(crate) async fn faults(State(shared): State<Shared>) -> Response {
    shown(shared.hub.state().faults.list())
}

pub(crate) async fn add_fault(
    State(shared): State<Shared>,
    body: Bytes,
) -> Result<Response, Refused> {
    let spec: FaultSpec = read(&body)?;
    let id = shared.hub.state().faults.add(spec);
    Ok(shown(json!({ "id": id })))
}

pub(crate) async fn remove_fault(
    State(shared): State<Shared>,
    Path(id): Path<u64>,
) -> Result<Response, Refused> {
    if shared.hub.state().faults.remove(id) {
        Ok(shown(json!({ "removed": id })))
    } else {
        Err(Refused(
            StatusCode::NOT_FOUND,
            format!("there is no fault {id}"),
        ))
    }
}

pub(crate) async fn clear_faults(State(shared): State<Shared>) -> Response {
    shared.hub.state().faults.clear();
    shown(json!({ "removed": "all" }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Release {
    id: Option<u64>,
}

pub(crate) async fn release(
    State(shared): State<Shared>,
    body: Bytes,
) -> Result<Response, Refused> {
    let release: Release = read(&body)?;
    Ok(shown(json!({ "released": shared.hub.release(release.id) })))
}

pub(crate) async fn settings(State(shared): State<Shared>) -> Response {
    shown(shared.hub.state().settings)
}

pub(crate) async fn set_settings(
    State(shared): State<Shared>,
    body: Bytes,
) -> Result<Response, Refused> {
    let settings: Settings = read(&body)?;
    shared.hub.state().settings = settings;
    shared.hub.changed();
    Ok(shown(settings))
}

pub(crate) async fn reveal(State(shared): State<Shared>) -> Response {
    operations::reveal(&shared.hub);
    shown(json!({ "revealed": true }))
}

pub(crate) async fn webhooks(State(shared): State<Shared>) -> Response {
    shown(&shared.hub.state().targets.general)
}

pub(crate) async fn set_webhooks(
    State(shared): State<Shared>,
    body: Bytes,
) -> Result<Response, Refused> {
    let targets: WebhookTargets = read(&body)?;
    let answer = shown(&targets);
    shared.hub.state().targets.general = targets;
    shared.hub.changed();
    Ok(answer)
}

pub(crate) async fn set_merchant_webhook(
    State(shared): State<Shared>,
    body: Bytes,
) -> Result<Response, Refused> {
    let target: MerchantTarget = read(&body)?;
    shared.hub.state().targets.set(target);
    shared.hub.changed();
    Ok(shown(json!({ "set": true })))
}

pub(crate) async fn send(State(shared): State<Shared>, body: Bytes) -> Result<Response, Refused> {
    let order: SendOrder = read(&body)?;
    let sent = deliver::send(&shared.hub, &order).await;
    sent.map(shown)
        .map_err(|error| Refused(StatusCode::CONFLICT, error))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Revoke {
    gateway: Gateway,
    key: String,
}

pub(crate) async fn revoke(State(shared): State<Shared>, body: Bytes) -> Result<Response, Refused> {
    let revoke: Revoke = read(&body)?;
    shared
        .hub
        .state()
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

pub(crate) async fn join(State(shared): State<Shared>, body: Bytes) -> Result<Response, Refused> {
    let join: Join = read(&body)?;
    shared
        .hub
        .state()
        .accounts
        .join(join.gateway, &join.key, &join.existing);
    Ok(shown(json!({ "joined": true })))
}

pub(crate) async fn reset(State(shared): State<Shared>) -> Response {
    shared.hub.state().reset();
    shared.hub.release(None);
    shown(json!({ "reset": true }))
}
