//! Everything that can be configured.

use std::net::SocketAddr;
use std::time::Duration;

use domain::contact::Email;
use domain::credentials::CredentialFormat;
use domain::purchase::Policy;
use domain::secret::Secret;
use hotspot_routeros::networks::AllowedNetworks;
use http_api::limits::RateLimits;
use ipnet::IpNet;
use security::JwtAlgorithm;
use storage_postgres::DatabaseUrl;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// Everything that can be configured.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) database_url: DatabaseUrl,
    /// How long a start waits for a database that is not up yet.
    pub(crate) database_start_timeout: Duration,
    pub(crate) database_pool_size: usize,
    pub(crate) jwt_api_key_secret: Secret,
    pub(crate) jwt_session_secret: Secret,
    pub(crate) jwt_algorithm: JwtAlgorithm,
    pub(crate) api_key_lifetime: Duration,
    pub(crate) session_lifetime: Duration,
    pub(crate) cors_origins: Vec<String>,
    pub(crate) super_admin_email: Email,
    pub(crate) super_admin_password: Secret,
    pub(crate) encryption_keys: Option<Secret>,
    pub(crate) fernet_key: Option<Secret>,
    pub(crate) app_name: String,
    pub(crate) debug: bool,
    pub(crate) bind_addr: SocketAddr,
    pub(crate) max_connections: usize,
    /// 0: no limit.
    pub(crate) max_connections_per_address: usize,
    pub(crate) metrics_addr: Option<SocketAddr>,
    pub(crate) public_base_url: Option<String>,
    pub(crate) conekta_api_base: String,
    pub(crate) mercado_pago_api_base: String,
    pub(crate) telegram_api_base: String,
    pub(crate) purchases: Policy,
    pub(crate) reconcile_interval: Duration,
    pub(crate) trusted_proxies: Vec<IpNet>,
    pub(crate) router_allowed_networks: AllowedNetworks,
    pub(crate) rate_limits: RateLimits,
    pub(crate) log_format: LogFormat,
    pub(crate) credentials: CredentialFormat,
    pub(crate) workers_enabled: bool,
    pub(crate) customer_data_retention: Option<Duration>,
    pub(crate) idempotency_key_retention: Option<Duration>,
    /// How long the server goes on serving, not ready any more, before it stops.
    pub(crate) shutdown_delay: Duration,
    /// What is valid but worth knowing.
    pub(crate) warnings: Vec<String>,
}
