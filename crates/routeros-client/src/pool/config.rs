//! Settings of a pool.

use std::sync::Arc;
use std::time::Duration;

/// A source of random numbers, for spreading retries. Need not be secure.
pub type Jitter = Arc<dyn Fn() -> u64 + Send + Sync>;

/// Bounds of a pool. Those named "per router" count for each key on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
