//! The log-in itself, in the forms that versions understand.

use std::net::Ipv4Addr;

use ports::hotspot::{HotspotError, NotConnected};
use routeros_client::Refusal;
use routeros_client::proto::trap::{HotspotRefusal, TrapClass};

use crate::commands;
use crate::connect::device::{Device, Standing};
use crate::failure::Failure;
use crate::rows::{id as row_id, is_named};
use crate::step::Step;

/// What came of a log-in.
pub(super) enum Verdict {
    /// A session should show up.
    Accepted,
    /// The device has a session: this user's, or another one's.
    AlreadyIn,
    Refused(NotConnected),
}

/// What one refusal means for the forms that are left.
enum Lesson {
    /// A log-in of this device is under way.
    Accepted,
    AlreadyIn,
    /// Another form will not help.
    Final(NotConnected),
    /// The user is tied to another device.
    Bound,
    TryNext(NotConnected),
}

/// Tries each address alone and with the MAC, then no address at all; stops at the first that
/// works. A user that is tied to another device is untied, once.
pub(super) async fn log_in(
    step: &mut Step<'_>,
    device: &Device<'_>,
    addresses: &[Ipv4Addr],
) -> Result<Verdict, HotspotError> {
    let verdict = try_forms(step, device, addresses).await?;
    let is_tied = matches!(verdict, Verdict::Refused(NotConnected::WrongDevice));
    // Routers differ in whether they look at the password before.
    if !is_tied || device.standing == Standing::Unproven || !untie(step, device).await? {
        return Ok(verdict);
    }
    try_forms(step, device, addresses).await
}

async fn try_forms(
    step: &mut Step<'_>,
    device: &Device<'_>,
    addresses: &[Ipv4Addr],
) -> Result<Verdict, HotspotError> {
    let with_address = addresses
        .iter()
        .flat_map(|ip| [(Some(*ip), None), (Some(*ip), Some(device.mac))]);
    let mut worst = NotConnected::Undecided;
    for (ip, mac) in with_address.chain([(None, None)]) {
        let command = commands::log_in(device.user, device.password, ip, mac);
        let Err(failure) = step.repeatedly(command).await else {
            return Ok(Verdict::Accepted);
        };
        match learn(&failure) {
            None => return Err(failure.into()),
            Some(Lesson::Accepted) => return Ok(Verdict::Accepted),
            Some(Lesson::AlreadyIn) => return Ok(Verdict::AlreadyIn),
            Some(Lesson::Final(reason)) => return Ok(Verdict::Refused(reason)),
            Some(Lesson::Bound) => return Ok(Verdict::Refused(NotConnected::WrongDevice)),
            Some(Lesson::TryNext(NotConnected::HostUnknown)) => worst = NotConnected::HostUnknown,
            Some(Lesson::TryNext(_)) => {}
        }
    }
    Ok(Verdict::Refused(worst))
}

/// `None` when it is no answer of the hotspot's.
fn learn(failure: &Failure) -> Option<Lesson> {
    let refusal = failure.refusal()?;
    if matches!(
        refusal.class(),
        TrapClass::Permission | TrapClass::NoSuchCommand
    ) {
        return None;
    }
    if is_logged_in_already(refusal) {
        return Some(Lesson::AlreadyIn);
    }
    Some(match refusal.trap().view().hotspot_refusal() {
        Some(
            HotspotRefusal::UptimeLimit
            | HotspotRefusal::TrafficLimit
            | HotspotRefusal::SharedUsers
            | HotspotRefusal::SessionLimit,
        ) => Lesson::Final(NotConnected::LimitReached),
        Some(HotspotRefusal::BadCredentials) => Lesson::Final(NotConnected::Refused),
        Some(HotspotRefusal::AlreadyAuthorizing) => Lesson::Accepted,
        Some(HotspotRefusal::WrongMac) => Lesson::Bound,
        Some(HotspotRefusal::UnknownHost) => Lesson::TryNext(NotConnected::HostUnknown),
        // Only the hotspot's own word about the credentials counts against them.
        _ => Lesson::TryNext(NotConnected::Undecided),
    })
}

fn is_logged_in_already(refusal: &Refusal) -> bool {
    let message = refusal.trap().view().message().lossy().to_lowercase();
    ["already logged in", "already authorized"]
        .iter()
        .any(|part| message.contains(part))
}

/// Whether the user could be untied.
async fn untie(step: &mut Step<'_>, device: &Device<'_>) -> Result<bool, HotspotError> {
    // By name: an id that was told earlier may be somebody else's by now.
    let find = commands::find_users(device.user, &[".id", "name"]);
    let reply = step.repeatedly(find).await?;
    let mut rows = reply.rows().iter();
    let id = rows.find(|row| is_named(row, device.user)).and_then(row_id);
    let Some(id) = id else {
        return Ok(false);
    };
    match step.repeatedly(commands::unbind_user(&id)).await {
        Ok(_) => Ok(true),
        Err(failure) if failure.refusal().is_some() => Ok(false),
        Err(failure) => Err(failure.into()),
    }
}
