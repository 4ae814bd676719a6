//! Notifications to operators.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use domain::notification::{ChannelKind, Notification};
use domain::secret::Secret;

/// Where a channel delivers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChannelAddress {
    /// A Telegram chat.
    Telegram {
        /// The tenant's bot token.
        bot_token: Secret,
        /// The chat.
        chat_id: String,
    },
}

impl ChannelAddress {
    /// The channel that delivers to it.
    #[must_use]
    pub const fn kind(&self) -> ChannelKind {
        match self {
            Self::Telegram { .. } => ChannelKind::Telegram,
        }
    }
}

/// Why a notification was not delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotifyError {
    /// Address or message refused; repeating will not help.
    #[error("the channel refused the notification")]
    Refused,
    /// No answer, or the channel's own failure; try again later.
    #[error("the channel is not available")]
    Unavailable,
}

/// Delivers notifications over one kind of channel.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Channel: Send + Sync {
    /// Which one this is.
    fn kind(&self) -> ChannelKind;

    /// Renders and delivers one notification. MUST answer within ten seconds, MUST NOT let what
    /// customers and operators typed act as markup, and MUST NOT log addresses or credentials.
    ///
    /// # Errors
    /// [`NotifyError::Refused`] also for an address of another kind of channel.
    async fn send(
        &self,
        address: &ChannelAddress,
        notification: &Notification,
    ) -> Result<(), NotifyError>;
}

/// The channels that are wired in.
#[derive(Clone, Default)]
pub struct Channels(Vec<Arc<dyn Channel>>);

impl Channels {
    /// Of several of one kind the first counts.
    #[must_use]
    pub fn new(channels: impl IntoIterator<Item = Arc<dyn Channel>>) -> Self {
        Self(channels.into_iter().collect())
    }

    /// The channel of one kind, if it is wired in.
    #[must_use]
    pub fn get(&self, kind: ChannelKind) -> Option<&dyn Channel> {
        self.0
            .iter()
            .find(|channel| channel.kind() == kind)
            .map(AsRef::as_ref)
    }
}

impl fmt::Debug for Channels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds = self.0.iter().map(|channel| channel.kind());
        f.debug_set().entries(kinds).finish()
    }
}
