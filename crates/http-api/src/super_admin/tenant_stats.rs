//! `GET /admin/empresas/{empresa_id}/stats`.

use actix_web::{HttpRequest, web};
use application::platform::tenants::tenant_stats;
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsSuperAdmin;
use crate::state::State;
use crate::super_admin::path::{TENANT_NOT_FOUND, tenant_id};
use crate::wire::time::iso;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "GET",
    "/admin/empresas/{empresa_id}/stats",
    Access::SuperAdmin,
    || web::get().to(handle),
);

/// Una empresa con sus números.
#[derive(Serialize, ToSchema)]
pub(crate) struct StatsView {
    /// La empresa.
    empresa: StatsTenant,
    /// Los números.
    #[serde(rename = "estadisticas")]
    numbers: StatsNumbers,
}

/// La empresa.
#[derive(Serialize, ToSchema)]
pub(crate) struct StatsTenant {
    /// Identificador.
    id: String,
    /// Nombre.
    #[serde(rename = "nombre")]
    name: String,
    /// Si puede vender.
    #[serde(rename = "activa")]
    is_active: bool,
    /// Cuándo se creó (UTC).
    #[serde(rename = "creada_en")]
    created_at: String,
    /// Correo de contacto.
    #[serde(rename = "contacto_email")]
    contact_email: Option<String>,
}

/// Los números.
#[derive(Serialize, ToSchema)]
pub(crate) struct StatsNumbers {
    /// Routers.
    #[serde(rename = "total_routers")]
    routers: i64,
    /// Routers activos.
    #[serde(rename = "routers_activos")]
    active_routers: i64,
    /// Routers desactivados.
    #[serde(rename = "routers_inactivos")]
    inactive_routers: i64,
    /// Administradores.
    #[serde(rename = "total_usuarios_admin")]
    admins: i64,
    /// Llaves ni revocadas ni expiradas.
    #[serde(rename = "api_keys_activas")]
    usable_keys: i64,
}

/// Números de una empresa.
#[utoipa::path(
    get, path = "/admin/empresas/{empresa_id}/stats", tag = "Plataforma",
    params(("empresa_id" = String, Path, description = "Empresa")), security(("sesion" = [])),
    responses(
        (status = 200, description = "Números", body = StatsView),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo super admin", body = crate::wire::error::ErrorView),
        (status = 404, description = "No existe", body = crate::wire::error::ErrorView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
) -> Result<web::Json<StatsView>, ApiError> {
    let id = tenant_id(&request)?;
    let found = tenant_stats(&state.app, &admin.0, &id).await?;
    let (tenant, counts) = found.ok_or_else(|| ApiError::not_found(TENANT_NOT_FOUND))?;
    Ok(web::Json(StatsView {
        empresa: StatsTenant {
            id: tenant.id.as_str().to_owned(),
            name: tenant.name,
            is_active: tenant.is_active,
            created_at: iso(tenant.created_at),
            contact_email: tenant.contact_email.map(|email| email.as_str().to_owned()),
        },
        numbers: StatsNumbers {
            routers: counts.routers,
            active_routers: counts.active_routers,
            inactive_routers: counts.routers.saturating_sub(counts.active_routers),
            admins: counts.admins,
            usable_keys: counts.usable_keys,
        },
    }))
}
