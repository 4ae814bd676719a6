//! `DELETE /api/v1/admin/products/{producto_id}`.

use actix_web::{HttpRequest, web};
use application::operator::products::deactivate_product;
use serde::Serialize;
use utoipa::ToSchema;

use crate::client_admin::find_product::product_id;
use crate::client_admin::product_error::refused;
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsTenantAdmin;
use crate::state::State;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "DELETE",
    "/api/v1/admin/products/{producto_id}",
    Access::TenantAdmin,
    || web::delete().to(handle),
);

/// El producto ya no se vende.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeactivatedProductView {
    /// Texto para personas.
    message: &'static str,
    /// El producto.
    producto_id: i64,
    /// Siempre `false`.
    #[serde(rename = "activo")]
    is_active: bool,
}

/// Dejar de vender un producto. Su historia se conserva.
#[utoipa::path(
    delete, path = "/api/v1/admin/products/{producto_id}", tag = "Productos",
    params(("producto_id" = i64, Path, description = "Producto")), security(("sesion" = [])),
    responses(
        (status = 200, description = "Desactivado", body = DeactivatedProductView),
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
) -> Result<web::Json<DeactivatedProductView>, ApiError> {
    let id = product_id(&request)?;
    deactivate_product(&state.app, &admin.0, id)
        .await
        .map_err(|error| refused(error, ""))?;
    Ok(web::Json(DeactivatedProductView {
        message: "Producto desactivado",
        producto_id: id.get(),
        is_active: false,
    }))
}
