//! All endpoints.

use actix_web::web;

use crate::endpoint::Endpoint;
use crate::{audit_log, auth, docs, fallback, health, operator, platform, portal, webhooks};

/// Every endpoint, in the order in which they are matched and described.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    [
        health::endpoints(),
        docs::endpoints(),
        operator::logo::public_endpoints(),
        auth::endpoints(),
        portal::catalogue::endpoints(),
        portal::pay::endpoints(),
        portal::purchase::endpoints(),
        portal::reconnect::endpoints(),
        portal::profile_info::endpoints(),
        portal::router_check::endpoints(),
        webhooks::endpoints(),
        webhooks::setup::endpoints(),
        webhooks::sale::endpoints(),
        platform::tenants::endpoints(),
        platform::routers::endpoints(),
        platform::api_keys::endpoints(),
        platform::users::endpoints(),
        platform::purchases::endpoints(),
        audit_log::platform_endpoints(),
        operator::company::endpoints(),
        operator::gateways::endpoints(),
        operator::logo::endpoints(),
        operator::notifications::endpoints(),
        operator::dashboard::endpoints(),
        operator::routers::endpoints(),
        operator::sales::endpoints(),
        operator::refunds::endpoints(),
        audit_log::operator_endpoints(),
        operator::sale::endpoints(),
        operator::customer_diagnosis::endpoints(),
        operator::products::endpoints(),
        operator::router_checks::endpoints(),
        operator::router_kit::endpoints(),
    ]
    .concat()
}

/// Registers every endpoint. A path that exists responds to other methods with those that it has.
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
                resource.route(endpoint.route())
            });
        config.service(resource.default_service(web::to(move || {
            let response = fallback::wrong_method(&allowed);
            async { response }
        })));
    }
}
