//! What Telegram accepts and refuses, as far as the sandbox knows it.

use domain::secret::Secret;
use gateway_sim::{Config, Sandbox};
use notify_telegram::TelegramNotifier;
use ports::notify::{NoticeTarget, Notifier, NotifyError};

use crate::target;

#[tokio::test]
async fn a_notice_arrives_as_html() {
    let sandbox = Sandbox::start(Config::default()).await.unwrap();
    let notifier = TelegramNotifier::new(sandbox.telegram_url()).unwrap();
    let text = "<b>Venta</b> a &lt;Ana&gt; por <code>19.99</code>";
    assert_eq!(notifier.send(&target(), text).await, Ok(()));
    let messages = sandbox.telegram_messages();
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].text, text);
    assert_eq!(messages[0].chat_id, "-100200");
    assert_eq!(messages[0].parse_mode.as_deref(), Some("HTML"));
}

#[tokio::test]
async fn wrong_token_chat_and_text_are_refused() {
    let sandbox = Sandbox::start(Config::default()).await.unwrap();
    let notifier = TelegramNotifier::new(sandbox.telegram_url()).unwrap();
    let with_token = |token: &str| NoticeTarget {
        bot_token: Secret::new(token),
        ..target()
    };
    let wrong_chat = NoticeTarget {
        chat_id: "somebody".to_owned(),
        ..target()
    };
    for (target, text) in [
        (with_token("123456:invalid"), "x"),
        (with_token("nonsense"), "x"),
        (with_token("../getMe"), "x"),
        (with_token(""), "x"),
        (wrong_chat, "x"),
        (target(), "1 < 2"),
        (target(), ""),
    ] {
        let outcome = notifier.send(&target, text).await;
        assert_eq!(outcome, Err(NotifyError::Refused), "{target:?} {text}");
    }
    assert!(sandbox.telegram_messages().is_empty());
}
