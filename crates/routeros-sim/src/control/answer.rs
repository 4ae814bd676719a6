//! What the control port answers.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::error::Refused;

/// A refusal with its status and text.
#[derive(Debug)]
pub(super) struct Refusal(pub(super) StatusCode, pub(super) String);

impl Refusal {
    /// What was named is not there.
    pub(super) fn not_found(what: &str) -> Self {
        Self(StatusCode::NOT_FOUND, format!("no such {what}"))
    }
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        Self(StatusCode::UNPROCESSABLE_ENTITY, refused.message)
    }
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Self {
        Self(StatusCode::CONFLICT, error.to_string())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(json!({ "error": self.1 }))).into_response()
    }
}

/// `404` unless something was there.
pub(super) fn found(there: bool, what: &str) -> Result<StatusCode, Refusal> {
    if there {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Refusal::not_found(what))
    }
}
