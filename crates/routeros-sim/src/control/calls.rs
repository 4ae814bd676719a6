//! What the control port changes.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::control::answer::{Refusal, found};
use crate::fault::Fault;
use crate::fault::armed::FaultId;
use crate::server::port::Unplugged;
use crate::settings::Settings;
use crate::simulator::Simulator;

type Made = (StatusCode, Json<Value>);
type Emptied = Result<StatusCode, Refusal>;

/// Users added at once at most.
const MOST_USERS: usize = 1_000_000;

fn made(id: impl serde::Serialize) -> Made {
    (StatusCode::CREATED, Json(json!({ "id": id })))
}

pub(super) async fn reset_counters(State(router): State<Simulator>) -> StatusCode {
    router.reset_counters();
    StatusCode::NO_CONTENT
}

pub(super) async fn inject(State(router): State<Simulator>, Json(fault): Json<Fault>) -> Made {
    made(router.inject(fault))
}

pub(super) async fn clear_faults(State(router): State<Simulator>) -> StatusCode {
    router.clear_faults();
    StatusCode::NO_CONTENT
}

pub(super) async fn clear_fault(State(router): State<Simulator>, Path(id): Path<u64>) -> Emptied {
    found(router.clear_fault(FaultId(id)), "fault")
}

pub(super) async fn release(State(router): State<Simulator>, Path(id): Path<u64>) -> Emptied {
    found(router.release(FaultId(id)), "fault")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Advance {
    advance_seconds: u64,
}

pub(super) async fn advance(
    State(router): State<Simulator>,
    Json(advance): Json<Advance>,
) -> StatusCode {
    router.advance(Duration::from_secs(advance.advance_seconds));
    StatusCode::NO_CONTENT
}

pub(super) async fn settings(
    State(router): State<Simulator>,
    Json(wanted): Json<Settings>,
) -> Json<Settings> {
    router.change_settings(|settings| *settings = wanted);
    Json(router.settings())
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum PowerName {
    On,
    Refused,
    Silent,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PowerOrder {
    power: PowerName,
}

pub(super) async fn power(
    State(router): State<Simulator>,
    Json(order): Json<PowerOrder>,
) -> Emptied {
    match order.power {
        PowerName::On => router.plug_in().await?,
        PowerName::Refused => router.unplug(Unplugged::Refused).await?,
        PowerName::Silent => router.unplug(Unplugged::Silent).await?,
    }
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn restore(State(router): State<Simulator>) -> StatusCode {
    router.restore();
    StatusCode::NO_CONTENT
}

pub(super) async fn drop_connections(State(router): State<Simulator>) -> StatusCode {
    router.drop_connections();
    StatusCode::NO_CONTENT
}

type Texts = BTreeMap<String, String>;

pub(super) async fn add_item(
    State(router): State<Simulator>,
    Path(path): Path<String>,
    Json(values): Json<Texts>,
) -> Result<Made, Refusal> {
    Ok(made(router.add(&format!("/{path}"), &pairs(&values))?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Device {
    mac: String,
    ip: String,
}

pub(super) async fn add_host(
    State(router): State<Simulator>,
    Json(device): Json<Device>,
) -> Result<Made, Refusal> {
    Ok(made(router.add_host(&device.mac, &device.ip)?))
}

/// Removes the host of an address or MAC.
pub(super) async fn remove_host(
    State(router): State<Simulator>,
    Path(address): Path<String>,
) -> Emptied {
    let row = router.hosts().into_iter().find(|host| {
        ["address", "mac-address"].iter().any(|name| {
            host.get(name)
                .is_some_and(|own| own.eq_ignore_ascii_case(&address))
        })
    });
    found(
        row.is_some_and(|row| router.remove("/ip/hotspot/host", row.id())),
        "host",
    )
}

pub(super) async fn add_user(
    State(router): State<Simulator>,
    Json(values): Json<Texts>,
) -> Result<Made, Refusal> {
    Ok(made(router.add("/ip/hotspot/user", &pairs(&values))?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fill {
    prefix: String,
    count: usize,
}

pub(super) async fn fill_users(State(router): State<Simulator>, Json(fill): Json<Fill>) -> Emptied {
    if fill.count > MOST_USERS {
        let text = format!("at most {MOST_USERS} at once");
        return Err(Refusal(StatusCode::UNPROCESSABLE_ENTITY, text));
    }
    router.fill_users(&fill.prefix, fill.count)?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn remove_user(
    State(router): State<Simulator>,
    Path(name): Path<String>,
) -> Emptied {
    found(router.remove("/ip/hotspot/user", &name), "user")
}

pub(super) async fn add_profile(
    State(router): State<Simulator>,
    Json(values): Json<Texts>,
) -> Result<Made, Refusal> {
    Ok(made(
        router.add("/ip/hotspot/user/profile", &pairs(&values))?,
    ))
}

pub(super) async fn remove_profile(
    State(router): State<Simulator>,
    Path(name): Path<String>,
) -> Emptied {
    found(router.remove("/ip/hotspot/user/profile", &name), "profile")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Login {
    user: String,
    password: String,
}

pub(super) async fn portal_login(
    State(router): State<Simulator>,
    Path(address): Path<IpAddr>,
    Json(login): Json<Login>,
) -> Emptied {
    router.portal_login(address, &login.user, &login.password)?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn device_returns(
    State(router): State<Simulator>,
    Path(address): Path<IpAddr>,
) -> Result<Json<Value>, Refusal> {
    let logged_in = router.device_returns(address)?;
    Ok(Json(json!({ "logged_in": logged_in })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Traffic {
    bytes_in: u64,
    bytes_out: u64,
}

pub(super) async fn traffic(
    State(router): State<Simulator>,
    Path(address): Path<IpAddr>,
    Json(traffic): Json<Traffic>,
) -> Emptied {
    router.use_traffic(address, traffic.bytes_in, traffic.bytes_out)?;
    Ok(StatusCode::NO_CONTENT)
}

fn pairs(values: &Texts) -> Vec<(&str, &str)> {
    values
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}
