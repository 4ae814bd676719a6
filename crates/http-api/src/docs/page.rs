//! `GET /docs`.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use actix_web::{HttpResponse, web};

use crate::endpoint::{Access, Endpoint};

pub(crate) const ENDPOINT: Endpoint =
    Endpoint::new("GET", "/docs", Access::Public, || web::get().to(handle));

/// Only what this server serves, and no inline script.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const PAGE: &str = include_str!("page.html");

/// La referencia de la API, para personas.
#[utoipa::path(
    get, path = "/docs", tag = "Servicio",
    responses((status = 200, description = "La página", content_type = "text/html", body = String))
)]
pub(crate) async fn handle() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((CACHE_CONTROL, "no-cache"))
        .body(PAGE)
}
