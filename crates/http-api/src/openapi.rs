//! The API description.

mod common;

use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::openapi::common::Answers;
use crate::{auth, client_admin, docs, health, portal, static_files, super_admin, webhooks};

/// The description of every endpoint.
#[derive(OpenApi)]
#[openapi(
    info(
        description = "Venta de acceso WiFi en routers MikroTik: empresas, routers, planes, pagos con tarjeta y reconexión.",
        version = "2.0.0"
    ),
    paths(
        health::root::handle,
        health::live::handle,
        health::ready::handle,
        health::metrics::handle,
        health::openapi_json::handle,
        docs::page::handle,
        docs::asset::handle,
        docs::redoc::handle,
        static_files::logo::handle,
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
        portal::auto_reconnect::handle,
        portal::profile_info::handle,
        portal::validate::handle,
        webhooks::mercado_pago::handle,
        webhooks::mercado_pago_of_tenant::handle,
        webhooks::conekta::handle,
        webhooks::configure::handle,
        webhooks::status::handle,
        webhooks::test::handle,
        webhooks::transaction::handle,
        super_admin::create_tenant::handle,
        super_admin::list_tenants::handle,
        super_admin::dashboard::handle,
        super_admin::tenant_stats::handle,
        super_admin::toggle_tenant::handle,
        super_admin::create_router::handle,
        super_admin::list_routers::handle,
        super_admin::find_router::handle,
        super_admin::toggle_router::handle,
        super_admin::delete_router::handle,
        super_admin::regenerate_key::handle,
        super_admin::list_keys::handle,
        super_admin::revoke_key::handle,
        super_admin::key_status::handle,
        super_admin::create_user::handle,
        super_admin::list_users::handle,
        super_admin::find_user::handle,
        super_admin::toggle_user::handle,
        super_admin::reset_password::handle,
        super_admin::compras::handle,
        super_admin::resolve::handle,
        super_admin::audit_log::handle,
        client_admin::company::handle,
        client_admin::update_company::handle,
        client_admin::conekta::handle,
        client_admin::configure_conekta::handle,
        client_admin::configure_conekta_legacy::handle,
        client_admin::mercado_pago::handle,
        client_admin::configure_mercado_pago::handle,
        client_admin::configure_credentials::handle,
        client_admin::logo::handle,
        client_admin::test_telegram::handle,
        client_admin::dashboard::handle,
        client_admin::list_routers::handle,
        client_admin::update_router::handle,
        client_admin::transactions::handle,
        client_admin::refund::handle,
        client_admin::audit_log::handle,
        client_admin::transaction::handle,
        client_admin::create_product::handle,
        client_admin::list_products::handle,
        client_admin::find_product::handle,
        client_admin::update_product::handle,
        client_admin::delete_product::handle,
        client_admin::profiles::handle,
        client_admin::test_connection::handle,
    ),
    modifiers(&Credentials, &Answers),
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
