//! An operator's channels: their addresses, and trying them out.

use domain::notification::{ChannelKind, Notification, NotificationKind};
use domain::secret::Secret;
use domain::tenant::Tenant;
use ports::notify::{ChannelAddress, NotifyError};
use ports::store::Scope;

use crate::app::App;
use crate::caller::TenantAdmin;
use crate::error::{Failure, failures_into};
use crate::secrets;

/// Where the operator wants notifications over this channel; `None` if nowhere.
pub(crate) fn address(
    app: &App,
    tenant: &Tenant,
    channel: ChannelKind,
) -> Result<Option<ChannelAddress>, Failure> {
    if !tenant.channels().contains(&channel) {
        return Ok(None);
    }
    let stored = match channel {
        ChannelKind::Telegram => ChannelToTest::Telegram {
            bot_token: None,
            chat_id: None,
        },
    };
    completed(app, tenant, stored)
}

/// A channel to try out, with the parts of its address that are not to be taken from the
/// settings.
#[derive(Debug, Clone)]
pub enum ChannelToTest {
    /// Telegram.
    Telegram {
        /// The bot's token.
        bot_token: Option<Secret>,
        /// The chat.
        chat_id: Option<String>,
    },
}

/// The whole address; `None` where neither the request nor the settings have a part of it.
fn completed(
    app: &App,
    tenant: &Tenant,
    channel: ChannelToTest,
) -> Result<Option<ChannelAddress>, Failure> {
    match channel {
        ChannelToTest::Telegram { bot_token, chat_id } => {
            let bot_token = match (bot_token, &tenant.telegram.bot_token) {
                (None, Some(sealed)) => {
                    let context = secrets::telegram_token(&tenant.id);
                    Some(app.ports.secrets.open(&context, sealed)?)
                }
                (given, _) => given,
            };
            let chat_id = chat_id.or_else(|| tenant.telegram.chat_id.clone());
            Ok(bot_token
                .filter(|token| !token.is_empty())
                .zip(chat_id.filter(|chat| !chat.is_empty()))
                .map(|(bot_token, chat_id)| ChannelAddress::Telegram { bot_token, chat_id }))
        }
    }
}

/// Why no test notification arrived.
#[derive(Debug, thiserror::Error)]
pub enum ChannelTestError {
    /// A part of the address is neither given nor stored.
    #[error("the channel is not configured")]
    NotConfigured,
    /// The company's row has vanished.
    #[error("no such company")]
    NotFound,
    /// The channel refused address or message.
    #[error("the channel refused the test notification")]
    Refused,
    /// The channel did not answer, or this server does not have it.
    #[error("the channel is not available")]
    Unavailable,
    /// Could not be done.
    #[error(transparent)]
    Failure(#[from] Failure),
}
failures_into!(ChannelTestError);

/// Sends one test notification. Works whether or not the channel is switched on.
///
/// # Errors
/// [`ChannelTestError`].
pub async fn test_channel(
    app: &App,
    admin: &TenantAdmin,
    channel: ChannelToTest,
) -> Result<(), ChannelTestError> {
    let id = admin.tenant_id();
    let found = app
        .read(Scope::Tenant(id.clone()), async |uow| {
            uow.tenants().find(id).await
        })
        .await?;
    let tenant = found.ok_or(ChannelTestError::NotFound)?;
    let address = completed(app, &tenant, channel)?.ok_or(ChannelTestError::NotConfigured)?;
    let channel = app
        .ports
        .channels
        .get(address.kind())
        .ok_or(ChannelTestError::Unavailable)?;
    let notification = Notification {
        kind: NotificationKind::ChannelTest,
        tenant_name: tenant.name,
        sale: None,
        routers_down: Vec::new(),
    };
    channel
        .send(&address, &notification)
        .await
        .map_err(|error| match error {
            NotifyError::Refused => ChannelTestError::Refused,
            NotifyError::Unavailable => ChannelTestError::Unavailable,
        })
}
