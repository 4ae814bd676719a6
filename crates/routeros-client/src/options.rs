//! Settings of a connection.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use routeros_proto::connection::{CallOptions, Config};
use routeros_proto::login::{Credentials, LoginMethod};

/// Methods that give the same settings with one of them changed.
macro_rules! setters {
    ($($setter:ident $field:ident: $type:ty;)*) => {
        $(
            #[doc = concat!("The same with another [`", stringify!($field), "`](Self::", stringify!($field), ").")]
            #[must_use]
            pub const fn $setter(mut self, $field: $type) -> Self {
                self.$field = $field;
                self
            }
        )*
    };
}

#[cfg(feature = "pool")]
pub(crate) use setters;

/// Whether and how the connection is protected.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum Tls {
    /// Plain TCP (service `api`). Password and data cross the network in clear.
    #[default]
    Off,
    /// TLS (service `api-ssl`).
    #[cfg(feature = "rustls")]
    On(crate::tls::Trust),
}

/// Says of every resolved address whether it may be dialled.
pub type AddressFilter = Arc<dyn Fn(SocketAddr) -> bool + Send + Sync>;

/// Everything that is needed to connect. All waits are bounded, also those of the defaults.
///
/// ```
/// use routeros_client::ConnectOptions;
/// let options = ConnectOptions::new("192.168.88.1", 8728, "api", "secret");
/// assert!(!format!("{options:?}").contains("secret"));
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct ConnectOptions {
    /// Address or name of the router.
    pub host: String,
    /// Port: 8728 for `api`, 8729 for `api-ssl`, unless moved.
    pub port: u16,
    /// Who logs in.
    pub credentials: Credentials,
    /// Which form of login is allowed.
    pub login: LoginMethod,
    /// Protection of the connection.
    pub tls: Tls,
    /// Bounds on time.
    pub timeouts: Timeouts,
    /// Asked for every resolved address; without one all are dialled.
    pub address_filter: Option<AddressFilter>,
    /// TCP keep-alive: first probe after this long, then every 10 s; `None` for none. NAT and
    /// firewalls drop idle flows within minutes. Systems take 1 s to 32,767 s: a time outside is
    /// brought inside.
    pub keepalive: Option<Duration>,
    /// Calls in flight at once; further ones wait their turn.
    pub max_in_flight: usize,
    /// Bytes of rows that are gathered for one call.
    pub max_reply_bytes: usize,
    /// Bounds of the protocol.
    pub protocol: Config,
}

/// How long each step may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// Resolving the name and opening TCP, all addresses together.
    pub connect: Duration,
    /// The TLS handshake; routers with a weak CPU take seconds.
    pub tls: Duration,
    /// The login.
    pub login: Duration,
    /// All of the above together.
    pub total: Duration,
    /// A command for which the caller gives no time of its own.
    pub command: Duration,
}

impl Timeouts {
    setters! {
        with_connect connect: Duration;
        with_tls tls: Duration;
        with_login login: Duration;
        with_total total: Duration;
        with_command command: Duration;
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            tls: Duration::from_secs(10),
            login: Duration::from_secs(10),
            total: Duration::from_secs(20),
            command: Duration::from_secs(30),
        }
    }
}

impl ConnectOptions {
    /// Plain TCP with the defaults; set the fields to change them.
    #[must_use]
    pub fn new(
        host: impl Into<String>,
        port: u16,
        user: impl AsRef<[u8]>,
        password: impl AsRef<[u8]>,
    ) -> Self {
        Self {
            host: host.into(),
            port,
            credentials: Credentials::new(user, password),
            login: LoginMethod::Automatic,
            tls: Tls::Off,
            timeouts: Timeouts::default(),
            address_filter: None,
            keepalive: Some(Duration::from_secs(30)),
            max_in_flight: 128,
            max_reply_bytes: 64 << 20,
            protocol: Config::default(),
        }
    }

    /// The same with this protection.
    #[must_use]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = tls;
        self
    }

    /// The same with these bounds on time.
    #[must_use]
    pub const fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }
}

/// The password is left out.
impl fmt::Debug for ConnectOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectOptions")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("tls", &self.tls)
            .field("timeouts", &self.timeouts)
            .finish_non_exhaustive()
    }
}

/// How a stream is buffered and bounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StreamOptions {
    /// Bounds on the call.
    pub call: CallOptions,
    /// Rows held for a consumer that is not fast enough; at least 1. A row of more than 4 KiB
    /// counts as several.
    pub buffer: usize,
    /// How long others may be held up by a full buffer, in sum until the consumer has caught up.
    /// A full buffer stops reading, so the router is slowed down; alone on its connection a stream
    /// may take all the time it wants. While other calls wait for answers too it may not:
    /// afterwards the stream fails with [`CallErrorKind::Overflow`](crate::CallErrorKind::Overflow).
    pub stall_timeout: Duration,
}

impl StreamOptions {
    setters! {
        with_call call: CallOptions;
        with_buffer buffer: usize;
        with_stall_timeout stall_timeout: Duration;
    }

    /// For a table: fails after two minutes without a row.
    #[must_use]
    pub const fn print() -> Self {
        Self {
            call: CallOptions::idle_timeout(Duration::from_secs(120)),
            buffer: 1024,
            stall_timeout: Duration::from_secs(5),
        }
    }

    /// For `listen` and monitors: rows come when something happens, until it is cancelled.
    #[must_use]
    pub const fn listen() -> Self {
        Self {
            call: CallOptions::unbounded(),
            ..Self::print()
        }
    }
}

impl Default for StreamOptions {
    fn default() -> Self {
        Self::print()
    }
}
