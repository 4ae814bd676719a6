//! The channel against the sandbox and against servers that misbehave.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail loudly")]

mod misbehaviour;
mod sandbox;
mod stub;

use domain::notification::{Notification, NotificationKind};
use domain::secret::Secret;
use ports::notify::ChannelAddress;

const TOKEN: &str = "123456:ABC-DEF_ghi";

fn address(bot_token: &str, chat_id: &str) -> ChannelAddress {
    ChannelAddress::Telegram {
        bot_token: Secret::new(bot_token),
        chat_id: chat_id.to_owned(),
    }
}

fn chat() -> ChannelAddress {
    address(TOKEN, "-100200")
}

fn notification() -> Notification {
    Notification {
        kind: NotificationKind::SaleRefunded,
        tenant_name: "Ñandú <b>&".to_owned(),
        sale: None,
        routers_down: Vec::new(),
    }
}
