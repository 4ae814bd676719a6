//! All endpoints.

use actix_web::web;

use crate::auth;
use crate::endpoint::Endpoint;

/// Every endpoint, in the order in which they are matched.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    vec![
        auth::login::ENDPOINT,
        auth::logout::ENDPOINT,
        auth::change_password::ENDPOINT,
    ]
}

/// Registers every endpoint.
pub fn configure(config: &mut web::ServiceConfig) {
    for endpoint in endpoints() {
        config.route(endpoint.path, (endpoint.route)());
    }
}
