//! What no endpoint answers.

use actix_web::HttpRequest;

use crate::error::ApiError;

/// `404` in the shape of every other error.
pub(crate) async fn answer(_request: HttpRequest) -> Result<&'static str, ApiError> {
    Err(ApiError::not_found("No encontrado"))
}
