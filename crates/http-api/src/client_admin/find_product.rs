//! `GET /api/v1/admin/products/{producto_id}`.

use actix_web::{HttpRequest, web};
use application::operator::products::find_product;
use domain::ids::ProductId;

use crate::body::query::path_fields;
use crate::client_admin::product_error::refused;
use crate::client_admin::product_view::ProductView;
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsTenantAdmin;
use crate::state::State;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "GET",
    "/api/v1/admin/products/{producto_id}",
    Access::TenantAdmin,
    || web::get().to(handle),
);

/// The product's number in the path.
pub(super) fn product_id(request: &HttpRequest) -> Result<ProductId, ApiError> {
    let mut path = path_fields(request);
    let id = path.integer(&["producto_id"], i64::MIN..=i64::MAX);
    path.finish()?;
    Ok(ProductId::new(id))
}

/// Un producto.
#[utoipa::path(
    get, path = "/api/v1/admin/products/{producto_id}", tag = "Productos",
    params(("producto_id" = i64, Path, description = "Producto")), security(("sesion" = [])),
    responses(
        (status = 200, description = "El producto", body = ProductView),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo cliente_admin", body = crate::wire::error::ErrorView),
        (status = 404, description = "No existe", body = crate::wire::error::ErrorView),
        (status = 422, description = "Número no válido", body = crate::wire::error::ProblemsView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsTenantAdmin,
) -> Result<web::Json<ProductView>, ApiError> {
    let id = product_id(&request)?;
    let product = find_product(&state.app, &admin.0, id)
        .await
        .map_err(|error| refused(error, ""))?;
    Ok(web::Json(product.into()))
}
