//! `PUT /admin/empresas/{empresa_id}/routers/{router_id}/toggle-activo`.

use actix_web::{HttpRequest, web};
use application::platform::routers::toggle_router;
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsSuperAdmin;
use crate::state::State;
use crate::super_admin::path::router_ids;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "PUT",
    "/admin/empresas/{empresa_id}/routers/{router_id}/toggle-activo",
    Access::SuperAdmin,
    || web::put().to(handle),
);

/// Cómo quedó el router.
#[derive(Serialize, ToSchema)]
pub(crate) struct ToggledRouterView {
    /// Texto para personas.
    message: &'static str,
    /// El router.
    router_id: String,
    /// Si puede vender ahora.
    #[serde(rename = "activo")]
    is_active: bool,
}

/// Activar o desactivar un router. Desactivado no vende.
#[utoipa::path(
    put, path = "/admin/empresas/{empresa_id}/routers/{router_id}/toggle-activo", tag = "Plataforma",
    params(
        ("empresa_id" = String, Path, description = "Empresa"),
        ("router_id" = String, Path, description = "Router"),
    ),
    security(("sesion" = [])),
    responses(
        (status = 200, description = "Cambiado", body = ToggledRouterView),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo super admin", body = crate::wire::error::ErrorView),
        (status = 404, description = "No existe", body = crate::wire::error::ErrorView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
) -> Result<web::Json<ToggledRouterView>, ApiError> {
    let (tenant, router) = router_ids(&request)?;
    let is_active = toggle_router(&state.app, &admin.0, &tenant, &router).await?;
    let message = if is_active {
        "Router activado correctamente"
    } else {
        "Router desactivado correctamente"
    };
    Ok(web::Json(ToggledRouterView {
        message,
        router_id: router.as_str().to_owned(),
        is_active,
    }))
}
