//! `GET /admin/empresas/{empresa_id}/routers`.

use actix_web::{HttpRequest, web};
use application::routers::list::list_routers;

use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsSuperAdmin;
use crate::state::State;
use crate::super_admin::path::tenant_id;
use crate::super_admin::router_view::RouterView;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "GET",
    "/admin/empresas/{empresa_id}/routers",
    Access::SuperAdmin,
    || web::get().to(handle),
);

/// Los routers de una empresa.
#[utoipa::path(
    get, path = "/admin/empresas/{empresa_id}/routers", tag = "Plataforma",
    params(("empresa_id" = String, Path, description = "Empresa")), security(("sesion" = [])),
    responses(
        (status = 200, description = "Routers", body = Vec<RouterView>),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo super admin", body = crate::wire::error::ErrorView),
        (status = 404, description = "No existe la empresa", body = crate::wire::error::ErrorView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
) -> Result<web::Json<Vec<RouterView>>, ApiError> {
    let tenant = tenant_id(&request)?;
    let routers = list_routers(&state.app, &admin.0, &tenant).await?;
    Ok(web::Json(
        routers.into_iter().map(RouterView::from).collect(),
    ))
}
