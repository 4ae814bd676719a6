//! Looking after a router: what is wrong with it, its walled garden, one customer's case.

use async_trait::async_trait;
use domain::credentials::HotspotName;
use domain::garden::{GardenEntry, GardenMenu, GardenRow};
use domain::network::MacAddress;
use domain::time::Timestamp;

use crate::hotspot::{HotspotError, RouterAccess};

/// A hotspot server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HotspotServer {
    /// Name.
    pub name: String,
    /// The interface it serves; `None` where it has none, or one that is gone.
    pub interface: Option<String>,
    /// Whether that interface exists, is enabled and has a link.
    pub interface_is_running: bool,
    /// Whether the server runs: enabled, and the router calls it valid.
    pub is_running: bool,
}

/// How full an address pool is that hotspot customers get addresses from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolUse {
    /// Name.
    pub name: String,
    /// Addresses in it.
    pub size: u64,
    /// Addresses in use.
    pub used: u64,
}

/// A hotspot user as the router shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserFacts {
    /// Name.
    pub name: String,
    /// Profile.
    pub profile: Option<String>,
    /// Whether it is disabled.
    pub is_disabled: bool,
    /// Whether a limit of time or traffic is used up.
    pub is_used_up: bool,
    /// `uptime`, as the router prints it.
    pub uptime: Option<String>,
    /// `limit-uptime`, as the router prints it.
    pub limit_uptime: Option<String>,
}

/// What was found on a router.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inspection {
    /// RouterOS version, if it told.
    pub version: Option<String>,
    /// Its clock; `None` if it cannot be read.
    pub clock: Option<Timestamp>,
    /// Whether device mode allows the hotspot; `None` where there is no device mode.
    pub hotspot_is_allowed: Option<bool>,
    /// Whether the RouterOS user may write.
    pub may_write: bool,
    /// Hotspot servers.
    pub servers: Vec<HotspotServer>,
    /// Pools that they hand addresses out of.
    pub pools: Vec<PoolUse>,
    /// Names of the user profiles.
    pub profiles: Vec<String>,
    /// Walled garden, both menus.
    pub garden: Vec<GardenRow>,
    /// Those of the asked users that are there.
    pub users: Vec<UserFacts>,
    /// SHA-256 of the certificate that it showed, in hex, over TLS.
    pub fingerprint: Option<String>,
}

/// What is to be changed in a walled garden.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GardenChange {
    /// Entries to be added.
    pub add: Vec<GardenEntry>,
    /// The comment of added entries, and what a removed one must carry.
    pub comment: String,
    /// Menu and `.id` of entries to be removed.
    pub remove: Vec<(GardenMenu, String)>,
}

/// A session of a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerSession {
    /// The device.
    pub mac: Option<MacAddress>,
    /// Its address.
    pub address: Option<String>,
    /// Time online.
    pub uptime: Option<String>,
}

/// What a router knows of one customer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CustomerFacts {
    /// The user, if it is there.
    pub user: Option<UserFacts>,
    /// Its sessions.
    pub sessions: Vec<CustomerSession>,
    /// How many cookies it has.
    pub cookies: usize,
    /// Whether the hotspot sees the device; `None` if the device is not known.
    pub device_is_seen: Option<bool>,
}

/// Looking after a router. As with [`HotspotGateway`](crate::hotspot::HotspotGateway), every call
/// is bounded in time, safe to repeat, and its cost does not grow with the number of users.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait RouterAdmin: Send + Sync {
    /// Connects on its own, past pool and circuit breaker, and looks around; of the hotspot users
    /// only at those of these names. What the version does not have, or the RouterOS user may not
    /// read, MUST be left out, except that a user who may not read at all is
    /// [`HotspotError::NotPermitted`]. MUST change nothing.
    async fn inspect(
        &self,
        router: &RouterAccess,
        users: &[HotspotName],
    ) -> Result<Inspection, HotspotError>;

    /// The walled garden, both menus: tables that people make by hand.
    async fn garden(&self, router: &RouterAccess) -> Result<Vec<GardenRow>, HotspotError>;

    /// Adds and removes entries. MUST remove only entries that carry the comment at this moment.
    /// May stop half-way on an error; the next comparison shows what is left.
    async fn change_garden(
        &self,
        router: &RouterAccess,
        change: &GardenChange,
    ) -> Result<(), HotspotError>;

    /// What the router knows of a user and a device.
    async fn customer(
        &self,
        router: &RouterAccess,
        name: &HotspotName,
        mac: Option<MacAddress>,
    ) -> Result<CustomerFacts, HotspotError>;
}
