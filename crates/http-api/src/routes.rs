//! All endpoints.

use actix_web::web;

use crate::endpoint::Endpoint;
use crate::{auth, health, portal};

/// Every endpoint, in the order in which they are matched.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    [public_endpoints(), session_endpoints(), portal_endpoints()].concat()
}

fn public_endpoints() -> Vec<Endpoint> {
    vec![
        health::root::ENDPOINT,
        health::live::ENDPOINT,
        health::ready::ENDPOINT,
        health::openapi_json::ENDPOINT,
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
    ]
}

/// Registers every endpoint.
pub fn configure(config: &mut web::ServiceConfig) {
    for endpoint in endpoints() {
        config.route(endpoint.path, (endpoint.route)());
    }
}
