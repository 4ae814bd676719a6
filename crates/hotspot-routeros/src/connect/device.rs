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
    /// The user was just made: there is nothing to clean up.
    pub(crate) fresh: bool,
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
