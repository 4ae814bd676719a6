//! Hotspot users and sessions on a router.

use std::net::Ipv4Addr;

use async_trait::async_trait;
use domain::credentials::HotspotName;
use domain::ids::{RouterId, TenantId};
use domain::network::{Host, MacAddress};
use domain::router::RouterTls;
use domain::secret::Secret;

/// A router, opened for use. Pooled connections are kept apart by router and version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouterAccess {
    /// The router.
    pub router_id: RouterId,
    /// Its owner.
    pub tenant_id: TenantId,
    /// Version of the settings.
    pub version: i64,
    /// Address.
    pub host: Host,
    /// RouterOS API port.
    pub port: u16,
    /// RouterOS user.
    pub username: String,
    /// RouterOS password.
    pub password: Secret,
    /// TLS.
    pub tls: RouterTls,
}

/// Why there is no TLS with a router.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TlsTrouble {
    /// The port speaks TLS, and the router is set up without.
    #[error("the port speaks TLS")]
    SpeaksTls,
    /// The port does not speak TLS.
    #[error("the port does not speak TLS")]
    SpeaksPlain,
    /// The router's service has probably no certificate.
    #[error("api-ssl has no certificate")]
    NoCertificate,
    /// The certificate is not one that the settings trust.
    #[error("the certificate is not trusted")]
    Untrusted,
    /// Anything else.
    #[error("the handshake failed")]
    Failed,
}

/// Why a router did not do what it was asked to. None carries what the router said word for
/// word: that is for logs at most.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HotspotError {
    /// Nobody answered in time. A command may have had its effect.
    #[error("the router did not answer in time")]
    TimedOut,
    /// Connection refused, reset or closed, DNS. A command may have had its effect.
    #[error("the router cannot be reached")]
    Unreachable,
    /// The circuit breaker is open: not even tried.
    #[error("the router was unreachable a moment ago")]
    Suspended,
    /// The address is not one that the owner of this installation allows.
    #[error("the router's address is not allowed")]
    AddressNotAllowed,
    /// TLS failed.
    #[error("TLS: {0}")]
    Tls(TlsTrouble),
    /// Another certificate than the one recorded.
    #[error("the router shows another certificate than before")]
    CertificateChanged,
    /// Wrong user or password.
    #[error("the router refused the user or password")]
    LoginRefused,
    /// The RouterOS user lacks a policy.
    #[error("the RouterOS user lacks a permission")]
    NotPermitted,
    /// The profile does not exist.
    #[error("the hotspot profile does not exist on the router")]
    ProfileMissing,
    /// Every candidate name is taken by somebody else's user.
    #[error("every candidate name is taken")]
    NamesTaken,
    /// The router has no hotspot, or something else that is no RouterOS API answered.
    #[error("not a RouterOS hotspot: {0}")]
    Unsupported(String),
    /// The router refused for another reason; the text is a short diagnosis of ours.
    #[error("the router refused: {0}")]
    Refused(String),
}

/// A user to be reserved: added disabled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// Names to try, in this order.
    pub candidates: Vec<HotspotName>,
    /// Password; empty for a PIN (then no password is sent).
    pub password: Secret,
    /// Profile by name.
    pub profile: String,
    /// Marks the reservation as ours; cleared by activation.
    pub comment: String,
}

/// A user that we reserved or activated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HotspotUser {
    /// Name.
    pub name: HotspotName,
    /// RouterOS `.id`.
    pub id: String,
}

/// What a reservation brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reserved {
    /// The disabled user.
    pub user: HotspotUser,
    /// Whether a command that was cut off from its answer may still add the user once more,
    /// should it be removed meanwhile.
    pub may_be_added_again: bool,
}

/// What tells a user of ours on the router. A name alone may be a stranger's, and so may an
/// `.id`: a router that is restored or swapped deals its ids out anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ownership {
    /// The user's `.id`, if we know it. Proves something only together with the name.
    pub id: Option<String>,
    /// The reservation's comment; activation clears it.
    pub comment: String,
    /// The password that was sold (empty for a PIN), if it can be read: it tells a user that was
    /// made anew, as by an import.
    pub password: Option<Secret>,
    /// The profile that was sold. An empty password proves something only together with it.
    pub profile: String,
}

