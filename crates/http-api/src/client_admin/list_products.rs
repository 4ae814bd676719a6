//! `GET /api/v1/admin/products`.

use actix_web::{HttpRequest, web};
use application::operator::products::list_products;
use domain::ids::RouterId;

use crate::body::query::query_fields;
use crate::client_admin::product_error::refused;
use crate::client_admin::product_view::ProductView;
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsTenantAdmin;
use crate::state::State;
use crate::wire::list_filter::{ListParams, read_list_filter};

pub(crate) const ENDPOINT: Endpoint =
    Endpoint::new("GET", "/api/v1/admin/products", Access::TenantAdmin, || {
        web::get().to(handle)
    });

const ROUTER_NOT_FOUND: &str = "Router no encontrado";

/// Los productos, también los desactivados, en el orden del catálogo.
#[utoipa::path(
    get, path = "/api/v1/admin/products", tag = "Productos",
    params(("router_id" = Option<String>, Query, description = "Solo los de este router"), ListParams),
    security(("sesion" = [])),
    responses(
        (status = 200, description = "Productos", body = Vec<ProductView>),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo cliente_admin", body = crate::wire::error::ErrorView),
        (status = 404, description = "No existe el router", body = crate::wire::error::ErrorView),
        (status = 422, description = "Filtro no válido", body = crate::wire::error::ProblemsView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsTenantAdmin,
) -> Result<web::Json<Vec<ProductView>>, ApiError> {
    let mut query = query_fields(&request);
    let router = query.optional_text(&["router_id"], 100, true);
    let filter = read_list_filter(&mut query);
    query.finish()?;
    let router = router
        .map(|text| RouterId::parse(&text))
        .transpose()
        .map_err(|_malformed| ApiError::not_found(ROUTER_NOT_FOUND))?;
    let mut products = list_products(&state.app, &admin.0, router.as_ref())
        .await
        .map_err(|error| refused(error, ROUTER_NOT_FOUND))?;
    products.retain(|product| {
        let texts = [product.sale_name.as_str(), product.profile_name.as_str()];
        filter.fits(product.is_active, product.created_at, &texts)
    });
    Ok(web::Json(
        products.into_iter().map(ProductView::from).collect(),
    ))
}
