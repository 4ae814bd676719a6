//! Mercado Pago payments, and what is refused.

use gateway_sim::{Config, Decision, EntryKind, Gateway, Settings};
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{TOKEN, World, answer, payment};

#[tokio::test]
async fn a_payment_is_approved_and_the_amount_stays_exact() {
    let world = World::new().await;
    let made = world.pay("k1", &payment("token1", "att_01")).await;
    assert_eq!(made.status, 201);
    assert_eq!(made.at("/status"), &json!("approved"));
    assert_eq!(made.at("/status_detail"), &json!("accredited"));
    assert_eq!(made.at("/transaction_amount").to_string(), "35.55");
    assert_eq!(made.at("/currency_id"), &json!("MXN"));
    assert_eq!(made.at("/external_reference"), &json!("att_01"));
    assert_eq!(made.at("/collector_id"), &json!(44444));
    assert_eq!(made.at("/metadata"), &json!({"purchase_id": "pur_01"}));
    assert_eq!(made.at("/live_mode"), &json!(false));
    let id = made.at("/id").as_i64().unwrap();
    assert!(id > i64::from(u32::MAX));
    let read = world.mp_get(&format!("/v1/payments/{id}")).await;
    assert_eq!(read.body, made.body);
    let ledger = world.sandbox.ledger();
    assert_eq!(ledger.charges_for("att_01")[0].amount_cents, 3555);
    assert_eq!(ledger.charges_for("att_01")[0].payment_id, id.to_string());
    assert!(!format!("{ledger:?}").contains(TOKEN));
}

#[tokio::test]
async fn a_refused_card_is_a_rejected_payment_not_an_error() {
    let world = World::new().await;
    for (token, detail) in [
        ("tok-FUND-1", "cc_rejected_insufficient_amount"),
        ("tok_declined_1", "cc_rejected_other_reason"),
        ("tok-CALL-1", "cc_rejected_call_for_authorize"),
        ("tok-BLAC-1", "cc_rejected_blacklist"),
        ("tok_3ds_1", "cc_rejected_3ds_mandatory"),
    ] {
        let made = world.pay(token, &payment(token, token)).await;
        assert_eq!(made.status, 201);
        assert_eq!(made.at("/status"), &json!("rejected"), "{token}");
        assert_eq!(made.at("/status_detail"), &json!(detail));
    }
    assert!(world.sandbox.ledger().charges().is_empty());
}

#[tokio::test]
async fn the_cardholder_decides_for_tokens_made_from_a_card() {
    let world = World::new().await;
    for (holder, status) in [
        ("APRO", "approved"),
        ("SECU Perez", "rejected"),
        ("CONT", "in_process"),
    ] {
        let card = json!({
            "card_number": "5474925432670366", "security_code": "123",
            "expiration_month": 11, "expiration_year": 2030, "cardholder": {"name": holder},
        });
        let url = format!("{}/v1/card_tokens", world.sandbox.mercado_pago_url());
        let request = world
            .http
            .post(url)
            .query(&[("public_key", "TEST-pub")])
            .json(&card);
        let token = answer(request).await;
        assert_eq!(token.status, 201, "{token:?}");
        assert_eq!(token.at("/last_four_digits"), &json!("0366"));
        let token = token.at("/id").as_str().unwrap();
        let made = world.pay(token, &payment(token, holder)).await;
        assert_eq!(made.at("/status"), &json!(status), "{holder}");
        assert_eq!(made.at("/card/first_six_digits"), &json!("547492"));
    }
}

#[tokio::test]
async fn binary_mode_decides_at_once() {
    let world = World::new().await;
    let mut body = payment("tok-CONT-1", "att_01");
    body["binary_mode"] = json!(true);
    let made = world.pay("k1", &body).await;
    assert_eq!(made.at("/status"), &json!("rejected"));
}

#[tokio::test]
async fn a_challenge_is_pending_until_passed() {
    let world = World::new().await;
    let mut body = payment("tok_3ds_1", "att_01");
    body["three_d_secure_mode"] = json!("optional");
    let made = world.pay("k1", &body).await;
    assert_eq!(made.at("/status_detail"), &json!("pending_challenge"));
    assert!(made.at("/three_ds_info/creq").is_string());
    assert!(world.sandbox.ledger().charges().is_empty());
    let code = Some("cc_rejected_3ds_challenge".to_owned());
    let view = world
        .sandbox
        .settle("att_01", &Decision::Reject { code })
        .unwrap();
    assert_eq!(view.detail.as_deref(), Some("cc_rejected_3ds_challenge"));
    assert!(world.sandbox.approve("att_01").is_err());
}

