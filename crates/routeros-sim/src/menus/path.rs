//! Paths of the menus that rules speak of.

/// Path of the hotspot users.
pub(crate) const USER: &str = "/ip/hotspot/user";
/// Path of the user profiles.
pub(crate) const PROFILE: &str = "/ip/hotspot/user/profile";
/// Path of the sessions.
pub(crate) const ACTIVE: &str = "/ip/hotspot/active";
/// Path of the devices seen.
pub(crate) const HOST: &str = "/ip/hotspot/host";
/// Path of the cookies.
pub(crate) const COOKIE: &str = "/ip/hotspot/cookie";
/// Path of the bindings.
pub(crate) const BINDING: &str = "/ip/hotspot/ip-binding";
/// Path of the hotspot servers.
pub(crate) const SERVER: &str = "/ip/hotspot";
/// Path of the server profiles.
pub(crate) const SERVER_PROFILE: &str = "/ip/hotspot/profile";
/// Path of the name of the router.
pub(crate) const IDENTITY: &str = "/system/identity";
/// Path of the board's figures.
pub(crate) const RESOURCE: &str = "/system/resource";
/// Path of the board itself.
pub(crate) const ROUTERBOARD: &str = "/system/routerboard";
/// Path of what the device may do.
pub(crate) const DEVICE_MODE: &str = "/system/device-mode";
/// Path of who is logged in to the router.
pub(crate) const USER_ACTIVE: &str = "/user/active";
/// Path of the interfaces.
pub(crate) const INTERFACE: &str = "/interface";
/// Path of the services.
pub(crate) const SERVICE: &str = "/ip/service";
/// Path of the addresses.
pub(crate) const ADDRESS: &str = "/ip/address";
/// Path of the PPP users.
pub(crate) const PPP_SECRET: &str = "/ppp/secret";
/// Path of the PPP profiles.
pub(crate) const PPP_PROFILE: &str = "/ppp/profile";
/// Path of the PPP sessions.
pub(crate) const PPP_ACTIVE: &str = "/ppp/active";
/// Path of the simple queues.
pub(crate) const QUEUE: &str = "/queue/simple";
/// Path of the log.
pub(crate) const LOG: &str = "/log";
/// Path of the scripts.
pub(crate) const SCRIPT: &str = "/system/script";
/// Path of the files.
pub(crate) const FILE: &str = "/file";
/// Path of the clock.
pub(crate) const CLOCK: &str = "/system/clock";
/// Path of the router's own users.
pub(crate) const ACCOUNT: &str = "/user";
/// Path of their groups.
pub(crate) const ACCOUNT_GROUP: &str = "/user/group";
/// Path of the certificates.
pub(crate) const CERTIFICATE: &str = "/certificate";
/// Path of the address pools.
pub(crate) const POOL: &str = "/ip/pool";
/// Path of the addresses in use.
pub(crate) const POOL_USED: &str = "/ip/pool/used";
/// Path of the DHCP servers.
pub(crate) const DHCP_SERVER: &str = "/ip/dhcp-server";
/// Path of the DHCP options.
pub(crate) const DHCP_OPTION: &str = "/ip/dhcp-server/option";
/// Path of their sets.
pub(crate) const DHCP_OPTION_SETS: &str = "/ip/dhcp-server/option/sets";
