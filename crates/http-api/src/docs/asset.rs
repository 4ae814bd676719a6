//! `GET /docs/{archivo}`: script and style of the reference page.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};

use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;

pub(crate) const ENDPOINT: Endpoint =
    Endpoint::new("GET", "/docs/{archivo}", Access::Public, || {
        web::get().to(handle)
    });

const ASSETS: [(&str, &str, &str); 2] = [
    (
        "reference.js",
        "text/javascript; charset=utf-8",
        include_str!("reference.js"),
    ),
    (
        "reference.css",
        "text/css; charset=utf-8",
        include_str!("reference.css"),
    ),
];

/// Un archivo de la página de referencia.
#[utoipa::path(
    get, path = "/docs/{archivo}", tag = "Servicio",
    params(("archivo" = String, Path, description = "`reference.js` o `reference.css`")),
    responses(
        (status = 200, description = "El archivo", content_type = "text/javascript", body = String),
        (status = 404, description = "No existe", body = crate::wire::error::ErrorView),
    )
)]
pub(crate) async fn handle(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let name = request.match_info().get("archivo").unwrap_or_default();
    let found = ASSETS.iter().find(|(known, _, _)| *known == name);
    let (_, kind, content) = found.ok_or_else(|| ApiError::not_found("No encontrado"))?;
    Ok(HttpResponse::Ok()
        .content_type(*kind)
        .insert_header((CACHE_CONTROL, "no-cache"))
        .body(*content))
}
