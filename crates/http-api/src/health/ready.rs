//! `GET /ready`.

use actix_web::http::StatusCode;
use actix_web::web;
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::state::State;

pub(crate) const ENDPOINT: Endpoint =
    Endpoint::new("GET", "/ready", Access::Public, || web::get().to(handle));

/// Listo para atender.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReadyView {
    /// Siempre `ready`.
    #[schema(example = "ready")]
    status: &'static str,
}

/// Si la base de datos responde y está migrada.
#[utoipa::path(
    get, path = "/ready", tag = "Servicio",
    responses(
        (status = 200, description = "Listo", body = ReadyView),
        (status = 503, description = "Aún no", body = crate::wire::error::ErrorView),
    )
)]
pub(crate) async fn handle(state: web::Data<State>) -> Result<web::Json<ReadyView>, ApiError> {
    if state.app.is_ready().await {
        Ok(web::Json(ReadyView { status: "ready" }))
    } else {
        Err(ApiError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "La base de datos no está lista",
        )
        .retry_after(2))
    }
}
