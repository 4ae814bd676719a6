//! What there is to see.

use std::time::Duration;

use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use crate::control::answer::{Shared, shown};
use crate::gateway::Gateway;
use crate::ledger::{EntryKind, LedgerEntry};
use crate::webhooks::keys;

/// Longest wait for held requests, in milliseconds.
const MAX_WAIT_MS: u64 = 60_000;

pub(crate) async fn urls(State(shared): State<Shared>) -> Response {
    shown(shared.urls.as_ref())
}

#[derive(Debug, Deserialize)]
pub(crate) struct LedgerQuery {
    kind: Option<EntryKind>,
    gateway: Option<Gateway>,
    reference: Option<String>,
    payment_id: Option<String>,
}

pub(crate) async fn ledger(
    State(shared): State<Shared>,
    Query(query): Query<LedgerQuery>,
) -> Response {
    let state = shared.hub.state();
    let entries: Vec<&LedgerEntry> = state
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
    shown(json!({ "entries": entries, "total_net_cents": state.ledger.total_net_cents() }))
}

pub(crate) async fn counters(State(shared): State<Shared>) -> Response {
    shown(shared.hub.state().journal.counters())
}

#[derive(Debug, Deserialize)]
pub(crate) struct RequestsQuery {
    last: Option<usize>,
}

pub(crate) async fn requests(
    State(shared): State<Shared>,
    Query(query): Query<RequestsQuery>,
) -> Response {
    let mut all = shared.hub.state().journal.list();
    let from = all.len().saturating_sub(query.last.unwrap_or(50));
    shown(all.split_off(from))
}

pub(crate) async fn notices(State(shared): State<Shared>) -> Response {
    shown(shared.hub.state().notices.all())
}

pub(crate) async fn telegram(State(shared): State<Shared>) -> Response {
    shown(&shared.hub.state().telegram.messages)
}

#[derive(Debug, Deserialize)]
pub(crate) struct HeldQuery {
    #[serde(default)]
    at_least: usize,
    timeout_ms: Option<u64>,
}

pub(crate) async fn held(State(shared): State<Shared>, Query(query): Query<HeldQuery>) -> Response {
    let patience = Duration::from_millis(query.timeout_ms.unwrap_or(5_000).min(MAX_WAIT_MS));
    let mut changes = shared.hub.watch();
    let enough = async {
        while shared.hub.held().len() < query.at_least {
            if changes.changed().await.is_err() {
                return;
            }
        }
    };
    // Too few in time: what there is.
    let _: Result<(), _> = tokio::time::timeout(patience, enough).await;
    shown(shared.hub.held())
}

pub(crate) async fn key() -> Response {
    shown(json!({ "public_key": keys::public_pem(0) }))
}
