//! What every handler has at hand.

use std::sync::Arc;

use application::app::App;
pub use http_kit::settings::Timeouts;
use ipnet::IpNet;

use crate::limits::router_checks::RecentChecks;
use crate::limits::{Limits, RateLimits};

/// Settings of the HTTP side.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// Title in the API description (`APP_NAME`).
    pub app_name: String,
    /// Origins that browsers may call from (`BACKEND_CORS_ORIGINS`); `*` allows all.
    pub cors_origins: Vec<String>,
    /// Abuse limits.
    pub rate_limits: RateLimits,
    /// For slow clients.
    pub timeouts: Timeouts,
    /// Proxies whose `X-Forwarded-For` is believed (`TRUSTED_PROXIES`).
    pub trusted_proxies: Vec<IpNet>,
    /// Connections at most (`MAX_CONNECTIONS`), as far as there are descriptors.
    pub max_connections: usize,
    /// Connections of one address at most (`MAX_CONNECTIONS_PER_ADDRESS`); 0: no limit.
    pub max_connections_per_address: usize,
    /// Whether `/metrics` is served on an address of its own (`METRICS_ADDR`).
    pub metrics_are_elsewhere: bool,
}

/// Shared by all workers.
#[derive(Clone)]
pub struct State {
    /// The use cases.
    pub app: Arc<App>,
    /// Settings.
    pub config: Arc<HttpConfig>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) router_checks: Arc<RecentChecks>,
}

impl State {
    /// A state in which nothing was counted yet.
    #[must_use]
    pub fn new(app: Arc<App>, config: HttpConfig) -> Self {
        Self {
            app,
            limits: Arc::new(Limits::new(config.rate_limits)),
            config: Arc::new(config),
            router_checks: Arc::default(),
        }
    }
}
