//! What Conekta refuses.

use gateway_sim::Gateway;
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{KEY, VERSION, World, answer, charge, order};

#[tokio::test]
async fn keys_come_by_bearer_or_basic_and_anything_else_is_refused() {
    let world = World::new().await;
    let url = format!("{}/orders", world.sandbox.conekta_url());
    let request = || {
        world
            .http
            .post(&url)
            .header("accept", VERSION)
            .json(&order())
    };
    assert_eq!(
        answer(request().basic_auth(KEY, Some(""))).await.status,
        200
    );
    assert_eq!(answer(request().bearer_auth(KEY)).await.status, 200);
    for wrong in [
        request(),
        request().basic_auth(KEY, Some("secret")),
        request().bearer_auth("sk_1234567890"),
        request().bearer_auth("key_invalid_123456"),
    ] {
        let refused = answer(wrong).await;
        assert_eq!(refused.status, 401);
        assert_eq!(refused.at("/type"), &json!("authentication_error"));
    }
    world.sandbox.revoke_key(Gateway::Conekta, KEY);
    assert_eq!(answer(request().bearer_auth(KEY)).await.status, 401);
}

#[tokio::test]
async fn only_version_2_3_0_is_served() {
    let world = World::new().await;
    let url = format!("{}/orders", world.sandbox.conekta_url());
    for accept in [
        "application/vnd.conekta-v2.1.0+json",
        "application/json",
        "*/*",
    ] {
        let request = world
            .http
            .post(&url)
            .header("accept", accept)
            .bearer_auth(KEY);
        let refused = answer(request.json(&order())).await;
        assert_eq!(refused.status, 409, "{accept}");
        assert_eq!(refused.at("/type"), &json!("conflict_error"));
    }
    let response = world
        .conekta(Method::POST, "/orders")
        .json(&order())
        .send()
        .await
        .unwrap();
    assert_eq!(response.headers()["content-type"], VERSION);
    let media = response.headers()["conekta-media-type"]
        .to_str()
        .unwrap()
        .to_owned();
    assert_eq!(media, "conekta-v2.3.0; format=application/json");
}

#[tokio::test]
async fn livemode_follows_the_key() {
    let world = World::new().await;
    for (key, live) in [("key_live_0123456789", true), ("key_abc123def456", false)] {
        let request = world
            .http
            .post(format!("{}/orders", world.sandbox.conekta_url()))
            .header("accept", VERSION)
            .bearer_auth(key);
        let made = answer(request.json(&order())).await;
        assert_eq!(made.at("/livemode"), &json!(live));
    }
}

#[tokio::test]
async fn one_merchant_does_not_see_the_orders_of_another() {
    let world = World::new().await;
    let id = world.bare_order().await;
    let url = format!("{}/orders/{id}", world.sandbox.conekta_url());
    let other = || {
        world
            .http
            .get(&url)
            .header("accept", VERSION)
            .bearer_auth("key_other_merchant1")
    };
    let refused = answer(other()).await;
    assert_eq!(refused.status, 404);
    assert_eq!(refused.at("/type"), &json!("resource_not_found_error"));
    world
        .sandbox
        .join_account(Gateway::Conekta, "key_other_merchant1", KEY);
    assert_eq!(
        answer(other()).await.status,
        200,
        "a second key of the same merchant"
    );
}

/// One field changed.
fn with(pointer: &str, value: Value) -> Value {
    let mut body = order();
    body["charges"] = json!([charge("tok_fresh_1", "att_01")]);
    *body.pointer_mut(pointer).unwrap() = value;
    body
}

fn added(name: &str, value: Value) -> Value {
    let mut body = order();
    body[name] = value;
    body
}

