//! Requests and replies as plain values, and the journal of requests.

use std::collections::{BTreeMap, VecDeque};

use axum::http::{HeaderMap, Method};
use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

use crate::core::gateway::{Endpoint, Gateway, mark};

/// A received request, body read to its end. No `Debug`: it holds keys and tokens.
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Request {
    /// The path cut at its slashes, without empty parts.
    pub(crate) fn segments(&self) -> Vec<&str> {
        self.path
            .split('/')
            .filter(|part| !part.is_empty())
            .collect()
    }

    /// The header as text, if there is one and it is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The first query parameter with this name.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The body as JSON, if it is JSON.
    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// An answer before it is written out.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Value,
}

impl Reply {
    /// A JSON answer.
    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self {
            status,
            headers: vec![("content-type", "application/json; charset=utf-8".to_owned())],
            body,
        }
    }

    /// The same answer with one header more (or another value for it).
    pub(crate) fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value.into()));
        self
    }

    /// Whether the service did what it was asked to.
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Changes that a fault makes to the outcome of a charge itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct ResponseOverride {
    /// The charge stays pending until decided on the control side.
    pub(crate) stay_pending: bool,
    /// The charge is refused with this code.
    pub(crate) decline: Option<String>,
}

/// One authenticated call.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) endpoint: Endpoint,
    /// Mark of the account.
    pub(crate) account: String,
    /// Whether the key is a live one.
    pub(crate) live: bool,
    /// Mercado Pago's collector id.
    pub(crate) collector: i64,
    pub(crate) now_ms: i64,
    pub(crate) response_override: ResponseOverride,
}

const KEPT: usize = 1_000;

/// Longest body that is kept, in bytes.
const MAX_BODY: usize = 16_384;

/// One request as it is shown: keys, tokens and card data are replaced by marks.
#[derive(Debug, Clone, Serialize)]
pub struct RequestRecord {
    /// Number of the request, from 1.
    pub seq: u64,
    /// Unix time in milliseconds.
    pub at_ms: i64,
    /// For which service.
    pub gateway: Gateway,
    /// Which operation.
    pub endpoint: Endpoint,
    /// HTTP method.
    pub method: String,
    /// Path; a bot token in it is replaced.
    pub path: String,
    /// Query parameters.
    pub query: Vec<(String, String)>,
    /// Headers, names in lower case, secrets replaced.
    pub headers: BTreeMap<String, String>,
    /// JSON body, secrets replaced; null when there was none, it was no JSON, or it was
    /// very long.
    pub body: Value,
    /// Mark of the account whose key was sent.
    pub account: Option<String>,
    /// Status answered; none while it runs or when the connection was closed.
    pub status: Option<u16>,
    /// The fault that hit it.
    pub fault: Option<Value>,
}

/// The requests seen.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    last_seq: u64,
    kept: VecDeque<RequestRecord>,
    counters: BTreeMap<(Gateway, Endpoint), u64>,
}

impl Journal {
    pub(crate) fn record(
        &mut self,
        at_ms: i64,
        gateway: Gateway,
        endpoint: Endpoint,
        account: Option<String>,
        request: &Request,
    ) -> u64 {
        self.last_seq += 1;
        *self.counters.entry((gateway, endpoint)).or_default() += 1;
        if self.kept.len() >= KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(RequestRecord {
            seq: self.last_seq,
            at_ms,
            gateway,
            endpoint,
            method: request.method.to_string(),
            path: shown_path(gateway, &request.path),
            query: request
                .query
                .iter()
                .map(|(key, value)| shown_pair(key, value))
                .collect(),
            headers: request
                .headers
                .iter()
                .map(|(name, value)| {
                    let value = value.to_str().unwrap_or("(not text)");
                    (name.as_str().to_owned(), shown_header(name.as_str(), value))
                })
                .collect(),
            body: Some(request)
                .filter(|request| request.body.len() <= MAX_BODY)
                .and_then(Request::json)
                .map_or(Value::Null, shown_body),
            account,
            status: None,
            fault: None,
        });
        self.last_seq
    }

    pub(crate) fn note_fault(&mut self, seq: u64, fault: Value) {
        if let Some(record) = self.find(seq) {
            record.fault = Some(fault);
        }
    }

    pub(crate) fn note_status(&mut self, seq: u64, status: u16) {
        if let Some(record) = self.find(seq) {
            record.status = Some(status);
        }
    }

    fn find(&mut self, seq: u64) -> Option<&mut RequestRecord> {
        self.kept.iter_mut().rev().find(|record| record.seq == seq)
    }

    pub(crate) fn list(&self) -> Vec<RequestRecord> {
        self.kept.iter().cloned().collect()
    }

    pub(crate) fn count(&self, endpoint: Endpoint) -> u64 {
        let of_kind = self
            .counters
            .iter()
            .filter(|((_, kind), _)| *kind == endpoint);
        of_kind.map(|(_, count)| *count).sum()
    }

    pub(crate) fn counters(&self) -> BTreeMap<Gateway, BTreeMap<Endpoint, u64>> {
        let mut by_gateway: BTreeMap<Gateway, BTreeMap<Endpoint, u64>> = BTreeMap::new();
        for ((gateway, endpoint), count) in &self.counters {
            by_gateway
                .entry(*gateway)
                .or_default()
                .insert(*endpoint, *count);
        }
        by_gateway
    }
}

fn shown_path(gateway: Gateway, path: &str) -> String {
    if gateway != Gateway::Telegram {
        return path.to_owned();
    }
    let rest = path.strip_prefix("/bot").unwrap_or(path);
    let (token, method) = rest.split_once('/').unwrap_or((rest, ""));
    format!("/bot[{}]/{method}", mark(token))
}

fn shown_pair(key: &str, value: &str) -> (String, String) {
    let hide = matches!(key, "public_key" | "access_token");
    (
        key.to_owned(),
        if hide {
            format!("[{}]", mark(value))
        } else {
            value.to_owned()
        },
    )
}

fn shown_header(name: &str, value: &str) -> String {
    if matches!(name, "authorization" | "proxy-authorization" | "cookie") {
        let scheme = value
            .split(' ')
            .next()
            .filter(|word| word.len() < value.len());
        format!("{} [{}]", scheme.unwrap_or_default(), mark(value))
    } else {
        value.to_owned()
    }
}

/// Replaces card tokens and card data, at any depth.
fn shown_body(body: Value) -> Value {
    match body {
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| {
                let secret = matches!(
                    name.as_str(),
                    "token" | "token_id" | "number" | "cvc" | "card_number" | "security_code"
                );
                let value = match value {
                    Value::String(text) if secret => Value::String(shown_token(&text)),
                    other => shown_body(other),
                };
                (name, value)
            })
            .collect(),
        Value::Array(items) => items.into_iter().map(shown_body).collect(),
        other => other,
    }
}

/// A token as it is shown: test tokens in full, others as a mark.
pub(crate) fn shown_token(token: &str) -> String {
    if token.starts_with("tok_test_") {
        token.to_owned()
    } else {
        format!("[{}]", mark(token))
    }
}
