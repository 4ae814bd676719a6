//! Who may call what: every route of the server with every credential that does not fit, and
//! with everybody else's ids. A route that is added is walked too; one whose path or body needs
//! something new fails here until [`examples`] says what.

mod callers;
mod examples;

use std::time::Duration;

use http_api::endpoint::{Access, Endpoint};
use http_api::routes::endpoints;
use serde_json::Value;

use crate::access::callers::{Callers, Credential, portal, session};
use crate::access::examples::Ids;
use crate::harness::call::Answer;
use crate::harness::shop::Shop;
use crate::harness::world::World;

/// Calls an endpoint with a valid body, in the name of whom this credential is of.
fn call(world: &World, endpoint: &Endpoint, ids: &Ids, credential: &Credential) -> Answer {
    let path = examples::path(endpoint.path, ids);
    call_path(world, endpoint, &path, ids, credential)
}

fn call_path(
    world: &World,
    endpoint: &Endpoint,
    path: &str,
    ids: &Ids,
    credential: &Credential,
) -> Answer {
    let request = world.call(endpoint.method, path);
    let request = credential.iter().fold(request, |request, (name, value)| {
        request.header(name, value)
    });
    match examples::body(endpoint.method, endpoint.path, ids) {
        Some((kind, body)) => request.bytes(kind, body),
        None => request.send(),
    }
}

/// Everything that an intruder could have changed, as its owners see it.
fn everything(world: &World, shops: &[&Shop]) -> Vec<Value> {
    let owner = world.owner();
    let mut seen = Vec::new();
    let mut look = |token: &str, path: &str| {
        let answer = world.get(path).session(token).send();
        seen.push(answer.expect(200).clone());
    };
    look(&owner, "/admin/empresas");
    look(&owner, "/admin/usuarios");
    look(&owner, "/admin/dashboard");
    for shop in shops {
        let tenant = format!("/admin/empresas/{}", shop.tenant);
        look(&owner, &format!("{tenant}/routers"));
        look(
            &owner,
            &format!("{tenant}/routers/{}/api-keys", shop.router),
        );
        look(&shop.operator, "/api/v1/admin/mi-empresa");
        look(&shop.operator, "/api/v1/admin/mi-empresa/conekta");
        look(&shop.operator, "/api/v1/admin/mi-empresa/mercado-pago");
        look(&shop.operator, "/api/v1/admin/products");
        look(&shop.operator, "/api/v1/admin/mi-empresa/transacciones");
    }
    seen
}

/// The credential that this access asks for.
fn fitting(world: &World, access: Access, shop: &Shop) -> Credential {
    match access {
        Access::Public => Vec::new(),
        Access::SuperAdmin => session(&world.owner()),
        Access::Session | Access::TenantAdmin | Access::TenantOrSuperAdmin => {
            session(&shop.operator)
        }
        Access::Portal => portal(&shop.key),
    }
}

fn name(endpoint: &Endpoint) -> String {
    format!("{} {}", endpoint.method, endpoint.path)
}

#[test]
fn every_route_refuses_every_credential_that_does_not_fit() {
    let world = World::new();
    let shop = world.shop("cafe");
    let ids = Ids::of_sale(&world, &shop);
    let callers = Callers::new(&world, &shop);
    let before = everything(&world, &[&shop]);
    let charges = world.conekta.charges().len() + world.mercado_pago.charges().len();

    let mut refusals = 0;
    for endpoint in endpoints() {
        for case in callers.misfits(endpoint.access) {
            let answer = call(&world, &endpoint, &ids, &case.credential);
            let who = format!("{} as {}", name(&endpoint), case.name);
            assert_eq!(answer.status, case.status, "{who}: {}", answer.text());
            match &case.detail {
                Some(detail) => assert_eq!(answer.body["detail"], **detail, "{who}"),
                None => assert!(answer.body["detail"].is_string(), "{who}"),
            }
            if case.status == 401 {
                assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{who}");
            }
            refusals += 1;
        }
    }
    assert!(refusals > 400, "only {refusals} refusals were tried");
    assert_eq!(before, everything(&world, &[&shop]));
    let after = world.conekta.charges().len() + world.mercado_pago.charges().len();
    assert_eq!(charges, after, "nobody was charged");
}

#[test]
fn every_route_refuses_credentials_past_their_end() {
    let world = World::new();
    let shop = world.shop("cafe");
    let ids = Ids::of_sale(&world, &shop);
    let owner = world.owner();
    world.clock.advance(Duration::from_hours(24));
    for endpoint in endpoints() {
        let token = match endpoint.access {
            Access::SuperAdmin => &owner,
            Access::Session | Access::TenantAdmin | Access::TenantOrSuperAdmin => &shop.operator,
            Access::Portal | Access::Public => continue,
        };
        let answer = call(&world, &endpoint, &ids, &session(token));
        answer.refused(401, "Token expirado");
    }
    world.clock.advance(Duration::from_hours(24 * 364));
    for endpoint in endpoints() {
        if endpoint.access == Access::Portal {
            let answer = call(&world, &endpoint, &ids, &portal(&shop.key));
            answer.refused(401, "API Key expirada");
        }
    }
}

