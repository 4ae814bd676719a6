//! `POST /admin/empresas/{empresa_id}/routers/{router_id}/regenerate-api-key`.

use actix_web::{HttpRequest, web};
use application::platform::api_keys::{RegenerateError, regenerate_key};
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsSuperAdmin;
use crate::state::State;
use crate::super_admin::api_key_view::IssuedKeyView;
use crate::super_admin::path::{ROUTER_NOT_FOUND, router_ids};

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "POST",
    "/admin/empresas/{empresa_id}/routers/{router_id}/regenerate-api-key",
    Access::SuperAdmin,
    || web::post().to(handle),
);

/// La llave nueva. Solo se muestra aquí.
#[derive(Serialize, ToSchema)]
pub(crate) struct RegeneratedKeyView {
    /// Texto para personas.
    message: &'static str,
    /// El router.
    router_id: String,
    /// La llave nueva.
    new_api_key: String,
    /// Lo que se sabe de ella.
    api_key_info: IssuedKeyView,
    /// Si había una llave que dejó de valer.
    previous_key_revoked: bool,
}

impl From<RegenerateError> for ApiError {
    fn from(error: RegenerateError) -> Self {
        match error {
            RegenerateError::NotFound => Self::not_found(ROUTER_NOT_FOUND),
            RegenerateError::RouterInactive => {
                Self::bad_request("No se puede regenerar API key de un router inactivo")
            }
            RegenerateError::Failure(failure) => failure.into(),
        }
    }
}

/// Emitir una llave nueva; las anteriores dejan de valer en ese momento.
#[utoipa::path(
    post, path = "/admin/empresas/{empresa_id}/routers/{router_id}/regenerate-api-key", tag = "Plataforma",
    params(
        ("empresa_id" = String, Path, description = "Empresa"),
        ("router_id" = String, Path, description = "Router"),
    ),
    security(("sesion" = [])),
    responses(
        (status = 200, description = "Emitida", body = RegeneratedKeyView),
        (status = 400, description = "Router inactivo", body = crate::wire::error::ErrorView),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo super admin", body = crate::wire::error::ErrorView),
        (status = 404, description = "No existe", body = crate::wire::error::ErrorView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
) -> Result<web::Json<RegeneratedKeyView>, ApiError> {
    let (tenant, router) = router_ids(&request)?;
    let (issued, revoked) = regenerate_key(&state.app, &admin.0, &tenant, &router).await?;
    Ok(web::Json(RegeneratedKeyView {
        message: "API Key regenerada exitosamente",
        router_id: router.as_str().to_owned(),
        new_api_key: issued.key.expose().to_owned(),
        api_key_info: IssuedKeyView::from(&issued),
        previous_key_revoked: revoked,
    }))
}
