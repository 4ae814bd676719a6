//! `POST /admin/empresas/{empresa_id}/routers/{router_id}/api-keys/{key_id}/revoke`.

use actix_web::{HttpRequest, web};
use application::platform::api_keys::{RevokeError, revoke_key};
use domain::ids::ApiKeyId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsSuperAdmin;
use crate::state::State;
use crate::super_admin::path::{ROUTER_NOT_FOUND, router_ids};
use crate::wire::time::iso;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "POST",
    "/admin/empresas/{empresa_id}/routers/{router_id}/api-keys/{key_id}/revoke",
    Access::SuperAdmin,
    || web::post().to(handle),
);

const KEY_NOT_FOUND: &str = "API Key no encontrada";

/// La llave revocada.
#[derive(Serialize, ToSchema)]
pub(crate) struct RevokedKeyView {
    /// Texto para personas.
    message: &'static str,
    /// La llave.
    key_id: String,
    /// El router.
    router_id: String,
    /// Cuándo (UTC).
    revoked_at: String,
}

impl From<RevokeError> for ApiError {
    fn from(error: RevokeError) -> Self {
        match error {
            RevokeError::RouterNotFound => Self::not_found(ROUTER_NOT_FOUND),
            RevokeError::KeyNotFound => Self::not_found(KEY_NOT_FOUND),
            RevokeError::AlreadyRevoked => Self::bad_request("La API Key ya está revocada"),
            RevokeError::Failure(failure) => failure.into(),
        }
    }
}

/// Revocar una llave sin emitir otra. Deja de valer en la siguiente solicitud.
#[utoipa::path(
    post, path = "/admin/empresas/{empresa_id}/routers/{router_id}/api-keys/{key_id}/revoke", tag = "Plataforma",
    params(
        ("empresa_id" = String, Path, description = "Empresa"),
        ("router_id" = String, Path, description = "Router"),
        ("key_id" = String, Path, description = "Llave"),
    ),
    security(("sesion" = [])),
    responses(
        (status = 200, description = "Revocada", body = RevokedKeyView),
        (status = 400, description = "Ya estaba revocada", body = crate::wire::error::ErrorView),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo super admin", body = crate::wire::error::ErrorView),
        (status = 404, description = "No existe", body = crate::wire::error::ErrorView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
) -> Result<web::Json<RevokedKeyView>, ApiError> {
    let (tenant, router) = router_ids(&request)?;
    let key = request.match_info().get("key_id").unwrap_or_default();
    let key = ApiKeyId::parse(key).map_err(|_malformed| ApiError::not_found(KEY_NOT_FOUND))?;
    let at = revoke_key(&state.app, &admin.0, &tenant, &router, &key).await?;
    Ok(web::Json(RevokedKeyView {
        message: "API Key revocada exitosamente",
        key_id: key.as_str().to_owned(),
        router_id: router.as_str().to_owned(),
        revoked_at: iso(at),
    }))
}
