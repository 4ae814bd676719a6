//! Answers that are late, large, wrong or none.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use notify_telegram::{TelegramChannel, TelegramConfigError};
use ports::notify::{Channel, NotifyError};
use tokio::net::TcpListener;
use tracing_subscriber::fmt::MakeWriter;

use crate::stub::{Reply, answer, start};
use crate::{TOKEN, chat, notification};

const OK: &str = r#"{"ok":true,"result":{"message_id":1}}"#;

async fn outcome(reply: Reply) -> Result<(), NotifyError> {
    let stub = start(reply).await;
    let channel = TelegramChannel::new(&stub.url).unwrap();
    channel.send(&chat(), &notification()).await
}

#[tokio::test]
async fn the_request_is_the_one_of_the_bot_api() {
    let mut stub = start(answer("200 OK", "", OK)).await;
    let channel = TelegramChannel::new(&format!("{}/base/", stub.url)).unwrap();
    assert_eq!(channel.send(&chat(), &notification()).await, Ok(()));
    let request = stub.requests.recv().await.unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let line = format!("POST /base/bot{TOKEN}/sendMessage HTTP/1.1");
    assert_eq!(head.lines().next(), Some(line.as_str()));
    assert!(head.contains("content-type: application/json"), "{head}");
    assert_eq!(
        body,
        r#"{"chat_id":"-100200","text":"↩️ <b>Venta reembolsada</b>\nEl acceso terminó.\nEmpresa: Ñandú &lt;b&gt;&amp;","parse_mode":"HTML"}"#
    );
}

#[tokio::test]
async fn statuses_tell_whether_to_try_again() {
    let no = r#"{"ok":false,"error_code":400,"description":"Bad Request"}"#;
    for (status, expected) in [
        ("200 OK", Ok(())),
        ("400 Bad Request", Err(NotifyError::Refused)),
        ("401 Unauthorized", Err(NotifyError::Refused)),
        ("403 Forbidden", Err(NotifyError::Refused)),
        ("404 Not Found", Err(NotifyError::Refused)),
        ("429 Too Many Requests", Err(NotifyError::Unavailable)),
        ("500 Internal Server Error", Err(NotifyError::Unavailable)),
        ("502 Bad Gateway", Err(NotifyError::Unavailable)),
    ] {
        let body = if expected.is_ok() { OK } else { no };
        assert_eq!(
            outcome(answer(status, "", body)).await,
            expected,
            "{status}"
        );
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let mut thief = start(answer("200 OK", "", OK)).await;
    let location = format!("location: {}/stolen\r\n", thief.url);
    for status in ["302 Found", "307 Temporary Redirect"] {
        let outcome = outcome(answer(status, &location, "")).await;
        assert_eq!(outcome, Err(NotifyError::Unavailable));
    }
    assert!(thief.requests.try_recv().is_err());
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_its_end() {
    let mut endless = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n".to_vec();
    endless.extend(std::iter::repeat_n(b' ', 8192));
    let outcome = outcome(Reply::Endless(endless)).await;
    assert_eq!(outcome, Err(NotifyError::Unavailable));
}

#[tokio::test]
async fn what_is_cut_off_or_no_http_is_no_success() {
    for bytes in [
        "",
        "nonsense",
        "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"ok\":true}",
        "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>",
    ] {
        let outcome = outcome(Reply::Bytes(bytes.into())).await;
        assert_eq!(outcome, Err(NotifyError::Unavailable), "{bytes}");
    }
}

#[tokio::test]
async fn silence_and_a_closed_port_end_in_time() {
    let stub = start(Reply::Silence).await;
    let timeout = Duration::from_millis(50);
    let channel = TelegramChannel::with_timeout(&stub.url, timeout).unwrap();
    let outcome = channel.send(&chat(), &notification()).await;
    assert_eq!(outcome, Err(NotifyError::Unavailable));

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let channel = TelegramChannel::new(&closed).unwrap();
    let outcome = channel.send(&chat(), &notification()).await;
    assert_eq!(outcome, Err(NotifyError::Unavailable));
}

#[test]
fn a_base_address_must_be_a_plain_url() {
    for base in ["", "api.telegram.org", "https://u:p@x.test"] {
        let refused = TelegramChannel::new(base).err();
        assert_eq!(refused, Some(TelegramConfigError::BaseUrl), "{base}");
    }
    assert!(TelegramChannel::new(notify_telegram::DEFAULT_BASE).is_ok());
}

/// Collects what would be logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn the_token_is_in_no_log_at_any_level() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    // For all threads: what the other tests log meanwhile may not name the token either.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let replies = [
        answer("200 OK", "", OK),
        answer("400 Bad Request", "", "{}"),
        Reply::Bytes(Vec::new()),
    ];
    for reply in replies {
        let stub = start(reply).await;
        let channel = TelegramChannel::new(&stub.url).unwrap();
        let outcome = channel.send(&chat(), &notification()).await;
        tracing::info!(?outcome, ?channel, "done");
    }
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("Telegram refused a message"), "{text}");
    assert!(text.contains("Telegram could not be reached"), "{text}");
    assert!(!text.contains("ABC-DEF"), "{text}");
}
