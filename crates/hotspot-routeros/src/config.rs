//! Settings of the adapter.

use std::time::Duration;

use routeros_client::PoolConfig;

use crate::networks::AllowedNetworks;

/// Settings of the adapter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HotspotConfig {
    /// Bounds one whole call of the port: connect, login, commands, and the look-up after a lost
    /// reply.
    pub router_timeout: Duration,
    /// Which addresses may be dialled.
    pub allowed_networks: AllowedNetworks,
    /// Connections per router.
    pub max_sessions_per_router: usize,
    /// Calls of the port that one router works on at once; further ones wait, within their time.
    pub max_calls_per_router: usize,
    /// How long to look for the session after a login, at most; less if `router_timeout` ends.
    pub verify_for: Duration,
    /// Pause between two looks.
    pub verify_every: Duration,
    /// A pooled connection unused for this long is closed.
    pub idle_timeout: Duration,
}

impl Default for HotspotConfig {
    fn default() -> Self {
        Self {
            router_timeout: Duration::from_secs(10),
            allowed_networks: AllowedNetworks::default(),
            max_sessions_per_router: 1,
            max_calls_per_router: 32,
            verify_for: Duration::from_secs(6),
            verify_every: Duration::from_millis(800),
            idle_timeout: Duration::from_mins(5),
        }
    }
}

impl HotspotConfig {
    pub(crate) fn pool(&self) -> PoolConfig {
        PoolConfig::default()
            .with_max_sessions(self.max_sessions_per_router)
            .with_max_leases(self.max_calls_per_router)
            .with_idle_timeout(self.idle_timeout)
            .with_probe_timeout(Duration::from_secs(2).min(self.router_timeout / 4))
    }
}
