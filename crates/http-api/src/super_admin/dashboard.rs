//! `GET /admin/dashboard`.

use actix_web::web;
use application::platform::tenants::platform_overview;
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsSuperAdmin;
use crate::state::State;
use crate::wire::time::iso;

pub(crate) const ENDPOINT: Endpoint =
    Endpoint::new("GET", "/admin/dashboard", Access::SuperAdmin, || {
        web::get().to(handle)
    });

/// Números de la plataforma.
#[derive(Serialize, ToSchema)]
pub(crate) struct DashboardView {
    /// Los números.
    #[serde(rename = "estadisticas")]
    numbers: DashboardNumbers,
    /// Ahora (UTC).
    timestamp: String,
}

/// Los números.
#[derive(Serialize, ToSchema)]
pub(crate) struct DashboardNumbers {
    /// Empresas.
    #[serde(rename = "total_empresas")]
    tenants: i64,
    /// Empresas activas.
    #[serde(rename = "empresas_activas")]
    active_tenants: i64,
    /// Usuarios de ambos roles.
    #[serde(rename = "total_usuarios")]
    users: i64,
}

/// Números de toda la plataforma.
#[utoipa::path(
    get, path = "/admin/dashboard", tag = "Plataforma", security(("sesion" = [])),
    responses(
        (status = 200, description = "Números", body = DashboardView),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo super admin", body = crate::wire::error::ErrorView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    admin: AsSuperAdmin,
) -> Result<web::Json<DashboardView>, ApiError> {
    let counts = platform_overview(&state.app, &admin.0).await?;
    Ok(web::Json(DashboardView {
        numbers: DashboardNumbers {
            tenants: counts.tenants,
            active_tenants: counts.active_tenants,
            users: counts.users,
        },
        timestamp: iso(state.app.now()),
    }))
}
