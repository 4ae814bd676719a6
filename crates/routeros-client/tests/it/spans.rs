//! A span for every call, and never a secret in it.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use routeros_client::Command;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::router::{Done, Re, Trap, pair};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn calls_are_spans_with_command_and_outcome_and_without_secrets() {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_span_events(FmtSpan::CLOSE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let (client, mut router) = pair().await;
    let play = async {
        let ask = router.expect("/ppp/secret/print").await;
        router.answer(&ask, Re, &[("password", "hunter2")]).await;
        router.answer(&ask, Done, &[]).await;
        let ask = router.expect("/ppp/secret/add").await;
        let text = "failure: hunter2 is no good password";
        router.answer(&ask, Trap, &[("message", text)]).await;
        router.answer(&ask, Done, &[]).await;
    };
    let calls = async {
        client.menu("/ppp/secret").list().await.unwrap();
        let add = Command::new("/ppp/secret/add").attribute("password", "hunter2");
        client.execute(add).await.unwrap_err();
    };
    tokio::join!(play, calls);
    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("routeros.call"), "{text}");
    assert!(
        text.contains("/ppp/secret/print") && text.contains("rows=1"),
        "{text}"
    );
    assert!(
        text.contains("/ppp/secret/add") && text.contains("failure="),
        "{text}"
    );
    assert!(!text.contains("hunter2"), "{text}");
}