#[tokio::test]
async fn wrong_fields_are_refused_by_name_and_nothing_is_charged() {
    let world = World::new().await;
    let long = "x".repeat(250);
    for (body, param) in [
        (with("/currency", json!("MX")), "currency"),
        (with("/currency", json!("EUR")), "currency"),
        (with("/customer_info", json!(null)), "customer_info"),
        (
            with("/customer_info/phone", json!("no phone")),
            "customer_info.phone",
        ),
        (
            with("/customer_info/phone", json!("12345")),
            "customer_info.phone",
        ),
        (
            with("/customer_info/email", json!("ana")),
            "customer_info.email",
        ),
        (with("/customer_info/name", json!("")), "customer_info.name"),
        (with("/line_items", json!([])), "line_items"),
        (with("/line_items/0/name", json!("ab")), "line_items.0.name"),
        (with("/line_items/0/name", json!(long)), "line_items.0.name"),
        (
            with("/line_items/0/unit_price", json!(19.99)),
            "line_items.0.unit_price",
        ),
        (
            with("/line_items/0/unit_price", json!(1999.0)),
            "line_items.0.unit_price",
        ),
        (
            with("/line_items/0/unit_price", json!("1999")),
            "line_items.0.unit_price",
        ),
        (
            with("/line_items/0/unit_price", json!(-1)),
            "line_items.0.unit_price",
        ),
        (
            with("/line_items/0/quantity", json!(0)),
            "line_items.0.quantity",
        ),
        (with("/charges/0/amount", json!(2000)), "charges"),
        (with("/charges/0/amount", json!(19.99)), "charges.0.amount"),
        (
            with("/charges/0/payment_method", json!(null)),
            "charges.0.payment_method",
        ),
        (
            with("/charges/0/payment_method/type", json!("gold")),
            "charges.0.payment_method.type",
        ),
        (
            with("/charges/0/payment_method/token_id", json!("")),
            "charges.0.payment_method.token_id",
        ),
        (added("metadata", json!({"a": {"b": 1}})), "metadata.a"),
        (added("metadata", json!({"a": [1]})), "metadata.a"),
        (added("metadata", json!({"a": long})), "metadata.a"),
        (added("metadata", json!("text")), "metadata"),
        (added("three_ds_mode", json!(null)), "three_ds_mode"),
        (added("three_ds_mode", json!("always")), "three_ds_mode"),
        (added("pre_authorize", json!("yes")), "pre_authorize"),
        (added("return_url", json!("not a url")), "return_url"),
    ] {
        let refused = world.conekta_post("/orders", body.clone()).await;
        assert_eq!(refused.status, 422, "{body}");
        assert_eq!(refused.at("/type"), &json!("parameter_validation_error"));
        assert_eq!(refused.at("/details/0/param"), &json!(param), "{body}");
    }
    assert!(world.sandbox.ledger().entries().is_empty());
    let listed = world.conekta_get("/orders").await;
    assert_eq!(listed.at("/data"), &json!([]));
}

#[tokio::test]
async fn a_token_that_does_not_exist_is_a_wrong_field() {
    let world = World::new().await;
    for token in [
        "ff8080814c11e237014c1ff593b57b4d",
        "tok_nonexistent_1",
        "tok",
    ] {
        let id = world.bare_order().await;
        let refused = world.charge(&id, token, "att_01").await;
        assert_eq!(refused.status, 422, "{token}");
        assert_eq!(
            refused.at("/details/0/code"),
            &json!("conekta.errors.parameter_validation.payment_method.token_id.nonexistent_token")
        );
        assert_eq!(
            refused.at("/details/0/param"),
            &json!("payment_method.token_id")
        );
    }
}

#[tokio::test]
async fn installments_are_three_to_eighteen() {
    let world = World::new().await;
    for (months, status) in [(3, 200), (18, 200), (4, 422), (1, 422)] {
        let id = world.bare_order().await;
        let mut body = charge("tok_test_visa_4242", "att");
        body["payment_method"]["monthly_installments"] = json!(months);
        let made = world
            .conekta_post(&format!("/orders/{id}/charges"), body)
            .await;
        assert_eq!(made.status, status, "{months}");
    }
}

#[tokio::test]
async fn bad_json_and_unknown_paths_are_told_apart() {
    let world = World::new().await;
    let broken = answer(world.conekta(Method::POST, "/orders").body("{")).await;
    assert_eq!(broken.status, 400);
    assert_eq!(broken.at("/type"), &json!("malformed_request_error"));
    assert_eq!(world.conekta_get("/orders/ord_unknown").await.status, 404);
    assert_eq!(world.conekta_get("/nothing").await.status, 404);
}
