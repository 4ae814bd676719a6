//! A device and its session.

use std::net::Ipv4Addr;

use domain::network::MacAddress;
use domain::secret::Secret;
use ports::hotspot::SessionInfo;
use routeros_client::proto::row::Row;

use crate::rows::{address, has_mac, session};

/// Who is to be logged in, where.
pub(crate) struct Device<'a> {
    pub(crate) user: &'a str,
    /// The user's `.id`, if known.
    pub(crate) id: Option<&'a str>,
    pub(crate) password: &'a Secret,
    pub(crate) mac: MacAddress,
    /// What the portal says; the host table wins.
    pub(crate) ip: Option<Ipv4Addr>,
    pub(crate) standing: Standing,
}

/// What is known of user and password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The user was just made: there is nothing to clean up.
    Fresh,
    /// The password is the user's.
    Proven,
    /// Only the router's log-in can tell whether the password is the user's. Until then nothing
    /// is changed: no session ended, no cookie added, which alone would let the device in.
    Unproven,
}

/// The user's session on this device, not the one on another.
pub(super) fn session_of(
    rows: &[Row],
    mac: MacAddress,
    addresses: &[Ipv4Addr],
) -> Option<SessionInfo> {
    rows.iter()
        .find(|row| {
            has_mac(row, "mac-address", mac)
                || row.get("mac-address").is_none()
                    && address(row, "address").is_some_and(|one| addresses.contains(&one))
        })
        .map(session)
}
