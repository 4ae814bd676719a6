//! `PUT /admin/empresas/{empresa_id}/toggle-activo`.

use actix_web::{HttpRequest, web};
use application::platform::tenants::toggle_tenant;
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsSuperAdmin;
use crate::state::State;
use crate::super_admin::path::{TENANT_NOT_FOUND, tenant_id};

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "PUT",
    "/admin/empresas/{empresa_id}/toggle-activo",
    Access::SuperAdmin,
    || web::put().to(handle),
);

/// Cómo quedó la empresa.
#[derive(Serialize, ToSchema)]
pub(crate) struct ToggledTenantView {
    /// Texto para personas.
    message: &'static str,
    /// La empresa.
    empresa_id: String,
    /// Si puede vender ahora.
    #[serde(rename = "activa")]
    is_active: bool,
}

/// Activar o desactivar una empresa. Desactivada no vende y sus administradores no pueden entrar.
#[utoipa::path(
    put, path = "/admin/empresas/{empresa_id}/toggle-activo", tag = "Plataforma",
    params(("empresa_id" = String, Path, description = "Empresa")), security(("sesion" = [])),
    responses(
        (status = 200, description = "Cambiada", body = ToggledTenantView),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo super admin", body = crate::wire::error::ErrorView),
        (status = 404, description = "No existe", body = crate::wire::error::ErrorView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
) -> Result<web::Json<ToggledTenantView>, ApiError> {
    let id = tenant_id(&request)?;
    let toggled = toggle_tenant(&state.app, &admin.0, &id).await?;
    let is_active = toggled.ok_or_else(|| ApiError::not_found(TENANT_NOT_FOUND))?;
    let message = if is_active {
        "Empresa activada"
    } else {
        "Empresa desactivada"
    };
    Ok(web::Json(ToggledTenantView {
        message,
        empresa_id: id.as_str().to_owned(),
        is_active,
    }))
}
