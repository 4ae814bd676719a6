//! Entries of a router's walled garden: what a device may reach before it has access.

use std::net::IpAddr;

/// Which of the two menus an entry stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GardenMenu {
    /// `/ip/hotspot/walled-garden`: by name of the host, `*` allowed.
    Http,
    /// `/ip/hotspot/walled-garden/ip`: one name whose addresses the router looks up, for any
    /// protocol; no `*`.
    Ip,
}

impl GardenMenu {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Http, Self::Ip];

    /// Path for the API.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Http => "/ip/hotspot/walled-garden",
            Self::Ip => "/ip/hotspot/walled-garden/ip",
        }
    }

    /// What lets a device through.
    #[must_use]
    pub const fn action(self) -> &'static str {
        match self {
            Self::Http => "allow",
            Self::Ip => "accept",
        }
    }
}

/// One entry that shall be there.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GardenEntry {
    /// In which menu.
    pub menu: GardenMenu,
    /// `dst-host`, or `dst-address` where it is an IP address.
    pub host: String,
}

impl GardenEntry {
    /// The property that holds the host: an address cannot be looked up by name.
    #[must_use]
    pub fn property(&self) -> &'static str {
        if self.host.parse::<IpAddr>().is_ok() {
            "dst-address"
        } else {
            "dst-host"
        }
    }
}

/// An entry as it stands on a router.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GardenRow {
    /// RouterOS `.id`.
    pub id: String,
    /// The menu.
    pub menu: GardenMenu,
    /// `dst-host`, or `dst-address` where there is none.
    pub host: String,
    /// `comment`.
    pub comment: String,
    /// Whether it lets devices through: enabled, and not one that denies.
    pub is_open: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_names() {
        let entry = |host: &str| GardenEntry {
            menu: GardenMenu::Ip,
            host: host.to_owned(),
        };
        assert_eq!(entry("10.0.0.2").property(), "dst-address");
        assert_eq!(entry("wifi.example.com").property(), "dst-host");
    }
}
