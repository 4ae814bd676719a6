//! The API description (`/openapi.json`), and the reference for people (`/docs`): a page of our own
//! that renders it. The page needs nothing from the internet and runs no script but its own.

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use http_kit::assets::{Asset, page};
use utoipa::PartialSchema;
use utoipa::openapi::OpenApi;
use utoipa::openapi::schema::{ObjectBuilder, Type};

use crate::endpoint::{Access, Endpoint, get, tagged};
use crate::error::ApiError;
use crate::texts::NOT_FOUND;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    let object = ObjectBuilder::new().schema_type(Type::Object).into();
    tagged(
        "Servicio",
        [
            get("/openapi.json", Access::Public, openapi)
                .summary("La descripción de la API (OpenAPI 3.1).")
                .ok_content("La descripción", "application/json", object),
            get("/docs", Access::Public, reference)
                .summary("La referencia de la API, para personas.")
                .ok_content("La página", "text/html", String::schema()),
            get("/docs/{archivo}", Access::Public, asset)
                .summary("Un archivo de la página de referencia.")
                .path_text("archivo", "`reference.js` o `reference.css`")
                .ok_content("El archivo", "text/javascript", String::schema())
                .refuses(404, "No existe"),
            get("/redoc", Access::Public, redoc)
                .summary("Lleva a `/docs`.")
                .responds_empty(308, "La referencia está en `/docs`"),
        ],
    )
}

/// The API description as it is served: made once, when the server starts.
pub(crate) struct ApiDocument(pub(crate) OpenApi);

async fn openapi(document: web::Data<ApiDocument>) -> HttpResponse {
    HttpResponse::Ok().json(&document.0)
}

/// Only what this server serves, and no inline script.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const PAGE: &str = include_str!("docs/page.html");

const ASSETS: [Asset; 2] = [
    Asset {
        name: "reference.js",
        content_type: "text/javascript; charset=utf-8",
        content: include_str!("docs/reference.js"),
    },
    Asset {
        name: "reference.css",
        content_type: "text/css; charset=utf-8",
        content: include_str!("docs/reference.css"),
    },
];

async fn reference() -> HttpResponse {
    page(PAGE, POLICY)
}

async fn asset(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let name = request.match_info().get("archivo").unwrap_or_default();
    let found = Asset::find(&ASSETS, name);
    let asset = found.ok_or_else(|| ApiError::not_found(NOT_FOUND))?;
    Ok(asset.response())
}

async fn redoc() -> HttpResponse {
    HttpResponse::PermanentRedirect()
        .insert_header((LOCATION, "/docs"))
        .finish()
}
