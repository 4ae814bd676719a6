//! What Mercado Pago refuses.

use gateway_sim::Gateway;
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{TOKEN, World, answer, payment};

fn with(name: &str, value: Value) -> Value {
    let mut body = payment("token1", "att_01");
    body[name] = value;
    body
}

fn without(name: &str) -> Value {
    let mut body = payment("token1", "att_01");
    body.as_object_mut().unwrap().remove(name);
    body
}

#[tokio::test]
async fn wrong_fields_are_refused_and_leave_the_key_free() {
    let world = World::new().await;
    for (body, cause) in [
        (with("transaction_amount", json!("35.55")), 4037),
        (with("transaction_amount", json!(35.555)), 4037),
        (with("transaction_amount", json!(0)), 4037),
        (with("transaction_amount", json!(-5)), 4037),
        (without("transaction_amount"), 4037),
        (without("payer"), 4050),
        (with("payer", json!({"email": "nobody"})), 4050),
        (with("payer", json!({"email": "a@b.mx", "nick": "x"})), 8),
        (with("amount", json!(5)), 8),
        (with("currency_id", json!("MXN")), 8),
        (without("token"), 2006),
        (with("token", json!("tok_nonexistent")), 2006),
        (with("payment_method_id", json!("diamond")), 3011),
        (without("installments"), 4033),
        (with("installments", json!(0)), 4033),
        (with("installments", json!("1")), 4033),
        (with("notification_url", json!("not a url")), 4020),
        (with("date_of_expiration", json!("tomorrow")), 23),
        (with("statement_descriptor", json!("x".repeat(23))), 1),
        (with("external_reference", json!("x".repeat(257))), 1),
        (with("three_d_secure_mode", json!("sometimes")), 1),
        (with("binary_mode", json!("yes")), 1),
        (with("metadata", json!("x")), 1),
        (
            with("payer", json!({"email": "seller_44444@testuser.com"})),
            2060,
        ),
    ] {
        let refused = world.pay("k1", &body).await;
        assert_eq!(refused.status, 400, "{body}");
        assert_eq!(refused.at("/cause/0/code"), &json!(cause), "{body}");
    }
    assert!(world.sandbox.ledger().entries().is_empty());
    let made = world.pay("k1", &payment("token1", "att_01")).await;
    assert_eq!(
        made.status, 201,
        "neither the key nor the token was used up"
    );
}

#[tokio::test]
async fn the_idempotency_key_is_mandatory_on_payments_and_refunds() {
    let world = World::new().await;
    let request = || {
        world
            .mp(Method::POST, "/v1/payments")
            .json(&payment("token1", "att_01"))
    };
    let missing = answer(request()).await;
    assert_eq!(
        (missing.status, missing.at("/cause/0/code")),
        (400, &json!(4292))
    );
    let long = answer(request().header("x-idempotency-key", "k".repeat(65))).await;
    assert_eq!(long.status, 400);
    let uuid = "b4d4c3f0-5f1e-4a7e-9f6c-2f2f6a1c9d10";
    let made = answer(request().header("x-idempotency-key", uuid)).await;
    assert_eq!(made.status, 201);
    let path = format!("/v1/payments/{}/refunds", made.at("/id"));
    assert_eq!(
        answer(world.mp(Method::POST, &path).json(&json!({})))
            .await
            .status,
        400
    );
    assert!(world.sandbox.ledger().refunds().is_empty());
}

#[tokio::test]
async fn access_tokens_are_checked() {
    let world = World::new().await;
    let url = format!("{}/users/me", world.sandbox.mercado_pago_url());
    for request in [
        world.http.get(&url),
        world.http.get(&url).bearer_auth("key_test_1234"),
        world.http.get(&url).bearer_auth("TEST-"),
        world.http.get(&url).bearer_auth("TEST-invalid-1"),
        world.http.get(&url).basic_auth(TOKEN, Some("")),
    ] {
        let refused = answer(request).await;
        assert_eq!(refused.status, 401);
        assert_eq!(refused.at("/error"), &json!("unauthorized"));
    }
    world.sandbox.revoke_key(Gateway::MercadoPago, TOKEN);
    assert_eq!(world.mp_get("/users/me").await.status, 401);
}

#[tokio::test]
async fn bad_json_and_unknown_payments_are_told_apart() {
    let world = World::new().await;
    let broken = world
        .mp(Method::POST, "/v1/payments")
        .header("x-idempotency-key", "k1");
    assert_eq!(answer(broken.body("{")).await.status, 400);
    assert_eq!(world.mp_get("/v1/payments/1").await.status, 404);
    assert_eq!(world.mp_get("/v1/payments/abc").await.status, 404);
    assert_eq!(world.mp_get("/nothing").await.status, 404);
}
