//! The platform owner's endpoints (`/admin`).

pub(crate) mod api_keys;
pub(crate) mod purchases;
pub(crate) mod routers;
pub(crate) mod tenants;
pub(crate) mod users;

use actix_web::HttpRequest;
use domain::ids::{RouterId, TenantId};

use crate::body::Body;
use crate::error::{ApiError, ErrorCode};
use crate::texts::{TENANT_NOT_FOUND, TENANT_ROUTER_NOT_FOUND};

/// The tenant in the path. A malformed id is reported as not found.
fn tenant_id(request: &HttpRequest) -> Result<TenantId, ApiError> {
    let text = request.match_info().get("empresa_id").unwrap_or_default();
    TenantId::parse(text)
        .map_err(|_malformed| ApiError::not_found(TENANT_NOT_FOUND).code(ErrorCode::TenantNotFound))
}

/// The tenant and the router in the path. A malformed id is reported as not found.
fn router_ids(request: &HttpRequest) -> Result<(TenantId, RouterId), ApiError> {
    let not_found = || ApiError::not_found(TENANT_ROUTER_NOT_FOUND).code(ErrorCode::RouterNotFound);
    let tenant = request.match_info().get("empresa_id").unwrap_or_default();
    let router = request.match_info().get("router_id").unwrap_or_default();
    let tenant = TenantId::parse(tenant).map_err(|_malformed| not_found())?;
    let router = RouterId::parse(router).map_err(|_malformed| not_found())?;
    Ok((tenant, router))
}

/// Whether something is to be active.
pub(crate) static WANTED_STATE: Body<bool> =
    Body::new("StateBody", "El estado deseado.", |fields| {
        fields
            .field("activo", "`true` para activar, `false` para desactivar.")
            .boolean()
    });
