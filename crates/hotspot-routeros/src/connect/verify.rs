//! Looking for the session that a log-in should have made.

use std::net::Ipv4Addr;

use ports::hotspot::{DeviceConnection, NotConnected};
use tokio::time::{Instant, sleep};

use crate::commands;
use crate::connect::device::{Device, session_of};
use crate::step::Step;

/// Looks by user name until the session shows up or the time for it is over. Errors only mean
/// that it was not seen: the log-in was accepted.
pub(super) async fn wait_for_session(
    step: &mut Step<'_>,
    device: &Device<'_>,
    addresses: &[Ipv4Addr],
) -> DeviceConnection {
    let config = step.config();
    let latest = Instant::now() + config.verify_for.min(step.time_left());
    loop {
        if let Ok(reply) = step.repeatedly(commands::find_sessions(device.user)).await
            && let Some(session) = session_of(reply.rows(), device.mac, addresses)
        {
            return DeviceConnection::Connected(session);
        }
        if Instant::now() + config.verify_every >= latest {
            return DeviceConnection::NotConnected(NotConnected::NotVerified);
        }
        sleep(config.verify_every).await;
    }
}
