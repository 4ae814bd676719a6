//! `GET /openapi.json`.

use actix_web::web;
use utoipa::openapi::OpenApi;

use crate::endpoint::{Access, Endpoint};
use crate::openapi::document;
use crate::state::State;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new("GET", "/openapi.json", Access::Public, || {
    web::get().to(handle)
});

/// The API description.
pub(crate) async fn handle(state: web::Data<State>) -> web::Json<OpenApi> {
    web::Json(document(&state.config.app_name))
}