#[tokio::test]
async fn cash_is_paid_later() {
    let world = World::new().await;
    let body = json!({
        "transaction_amount": 50, "payment_method_id": "oxxo", "external_reference": "att_01",
        "payer": {"email": "ana@example.mx"},
    });
    let made = world.pay("k1", &body).await;
    assert_eq!(made.at("/status_detail"), &json!("pending_waiting_payment"));
    assert!(
        made.at("/transaction_details/external_resource_url")
            .is_string()
    );
    assert_eq!(world.sandbox.approve("att_01").unwrap().status, "approved");
    assert_eq!(
        world.sandbox.ledger().charges_for("att_01")[0].amount_cents,
        5000
    );
}

#[tokio::test]
async fn the_same_key_and_body_pay_once_and_answer_the_same() {
    let world = World::new().await;
    let body = payment("token1", "att_01");
    let first = world.pay("k1", &body).await;
    let again = world.pay("k1", &body).await;
    assert_eq!((again.status, &again.body), (201, &first.body));
    let other = world.pay("k1", &payment("token1", "att_02")).await;
    assert_eq!(other.status, 409);
    assert_eq!(world.sandbox.ledger().charges().len(), 1);
    let used = world.pay("k2", &body).await;
    assert_eq!(used.status, 400);
    assert_eq!(used.at("/cause/0/code"), &json!(3003), "a token works once");
}

#[tokio::test]
async fn another_merchant_has_its_own_keys_and_payments() {
    let world = World::new().await;
    let made = world.pay("k1", &payment("token1", "att_01")).await;
    let id = made.at("/id").as_i64().unwrap();
    let url = world.sandbox.mercado_pago_url();
    let other = "APP_USR-1234-5678-99999";
    let read = world
        .http
        .get(format!("{url}/v1/payments/{id}"))
        .bearer_auth(other);
    let read = answer(read).await;
    assert_eq!(read.status, 404);
    assert_eq!(read.at("/cause/0/code"), &json!(2000));
    let pay = world
        .http
        .post(format!("{url}/v1/payments"))
        .bearer_auth(other);
    let pay = pay
        .header("x-idempotency-key", "k1")
        .json(&payment("token2", "att_02"));
    let made = answer(pay).await;
    assert_eq!(made.status, 201);
    assert_eq!(made.at("/live_mode"), &json!(true));
    let me = answer(world.http.get(format!("{url}/users/me")).bearer_auth(other)).await;
    assert_eq!(
        (me.at("/id"), me.at("/site_id")),
        (&json!(99999), &json!("MLM"))
    );
}

#[tokio::test]
async fn search_needs_sort_and_criteria_and_may_lag() {
    let settings = Settings {
        search_delay: 1,
        ..Settings::default()
    };
    let world = World::with(Config {
        settings,
        ..Config::default()
    })
    .await;
    world.pay("k1", &payment("token1", "att_01")).await;
    let path = "/v1/payments/search?external_reference=att_01";
    assert_eq!(world.mp_get(path).await.status, 400);
    assert_eq!(
        world
            .mp_get(&format!("{path}&sort=date_created"))
            .await
            .status,
        400
    );
    let path = format!("{path}&sort=date_created&criteria=desc");
    assert_eq!(
        world.mp_get(&path).await.at("/paging/total"),
        &json!(0),
        "not yet"
    );
    let found = world.mp_get(&path).await;
    assert_eq!(found.at("/paging/total"), &json!(1));
    assert_eq!(found.at("/results/0/external_reference"), &json!("att_01"));

    world.pay("k2", &payment("token2", "att_02")).await;
    world.sandbox.reveal();
    let all = world
        .mp_get("/v1/payments/search?sort=id&criteria=asc&limit=1&offset=1")
        .await;
    assert_eq!(
        all.at("/paging/total"),
        &json!(2),
        "revealed by the control side"
    );
    assert_eq!(all.at("/results/0/external_reference"), &json!("att_02"));
    let window = "range=date_created&begin_date=NOW-1HOURS&end_date=NOW&sort=id&criteria=asc";
    let found = world.mp_get(&format!("/v1/payments/search?{window}")).await;
    assert_eq!(found.at("/paging/total"), &json!(2));
    let window = "range=date_created&end_date=NOW-1HOURS&sort=id&criteria=asc";
    let found = world.mp_get(&format!("/v1/payments/search?{window}")).await;
    assert_eq!(found.at("/paging/total"), &json!(0));
}

