//! Logging a returning device in (docs/reference/http-contract.md, section 17).

use domain::secret::Secret;
use ports::hotspot::{
    DeviceConnection, HotspotError, NotConnected, ReconnectOutcome, Reconnection,
};
use routeros_client::Row;
use routeros_client::proto::text::Value;

use crate::commands;
use crate::connect::{Device, Standing, connect};
use crate::memory::Memory;
use crate::password::{Judgement, judge};
use crate::rows::{flag, is_named};
use crate::step::Step;

mod clones;

use clones::{Chosen, choose, wants_clones};

/// The policy that lets the API user read passwords.
const SENSITIVE: &str = "sensitive";

/// What is read of a user.
const PROPERTIES: [&str; 13] = [
    ".id",
    "name",
    "password",
    "profile",
    "server",
    "disabled",
    "comment",
    "limit-uptime",
    "uptime",
    "mac-address",
    "limit-bytes-total",
    "bytes-in",
    "bytes-out",
];

/// Finds the user, checks the password, and logs the device in as the user or as a clone of it.
pub(crate) async fn reconnect(
    step: &mut Step<'_>,
    memory: &Memory,
    request: &Reconnection,
) -> Result<ReconnectOutcome, HotspotError> {
    let find = commands::find_users(&request.base_name, &PROPERTIES);
    let reply = step.repeatedly(find).await?;
    let mut named = reply.rows().iter();
    let Some(base) = named.find(|row| is_named(row, &request.base_name)) else {
        return Ok(ReconnectOutcome::NotFound);
    };
    let readable = base.get("password").map(Value::as_bytes);
    let password = match judge(&request.password, request.known_password.as_ref(), readable) {
        Judgement::Wrong => return Ok(ReconnectOutcome::NotFound),
        Judgement::Right(password) => password,
        Judgement::Unreadable => return by_the_routers_word(step, memory, request, base).await,
    };
    let base_user = Chosen::of_row(base, &request.base_name);
    if flag(base, "disabled") {
        return Ok(user(&base_user, not_connected(NotConnected::Disabled)));
    }
    let chosen = choose(step, base, &base_user, &password, request.mac).await?;
    let device = device(request, &chosen, &password, Standing::Proven);
    let connection = connect(step, memory, &device).await?;
    Ok(user(&chosen, connection))
}

/// The router hides the password: it judges what was submitted by its own log-in. Without knowing
/// the password there is no clone, since it could be anybody's who asks for one.
async fn by_the_routers_word(
    step: &mut Step<'_>,
    memory: &Memory,
    request: &Reconnection,
    base: &Row,
) -> Result<ReconnectOutcome, HotspotError> {
    if flag(base, "disabled") {
        // No log-in can tell whether the password is right.
        return Ok(ReconnectOutcome::PolicyMissing(SENSITIVE));
    }
    let mut chosen = Chosen::of_row(base, &request.base_name);
    let device = device(request, &chosen, &request.password, Standing::Unproven);
    let connection = connect(step, memory, &device).await?;
    if !matches!(connection, DeviceConnection::Connected(_)) {
        // Whoever could not prove anything learns nothing of the user.
        chosen.uptime = None;
    }
    Ok(match connection {
        DeviceConnection::NotConnected(NotConnected::Refused) => ReconnectOutcome::NotFound,
        DeviceConnection::NotConnected(NotConnected::Undecided) => {
            return Err(HotspotError::Refused(
                "the hotspot could not decide".to_owned(),
            ));
        }
        DeviceConnection::NotConnected(_) if wants_clones(base) => {
            ReconnectOutcome::PolicyMissing(SENSITIVE)
        }
        connection => user(&chosen, connection),
    })
}

fn device<'a>(
    request: &'a Reconnection,
    chosen: &'a Chosen,
    password: &'a Secret,
    standing: Standing,
) -> Device<'a> {
    Device {
        user: &chosen.name,
        password,
        mac: request.mac,
        ip: request.ip,
        standing,
    }
}

fn user(chosen: &Chosen, connection: DeviceConnection) -> ReconnectOutcome {
    ReconnectOutcome::User {
        name: chosen.name.clone(),
        uptime: chosen.uptime.clone(),
        connection,
    }
}

const fn not_connected(reason: NotConnected) -> DeviceConnection {
    DeviceConnection::NotConnected(reason)
}