/// A reserved user that is to be let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivationRequest {
    /// The user; its `.id` is the one that the router told last.
    pub user: HotspotUser,
    /// What proves that the user is ours.
    pub ownership: Ownership,
    /// Whether the caller reserved the user itself a moment ago: then the `.id` needs no proof as
    /// long as every answer arrives.
    pub just_reserved: bool,
}

/// What to remove. A stranger's user is never touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// All names that may be ours.
    pub names: Vec<HotspotName>,
    /// What proves that a user of such a name is ours.
    pub ownership: Ownership,
}

/// What came of a removal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RemovalOutcome {
    /// The router confirmed that no user of ours is left, and no session or cookie of it.
    Gone,
    /// A user carries a name of ours but is not ours: left alone.
    Foreign,
}

/// What came of an activation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Activation {
    /// The user with this `.id` is enabled.
    Active(String),
    /// No such user that is ours: reserve again.
    Gone,
}

/// A hotspot user profile; every value is the router's own text, `None` when absent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProfileRow {
    /// RouterOS `.id`.
    pub id: Option<String>,
    /// `name`.
    pub name: Option<String>,
    /// `session-timeout`.
    pub session_timeout: Option<String>,
    /// `idle-timeout`.
    pub idle_timeout: Option<String>,
    /// `rate-limit`.
    pub rate_limit: Option<String>,
    /// `address-list`.
    pub address_list: Option<String>,
    /// `shared-users`.
    pub shared_users: Option<String>,
    /// `keepalive-timeout`.
    pub keepalive_timeout: Option<String>,
    /// `status-autorefresh`.
    pub status_autorefresh: Option<String>,
    /// `mac-cookie-timeout`.
    pub mac_cookie_timeout: Option<String>,
}

/// What a connection test found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouterProbe {
    /// The router's own name.
    pub identity: String,
    /// Number of hotspot user profiles.
    pub profile_count: usize,
    /// RouterOS version, if it told.
    pub version: Option<String>,
    /// SHA-256 of the certificate that it showed, in hex, over TLS.
    pub fingerprint: Option<String>,
}

/// A device to be logged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceLogin {
    /// User name.
    pub name: HotspotName,
    /// Password; empty for a PIN.
    pub password: Secret,
    /// The device.
    pub mac: MacAddress,
    /// Its address as the portal says; the router's host table wins.
    pub ip: Option<Ipv4Addr>,
}

/// An active session as the router shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SessionInfo {
    /// `.id` of the active row.
    pub id: Option<String>,
    /// User.
    pub user: String,
    /// Address.
    pub address: Option<String>,
    /// Time online.
    pub uptime: Option<String>,
    /// Bytes from the client.
    pub bytes_in: Option<String>,
    /// Bytes to the client.
    pub bytes_out: Option<String>,
}

/// Why a device was not logged in although the router answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotConnected {
    /// The device is not in the hotspot's host table.
    HostUnknown,
    /// The router refused the credentials.
    Refused,
    /// The hotspot did not get as far as the credentials: its RADIUS server is away, it is
    /// shutting down, and the like. Says nothing about the credentials.
    Undecided,
    /// The user may only log in from another device.
    WrongDevice,
    /// A limit of time, traffic or devices is used up.
    LimitReached,
    /// Login was accepted but no session showed up in time.
    NotVerified,
    /// The user is disabled.
    Disabled,
}

/// What came of logging a device in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviceConnection {
    /// A session was seen on the router.
    Connected(SessionInfo),
    /// It was not; the credentials stay good.
    NotConnected(NotConnected),
}

/// A returning device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconnection {
    /// User name without a `_RANDMAC` suffix.
    pub base_name: String,
    /// Password as submitted; empty for PIN users.
    pub password: Secret,
    /// Our own stored password when the user is one that we sold; compared instead of the
    /// router's, which the policy of the API user may hide.
    pub known_password: Option<Secret>,
    /// The device.
    pub mac: MacAddress,
    /// Its address as the portal says.
    pub ip: Option<Ipv4Addr>,
}

