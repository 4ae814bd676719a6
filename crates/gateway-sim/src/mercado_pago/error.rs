//! Mercado Pago's error replies.

use serde_json::{Value, json};

use crate::core::http::Reply;

/// A refusal.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    message: String,
    error: &'static str,
    cause: Vec<(i64, String)>,
}

impl Refusal {
    fn plain(status: u16, error: &'static str, message: &str) -> Self {
        Self {
            status,
            message: message.to_owned(),
            error,
            cause: Vec::new(),
        }
    }

    /// 400 with a cause.
    pub(crate) fn bad(code: i64, message: impl Into<String>) -> Self {
        let message = message.into();
        let cause = vec![(code, message.clone())];
        Self {
            status: 400,
            message,
            error: "bad_request",
            cause,
        }
    }

    /// 401: no token, or one that does not open anything.
    pub(crate) fn unauthenticated() -> Self {
        let mut refusal = Self::plain(401, "unauthorized", "invalid access token");
        refusal
            .cause
            .push((5, "Must provide your access_token to proceed".to_owned()));
        refusal
    }

    /// 404 for a payment.
    pub(crate) fn no_payment() -> Self {
        let mut refusal = Self::plain(404, "not_found", "Payment not found");
        refusal.cause.push((2000, "Payment not found".to_owned()));
        refusal
    }

    /// 404 for anything else.
    pub(crate) fn not_found() -> Self {
        Self::plain(404, "not_found", "resource not found")
    }

    /// 409: the idempotency key belongs to another request, or to one that still runs.
    pub(crate) fn conflict(message: &str) -> Self {
        Self::plain(409, "conflict", message)
    }

    /// Any status, in the usual words.
    pub(crate) fn of_status(status: u16) -> Self {
        match status {
            401 => Self::unauthenticated(),
            403 => Self::plain(
                403,
                "forbidden",
                "At least one policy returned UNAUTHORIZED.",
            ),
            404 => Self::not_found(),
            409 => Self::conflict("The process has not been completed yet, try again later"),
            423 => Self::plain(423, "locked", "The resource is locked"),
            424 => Self::plain(424, "failed_dependency", "A dependency failed"),
            429 => Self::plain(429, "too_many_requests", "Too many requests"),
            400..=499 => Self::plain(status, "bad_request", "bad request"),
            _ => Self::plain(status, "internal_error", "internal_error"),
        }
    }

    /// The answer on the wire.
    pub(crate) fn reply(self) -> Reply {
        let cause: Vec<Value> = self
            .cause
            .into_iter()
            .map(|(code, text)| json!({ "code": code, "description": text, "data": null }))
            .collect();
        let body = json!({
            "message": self.message,
            "error": self.error,
            "status": self.status,
            "cause": cause,
        });
        Reply::json(self.status, body)
    }
}
