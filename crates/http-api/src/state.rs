//! What every handler has at hand.

use std::sync::Arc;
use std::time::Duration;

use application::app::App;
use ipnet::IpNet;

use crate::limits::{Limits, RateLimits};

/// How long a client may take; whoever sends a byte now and then holds nothing for longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// To send the head of a request.
    pub head: Duration,
    /// To send a body; a logo may take twice as long.
    pub body: Duration,
    /// From one answer to the end of the next head, the reading of the answer included.
    pub unused: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            body: Duration::from_secs(30),
            unused: Duration::from_secs(90),
        }
    }
}

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
}

impl State {
    /// A state in which nothing was counted yet.
    #[must_use]
    pub fn new(app: Arc<App>, config: HttpConfig) -> Self {
        Self {
            app,
            limits: Arc::new(Limits::new(config.rate_limits)),
            config: Arc::new(config),
        }
    }
}
