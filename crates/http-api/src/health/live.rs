//! `GET /health`.

use actix_web::web;
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoint::{Access, Endpoint};

pub(crate) const ENDPOINT: Endpoint =
    Endpoint::new("GET", "/health", Access::Public, || web::get().to(handle));

/// El proceso responde.
#[derive(Serialize, ToSchema)]
pub(crate) struct HealthView {
    /// Siempre `healthy`.
    #[schema(example = "healthy")]
    status: &'static str,
}

/// Si el proceso responde. No consulta la base de datos; para eso está `/ready`.
#[utoipa::path(
    get, path = "/health", tag = "Servicio",
    responses((status = 200, description = "Responde", body = HealthView))
)]
pub(crate) async fn handle() -> web::Json<HealthView> {
    web::Json(HealthView { status: "healthy" })
}
