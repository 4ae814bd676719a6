//! The API description, assembled from the list of endpoints.

use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::path::{HttpMethod, Paths};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::server::Server;
use utoipa::openapi::tag::TagBuilder;

use crate::routes::endpoints;

/// The description of the API as a whole.
#[derive(OpenApi)]
#[openapi(info(
    description = "Venta de acceso WiFi en routers MikroTik: empresas, routers, planes, pagos con tarjeta y reconexión.",
    version = "2.0.0",
    license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
))]
struct Description;

/// What the headings are about, in the order in which a reader needs them.
const TAGS: [(&str, &str); 10] = [
    (
        "Portal",
        "Lo que un portal cautivo muestra y pregunta, con la llave de su router.",
    ),
    (
        "Pagos",
        "Pagar con tarjeta y saber cómo quedó una compra, con la llave de su router.",
    ),
    ("Sesión", "Entrar al panel y salir de él."),
    (
        "Empresa",
        "La propia empresa de un operador: datos, pasarelas, números y bitácora.",
    ),
    ("Productos", "Los planes que vende un operador."),
    ("Routers", "Los routers de un operador."),
    ("Ventas", "Las ventas de un operador y sus reembolsos."),
    (
        "Plataforma",
        "Empresas, routers, llaves y usuarios, para quien lleva la plataforma.",
    ),
    ("Avisos", "Los avisos de las pasarelas (webhooks)."),
    ("Servicio", "El servidor mismo."),
];

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
    document.tags = Some(
        TAGS.iter()
            .map(|(name, about)| {
                TagBuilder::new()
                    .name(*name)
                    .description(Some(*about))
                    .build()
            })
            .collect(),
    );
    document.servers = Some(vec![Server::new("/")]);
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn no_two_schemas_share_a_name() {
        let mut seen = BTreeMap::new();
        for endpoint in endpoints() {
            let path = endpoint.path;
            for (name, schema) in endpoint.described().1 {
                let schema = serde_json::to_value(&schema).unwrap();
                let first = seen.entry(name.clone()).or_insert_with(|| schema.clone());
                assert_eq!(*first, schema, "{name} of {path} is another one elsewhere");
            }
        }
    }
}
