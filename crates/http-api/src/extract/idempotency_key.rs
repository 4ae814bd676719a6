//! The `Idempotency-Key` header.

use actix_web::HttpRequest;

use crate::body::problem::Problem;
use crate::error::ApiError;

/// Its name.
const NAME: &str = "Idempotency-Key";

/// The caller's key, if sent: 1 to 255 visible ASCII characters.
///
/// # Errors
/// `422`.
pub(crate) fn idempotency_key(request: &HttpRequest) -> Result<Option<String>, ApiError> {
    let Some(value) = request.headers().get(NAME) else {
        return Ok(None);
    };
    let text = value.to_str().ok().filter(|text| {
        (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
    });
    match text {
        Some(text) => Ok(Some(text.to_owned())),
        None => Err(refused(
            "value_error",
            "Debe tener de 1 a 255 caracteres ASCII visibles",
        )),
    }
}

/// `422` for a request that needs the header.
pub(crate) fn key_required(msg: &'static str) -> ApiError {
    refused("missing", msg)
}

fn refused(kind: &'static str, msg: &'static str) -> ApiError {
    ApiError::invalid(&[Problem::of_field("header", NAME, kind, msg)])
}
