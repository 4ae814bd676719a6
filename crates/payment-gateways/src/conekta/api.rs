//! Requests with the headers that Conekta wants.

use std::time::Duration;

use ports::payments::{GatewayAccount, ReadError};
use reqwest::Method;
use reqwest::header::{ACCEPT, ACCEPT_LANGUAGE};
use serde::de::DeserializeOwned;

use crate::config::{ConektaConfig, ConfigError};
use crate::http::Call;
use crate::http::Deadline;
use crate::http::HttpClient;
use crate::http::{Answer, Lost};

/// Media type that selects the API version.
const VERSION: &str = "application/vnd.conekta-v2.3.0+json";

/// The connection to Conekta.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    http: HttpClient,
    timeout: Duration,
}

impl Api {
    pub(crate) fn new(config: &ConektaConfig) -> Result<Self, ConfigError> {
        if config.request_timeout.is_zero() {
            return Err(ConfigError::Timeout);
        }
        let http = HttpClient::new(&config.base_url, config.connect_timeout)?;
        Ok(Self {
            http,
            timeout: config.request_timeout,
        })
    }

    /// When a call of the port that starts now must be over.
    pub(crate) fn deadline(&self) -> Deadline {
        Deadline::after(self.timeout)
    }

    /// A request in the tenant's name.
    pub(crate) fn call(
        account: &GatewayAccount,
        operation: &'static str,
        method: Method,
        path: &[&str],
    ) -> Call {
        Call::new(operation, method, path)
            .bearer(&account.secret)
            .header(ACCEPT, VERSION)
            // The language of messages; the default, but not everywhere the same.
            .header(ACCEPT_LANGUAGE, "es")
    }

    /// Sends once.
    pub(crate) async fn send(&self, call: &Call, deadline: Deadline) -> Result<Answer, Lost> {
        self.http.send(call, deadline).await
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
