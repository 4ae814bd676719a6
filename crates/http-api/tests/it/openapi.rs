//! The API description says what the routes do: no route without a description, no description
//! without a route, and the statuses and credentials that belong to each kind of access.

use std::collections::BTreeSet;

use http_api::endpoint::{Access, Endpoint};
use http_api::openapi::document;
use http_api::routes::endpoints;
use serde_json::{Value, json};

use crate::harness::world::World;

fn described() -> Value {
    serde_json::to_value(document("x")).unwrap()
}

fn operation<'a>(api: &'a Value, endpoint: &Endpoint) -> &'a Value {
    let method = endpoint.method.to_lowercase();
    let found = &api["paths"][endpoint.path][&method];
    assert!(
        found.is_object(),
        "{} {} is not described",
        endpoint.method,
        endpoint.path
    );
    found
}

#[test]
fn every_route_is_described_and_nothing_else_is() {
    let api = described();
    let routes: BTreeSet<(String, String)> = endpoints()
        .iter()
        .map(|endpoint| (endpoint.path.to_owned(), endpoint.method.to_lowercase()))
        .collect();
    let mut found = BTreeSet::new();
    for (path, item) in api["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            found.insert((path.clone(), method.clone()));
        }
    }
    assert_eq!(routes, found);
    assert_eq!(routes.len(), endpoints().len(), "a route is listed twice");
    assert_eq!(api["info"]["title"], "x");
}

#[test]
fn every_description_names_the_credential_and_its_refusals() {
    let api = described();
    for endpoint in endpoints() {
        let operation = operation(&api, &endpoint);
        let who = format!("{} {}", endpoint.method, endpoint.path);
        let security = match endpoint.access {
            Access::Public => json!([]),
            Access::Portal => json!([{"api_key": []}]),
            _ => json!([{"sesion": []}]),
        };
        assert_eq!(operation["security"], security, "{who}");
        let statuses = operation["responses"].as_object().unwrap();
        let has = |status: &str| statuses.contains_key(status);
        if endpoint.access != Access::Public {
            assert!(has("401"), "{who} without 401");
        }
        if matches!(endpoint.access, Access::SuperAdmin | Access::TenantAdmin) {
            assert!(has("403"), "{who} without 403");
        }
        if operation["requestBody"].is_object() && !endpoint.path.contains("/webhook/") {
            assert!(has("422"), "{who} without 422");
        }
        let success = ["200", "201", "308"];
        assert!(success.iter().any(|status| has(status)), "{who}");
        assert!(operation["tags"][0].is_string(), "{who} without a tag");
        assert!(operation["summary"].is_string(), "{who} without a summary");
    }
}

#[test]
fn every_operation_has_a_name_of_its_own() {
    let api = described();
    let mut names = BTreeSet::new();
    for endpoint in endpoints() {
        let name = operation(&api, &endpoint)["operationId"].as_str();
        let name = name.unwrap_or_default().to_owned();
        assert!(
            name.len() > 3 && name.bytes().all(|byte| byte.is_ascii_alphabetic()),
            "{endpoint:?}: {name:?}"
        );
        assert!(names.insert(name.clone()), "{name} is used twice");
    }
}

#[test]
fn the_answers_of_a_purchase_are_told_apart() {
    let api = described();
    let schema = |name: &str| &api["components"]["schemas"][name];
    let has = |name: &str, field: &str| schema(name)["properties"][field].is_object();
    for name in ["PurchaseProblemView", "PaymentProblemView", "UnpaidView"] {
        for field in ["detail", "codigo", "compra", "consulta", "estado_pago"] {
            assert!(has(name, field), "{name}.{field}");
        }
    }
    assert!(has("PurchaseProblemView", "url_autenticacion"));
    assert_eq!(
        schema("PurchaseAnswerView")["oneOf"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert_eq!(
        schema("PaidView")["properties"]["success"]["enum"],
        json!([true])
    );
    let codes = schema("ErrorCode")["enum"].as_array().unwrap();
    for code in ["fondos_insuficientes", "datos_invalidos", "sesion_expirada"] {
        assert!(codes.contains(&json!(code)), "{code}");
    }
    for name in ["ErrorView", "ProblemsView"] {
        let required = schema(name)["required"].as_array().unwrap();
        assert!(required.contains(&json!("codigo")), "{name}");
    }
    let pay = &api["paths"]["/api/v1/payments/pagar-conekta"]["post"]["responses"];
    assert!(pay["429"]["headers"]["Retry-After"].is_object());
    assert!(pay["200"]["headers"]["X-Request-Id"].is_object());
}

#[test]
fn every_path_parameter_is_described() {
    let api = described();
    for endpoint in endpoints() {
        let operation = operation(&api, &endpoint);
        let described: BTreeSet<&str> = operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|parameter| parameter["in"] == "path")
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        let named: BTreeSet<&str> = endpoint
            .path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
            .collect();
        assert_eq!(described, named, "{} {}", endpoint.method, endpoint.path);
    }
}

#[test]
fn every_reference_of_the_description_leads_somewhere() {
    fn walk(value: &Value, api: &Value, seen: &mut usize) {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(target)) = fields.get("$ref") {
                    let pointer = target.strip_prefix('#').unwrap();
                    assert!(api.pointer(pointer).is_some(), "{target} leads nowhere");
                    *seen += 1;
                }
                fields.values().for_each(|field| walk(field, api, seen));
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, api, seen)),
            _ => {}
        }
    }
    let api = described();
    let mut seen = 0;
    walk(&api, &api, &mut seen);
    assert!(seen > 100, "only {seen} references");
}

#[test]
fn the_description_is_served_under_the_configured_name() {
    let world = World::new();
    let answer = world.get("/openapi.json").send();
    let served = answer.expect(200);
    assert_eq!(served["info"]["title"], "MikroTik Payment API");
    assert_eq!(served["paths"], described()["paths"]);
    let tag = answer.header("etag").unwrap().to_owned();
    let again = world.get("/openapi.json").header("If-None-Match", &tag);
    assert_eq!(again.send().status, 304);
}
