//! The notifier.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use ports::notify::{NoticeTarget, Notifier, NotifyError};
use reqwest::Client;
use serde::Serialize;
use url::Url;

use crate::address::{parse_base, send_message};
use crate::answer::judge;
use crate::client::{TelegramConfigError, bounded_body, build};

/// Telegram itself.
pub const DEFAULT_BASE: &str = "https://api.telegram.org";

/// The port's limit: connecting, sending and reading all together.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The body of `sendMessage`.
#[derive(Serialize)]
struct Message<'a> {
    chat_id: &'a str,
    text: &'a str,
    parse_mode: &'static str,
}

/// A [`Notifier`] over Telegram's Bot API.
#[derive(Clone)]
pub struct TelegramNotifier {
    client: Client,
    base: Url,
    timeout: Duration,
}

impl TelegramNotifier {
    /// A notifier for this base address ([`DEFAULT_BASE`], or a sandbox).
    ///
    /// # Errors
    /// [`TelegramConfigError`] for an address that is no plain http or https URL.
    pub fn new(base_url: &str) -> Result<Self, TelegramConfigError> {
        Self::with_timeout(base_url, TIMEOUT)
    }

    /// As [`TelegramNotifier::new`], but gives up earlier than after ten seconds.
    ///
    /// # Errors
    /// [`TelegramConfigError`] for an address that is no plain http or https URL.
    pub fn with_timeout(base_url: &str, timeout: Duration) -> Result<Self, TelegramConfigError> {
        let base = parse_base(base_url).ok_or(TelegramConfigError::BaseUrl)?;
        let timeout = timeout.min(TIMEOUT);
        Ok(Self {
            client: build(timeout)?,
            base,
            timeout,
        })
    }

    async fn exchange(&self, url: Url, message: &Message<'_>) -> Result<(), NotifyError> {
        let response = match self.client.post(url).json(message).send().await {
            Ok(response) => response,
            Err(error) => {
                // The error itself holds the address, and with it the token.
                let timed_out = error.is_timeout();
                tracing::info!(timed_out, "Telegram could not be reached");
                return Err(NotifyError::Unavailable);
            }
        };
        let status = response.status().as_u16();
        let body = bounded_body(response).await;
        let outcome = judge(status, body.as_deref());
        if outcome.is_err() {
            tracing::info!(status, "Telegram did not take a notice");
        }
        outcome
    }
}

impl fmt::Debug for TelegramNotifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TelegramNotifier")
            .field("base", &self.base.as_str())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Notifier for TelegramNotifier {
    async fn send(&self, target: &NoticeTarget, html: &str) -> Result<(), NotifyError> {
        let url = send_message(&self.base, &target.bot_token).ok_or(NotifyError::Refused)?;
        let message = Message {
            chat_id: &target.chat_id,
            text: html,
            parse_mode: "HTML",
        };
        // Bounds the whole exchange; the client's own limit starts anew with each of its steps.
        tokio::time::timeout(self.timeout, self.exchange(url, &message))
            .await
            .unwrap_or(Err(NotifyError::Unavailable))
    }
}
