//! `GET /admin/empresas/{empresa_id}/routers`.

use actix_web::{HttpRequest, web};
use application::platform::routers::list_routers;

use crate::body::query::query_fields;
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsSuperAdmin;
use crate::state::State;
use crate::super_admin::path::tenant_id;
use crate::super_admin::router_view::RouterView;
use crate::wire::list_filter::{ListParams, read_list_filter};

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "GET",
    "/admin/empresas/{empresa_id}/routers",
    Access::SuperAdmin,
    || web::get().to(handle),
);

/// Los routers de una empresa.
#[utoipa::path(
    get, path = "/admin/empresas/{empresa_id}/routers", tag = "Plataforma",
    params(("empresa_id" = String, Path, description = "Empresa"), ListParams), security(("sesion" = [])),
    responses(
        (status = 200, description = "Routers", body = Vec<RouterView>),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo super admin", body = crate::wire::error::ErrorView),
        (status = 404, description = "No existe la empresa", body = crate::wire::error::ErrorView),
        (status = 422, description = "Filtro no válido", body = crate::wire::error::ProblemsView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
) -> Result<web::Json<Vec<RouterView>>, ApiError> {
    let mut query = query_fields(&request);
    let filter = read_list_filter(&mut query);
    query.finish()?;
    let tenant = tenant_id(&request)?;
    let mut routers = list_routers(&state.app, &admin.0, &tenant).await?;
    routers.retain(|router| {
        let location = router.location.as_deref().unwrap_or_default();
        let texts = [
            router.id.as_str(),
            router.name.as_str(),
            router.host.as_str(),
            location,
        ];
        filter.fits(router.is_active, router.created_at, &texts)
    });
    Ok(web::Json(
        routers.into_iter().map(RouterView::from).collect(),
    ))
}