#[test]
fn public_routes_need_nothing_and_others_accept_whom_they_are_for() {
    let world = World::new();
    for (number, endpoint) in endpoints().into_iter().enumerate() {
        // Some end the very session or key that the next one would need.
        let shop = world.shop(&format!("cafe{number}"));
        let ids = Ids::of_sale(&world, &shop);
        let credential = fitting(&world, endpoint.access, &shop);
        let answer = call(&world, &endpoint, &ids, &credential);
        let who = name(&endpoint);
        let turned_away = [401, 403, 405].contains(&answer.status);
        assert!(
            !turned_away || endpoint.path == "/api/v1/auth/login",
            "{who}: {} {}",
            answer.status,
            answer.text()
        );
        assert!(answer.status < 500, "{who}: {}", answer.text());
    }
}

/// The same call with a stranger's ids and with ids that nobody has must not differ.
fn assert_alike(endpoint: &Endpoint, strangers: &Answer, nobodys: &Answer) {
    let who = name(endpoint);
    assert_eq!(
        (strangers.status, &strangers.body),
        (nobodys.status, &nobodys.body),
        "{who} tells a stranger's ids from missing ones"
    );
    // A connection test always answers 200 and says in words that there is no such router.
    let told_in_words = endpoint.path.ends_with("/test-connection");
    assert_eq!(
        strangers.status,
        if told_in_words { 200 } else { 404 },
        "{who}: {}",
        strangers.text()
    );
}

#[test]
fn every_route_answers_a_strangers_ids_like_missing_ones() {
    let world = World::new();
    let shop = world.shop("cafe");
    let other = world.shop("hotel");
    let ids = Ids::of_sale(&world, &shop);
    let strangers = Ids::of_sale(&world, &other);
    let nobodys = Ids::missing();
    let before = everything(&world, &[&shop, &other]);
    let charges = world.conekta.charges().len() + world.mercado_pago.charges().len();

    let mut walked = 0;
    for endpoint in endpoints() {
        let as_self = fitting(&world, endpoint.access, &shop);
        match endpoint.access {
            Access::Public | Access::Session => {}
            Access::SuperAdmin => {
                // The platform owner sees all; but a router is only reached through its tenant.
                if endpoint.path.contains("{router_id}") {
                    let mixed = strangers.within(&ids.tenant);
                    let missing = nobodys.within(&ids.tenant);
                    let theirs = call(&world, &endpoint, &mixed, &as_self);
                    let none = call(&world, &endpoint, &missing, &as_self);
                    assert_alike(&endpoint, &theirs, &none);
                    walked += 1;
                }
                if endpoint.path.contains('{') {
                    let none = call(&world, &endpoint, &nobodys, &as_self);
                    assert_eq!(none.status, 404, "{}: {}", name(&endpoint), none.text());
                }
            }
            Access::TenantAdmin | Access::TenantOrSuperAdmin | Access::Portal => {
                if examples::names_something(endpoint.method, endpoint.path) {
                    let theirs = call(&world, &endpoint, &strangers, &as_self);
                    let none = call(&world, &endpoint, &nobodys, &as_self);
                    assert_alike(&endpoint, &theirs, &none);
                    walked += 1;
                }
            }
        }
    }
    assert!(walked > 20, "only {walked} routes were walked");
    assert_eq!(before, everything(&world, &[&shop, &other]));
    let after = world.conekta.charges().len() + world.mercado_pago.charges().len();
    assert_eq!(charges, after, "nobody was charged");
}

#[test]
fn ids_that_nobody_could_have_are_answered_in_words() {
    let world = World::new();
    let shop = world.shop("cafe");
    let ids = Ids::of_sale(&world, &shop);
    for endpoint in endpoints() {
        for part in endpoint
            .path
            .split('/')
            .filter(|part| part.starts_with('{'))
        {
            let number = examples::is_number(part);
            for text in [
                "%27%3B--",
                "..%2f..%2fetc%2fpasswd",
                "99999999999999999999",
                "%00",
                "%C3%B1%20",
            ] {
                let path = endpoint.path.replace(part, text);
                let path = examples::path(&path, &ids);
                let credential = fitting(&world, endpoint.access, &shop);
                let answer = call_path(&world, &endpoint, &path, &ids, &credential);
                let who = format!("{} with {text}", name(&endpoint));
                if endpoint.path.contains("/webhook/") && endpoint.access == Access::Public
                    || endpoint.path.ends_with("/test-connection")
                {
                    assert!(answer.status < 500, "{who}: {}", answer.text());
                } else if number {
                    assert_eq!(answer.status, 422, "{who}: {}", answer.text());
                    assert!(answer.problems()[0].0.starts_with("path."), "{who}");
                } else {
                    assert_eq!(answer.status, 404, "{who}: {}", answer.text());
                }
            }
        }
    }
}
