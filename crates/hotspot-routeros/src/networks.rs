//! Which addresses may be dialled.
//!
//! Tenants type router addresses; without a rule they could make the server talk to itself, to its
//! neighbours' metadata service, and so on.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use crate::own_address::is_own;

/// The rule: the default deny list, or an explicit list of what is allowed.
///
/// ```
/// use hotspot_routeros::networks::AllowedNetworks;
/// let default = AllowedNetworks::default();
/// assert!(!default.allows("127.0.0.1".parse()?));
/// let tests: AllowedNetworks = "127.0.0.0/8, ::1/128".parse()?;
/// assert!(tests.allows("127.0.0.1".parse()?) && !tests.allows("192.0.2.1".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AllowedNetworks {
    /// `None`: all but what [`denied_by_default`] names and this machine's own addresses.
    listed: Option<Vec<IpNet>>,
}

impl AllowedNetworks {
    /// Only these networks.
    #[must_use]
    pub const fn only(networks: Vec<IpNet>) -> Self {
        Self {
            listed: Some(networks),
        }
    }

    /// Whether `address` may be dialled.
    #[must_use]
    pub fn allows(&self, address: IpAddr) -> bool {
        match &self.listed {
            None => !denied_by_default(address) && !is_own(address),
            Some(networks) => {
                // One address, one answer, however it is written.
                let address = address.to_canonical();
                networks.iter().any(|network| network.contains(&address))
            }
        }
    }
}

/// An entry that is neither a network nor an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a network: {0}")]
pub struct InvalidNetwork(String);

impl FromStr for AllowedNetworks {
    type Err = InvalidNetwork;

    /// Reads a comma list of networks and addresses; an empty list allows nothing.
    fn from_str(text: &str) -> Result<Self, InvalidNetwork> {
        text.split(',')
            .map(str::trim)
            .filter(|entry| !entry.is_empty())
            .map(|entry| {
                entry
                    .parse::<IpNet>()
                    .or_else(|_| entry.parse::<IpAddr>().map(IpNet::from))
                    .map_err(|_neither| InvalidNetwork(entry.to_owned()))
            })
            .collect::<Result<_, _>>()
            .map(Self::only)
    }
}

const DENIED_V4: [Ipv4Net; 7] = [
    // "This network": on Linux 0.0.0.0 is the machine itself.
    Ipv4Net::new_assert(Ipv4Addr::UNSPECIFIED, 8),
    Ipv4Net::new_assert(Ipv4Addr::new(127, 0, 0, 0), 8),
    // Link-local, with the metadata services of most clouds.
    Ipv4Net::new_assert(Ipv4Addr::new(169, 254, 0, 0), 16),
    // The metadata service of one more.
    Ipv4Net::new_assert(Ipv4Addr::new(100, 100, 100, 200), 32),
    // Azure's services for its machines.
    Ipv4Net::new_assert(Ipv4Addr::new(168, 63, 129, 16), 32),
    // Multicast, and what is reserved with broadcast.
    Ipv4Net::new_assert(Ipv4Addr::new(224, 0, 0, 0), 4),
    Ipv4Net::new_assert(Ipv4Addr::new(240, 0, 0, 0), 4),
];

const DENIED_V6: [Ipv6Net; 8] = [
    Ipv6Net::new_assert(Ipv6Addr::UNSPECIFIED, 128),
    Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128),
    Ipv6Net::new_assert(Ipv6Addr::new(0xFE80, 0, 0, 0, 0, 0, 0, 0), 10),
    // IPv4-mapped: nobody needs this form to name a router.
    Ipv6Net::new_assert(Ipv6Addr::new(0, 0, 0, 0, 0, 0xFFFF, 0, 0), 96),
    // The metadata service of AWS.
    Ipv6Net::new_assert(Ipv6Addr::new(0xFD00, 0x0EC2, 0, 0, 0, 0, 0, 0x0254), 128),
    // The metadata service of Google.
    Ipv6Net::new_assert(Ipv6Addr::new(0xFD20, 0x00CE, 0, 0, 0, 0, 0, 0x0254), 128),
    // NAT64 with a prefix of the network's own: where the IPv4 address stands is not known.
    Ipv6Net::new_assert(Ipv6Addr::new(0x64, 0xFF9B, 1, 0, 0, 0, 0, 0), 48),
    // Multicast.
    Ipv6Net::new_assert(Ipv6Addr::new(0xFF00, 0, 0, 0, 0, 0, 0, 0), 8),
];

/// NAT64: an IPv4 address in disguise.
const NAT64: Ipv6Net = Ipv6Net::new_assert(Ipv6Addr::new(0x64, 0xFF9B, 0, 0, 0, 0, 0, 0), 96);

fn denied_by_default(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => DENIED_V4.iter().any(|network| network.contains(&address)),
        IpAddr::V6(address) if NAT64.contains(&address) => {
            let [.., a, b, c, d] = address.octets();
            denied_by_default(IpAddr::from([a, b, c, d]))
        }
        IpAddr::V6(address) => DENIED_V6.iter().any(|network| network.contains(&address)),
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::{AllowedNetworks, denied_by_default};

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn the_default_denies_this_machine_and_metadata() {
        for text in [
            "0.0.0.0",
            "0.1.2.3",
            "127.0.0.1",
            "127.255.255.255",
            "169.254.169.254",
            "100.100.100.200",
            "::",
            "::1",
            "fe80::1",
            "febf::1",
            "::ffff:127.0.0.1",
            "::ffff:192.0.2.1",
            "64:ff9b::7f00:1",
            "fd00:ec2::254",
            "fd20:ce::254",
            "168.63.129.16",
            "64:ff9b::a83f:8110",
            "64:ff9b:1::a00:1",
            "224.0.0.1",
            "255.255.255.255",
            "ff02::1",
        ] {
            assert!(denied_by_default(ip(text)), "{text}");
            assert!(!AllowedNetworks::default().allows(ip(text)), "{text}");
        }
        for text in [
            "1.0.0.0",
            "10.0.0.1",
            "126.0.0.1",
            "128.0.0.1",
            "169.253.0.1",
            "192.168.88.1",
            "203.0.113.7",
            "2001:db8::1",
            "fd00::1",
            "fec0::1",
            "64:ff9b::a00:1",
        ] {
            assert!(!denied_by_default(ip(text)), "{text}");
        }
    }

    #[test]
    fn a_list_replaces_the_default() {
        let list: AllowedNetworks = "127.0.0.0/8,10.1.0.0/16,192.0.2.7,::1/128".parse().unwrap();
        for text in [
            "127.0.0.1",
            "10.1.2.3",
            "192.0.2.7",
            "::1",
            "::ffff:127.0.0.1",
        ] {
            assert!(list.allows(ip(text)), "{text}");
        }
        for text in [
            "10.2.0.1",
            "192.0.2.8",
            "203.0.113.1",
            "::2",
            "::ffff:10.2.0.1",
        ] {
            assert!(!list.allows(ip(text)), "{text}");
        }
        let nothing: AllowedNetworks = "".parse().unwrap();
        assert!(!nothing.allows(ip("203.0.113.1")));
        for bad in ["10.0.0.0/33", "router", "10.0.0.0/8;::1"] {
            assert!(bad.parse::<AllowedNetworks>().is_err(), "{bad}");
        }
    }
}
