//! A request to be sent.

use reqwest::Method;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;

use domain::secret::Secret;

/// A request to be sent, once or repeatedly.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) operation: &'static str,
    pub(crate) method: Method,
    pub(crate) path: Vec<String>,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) is_sendable: bool,
}

impl Call {
    /// Starts a request; `operation` names it in logs, each of `path` is one segment.
    pub(crate) fn new(operation: &'static str, method: Method, path: &[&str]) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        Self {
            operation,
            method,
            path: path.iter().map(|segment| (*segment).to_owned()).collect(),
            query: Vec::new(),
            headers,
            body: None,
            is_sendable: true,
        }
    }

    /// Authenticates with a secret.
    pub(crate) fn bearer(mut self, secret: &Secret) -> Self {
        match HeaderValue::from_str(&format!("Bearer {}", secret.expose())) {
            Ok(mut value) if !secret.is_empty() => {
                value.set_sensitive(true);
                self.headers.insert(AUTHORIZATION, value);
            }
            _ => self.is_sendable = false,
        }
        self
    }

    /// Sets a header of ours.
    pub(crate) fn header(mut self, name: HeaderName, value: &'static str) -> Self {
        self.headers.insert(name, HeaderValue::from_static(value));
        self
    }

    /// Sets a header to a text from outside of at most 1024 bytes; left out if no header can hold
    /// it.
    pub(crate) fn header_if_valid(mut self, name: HeaderName, value: &str) -> Self {
        if !value.is_empty()
            && value.len() <= 1024
            && let Ok(value) = HeaderValue::from_str(value)
        {
            self.headers.insert(name, value);
        }
        self
    }

    /// Adds a query parameter.
    pub(crate) fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// Sets the body.
    pub(crate) fn json<B: Serialize>(mut self, body: &B) -> Self {
        match serde_json::to_vec(body) {
            Ok(bytes) => {
                let value = HeaderValue::from_static("application/json");
                self.headers.insert(CONTENT_TYPE, value);
                self.body = Some(bytes);
            }
            Err(_unserialisable) => self.is_sendable = false,
        }
        self
    }
}
