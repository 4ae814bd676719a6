//! What Telegram accepts and refuses, as far as the sandbox knows it.

use gateway_sim::{Config, Sandbox};
use notify_telegram::TelegramChannel;
use ports::notify::{Channel, NotifyError};

use crate::{TOKEN, address, chat, notification};

#[tokio::test]
async fn a_notification_arrives_as_html_that_telegram_can_read() {
    let sandbox = Sandbox::start(Config::default()).await.unwrap();
    let channel = TelegramChannel::new(sandbox.telegram_url()).unwrap();
    assert_eq!(channel.send(&chat(), &notification()).await, Ok(()));
    let messages = sandbox.telegram_messages();
    assert_eq!(messages.len(), 1);
    assert_eq!(
        messages[0].text,
        "↩️ <b>Venta reembolsada</b>\nEl acceso terminó.\nEmpresa: Ñandú &lt;b&gt;&amp;"
    );
    assert_eq!(messages[0].chat_id, "-100200");
    assert_eq!(messages[0].parse_mode.as_deref(), Some("HTML"));
}

#[tokio::test]
async fn wrong_tokens_and_chats_are_refused() {
    let sandbox = Sandbox::start(Config::default()).await.unwrap();
    let channel = TelegramChannel::new(sandbox.telegram_url()).unwrap();
    for address in [
        address("123456:invalid", "-100200"),
        address("nonsense", "-100200"),
        address("../getMe", "-100200"),
        address("", "-100200"),
        address(TOKEN, "somebody"),
    ] {
        let outcome = channel.send(&address, &notification()).await;
        assert_eq!(outcome, Err(NotifyError::Refused), "{address:?}");
    }
    assert!(sandbox.telegram_messages().is_empty());
}
