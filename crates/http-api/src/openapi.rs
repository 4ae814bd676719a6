//! The API description, assembled from the list of endpoints.

use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::path::{HttpMethod, Paths};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};

use crate::routes::endpoints;

/// The description of the API as a whole.
#[derive(OpenApi)]
#[openapi(info(
    description = "Venta de acceso WiFi en routers MikroTik: empresas, routers, planes, pagos con tarjeta y reconexión.",
    version = "2.0.0"
))]
struct Description;

/// The document, under this title.
#[must_use]
pub fn document(title: &str) -> Document {
    let mut document = Description::openapi();
    title.clone_into(&mut document.info.title);
    let mut paths = Paths::new();
    let components = document.components.get_or_insert_default();
    for endpoint in endpoints() {
        let (path, method) = (endpoint.path, http_method(endpoint.method));
        let (operation, schemas) = endpoint.described();
        paths.add_path_operation(path, vec![method], operation);
        components.schemas.extend(schemas);
    }
    let session = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT");
    components.add_security_scheme("sesion", SecurityScheme::Http(session.build()));
    let key = ApiKey::Header(ApiKeyValue::new("X-API-Key"));
    components.add_security_scheme("api_key", SecurityScheme::ApiKey(key));
    document.paths = paths;
    document
}

fn http_method(name: &str) -> HttpMethod {
    match name {
        "POST" => HttpMethod::Post,
        "PUT" => HttpMethod::Put,
        "DELETE" => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}
