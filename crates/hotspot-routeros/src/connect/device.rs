//! A device and its session.

use std::net::Ipv4Addr;

use domain::network::MacAddress;
use domain::secret::Secret;
use ports::hotspot::SessionInfo;
use routeros_client::Row;

use crate::rows::{address, has_mac, session};

/// Who is to be logged in, where.
pub(crate) struct Device<'a> {
    pub(crate) user: &'a str,
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

/// The user's session on this device, not the one on another. A row that does not say whose it is
/// counts: nobody but this device has just logged in as this user.
pub(super) fn session_of(
    rows: &[Row],
    mac: MacAddress,
    addresses: &[Ipv4Addr],
) -> Option<SessionInfo> {
    rows.iter()
        .find(|row| {
            let says = |property| row.get(property).is_some_and(|value| !value.is_empty());
            has_mac(row, "mac-address", mac)
                || !says("mac-address")
                    && (!says("address")
                        || address(row, "address").is_some_and(|one| addresses.contains(&one)))
        })
        .map(session)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_of_this_device_unless_it_says_otherwise() {
        let mac = MacAddress::parse("AA:BB:CC:00:11:22").unwrap();
        let addresses = ["10.5.50.9".parse().unwrap()];
        let is_own = |pairs: &[(&str, &str)]| {
            let row = Row::from_pairs(pairs.iter().copied()).unwrap();
            session_of(&[row], mac, &addresses).is_some()
        };
        assert!(is_own(&[("mac-address", "aa:bb:cc:00:11:22")]));
        assert!(is_own(&[("mac-address", ""), ("address", "10.5.50.9")]));
        assert!(is_own(&[("address", "10.5.50.9")]));
        assert!(is_own(&[("user", "PT-1")]));
        assert!(!is_own(&[
            ("mac-address", "AA:BB:CC:00:11:23"),
            ("address", "10.5.50.9")
        ]));
        assert!(!is_own(&[("mac-address", ""), ("address", "10.5.50.8")]));
        assert!(!is_own(&[("mac-address", "AA:BB:CC:00:11:23")]));
    }
}
