//! What the control port shows.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Value, json};

use crate::control::answer::Refusal;
use crate::counters::Counters;
use crate::fault::armed::FaultState;
use crate::row::SimRow;
use crate::settings::Settings;
use crate::simulator::Simulator;

pub(super) async fn state(State(router): State<Simulator>) -> Json<Value> {
    Json(json!({
        "address": router.addr(),
        "tls": router.is_tls(),
        "fingerprint": router.tls_fingerprint(),
        "certificate": router.tls_certificate_pem(),
        "identity": router.identity(),
        "resource": router.rows("/system/resource"),
        "users": router.users(),
        "profiles": router.profiles(),
        "hosts": router.hosts(),
        "active": router.active(),
        "cookies": router.cookies(),
        "menus": router.menus(),
    }))
}

pub(super) async fn menu(
    State(router): State<Simulator>,
    Path(path): Path<String>,
) -> Result<Json<Vec<SimRow>>, Refusal> {
    let path = format!("/{path}");
    if router.menus().contains(&path.as_str()) {
        Ok(Json(router.rows(&path)))
    } else {
        Err(Refusal::not_found("menu"))
    }
}

pub(super) async fn counters(State(router): State<Simulator>) -> Json<Counters> {
    Json(router.counters())
}

pub(super) async fn transcript(State(router): State<Simulator>) -> Json<Vec<String>> {
    Json(router.transcript())
}

pub(super) async fn faults(State(router): State<Simulator>) -> Json<Vec<FaultState>> {
    Json(router.faults())
}

pub(super) async fn clock(State(router): State<Simulator>) -> Json<Value> {
    Json(json!({ "unix_millis": router.clock().now(), "driven": router.clock().is_driven() }))
}

pub(super) async fn settings(State(router): State<Simulator>) -> Json<Settings> {
    Json(router.settings())
}
