//! Ids in paths. One that nobody could have is answered like one that nobody has.

use actix_web::HttpRequest;
use domain::ids::{RouterId, TenantId, UserId};

use crate::body::query::path_fields;
use crate::error::ApiError;

pub(super) const TENANT_NOT_FOUND: &str = "Empresa no encontrada";
pub(super) const ROUTER_NOT_FOUND: &str = "Router no encontrado o no pertenece a la empresa";

pub(super) fn tenant_id(request: &HttpRequest) -> Result<TenantId, ApiError> {
    let text = request.match_info().get("empresa_id").unwrap_or_default();
    TenantId::parse(text).map_err(|_malformed| ApiError::not_found(TENANT_NOT_FOUND))
}

pub(super) fn router_ids(request: &HttpRequest) -> Result<(TenantId, RouterId), ApiError> {
    let not_found = || ApiError::not_found(ROUTER_NOT_FOUND);
    let tenant = request.match_info().get("empresa_id").unwrap_or_default();
    let router = request.match_info().get("router_id").unwrap_or_default();
    let tenant = TenantId::parse(tenant).map_err(|_malformed| not_found())?;
    let router = RouterId::parse(router).map_err(|_malformed| not_found())?;
    Ok((tenant, router))
}

pub(super) fn user_id(request: &HttpRequest) -> Result<UserId, ApiError> {
    let mut path = path_fields(request);
    let id = path.integer(&["usuario_id"], i64::MIN..=i64::MAX);
    path.finish()?;
    Ok(UserId::new(id))
}
