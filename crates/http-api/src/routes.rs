//! All endpoints.

use actix_web::web;

use crate::endpoint::Endpoint;
use crate::{
    auth, client_admin, docs, fallback, health, portal, static_files, super_admin, webhooks,
};

/// Every endpoint, in the order in which they are matched.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    [
        public_endpoints(),
        session_endpoints(),
        portal_endpoints(),
        webhook_endpoints(),
        super_admin_endpoints(),
        client_admin_endpoints(),
    ]
    .concat()
}

fn public_endpoints() -> Vec<Endpoint> {
    vec![
        health::root::ENDPOINT,
        health::live::ENDPOINT,
        health::ready::ENDPOINT,
        health::metrics::ENDPOINT,
        health::openapi_json::ENDPOINT,
        docs::page::ENDPOINT,
        docs::asset::ENDPOINT,
        docs::redoc::ENDPOINT,
        static_files::logo::ENDPOINT,
    ]
}

fn session_endpoints() -> Vec<Endpoint> {
    vec![
        auth::login::ENDPOINT,
        auth::logout::ENDPOINT,
        auth::change_password::ENDPOINT,
    ]
}

fn portal_endpoints() -> Vec<Endpoint> {
    vec![
        portal::public_config::ENDPOINT,
        portal::catalogue::ENDPOINT,
        portal::catalogue_item::ENDPOINT,
        portal::pay_conekta::ENDPOINT,
        portal::pay_mercado_pago::ENDPOINT,
        portal::payment_status::ENDPOINT,
        portal::purchase::ENDPOINT,
        portal::auto_reconnect::ENDPOINT,
        portal::profile_info::ENDPOINT,
        portal::validate::ENDPOINT,
    ]
}

fn webhook_endpoints() -> Vec<Endpoint> {
    vec![
        webhooks::mercado_pago::ENDPOINT,
        webhooks::mercado_pago_of_tenant::ENDPOINT,
        webhooks::conekta::ENDPOINT,
        webhooks::configure::ENDPOINT,
        webhooks::status::ENDPOINT,
        webhooks::test::ENDPOINT,
        webhooks::transaction::ENDPOINT,
    ]
}

fn super_admin_endpoints() -> Vec<Endpoint> {
    vec![
        super_admin::create_tenant::ENDPOINT,
        super_admin::list_tenants::ENDPOINT,
        super_admin::dashboard::ENDPOINT,
        super_admin::tenant_stats::ENDPOINT,
        super_admin::toggle_tenant::ENDPOINT,
        super_admin::create_router::ENDPOINT,
        super_admin::list_routers::ENDPOINT,
        super_admin::find_router::ENDPOINT,
        super_admin::toggle_router::ENDPOINT,
        super_admin::delete_router::ENDPOINT,
        super_admin::regenerate_key::ENDPOINT,
        super_admin::list_keys::ENDPOINT,
        super_admin::revoke_key::ENDPOINT,
        super_admin::key_status::ENDPOINT,
        super_admin::create_user::ENDPOINT,
        super_admin::list_users::ENDPOINT,
        super_admin::find_user::ENDPOINT,
        super_admin::toggle_user::ENDPOINT,
        super_admin::reset_password::ENDPOINT,
        super_admin::compras::ENDPOINT,
        super_admin::resolve::ENDPOINT,
        super_admin::audit_log::ENDPOINT,
    ]
}

fn client_admin_endpoints() -> Vec<Endpoint> {
    vec![
        client_admin::company::ENDPOINT,
        client_admin::update_company::ENDPOINT,
        client_admin::conekta::ENDPOINT,
        client_admin::configure_conekta::ENDPOINT,
        client_admin::configure_conekta_legacy::ENDPOINT,
        client_admin::mercado_pago::ENDPOINT,
        client_admin::configure_mercado_pago::ENDPOINT,
        client_admin::configure_credentials::ENDPOINT,
        client_admin::logo::ENDPOINT,
        client_admin::test_telegram::ENDPOINT,
        client_admin::dashboard::ENDPOINT,
        client_admin::list_routers::ENDPOINT,
        client_admin::update_router::ENDPOINT,
        client_admin::transactions::ENDPOINT,
        client_admin::refund::ENDPOINT,
        client_admin::audit_log::ENDPOINT,
        client_admin::transaction::ENDPOINT,
        client_admin::create_product::ENDPOINT,
        client_admin::list_products::ENDPOINT,
        client_admin::find_product::ENDPOINT,
        client_admin::update_product::ENDPOINT,
        client_admin::delete_product::ENDPOINT,
        client_admin::profiles::ENDPOINT,
        client_admin::test_connection::ENDPOINT,
    ]
}

/// Registers every endpoint. A path that exists answers other methods with those that it has.
pub fn configure(config: &mut web::ServiceConfig) {
    let mut paths: Vec<(&str, Vec<Endpoint>)> = Vec::new();
    for endpoint in endpoints() {
        match paths.iter_mut().find(|(path, _)| *path == endpoint.path) {
            Some((_, there)) => there.push(endpoint),
            None => paths.push((endpoint.path, vec![endpoint])),
        }
    }
    for (path, there) in paths {
        let methods: Vec<&str> = there.iter().map(|endpoint| endpoint.method).collect();
        let allowed = fallback::allowed(&methods);
        let resource = there
            .iter()
            .fold(web::resource(path), |resource, endpoint| {
                resource.route((endpoint.route)())
            });
        config.service(resource.default_service(web::to(move || {
            let answer = fallback::wrong_method(&allowed);
            async { answer }
        })));
    }
}
