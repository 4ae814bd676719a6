//! A small HTTP client, as a portal page or a panel would use.

use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};
use serde_json::Value;
use ureq::Agent;
use ureq::http::{Request, Response};

/// Longer than any deadline of the server's own.
const DEADLINE: Duration = Duration::from_secs(90);

/// Speaks to one port of this machine.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    agent: Agent,
    base: String,
}

/// A request.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    /// Method.
    pub(crate) method: &'static str,
    /// Path and query.
    pub(crate) path: String,
    /// Who asks.
    pub(crate) by: By<'a>,
    /// What is sent.
    pub(crate) body: Option<Value>,
}

/// Who asks.
#[derive(Clone, Copy)]
pub(crate) enum By<'a> {
    /// Anybody.
    Anybody,
    /// A person with a session token.
    Session(&'a str),
    /// A portal with its router's API key.
    Portal(&'a str),
}

impl std::fmt::Debug for By<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Anybody => "Anybody",
            Self::Session(_) => "Session",
            Self::Portal(_) => "Portal",
        })
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Status code.
    pub(crate) status: u16,
    /// The body, null when it is not JSON.
    pub(crate) body: Value,
    /// How long it took.
    pub(crate) time: Duration,
}

impl Client {
    /// A client for 127.0.0.1.
    pub(crate) fn new(port: u16) -> Self {
        let agent = Agent::config_builder()
            .timeout_global(Some(DEADLINE))
            .http_status_as_error(false)
            // This machine only, whatever the environment says about proxies.
            .proxy(None)
            .build()
            .into();
        Self {
            agent,
            base: format!("http://127.0.0.1:{port}"),
        }
    }

    /// Reads a page as anybody.
    pub(crate) fn get(&self, path: &str) -> anyhow::Result<Answer> {
        let path = path.to_owned();
        self.send(&Call {
            method: "GET",
            path,
            by: By::Anybody,
            body: None,
        })
    }

    /// Sends a request. Any status is an answer.
    pub(crate) fn send(&self, call: &Call<'_>) -> anyhow::Result<Answer> {
        let begin = Instant::now();
        let mut request = Request::builder()
            .method(call.method)
            .uri(format!("{}{}", self.base, call.path));
        request = match call.by {
            By::Anybody => request,
            By::Session(token) => request.header("Authorization", format!("Bearer {token}")),
            By::Portal(key) => request.header("X-API-Key", key),
        };
        let sent = match &call.body {
            Some(body) => {
                let request = request
                    .header("Content-Type", "application/json")
                    .body(body.to_string())
                    .context("not a request")?;
                self.agent.run(request)
            }
            None => self.agent.run(request.body(()).context("not a request")?),
        };
        let response =
            sent.map_err(|error| anyhow!("{} {} got no answer: {error}", call.method, call.path))?;
        Ok(Answer {
            status: response.status().as_u16(),
            body: json(response),
            time: begin.elapsed(),
        })
    }
}

impl Answer {
    /// A text or number at a JSON pointer, as text.
    pub(crate) fn text(&self, pointer: &str) -> anyhow::Result<String> {
        match self.body.pointer(pointer) {
            Some(Value::String(text)) => Ok(text.clone()),
            Some(value @ (Value::Number(_) | Value::Bool(_))) => Ok(value.to_string()),
            _ => Err(anyhow!("the answer has no {pointer}: {}", self.body)),
        }
    }

    /// What the server says about a refusal.
    pub(crate) fn detail(&self) -> String {
        match self.body.get("detail") {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => self.body.to_string(),
        }
    }
}

fn json(mut response: Response<ureq::Body>) -> Value {
    response.body_mut().read_json().unwrap_or(Value::Null)
}
