//! `GET /api/v1/catalogo_perfiles_venta/{producto_id}`.

use actix_web::{HttpRequest, HttpResponse, web};
use application::portal::catalogue::PortalRefusal;
use application::portal::catalogue::find_product;
use domain::ids::ProductId;

use crate::body::query::path_fields;
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsPortal;
use crate::portal::catalogue::OfferView;
use crate::state::State;
use crate::wire::etag::json_or_not_modified;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "GET",
    "/api/v1/catalogo_perfiles_venta/{producto_id}",
    Access::Portal,
    || web::get().to(handle),
);

/// Un plan a la venta en el router de esta llave.
#[utoipa::path(
    get, path = "/api/v1/catalogo_perfiles_venta/{producto_id}", tag = "Portal",
    params(("producto_id" = i64, Path, description = "Número del producto")),
    security(("api_key" = [])),
    responses(
        (status = 200, description = "El plan", body = OfferView),
        (status = 304, description = "El que ya tiene (`If-None-Match`)"),
        (status = 401, description = "API Key no válida", body = crate::wire::error::ErrorView),
        (status = 404, description = "No existe o no se vende aquí", body = crate::wire::error::ErrorView),
        (status = 422, description = "Número no válido", body = crate::wire::error::ProblemsView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    portal: AsPortal,
) -> Result<HttpResponse, ApiError> {
    // An older server had a dump of everything here; there is no such product.
    if request.match_info().get("producto_id") == Some("debug") {
        return Err(PortalRefusal::NotFound.into());
    }
    let mut path = path_fields(&request);
    let id = ProductId::new(path.integer(&["producto_id"], i64::MIN..=i64::MAX));
    path.finish()?;
    let offer = OfferView::from(find_product(&state.app, &portal.0, id).await?);
    json_or_not_modified(&request, &offer)
}
