//! The API description (`/openapi.json`), and the reference for people (`/docs`): Swagger UI from
//! inside the program. The page needs nothing from the internet and runs no script but its own.

use std::sync::Arc;

use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::{HttpRequest, HttpResponse, web};
use http_kit::assets::page;
use http_kit::etag::Tagged;
use utoipa::PartialSchema;
use utoipa::openapi::OpenApi;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa_swagger_ui::Config;

use crate::endpoint::{Access, Endpoint, get, tagged};
use crate::error::ApiError;
use crate::texts::NOT_FOUND;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    let object = ObjectBuilder::new().schema_type(Type::Object).into();
    tagged(
        "Servicio",
        [
            get("/openapi.json", Access::Public, openapi)
                .id("descripcionApi")
                .summary("La descripción de la API (OpenAPI 3.1).")
                .ok_content("La descripción", "application/json", object)
                .with_header(200, "ETag", "Para preguntar solo si cambió")
                .responds_empty(304, "No ha cambiado"),
            get("/docs", Access::Public, reference)
                .id("referencia")
                .summary("La referencia de la API, para personas.")
                .ok_content("La página", "text/html", String::schema()),
            get("/docs/{archivo}", Access::Public, asset)
                .id("archivoReferencia")
                .summary("Un archivo de la página de referencia.")
                .path_text("archivo", "`swagger-ui.css`, `swagger-ui-bundle.js` u otro")
                .ok_content("El archivo", "text/javascript", String::schema())
                .refuses(404, "No existe"),
            get("/redoc", Access::Public, redoc)
                .id("referenciaAnterior")
                .summary("Lleva a `/docs`.")
                .responds_empty(308, "La referencia está en `/docs`"),
        ],
    )
}

/// The API description as it is served: written once, when the server starts.
pub(crate) struct ApiDocument(Tagged);

impl ApiDocument {
    pub(crate) fn new(document: &OpenApi) -> Result<Self, serde_json::Error> {
        Ok(Self(Tagged::new(serde_json::to_string(document)?)))
    }
}

async fn openapi(document: web::Data<ApiDocument>, request: HttpRequest) -> HttpResponse {
    document.0.response(&request)
}

/// Only what this server serves, and no inline script. Swagger UI draws its icons from `data:`.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const PAGE: &str = include_str!("docs/page.html");

async fn reference() -> HttpResponse {
    page(PAGE, POLICY)
}

async fn asset(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let name = request.match_info().get("archivo").unwrap_or_default();
    if name.is_empty() {
        return Ok(reference().await);
    }
    let config = Config::from("/openapi.json").display_operation_id(true);
    // Its own page is not served: ours names only files of this server.
    let is_served = !matches!(name.rsplit_once('.'), Some((_, "html" | "map")));
    let found = utoipa_swagger_ui::serve(name, Arc::new(config))
        .ok()
        .flatten();
    let file = found
        .filter(|_| is_served)
        .ok_or_else(|| ApiError::not_found(NOT_FOUND))?;
    Ok(HttpResponse::Ok()
        .content_type(file.content_type)
        // Browsers ask for it each time: it changes with the program.
        .insert_header((CACHE_CONTROL, "no-cache"))
        .body(file.bytes.into_owned()))
}

async fn redoc() -> HttpResponse {
    HttpResponse::PermanentRedirect()
        .insert_header((LOCATION, "/docs"))
        .finish()
}
