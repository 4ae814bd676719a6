//! A preflight from an origin that is not allowed, in the shape of every other error.

use actix_web::ResponseError;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;

use crate::error::ApiError;

pub(crate) async fn apply<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let is_preflight = request.method() == Method::OPTIONS;
    let response = next.call(request).await?;
    // No endpoint takes this method, so nobody else answers it so.
    if !is_preflight || response.status() != StatusCode::BAD_REQUEST {
        return Ok(response.map_into_left_body());
    }
    let refusal = ApiError::bad_request("Este origen no está permitido");
    Ok(response
        .into_response(refusal.error_response())
        .map_into_right_body())
}
