//! Router ids in paths. One that nobody could have is answered like one that nobody has.

use actix_web::HttpRequest;
use domain::ids::RouterId;

use crate::error::ApiError;

pub(super) const ROUTER_NOT_FOUND: &str = "Router no encontrado o no pertenece a tu empresa";

pub(super) fn router_id(request: &HttpRequest) -> Result<RouterId, ApiError> {
    let text = request.match_info().get("router_id").unwrap_or_default();
    RouterId::parse(text).map_err(|_malformed| ApiError::not_found(ROUTER_NOT_FOUND))
}