#[tokio::test]
async fn refunds_in_part_and_in_whole() {
    let world = World::new().await;
    let made = world.pay("k1", &payment("token1", "att_01")).await;
    let path = format!("/v1/payments/{}/refunds", made.at("/id"));
    let part = world.mp_post(&path, "r1", json!({"amount": 5.55})).await;
    assert_eq!(part.status, 201);
    assert_eq!(part.at("/amount").to_string(), "5.55");
    let again = world.mp_post(&path, "r1", json!({"amount": 5.55})).await;
    assert_eq!(again.body, part.body, "the same key refunds once");
    let over = world.mp_post(&path, "r2", json!({"amount": 30.01})).await;
    assert_eq!(over.status, 400);
    let read = world
        .mp_get(&format!("/v1/payments/{}", made.at("/id")))
        .await;
    assert_eq!(read.at("/status_detail"), &json!("partially_refunded"));
    assert_eq!(read.at("/transaction_amount_refunded").to_string(), "5.55");
    let empty = world
        .mp(Method::POST, &path)
        .header("x-idempotency-key", "r3");
    let rest = answer(empty).await;
    assert_eq!(
        (rest.status, rest.at("/amount").to_string()),
        (201, "30.0".to_owned())
    );
    let read = world
        .mp_get(&format!("/v1/payments/{}", made.at("/id")))
        .await;
    assert_eq!(read.at("/status"), &json!("refunded"));
    let listed = world.mp_get(&path).await;
    assert_eq!(listed.body.as_array().unwrap().len(), 2);
    let one = world.mp_get(&format!("{path}/{}", part.at("/id"))).await;
    assert_eq!(one.at("/id"), part.at("/id"));
    assert_eq!(world.sandbox.ledger().total_net_cents(), 0);
    assert_eq!(world.mp_post(&path, "r4", json!({})).await.status, 400);
}

#[tokio::test]
async fn reserved_money_is_captured_and_pending_payments_are_canceled() {
    let world = World::new().await;
    let mut body = payment("token1", "att_01");
    body["capture"] = json!(false);
    let made = world.pay("k1", &body).await;
    assert_eq!(made.at("/status"), &json!("authorized"));
    let path = format!("/v1/payments/{}", made.at("/id"));
    let put = world
        .mp(Method::PUT, &path)
        .json(&json!({"capture": true, "transaction_amount": 20}));
    let captured = answer(put).await;
    assert_eq!(captured.at("/status"), &json!("approved"));
    assert_eq!(
        world.sandbox.ledger().charges_for("att_01")[0].amount_cents,
        2000
    );
    let cancel = json!({"status": "cancelled"});
    let refused = answer(world.mp(Method::PUT, &path).json(&cancel)).await;
    assert_eq!(
        refused.at("/cause/0/code"),
        &json!(3005),
        "approved money is refunded instead"
    );

    let made = world.pay("k2", &payment("tok-CONT-2", "att_02")).await;
    let path = format!("/v1/payments/{}/cancellations", made.at("/id"));
    let canceled = answer(world.mp(Method::PUT, &path).json(&cancel)).await;
    assert_eq!(canceled.at("/status_detail"), &json!("by_collector"));
    assert!(
        world.sandbox.approve("att_02").is_err(),
        "a canceled payment stays unpaid"
    );
}

#[tokio::test]
async fn the_bank_takes_back() {
    let world = World::new().await;
    let made = world.pay("k1", &payment("token1", "att_01")).await;
    let view = world
        .sandbox
        .chargeback(&made.at("/id").to_string())
        .unwrap();
    assert_eq!(
        (view.status.as_str(), view.detail.as_deref()),
        ("charged_back", Some("in_process"))
    );
    let ledger = world.sandbox.ledger();
    assert_eq!(ledger.of_kind(EntryKind::Chargeback).count(), 1);
    assert_eq!(ledger.total_net_cents(), 0);
}

#[tokio::test]
async fn methods_are_listed() {
    let world = World::new().await;
    let listed = world.mp_get("/v1/payment_methods").await;
    let ids: Vec<&Value> = listed
        .body
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["id"])
        .collect();
    assert!(ids.contains(&&json!("visa")) && ids.contains(&&json!("oxxo")));
}

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
