//! Notices to operators.

use async_trait::async_trait;
use domain::secret::Secret;

/// Where a notice goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeTarget {
    /// The tenant's bot token.
    pub bot_token: Secret,
    /// The chat.
    pub chat_id: String,
}

/// Why a notice was not delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotifyError {
    /// Token, chat or text refused; repeating will not help.
    #[error("the messenger refused the notice")]
    Refused,
    /// No answer, or the messenger's own failure; try again later.
    #[error("the messenger is not available")]
    Unavailable,
}

/// Sends notices.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Notifier: Send + Sync {
    /// Sends one message of simple HTML (`<b>`, `<i>`, `<code>`; everything else escaped by the
    /// caller). MUST answer within ten seconds.
    async fn send(&self, target: &NoticeTarget, html: &str) -> Result<(), NotifyError>;
}
