//! `GET /api/v1/admin/mi-empresa/routers`.

use actix_web::{HttpRequest, web};
use application::operator::routers::list_own_routers;
use domain::router::Router;
use serde::Serialize;
use utoipa::ToSchema;

use crate::body::query::query_fields;
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsTenantAdmin;
use crate::state::State;
use crate::wire::list_filter::{ListParams, read_list_filter};
use crate::wire::time::iso;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "GET",
    "/api/v1/admin/mi-empresa/routers",
    Access::TenantAdmin,
    || web::get().to(handle),
);

/// Los routers de la empresa.
#[derive(Serialize, ToSchema)]
pub(crate) struct OwnRoutersView {
    /// La empresa.
    empresa_id: String,
    /// Cuántos son los que se muestran.
    total: usize,
    /// Los routers.
    routers: Vec<OwnRouterView>,
}

/// Un router.
#[derive(Serialize, ToSchema)]
pub(crate) struct OwnRouterView {
    /// Identificador.
    id: String,
    /// Nombre.
    #[serde(rename = "nombre")]
    name: String,
    /// Dirección.
    host: String,
    /// Dónde está.
    #[serde(rename = "ubicacion")]
    location: Option<String>,
    /// Si puede vender.
    #[serde(rename = "activo")]
    is_active: bool,
    /// Cuándo se registró (UTC).
    #[serde(rename = "creado_en")]
    created_at: String,
}

impl From<Router> for OwnRouterView {
    fn from(router: Router) -> Self {
        Self {
            id: router.id.as_str().to_owned(),
            name: router.name,
            host: router.host.as_str().to_owned(),
            location: router.location,
            is_active: router.is_active,
            created_at: iso(router.created_at),
        }
    }
}

/// Los routers de la propia empresa.
#[utoipa::path(
    get, path = "/api/v1/admin/mi-empresa/routers", tag = "Routers", params(ListParams), security(("sesion" = [])),
    responses(
        (status = 200, description = "Routers", body = OwnRoutersView),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo cliente_admin", body = crate::wire::error::ErrorView),
        (status = 422, description = "Filtro no válido", body = crate::wire::error::ProblemsView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsTenantAdmin,
) -> Result<web::Json<OwnRoutersView>, ApiError> {
    let mut query = query_fields(&request);
    let filter = read_list_filter(&mut query);
    query.finish()?;
    let mut routers = list_own_routers(&state.app, &admin.0).await?;
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
    Ok(web::Json(OwnRoutersView {
        empresa_id: admin.0.tenant_id().as_str().to_owned(),
        total: routers.len(),
        routers: routers.into_iter().map(OwnRouterView::from).collect(),
    }))
}
