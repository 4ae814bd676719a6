//! The tenant in the path, for those who administer it.

use actix_web::HttpRequest;
use application::caller::{Owner, Session};
use domain::ids::TenantId;

use crate::error::ApiError;

pub(super) const TENANT_NOT_FOUND: &str = "Empresa no encontrada";

/// The caller as administrator of the path's tenant. Somebody else's tenant is answered like a
/// missing one.
pub(super) fn owner(request: &HttpRequest, session: Session) -> Result<Owner, ApiError> {
    let not_found = || ApiError::not_found(TENANT_NOT_FOUND);
    let text = request.match_info().get("empresa_id").unwrap_or_default();
    let tenant = TenantId::parse(text).map_err(|_malformed| not_found())?;
    session
        .into_owner_of(&tenant)
        .map_err(|_foreign| not_found())
}
