//! The API description.

use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::{auth, portal};

/// The description of every endpoint.
#[derive(OpenApi)]
#[openapi(
    info(
        description = "Venta de acceso WiFi en routers MikroTik: empresas, routers, planes, pagos con tarjeta y reconexión.",
        version = "2.0.0"
    ),
    paths(
        auth::login::handle,
        auth::logout::handle,
        auth::change_password::handle,
        portal::public_config::handle,
        portal::catalogue::handle,
        portal::catalogue_item::handle,
        portal::pay_conekta::handle,
        portal::pay_mercado_pago::handle,
        portal::payment_status::handle,
        portal::purchase::handle,
    ),
    modifiers(&Credentials),
)]
struct Description;

/// Both kinds of credentials.
struct Credentials;

impl Modify for Credentials {
    fn modify(&self, document: &mut Document) {
        let components = document.components.get_or_insert_with(Default::default);
        let session = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT");
        components.add_security_scheme("sesion", SecurityScheme::Http(session.build()));
        let key = ApiKey::Header(ApiKeyValue::new("X-API-Key"));
        components.add_security_scheme("api_key", SecurityScheme::ApiKey(key));
    }
}

/// The document, under this title.
#[must_use]
pub fn document(title: &str) -> Document {
    let mut document = Description::openapi();
    title.clone_into(&mut document.info.title);
    document
}
