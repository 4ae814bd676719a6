//! The operator tries the Telegram settings out.

use domain::secret::Secret;
use ports::notify::{NoticeTarget, NotifyError};
use ports::store::Scope;

use crate::app::App;
use crate::caller::TenantAdmin;
use crate::error::{Failure, failures_into};
use crate::secrets;

/// Why no test message arrived.
#[derive(Debug, thiserror::Error)]
pub enum TestTelegramError {
    /// Neither sent nor stored: bot token or chat.
    #[error("no bot token or no chat is set")]
    NotConfigured,
    /// The company's row has vanished.
    #[error("no such company")]
    NotFound,
    /// Telegram refused token, chat or text.
    #[error("Telegram refused the message")]
    Refused,
    /// Telegram did not answer.
    #[error("Telegram is not available")]
    Unavailable,
    /// Could not be done.
    #[error(transparent)]
    Failure(#[from] Failure),
}
failures_into!(TestTelegramError);

/// Sends one message to `chat_id` with the bot of `token`; what is `None` is taken from the
/// company's settings. Works whether or not notices are switched on.
///
/// # Errors
/// [`TestTelegramError`].
pub async fn test_telegram(
    app: &App,
    admin: &TenantAdmin,
    token: Option<Secret>,
    chat_id: Option<String>,
) -> Result<(), TestTelegramError> {
    let id = admin.tenant_id();
    let mut work = app.ports.store.begin(Scope::Tenant(id.clone())).await?;
    let found = work.tenants().find(id).await?;
    work.commit().await?;
    let tenant = found.ok_or(TestTelegramError::NotFound)?;
    let stored = match (&token, &tenant.telegram.bot_token) {
        (None, Some(sealed)) => Some(
            app.ports
                .secrets
                .open(&secrets::telegram_token(id), sealed)?,
        ),
        _ => None,
    };
    let target = NoticeTarget {
        bot_token: token
            .or(stored)
            .filter(|token| !token.is_empty())
            .ok_or(TestTelegramError::NotConfigured)?,
        chat_id: chat_id
            .or(tenant.telegram.chat_id)
            .filter(|chat| !chat.is_empty())
            .ok_or(TestTelegramError::NotConfigured)?,
    };
    let text = format!(
        "✅ <b>Mensaje de prueba</b>\nLas notificaciones de <b>{}</b> llegan a este chat.",
        escaped(&tenant.name)
    );
    app.ports
        .notifier
        .send(&target, &text)
        .await
        .map_err(|error| match error {
            NotifyError::Refused => TestTelegramError::Refused,
            NotifyError::Unavailable => TestTelegramError::Unavailable,
        })
}

/// Escapes what somebody typed for Telegram's HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
