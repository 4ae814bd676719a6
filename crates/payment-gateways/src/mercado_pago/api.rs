//! Requests with the headers that Mercado Pago wants.

use std::time::Duration;

use ports::payments::{GatewayAccount, ReadError};
use reqwest::Method;
use reqwest::header::HeaderName;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::config::{ConfigError, MercadoPagoConfig};
use crate::http::Call;
use crate::http::Deadline;
use crate::http::HttpClient;
use crate::http::{Answer, Lost};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("x-idempotency-key");

/// The connection to Mercado Pago.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    http: HttpClient,
    timeout: Duration,
    repeat_pause: Duration,
    is_sandbox: bool,
}

impl Api {
    pub(crate) fn new(config: &MercadoPagoConfig) -> Result<Self, ConfigError> {
        if config.request_timeout.is_zero() {
            return Err(ConfigError::Timeout);
        }
        let http = HttpClient::new(&config.base_url, config.connect_timeout)?;
        let (timeout, repeat_pause) = (config.request_timeout, config.repeat_pause);
        Ok(Self {
            http,
            timeout,
            repeat_pause,
            is_sandbox: !config.base_url.starts_with("https:"),
        })
    }

    /// When a call of the port that starts now must be over.
    pub(crate) fn deadline(&self) -> Deadline {
        Deadline::after(self.timeout)
    }

    /// The same for a charge: the purchase budget leaves room for two time-outs, the second one
    /// being for repeats.
    pub(crate) fn charge_deadline(&self) -> Deadline {
        Deadline::after(self.timeout.saturating_mul(2))
    }

    /// Whether this is not the live service, which is reached by `https` only.
    pub(crate) const fn is_sandbox(&self) -> bool {
        self.is_sandbox
    }

    /// Wait before the first repeat.
    pub(crate) const fn repeat_pause(&self) -> Duration {
        self.repeat_pause
    }

    /// A request in the tenant's name.
    pub(crate) fn call(
        account: &GatewayAccount,
        operation: &'static str,
        method: Method,
        path: &[&str],
    ) -> Call {
        Call::new(operation, method, path).bearer(&account.secret)
    }

    /// Adds the key under which repeats are harmless.
    pub(crate) fn with_key(call: Call, key: &Uuid) -> Call {
        call.header_if_valid(IDEMPOTENCY_KEY, &key.hyphenated().to_string())
    }

    /// Sends once, within the time-out of one request.
    pub(crate) async fn send(&self, call: &Call, deadline: Deadline) -> Result<Answer, Lost> {
        self.http.send(call, deadline.or_after(self.timeout)).await
    }

    /// Sends a request that only reads, and reads the answer.
    pub(crate) async fn read<T: DeserializeOwned>(
        &self,
        call: &Call,
        deadline: Deadline,
    ) -> Result<T, ReadError> {
        match self.send(call, deadline).await {
            Ok(answer) if answer.is_success() => answer.json().ok_or(ReadError::Unavailable),
            Ok(answer) => Err(match answer.status {
                401 | 403 | 404 => ReadError::Refused,
                429 => ReadError::Busy,
                _ => ReadError::Unavailable,
            }),
            Err(Lost::Unsendable) => Err(ReadError::Refused),
            Err(_) => Err(ReadError::Unavailable),
        }
    }
}
