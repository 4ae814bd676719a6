//! How the gateways are reached.

use std::time::Duration;

/// Why a gateway cannot be set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The base address is no absolute `http` or `https` URL, or holds credentials, a query or a
    /// fragment.
    #[error("the gateway's base address is not a plain http or https URL")]
    BaseUrl,
    /// A time-out is zero.
    #[error("the gateway's time-outs must be longer than zero")]
    Timeout,
    /// The TLS set-up failed.
    #[error("TLS could not be set up")]
    Tls,
}

/// How Conekta is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConektaConfig {
    /// Base address; `http` is meant for tests and sandboxes.
    pub base_url: String,
    /// Bounds every call of the port as a whole, extra reads included (`GATEWAY_TIMEOUT_MS`).
    pub request_timeout: Duration,
    /// Bounds name look-up, TCP and TLS together.
    pub connect_timeout: Duration,
}

impl Default for ConektaConfig {
    /// The live service, 30 s in all, 3 s to connect.
    fn default() -> Self {
        Self {
            base_url: "https://api.conekta.io".to_owned(),
            request_timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(3),
        }
    }
}

/// How Mercado Pago is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MercadoPagoConfig {
    /// Base address; `http` is meant for tests and sandboxes.
    pub base_url: String,
    /// Bounds every request, and every call of the port as a whole but for a charge, which may
    /// take twice as long, repeats included (`GATEWAY_TIMEOUT_MS`).
    pub request_timeout: Duration,
    /// Bounds name look-up, TCP and TLS together.
    pub connect_timeout: Duration,
    /// Wait before the first repeat of an idempotent request; doubles each time.
    pub repeat_pause: Duration,
}

impl Default for MercadoPagoConfig {
    /// The live service, 30 s a request, 3 s to connect, repeats after 0.5, 1 and 2 s.
    fn default() -> Self {
        Self {
            base_url: "https://api.mercadopago.com".to_owned(),
            request_timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(3),
            repeat_pause: Duration::from_millis(500),
        }
    }
}
