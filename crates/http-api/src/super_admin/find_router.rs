//! `GET /admin/empresas/{empresa_id}/routers/{router_id}`.

use actix_web::{HttpRequest, web};
use application::platform::routers::find_router;

use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsSuperAdmin;
use crate::state::State;
use crate::super_admin::path::router_ids;
use crate::super_admin::router_view::RouterView;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "GET",
    "/admin/empresas/{empresa_id}/routers/{router_id}",
    Access::SuperAdmin,
    || web::get().to(handle),
);

/// Un router de una empresa.
#[utoipa::path(
    get, path = "/admin/empresas/{empresa_id}/routers/{router_id}", tag = "Plataforma",
    params(
        ("empresa_id" = String, Path, description = "Empresa"),
        ("router_id" = String, Path, description = "Router"),
    ),
    security(("sesion" = [])),
    responses(
        (status = 200, description = "El router", body = RouterView),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo super admin", body = crate::wire::error::ErrorView),
        (status = 404, description = "No existe", body = crate::wire::error::ErrorView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
) -> Result<web::Json<RouterView>, ApiError> {
    let (tenant, router) = router_ids(&request)?;
    Ok(web::Json(
        find_router(&state.app, &admin.0, &tenant, &router)
            .await?
            .into(),
    ))
}
