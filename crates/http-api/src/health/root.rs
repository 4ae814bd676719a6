//! `GET /`.

use actix_web::web;
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoint::{Access, Endpoint};
use crate::state::State;
use crate::wire::time::iso;

pub(crate) const ENDPOINT: Endpoint =
    Endpoint::new("GET", "/", Access::Public, || web::get().to(handle));

/// Quién responde aquí.
#[derive(Serialize, ToSchema)]
pub(crate) struct RootView {
    /// Nombre del servicio.
    message: String,
    /// Versión del contrato.
    #[schema(example = "2.0.0")]
    version: &'static str,
    /// Siempre `running`.
    #[schema(example = "running")]
    status: &'static str,
    /// Ahora (UTC).
    timestamp: String,
    /// Dónde está la documentación.
    #[schema(example = "/docs")]
    docs: &'static str,
}

/// Nombre y versión del servicio.
#[utoipa::path(
    get, path = "/", tag = "Servicio",
    responses((status = 200, description = "Responde", body = RootView))
)]
pub(crate) async fn handle(state: web::Data<State>) -> web::Json<RootView> {
    web::Json(RootView {
        message: state.config.app_name.clone(),
        version: "2.0.0",
        status: "running",
        timestamp: iso(state.app.now()),
        docs: "/docs",
    })
}
