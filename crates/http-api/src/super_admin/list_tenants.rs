//! `GET /admin/empresas`.

use actix_web::web;
use application::tenants::list::list_tenants;

use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsSuperAdmin;
use crate::state::State;
use crate::super_admin::tenant_view::TenantView;

pub(crate) const ENDPOINT: Endpoint =
    Endpoint::new("GET", "/admin/empresas", Access::SuperAdmin, || {
        web::get().to(handle)
    });

/// Todas las empresas, de la más antigua a la más nueva.
#[utoipa::path(
    get, path = "/admin/empresas", tag = "Plataforma", security(("sesion" = [])),
    responses(
        (status = 200, description = "Empresas", body = Vec<TenantView>),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo super admin", body = crate::wire::error::ErrorView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    admin: AsSuperAdmin,
) -> Result<web::Json<Vec<TenantView>>, ApiError> {
    let tenants = list_tenants(&state.app, &admin.0).await?;
    Ok(web::Json(
        tenants.into_iter().map(TenantView::from).collect(),
    ))
}
