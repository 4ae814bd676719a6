//! Settings of a pool, and why it gives no connection.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::connect_error::ConnectError;
use crate::options::setters;

/// A source of random numbers, for spreading retries. Need not be secure.
pub type Jitter = Arc<dyn Fn() -> u64 + Send + Sync>;

/// Bounds of a pool. Those named "per router" count for each key on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolConfig {
    /// Connections per router. One carries many calls at once.
    pub max_sessions: usize,
    /// Calls on one connection beyond which another one is opened, if there may be more.
    pub leases_per_session: usize,
    /// Leases per router at once; further callers wait, within their time.
    pub max_leases: usize,
    /// A connection unused for this long is closed, a router unused for this long is forgotten.
    pub idle_timeout: Duration,
    /// A connection on which nothing came for this long is probed before it is used: NAT and
    /// firewalls drop idle flows without a word.
    pub probe_after: Duration,
    /// How long a probe may take.
    pub probe_timeout: Duration,
    /// Failures in a row that open the circuit breaker.
    pub failure_threshold: u32,
    /// First time that the breaker stays open; doubled with each failure after.
    pub backoff_first: Duration,
    /// Longest time that the breaker stays open.
    pub backoff_max: Duration,
}

impl PoolConfig {
    setters! {
        with_max_sessions max_sessions: usize;
        with_leases_per_session leases_per_session: usize;
        with_max_leases max_leases: usize;
        with_idle_timeout idle_timeout: Duration;
        with_probe_after probe_after: Duration;
        with_probe_timeout probe_timeout: Duration;
        with_failure_threshold failure_threshold: u32;
        with_backoff_first backoff_first: Duration;
        with_backoff_max backoff_max: Duration;
    }
}

impl Default for PoolConfig {
    fn default() -> Self {
        Self {
            max_sessions: 1,
            leases_per_session: 32,
            max_leases: 32,
            idle_timeout: Duration::from_secs(300),
            probe_after: Duration::from_secs(30),
            probe_timeout: Duration::from_secs(2),
            failure_threshold: 2,
            backoff_first: Duration::from_secs(1),
            backoff_max: Duration::from_secs(10),
        }
    }
}

/// Why a pool gives no connection. No command was sent in any case.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum PoolError {
    /// Connecting failed.
    Connect(Arc<ConnectError>),
    /// The router failed a moment ago, so it was not tried.
    Suspended {
        /// How it failed last, if that was while connecting.
        last: Option<Arc<ConnectError>>,
        /// When it will be tried again; `None` while it is being tried.
        retry_in: Option<Duration>,
    },
    /// The caller's time was over before there was a connection.
    TimedOut,
}

impl fmt::Display for PoolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(_) => f.write_str("cannot connect to the router"),
            Self::Suspended { .. } => f.write_str("the router failed a moment ago"),
            Self::TimedOut => f.write_str("no connection in time"),
        }
    }
}

impl std::error::Error for PoolError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Connect(error)
            | Self::Suspended {
                last: Some(error), ..
            } => Some(&**error),
            Self::Suspended { last: None, .. } | Self::TimedOut => None,
        }
    }
}
