//! Responses to requests that reach no endpoint.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse, ResponseError};

use crate::error::ApiError;
use crate::texts::NOT_FOUND;

/// `404` in the shape of every other error.
pub(crate) async fn not_found(_request: HttpRequest) -> Result<&'static str, ApiError> {
    Err(ApiError::not_found(NOT_FOUND))
}

/// The value of `Allow` for a path with these methods.
pub(crate) fn allowed(methods: &[&str]) -> String {
    let mut all = Vec::new();
    for method in methods {
        all.push(*method);
        // Whatever can be read can be requested without its body.
        if *method == "GET" {
            all.push("HEAD");
        }
    }
    all.join(", ")
}

/// `405` in the shape of every other error, naming what the path does take.
pub(crate) fn wrong_method(allowed: &str) -> HttpResponse {
    let refusal = ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "Método no permitido");
    let mut response = refusal.error_response();
    if let Ok(value) = HeaderValue::from_str(allowed) {
        response.headers_mut().insert(ALLOW, value);
    }
    response
}

/// A preflight from an origin that is not allowed, in the shape of every other error.
pub(crate) async fn refuse_preflight<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let is_preflight = request.method() == Method::OPTIONS;
    let response = next.call(request).await?;
    // No endpoint takes this method, so this status comes from the CORS check.
    if !is_preflight || response.status() != StatusCode::BAD_REQUEST {
        return Ok(response.map_into_left_body());
    }
    let refusal = ApiError::bad_request("Este origen no está permitido");
    Ok(response
        .into_response(refusal.error_response())
        .map_into_right_body())
}
