//! The channel.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use domain::notification::{ChannelKind, Notification};
use ports::notify::{Channel, ChannelAddress, NotifyError};
use reqwest::Client;
use serde::Serialize;
use url::Url;

use crate::address::{parse_base, send_message};
use crate::client::{TelegramConfigError, bounded_body, build};
use crate::message::render;
use crate::response::judge;

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

/// A [`Channel`] over Telegram's Bot API.
#[derive(Clone)]
pub struct TelegramChannel {
    client: Client,
    base: Url,
    timeout: Duration,
}

impl TelegramChannel {
    /// A channel over this base address ([`DEFAULT_BASE`], or a sandbox).
    ///
    /// # Errors
    /// [`TelegramConfigError`] for an address that is no plain http or https URL.
    pub fn new(base_url: &str) -> Result<Self, TelegramConfigError> {
        Self::with_timeout(base_url, TIMEOUT)
    }

    /// As [`TelegramChannel::new`], but gives up earlier than after ten seconds.
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
            tracing::info!(status, "Telegram refused a message");
        }
        outcome
    }
}

impl fmt::Debug for TelegramChannel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TelegramChannel")
            .field("base", &self.base.as_str())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Channel for TelegramChannel {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Telegram
    }

    async fn send(
        &self,
        address: &ChannelAddress,
        notification: &Notification,
    ) -> Result<(), NotifyError> {
        let ChannelAddress::Telegram { bot_token, chat_id } = address;
        let url = send_message(&self.base, bot_token).ok_or(NotifyError::Refused)?;
        let message = Message {
            chat_id,
            text: &render(notification),
            parse_mode: "HTML",
        };
        // Bounds the whole exchange; the client's own limit starts anew with each of its steps.
        tokio::time::timeout(self.timeout, self.exchange(url, &message))
            .await
            .unwrap_or(Err(NotifyError::Unavailable))
    }
}
