//! All endpoints.

use actix_web::web;

use crate::endpoint::Endpoint;
use crate::operator::{
    company, dashboard, gateways, logo, notifications, products, refunds, router_checks, sale,
    sales,
};
use crate::platform::{api_keys, purchases, tenants, users};
use crate::portal::{catalogue, pay, profile_info, purchase, reconnect, router_check};
use crate::webhooks::setup;
use crate::{audit_log, auth, docs, fallback, health, operator, platform, webhooks};

/// Every endpoint, in the order in which they are matched and described.
#[must_use]
pub fn endpoints() -> Vec<Endpoint> {
    [
        health::endpoints(),
        docs::endpoints(),
        logo::public_endpoints(),
        auth::endpoints(),
        catalogue::endpoints(),
        pay::endpoints(),
        purchase::endpoints(),
        reconnect::endpoints(),
        profile_info::endpoints(),
        router_check::endpoints(),
        webhooks::endpoints(),
        setup::endpoints(),
        webhooks::sale::endpoints(),
        tenants::endpoints(),
        platform::routers::endpoints(),
        api_keys::endpoints(),
        users::endpoints(),
        purchases::endpoints(),
        audit_log::platform_endpoints(),
        company::endpoints(),
        gateways::endpoints(),
        logo::endpoints(),
        notifications::endpoints(),
        dashboard::endpoints(),
        operator::routers::endpoints(),
        sales::endpoints(),
        refunds::endpoints(),
        audit_log::operator_endpoints(),
        sale::endpoints(),
        products::endpoints(),
        router_checks::endpoints(),
    ]
    .concat()
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
                resource.route(endpoint.route())
            });
        config.service(resource.default_service(web::to(move || {
            let answer = fallback::wrong_method(&allowed);
            async { answer }
        })));
    }
}
