//! `GET /redoc`, where the reference also used to be.

use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, web};

use crate::endpoint::{Access, Endpoint};

pub(crate) const ENDPOINT: Endpoint =
    Endpoint::new("GET", "/redoc", Access::Public, || web::get().to(handle));

/// Lleva a `/docs`.
#[utoipa::path(
    get, path = "/redoc", tag = "Servicio",
    responses((status = 308, description = "La referencia está en `/docs`"))
)]
pub(crate) async fn handle() -> HttpResponse {
    HttpResponse::PermanentRedirect()
        .insert_header((LOCATION, "/docs"))
        .finish()
}
