//! What no endpoint answers.

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, ResponseError};

use crate::error::ApiError;

/// `404` in the shape of every other error.
pub(crate) async fn answer(_request: HttpRequest) -> Result<&'static str, ApiError> {
    Err(ApiError::not_found("No encontrado"))
}

/// The value of `Allow` for a path with these methods.
pub(crate) fn allowed(methods: &[&str]) -> String {
    let mut all = Vec::new();
    for method in methods {
        all.push(*method);
        // Whatever can be read can be asked for without its body.
        if *method == "GET" {
            all.push("HEAD");
        }
    }
    all.join(", ")
}

/// `405` in the shape of every other error, naming what the path does take.
pub(crate) fn wrong_method(allowed: &str) -> HttpResponse {
    let refusal = ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "Método no permitido");
    let mut answer = refusal.error_response();
    if let Ok(value) = HeaderValue::from_str(allowed) {
        answer.headers_mut().insert(ALLOW, value);
    }
    answer
}