/// What came of a reconnection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReconnectOutcome {
    /// No such user, or the password is not the user's: told alike.
    NotFound,
    /// The user exists.
    User {
        /// The name that was logged in (the base user or a clone).
        name: String,
        /// Time used so far, as the router prints it.
        uptime: Option<String>,
        /// What came of the login.
        connection: DeviceConnection,
    },
    /// The RouterOS user may not read what is needed; the text names the missing policy.
    PolicyMissing(&'static str),
}

/// A hotspot user as portals may see it. Never holds the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserProfileInfo {
    /// User name.
    pub name: String,
    /// Whether the user has an empty password.
    pub is_pin: bool,
    /// Profile.
    pub profile: Option<String>,
    /// The profile's `mac-cookie-timeout`.
    pub mac_cookie_timeout: Option<String>,
    /// The profile's `mac-authentication`.
    pub mac_authentication: bool,
    /// Whether the user is disabled.
    pub disabled: bool,
    /// Comment.
    pub comment: String,
    /// `limit-uptime`.
    pub limit_uptime: Option<String>,
    /// All attributes of the row except the password.
    pub attributes: Vec<(String, String)>,
}

/// What came of looking a user's profile up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProfileInfoOutcome {
    /// Found, and the password fits.
    Found(Box<UserProfileInfo>),
    /// No such user, or the password does not fit: told alike.
    WrongCredentials,
    /// The RouterOS user may not read what is needed; the text names the missing policy.
    PolicyMissing(&'static str),
}

/// Hotspot users and sessions on a router.
///
/// An adapter MUST bound every call by its configured time-out, MUST NOT print whole tables (the
/// cost does not grow with the number of users), MUST be safe to repeat after any error, and
/// MUST refuse addresses that the installation does not allow at connect time.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait HotspotGateway: Send + Sync {
    /// Adds the user disabled. A candidate that is taken leads to the next; a user with a
    /// candidate's name *and* our comment is ours from an earlier try and counts as reserved. A
    /// lost reply MUST be resolved by looking the name up.
    async fn reserve(
        &self,
        router: &RouterAccess,
        reservation: &Reservation,
    ) -> Result<Reserved, HotspotError>;

    /// Enables the user and clears its comment in one command. MUST only touch a user of this
    /// name that is proven to be ours, except where the caller has just reserved it. A user that
    /// is ours and enabled already MUST be left as it is: its comment may be the operator's now.
    async fn activate(
        &self,
        router: &RouterAccess,
        request: &ActivationRequest,
    ) -> Result<Activation, HotspotError>;

    /// Ends the user's sessions, removes its cookies and the user itself, with the clones that
    /// [`HotspotGateway::reconnect`] made of it.
    async fn remove(
        &self,
        router: &RouterAccess,
        removal: &Removal,
    ) -> Result<RemovalOutcome, HotspotError>;

    /// Logs the device in (docs/reference/http-contract.md, section 16).
    /// `fresh` tells that the user was just made: there is nothing to clean up.
    async fn connect_device(
        &self,
        router: &RouterAccess,
        login: &DeviceLogin,
        fresh: bool,
    ) -> Result<DeviceConnection, HotspotError>;

    /// Logs a returning device in (docs/reference/http-contract.md, section 17).
    async fn reconnect(
        &self,
        router: &RouterAccess,
        reconnection: &Reconnection,
    ) -> Result<ReconnectOutcome, HotspotError>;

    /// Looks a user and its profile up (docs/reference/http-contract.md, section 15.4).
    /// `password` is what the caller submitted, `known_password` ours if we sold the user.
    async fn profile_info(
        &self,
        router: &RouterAccess,
        name: &str,
        password: Option<Secret>,
        known_password: Option<Secret>,
    ) -> Result<ProfileInfoOutcome, HotspotError>;

    /// Lists the user profiles.
    async fn profiles(&self, router: &RouterAccess) -> Result<Vec<ProfileRow>, HotspotError>;

    /// Makes sure of a connection that is logged in, like the ones that sales go through. Answers
    /// the SHA-256 of the certificate that the router showed on it, in hex, over TLS.
    async fn certificate(&self, router: &RouterAccess) -> Result<Option<String>, HotspotError>;

    /// Connects, logs in, reads identity and profile count. MUST ignore the circuit breaker and
    /// use a connection of its own, so that it tells about the settings as they are now.
    async fn probe(&self, router: &RouterAccess) -> Result<RouterProbe, HotspotError>;
}
