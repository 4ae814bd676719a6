//! Logging a device in (docs/reference/http-contract.md, section 16).

use std::net::Ipv4Addr;

use ports::hotspot::{DeviceConnection, HotspotError, NotConnected, SessionInfo};
use routeros_client::Row;

use crate::commands;
use crate::memory::Memory;
use crate::rows::address;
use crate::sessions::{end_sessions, end_sessions_of_device};
use crate::step::Step;

mod cookie;
mod device;
mod login;
mod verify;

pub(crate) use device::{Device, Standing};

use device::session_of;
use login::Verdict;

/// Logs the device in, if the hotspot knows it. The user stays usable from any device: binding it
/// to this one would lock the customer's other phone out.
pub(crate) async fn connect(
    step: &mut Step<'_>,
    memory: &Memory,
    device: &Device<'_>,
) -> Result<DeviceConnection, HotspotError> {
    let reply = step.repeatedly(commands::find_host(device.mac)).await?;
    let addresses = addresses(reply.rows(), device.ip);
    if addresses.is_empty() {
        return Ok(DeviceConnection::NotConnected(NotConnected::HostUnknown));
    }
    match device.standing {
        Standing::Fresh => {}
        Standing::Proven => {
            if let Some(session) = own_session(step, device, &addresses).await? {
                return Ok(DeviceConnection::Connected(session));
            }
            end_sessions(step, device.user).await?;
        }
        Standing::Unproven => return connect_unproven(step, memory, device, &addresses).await,
    }
    cookie::seed(step, memory, device).await;
    let mut verdict = login::log_in(step, device, &addresses).await?;
    if matches!(verdict, Verdict::AlreadyIn) {
        if let Some(session) = own_session(step, device, &addresses).await? {
            return Ok(DeviceConnection::Connected(session));
        }
        // The device is in as somebody else: on trial, or on a voucher that it used before.
        end_sessions_of_device(step, device.mac).await?;
        verdict = login::log_in(step, device, &addresses).await?;
    }
    match verdict {
        Verdict::Accepted | Verdict::AlreadyIn => {
            Ok(verify::wait_for_session(step, device, &addresses).await)
        }
        Verdict::Refused(reason) => Ok(DeviceConnection::NotConnected(reason)),
    }
}

/// Logs in first and touches sessions and cookies only once the router took the password.
async fn connect_unproven(
    step: &mut Step<'_>,
    memory: &Memory,
    device: &Device<'_>,
    addresses: &[Ipv4Addr],
) -> Result<DeviceConnection, HotspotError> {
    let mut verdict = login::log_in(step, device, addresses).await?;
    // Routers count devices after they have checked the password.
    if matches!(verdict, Verdict::Refused(NotConnected::LimitReached)) {
        end_sessions(step, device.user).await?;
        verdict = login::log_in(step, device, addresses).await?;
    }
    Ok(match verdict {
        Verdict::Accepted => {
            cookie::seed(step, memory, device).await;
            verify::wait_for_session(step, device, addresses).await
        }
        Verdict::AlreadyIn => own_session(step, device, addresses).await?.map_or(
            DeviceConnection::NotConnected(NotConnected::NotVerified),
            DeviceConnection::Connected,
        ),
        Verdict::Refused(reason) => DeviceConnection::NotConnected(reason),
    })
}

/// The user's session on this very device.
async fn own_session(
    step: &mut Step<'_>,
    device: &Device<'_>,
    addresses: &[Ipv4Addr],
) -> Result<Option<SessionInfo>, HotspotError> {
    let find = commands::find_sessions(device.user);
    let reply = step.repeatedly(find).await?;
    Ok(session_of(reply.rows(), device.mac, addresses))
}

/// The addresses under which the hotspot may know the device, most likely first. With one-to-one
/// NAT a host has two, and versions differ in which one a log-in takes. What the portal says
/// counts only where the table has no address at all.
fn addresses(hosts: &[Row], from_portal: Option<Ipv4Addr>) -> Vec<Ipv4Addr> {
    let mut found: Vec<Ipv4Addr> = Vec::new();
    for host in hosts {
        for property in ["to-address", "address"] {
            if let Some(address) = address(host, property)
                && !found.contains(&address)
            {
                found.push(address);
            }
        }
    }
    if found.is_empty() && !hosts.is_empty() {
        found.extend(from_portal);
    }
    found
}

#[cfg(test)]
mod tests {
    use routeros_client::Row;

    use super::addresses;

    #[test]
    fn the_host_table_wins_over_the_portal() {
        let row = |pairs: &[(&str, &str)]| Row::from_pairs(pairs.iter().copied()).unwrap();
        let portal = Some("10.9.9.9".parse().unwrap());
        let texts = |rows: &[Row]| -> Vec<String> {
            let found = addresses(rows, portal);
            found.iter().map(ToString::to_string).collect()
        };
        assert!(texts(&[]).is_empty(), "not in the table: not known");
        let both = row(&[("address", "10.0.0.2"), ("to-address", "10.5.50.2")]);
        assert_eq!(texts(&[both.clone(), both]), ["10.5.50.2", "10.0.0.2"]);
        assert_eq!(texts(&[row(&[("address", "10.0.0.2")])]), ["10.0.0.2"]);
        assert_eq!(texts(&[row(&[("address", "0.0.0.0")])]), ["10.9.9.9"]);
        assert_eq!(texts(&[row(&[(".id", "*1")])]), ["10.9.9.9"]);
    }
}
