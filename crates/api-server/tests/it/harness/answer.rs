//! Requests to a server, and their answers.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use serde_json::Value;

/// Longer than any answer takes.
const PATIENCE: Duration = Duration::from_mins(5);

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Answer {
    /// The body, if the status is this one.
    #[track_caller]
    pub(crate) fn expect(&self, status: u16) -> &Value {
        assert_eq!(self.status, status, "{}", self.body);
        &self.body
    }

    /// A text in the body; empty where there is none.
    pub(crate) fn text(&self, pointer: &str) -> String {
        let found = self.body.pointer(pointer).and_then(Value::as_str);
        found.unwrap_or_default().to_owned()
    }
}

/// Somebody who calls servers and remembers all that they answered.
#[derive(Clone)]
pub(crate) struct Http {
    client: reqwest::Client,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Http {
    pub(crate) fn new() -> Self {
        // Another test may have been first; either way there is a provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(PATIENCE)
            // A killed server takes its connections along.
            .pool_max_idle_per_host(0)
            .build()
            .unwrap();
        Self {
            client,
            heard: Arc::default(),
        }
    }

    /// A request without credentials.
    pub(crate) fn request(&self, method: Method, url: String) -> RequestBuilder {
        self.client.request(method, url)
    }

    /// Sends it; `None` when there was no whole answer, as from a server that dies.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Option<Answer> {
        let response = request.send().await.ok()?;
        let status = response.status().as_u16();
        let head = format!("{status} {:?}", response.headers());
        let text = response.text().await.ok()?;
        self.heard.lock().unwrap().push(format!("{head}\n{text}"));
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Some(Answer { status, body })
    }

    /// Every answer so far, heads included.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}
