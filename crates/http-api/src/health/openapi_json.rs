//! `GET /openapi.json`.

use actix_web::web;
use utoipa::openapi::OpenApi;

use crate::endpoint::{Access, Endpoint};
use crate::openapi::document;
use crate::state::State;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new("GET", "/openapi.json", Access::Public, || {
    web::get().to(handle)
});

/// La descripción de la API (OpenAPI 3.1).
#[utoipa::path(
    get, path = "/openapi.json", tag = "Servicio",
    responses((status = 200, description = "La descripción", body = Object))
)]
pub(crate) async fn handle(state: web::Data<State>) -> web::Json<OpenApi> {
    web::Json(document(&state.config.app_name))
}
