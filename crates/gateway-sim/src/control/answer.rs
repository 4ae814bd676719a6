//! Shared parts of the control port's handlers.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::hub::Hub;
use crate::operations::SettleError;
use crate::urls::Urls;

/// What every handler gets.
#[derive(Debug, Clone)]
pub(crate) struct Shared {
    pub(crate) hub: Arc<Hub>,
    pub(crate) urls: Arc<Urls>,
}

/// A refusal: status and `{"error": ...}`.
#[derive(Debug)]
pub(crate) struct Refused(pub(crate) StatusCode, pub(crate) String);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.0, axum::Json(json!({ "error": self.1 }))).into_response()
    }
}

impl From<SettleError> for Refused {
    fn from(error: SettleError) -> Self {
        let status = match &error {
            SettleError::NotFound(_) => StatusCode::NOT_FOUND,
            SettleError::WrongState(_) => StatusCode::CONFLICT,
        };
        Self(status, error.to_string())
    }
}

/// Reads a JSON body; none counts as `{}`.
pub(crate) fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Refused> {
    let text: &[u8] = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(text)
        .map_err(|error| Refused(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()))
}

/// A JSON answer.
pub(crate) fn shown<T: Serialize>(value: T) -> Response {
    axum::Json(value).into_response()
}

/// Any other path.
pub(crate) async fn unknown() -> Refused {
    Refused(
        StatusCode::NOT_FOUND,
        "unknown path; GET / lists what there is".to_owned(),
    )
}
