//! All endpoints.

use actix_web::web;

use crate::endpoint::Endpoint;
use crate::{auth, portal};

/// Every endpoint, in the order in which they are matched.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    [session_endpoints(), portal_endpoints()].concat()
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
