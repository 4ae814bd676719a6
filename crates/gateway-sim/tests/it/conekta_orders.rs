//! Conekta orders: charges, reservations, searches, refunds.

use gateway_sim::EntryKind;
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{KEY, VERSION, World, answer, charge, order};

#[tokio::test]
async fn an_order_without_a_charge_has_no_payment_status() {
    let world = World::new().await;
    let id = world.bare_order().await;
    let read = world.conekta_get(&format!("/orders/{id}")).await;
    assert_eq!(read.status, 200);
    assert_eq!(read.at("/payment_status"), &Value::Null);
    assert!(read.body.get("payment_status").is_none());
    assert_eq!(read.at("/charges"), &Value::Null, "an empty list is null");
    assert_eq!(read.at("/amount"), &json!(1999));
    assert_eq!(read.at("/line_items/data/0/parent_id"), &json!(id));
    assert!(world.sandbox.ledger().entries().is_empty());
}

#[tokio::test]
async fn a_charge_pays_the_order_and_is_in_the_ledger_once() {
    let world = World::new().await;
    let id = world.bare_order().await;
    let made = world.charge(&id, "tok_fresh_1", "att_01").await;
    assert_eq!(made.status, 200);
    assert_eq!(made.at("/object"), &json!("charge"));
    assert_eq!(made.at("/status"), &json!("paid"));
    assert_eq!(made.at("/order_id"), &json!(id));
    assert_eq!(made.at("/reference_id"), &json!("att_01"));
    assert_eq!(made.at("/refunds"), &json!([]));
    let read = world.conekta_get(&format!("/orders/{id}")).await;
    assert_eq!(read.at("/payment_status"), &json!("paid"));
    assert_eq!(read.at("/charges/data/0/reference_id"), &json!("att_01"));

    let ledger = world.sandbox.ledger();
    let charges = ledger.charges_for("att_01");
    assert_eq!(charges.len(), 1);
    assert_eq!(charges[0].amount_cents, 1999);
    assert_eq!(charges[0].currency, "MXN");
    assert_eq!(charges[0].order_id.as_deref(), Some(id.as_str()));
    assert_eq!(
        charges[0].metadata,
        json!({"tenant": "t1", "purchase": "pur_01"})
    );
    assert!(
        !format!("{ledger:?}").contains(KEY),
        "the ledger keeps no key"
    );
    assert!(
        !format!("{ledger:?}").contains("tok_fresh_1"),
        "nor a token"
    );
}

#[tokio::test]
async fn a_paid_order_cannot_be_charged_again() {
    let world = World::new().await;
    let id = world.bare_order().await;
    world.charge(&id, "tok_fresh_1", "att_01").await;
    let again = world.charge(&id, "tok_fresh_2", "att_02").await;
    assert_eq!(again.status, 428);
    assert_eq!(
        again.at("/details/0/code"),
        &json!(
            "conekta.errors.precondition_required.combo.order.cannot_be_updated_because_has_charge_paid"
        )
    );
    assert_eq!(world.sandbox.ledger().charges().len(), 1);
}

#[tokio::test]
async fn a_declined_card_answers_402_with_the_order_and_another_card_may_follow() {
    let world = World::new().await;
    let id = world.bare_order().await;
    let refused = world
        .charge(&id, "tok_insufficient_funds_1", "att_01")
        .await;
    assert_eq!(refused.status, 402);
    assert_eq!(refused.at("/type"), &json!("processing_error"));
    assert_eq!(
        refused.at("/details/0/code"),
        &json!("conekta.errors.processing.bank.insufficient_funds")
    );
    assert_eq!(refused.at("/data/id"), &json!(id));
    assert_eq!(refused.at("/data/payment_status"), &json!("declined"));
    assert_eq!(
        refused.at("/data/charges/data/0/failure_code"),
        &json!("insufficient_funds")
    );
    let second = world.charge(&id, "tok_fresh_2", "att_02").await;
    assert_eq!(second.status, 200);
    let kinds: Vec<EntryKind> = world
        .sandbox
        .ledger()
        .entries()
        .iter()
        .map(|entry| entry.kind)
        .collect();
    assert_eq!(kinds, [EntryKind::Decline, EntryKind::Charge]);
}

#[tokio::test]
async fn a_token_works_once_and_a_test_token_for_ever_in_test_mode_only() {
    let world = World::new().await;
    let first = world.bare_order().await;
    let second = world.bare_order().await;
    assert_eq!(world.charge(&first, "tok_fresh_1", "a").await.status, 200);
    let used = world.charge(&second, "tok_fresh_1", "b").await;
    assert_eq!(used.status, 402);
    assert_eq!(
        used.at("/details/0/code"),
        &json!("conekta.errors.processing.tokenization.used")
    );
    assert_eq!(used.at("/data/charges"), &Value::Null, "nothing was tried");
    assert_eq!(
        world
            .charge(&second, "tok_test_visa_4242", "c")
            .await
            .status,
        200
    );
    let third = world.bare_order().await;
    assert_eq!(
        world.charge(&third, "tok_test_visa_4242", "d").await.status,
        200
    );

    let live = world
        .http
        .post(format!("{}/orders", world.sandbox.conekta_url()))
        .header("accept", VERSION)
        .basic_auth("key_live_0123456789abcdef", Some(""));
    let mut body = order();
    body["charges"] = json!([charge("tok_test_visa_4242", "e")]);
    let refused = answer(live.json(&body)).await;
    assert_eq!(refused.status, 422);
    assert!(
        refused
            .body
            .to_string()
            .contains("incorrect_livemode_of_token")
    );
}

#[tokio::test]
async fn an_order_with_its_charge_in_one_call_stays_when_declined() {
    let world = World::new().await;
    let mut body = order();
    body["charges"] = json!([charge("tok_test_card_declined", "att_01")]);
    let refused = world.conekta_post("/orders", body).await;
    assert_eq!(refused.status, 402);
    let id = refused.at("/data/id").as_str().unwrap();
    let read = world.conekta_get(&format!("/orders/{id}")).await;
    assert_eq!(read.at("/payment_status"), &json!("declined"));
}

#[tokio::test]
async fn reserved_money_is_captured_or_released() {
    let world = World::new().await;
    let mut body = order();
    body["pre_authorize"] = json!(true);
    body["charges"] = json!([charge("tok_fresh_1", "att_01")]);
    let reserved = world.conekta_post("/orders", body.clone()).await;
    assert_eq!(reserved.at("/payment_status"), &json!("pre_authorized"));
    assert!(world.sandbox.ledger().charges().is_empty());
    let id = reserved.at("/id").as_str().unwrap();
    let captured = world
        .conekta_post(&format!("/orders/{id}/capture"), json!({"amount": 1500}))
        .await;
    assert_eq!(captured.at("/payment_status"), &json!("paid"));
    assert_eq!(
        world.sandbox.ledger().charges_for("att_01")[0].amount_cents,
        1500
    );

    body["charges"] = json!([charge("tok_fresh_2", "att_02")]);
    let reserved = world.conekta_post("/orders", body).await;
    let id = reserved.at("/id").as_str().unwrap();
    let canceled = answer(world.conekta(Method::POST, &format!("/orders/{id}/cancel"))).await;
    assert_eq!(canceled.at("/payment_status"), &json!("canceled"));
    assert!(world.sandbox.ledger().charges_for("att_02").is_empty());
    let late = world.charge(id, "tok_fresh_3", "att_03").await;
    assert_eq!(late.status, 428, "a canceled order cannot be charged");
}

#[tokio::test]
async fn a_challenge_waits_for_the_customer() {
    let world = World::new().await;
    let id = world.bare_order().await;
    let made = world.charge(&id, "tok_3ds_1", "att_01").await;
    assert_eq!(made.at("/status"), &json!("pending_payment"));
    let read = world.conekta_get(&format!("/orders/{id}")).await;
    assert_eq!(read.at("/payment_status"), &json!("pending_payment"));
    let url = read
        .at("/next_action/redirect_to_url/url")
        .as_str()
        .unwrap();
    assert!(url.starts_with("https://3ds-pay.conekta.com/"));
    let second = world.charge(&id, "tok_fresh_2", "att_02").await;
    assert_eq!(second.status, 428);
    assert!(world.sandbox.ledger().charges().is_empty());

    world.sandbox.approve("att_01").unwrap();
    let read = world.conekta_get(&format!("/orders/{id}")).await;
    assert_eq!(read.at("/payment_status"), &json!("paid"));
    assert_eq!(read.at("/next_action"), &Value::Null);
    assert_eq!(world.sandbox.ledger().charges_for("att_01").len(), 1);
    assert!(world.sandbox.approve("att_01").is_err(), "paid is paid");
}

#[tokio::test]
async fn cash_and_transfers_wait_for_money() {
    let world = World::new().await;
    for (kind, object) in [("cash", "cash_payment"), ("spei", "bank_transfer_payment")] {
        let id = world.bare_order().await;
        let body = json!({"reference_id": kind, "payment_method": {"type": kind}});
        let made = world
            .conekta_post(&format!("/orders/{id}/charges"), body)
            .await;
        assert_eq!(made.status, 200);
        assert_eq!(made.at("/status"), &json!("pending_payment"));
        assert_eq!(made.at("/payment_method/object"), &json!(object));
        world
            .sandbox
            .settle(kind, &gateway_sim::Decision::Expire)
            .unwrap();
        let read = world.conekta_get(&format!("/orders/{id}")).await;
        assert_eq!(read.at("/payment_status"), &json!("expired"));
        world.sandbox.approve(kind).unwrap();
        let read = world.conekta_get(&format!("/orders/{id}")).await;
        assert_eq!(
            read.at("/payment_status"),
            &json!("paid"),
            "late money wins"
        );
    }
}

#[tokio::test]
async fn lists_are_paged_with_cursors_that_point_to_production() {
    let world = World::new().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(world.bare_order().await);
    }
    let first = world.conekta_get("/orders?limit=2").await;
    assert_eq!(first.at("/has_more"), &json!(true));
    assert_eq!(first.at("/data/0/id"), &json!(ids[2]), "newest first");
    let next = first.at("/next_page_url").as_str().unwrap();
    assert!(next.starts_with("https://api.conekta.io/orders?"));
    let (_, cursor) = next.split_once("next=").unwrap();
    let second = world
        .conekta_get(&format!("/orders?limit=2&next={cursor}"))
        .await;
    assert_eq!(second.at("/data/0/id"), &json!(ids[0]));
    assert_eq!(second.at("/has_more"), &json!(false));
}

#[tokio::test]
async fn search_finds_references_mail_and_ids_after_its_delay() {
    let world = World::new().await;
    world.sandbox.set_settings(gateway_sim::Settings {
        search_delay: 2,
        ..gateway_sim::Settings::default()
    });
    let id = world.bare_order().await;
    world.charge(&id, "tok_fresh_1", "att_01").await;
    let found = |answer: &crate::world::Answer| answer.at("/data").as_array().unwrap().len();
    for expected in [0, 0, 1] {
        let answer = world.conekta_get("/orders?search=att_01").await;
        assert_eq!(found(&answer), expected);
    }
    for (query, expected) in [
        ("search=ANA%40example.mx", 1),
        (&*format!("search={id}"), 1),
        ("search=pur_01", 0),
        ("payment_status=paid", 1),
        ("payment_status=declined", 0),
        ("created_at.gte=1774901374&created_at.lte=1774909999", 1),
        ("created_at.lte=1774901373", 0),
    ] {
        let answer = world.conekta_get(&format!("/orders?{query}")).await;
        assert_eq!(found(&answer), expected, "{query}");
    }
    world.sandbox.set_settings(gateway_sim::Settings {
        search_metadata: true,
        ..gateway_sim::Settings::default()
    });
    let answer = world.conekta_get("/orders?search=pur_01").await;
    assert_eq!(
        found(&answer),
        1,
        "metadata is searched where that is switched on"
    );
    let charges = world.conekta_get("/charges?search=att_01").await;
    assert_eq!(charges.at("/data/0/status"), &json!("paid"));
}

#[tokio::test]
async fn cards_are_tokenized_and_their_number_decides() {
    let world = World::new().await;
    let card = |number: &str| json!({"card": {"number": number, "name": "Ana Perez", "exp_month": "12", "exp_year": "30", "cvc": "123"}});
    for (number, status) in [("5555 5555 5555 4444", 200), ("4000000000000127", 402)] {
        let token = world.conekta_post("/tokens", card(number)).await;
        assert_eq!(token.status, 200);
        assert_eq!(token.at("/used"), &json!(false));
        let token = token.at("/id").as_str().unwrap();
        let id = world.bare_order().await;
        assert_eq!(
            world.charge(&id, token, "att").await.status,
            status,
            "{number}"
        );
    }
    let mut single = card("4242424242424242");
    single["card"]["name"] = json!("Ana");
    assert_eq!(world.conekta_post("/tokens", single).await.status, 422);
}

async fn paid(world: &World) -> String {
    let id = world.bare_order().await;
    assert_eq!(world.charge(&id, "tok_fresh_1", "att_01").await.status, 200);
    id
}

#[tokio::test]
async fn refunds_are_negative_and_add_up() {
    let world = World::new().await;
    let id = paid(&world).await;
    let path = format!("/orders/{id}/refunds");
    let body = json!({"amount": 500, "reason": "requested_by_client"});
    let part = world.conekta_post(&path, body).await;
    assert_eq!(part.status, 200);
    assert_eq!(part.at("/object"), &json!("order"));
    assert_eq!(part.at("/payment_status"), &json!("partially_refunded"));
    assert_eq!(part.at("/amount_refunded"), &json!(500));
    assert_eq!(
        part.at("/charges/data/0/refunds/data/0/amount"),
        &json!(-500)
    );
    let body = json!({"amount": 1500, "reason": "other"});
    let over = world.conekta_post(&path, body).await;
    assert_eq!(over.status, 422, "more than is left");
    let body = json!({"amount": 1499, "reason": "other"});
    let rest = world.conekta_post(&path, body.clone()).await;
    assert_eq!(rest.at("/payment_status"), &json!("refunded"));
    assert_eq!(
        world.conekta_post(&path, body).await.status,
        428,
        "nothing is left"
    );
    let ledger = world.sandbox.ledger();
    assert_eq!(ledger.refunds().len(), 2);
    assert_eq!(ledger.total_net_cents(), 0);
}

#[tokio::test]
async fn a_refund_needs_amount_and_reason() {
    let world = World::new().await;
    let id = paid(&world).await;
    let path = format!("/orders/{id}/refunds");
    for (body, param) in [
        (json!({"reason": "other"}), "amount"),
        (json!({"amount": 5}), "reason"),
        (json!({"amount": 5, "reason": "because"}), "reason"),
        (json!({"amount": 5.5, "reason": "other"}), "amount"),
        (json!({"amount": -5, "reason": "other"}), "amount"),
    ] {
        let refused = world.conekta_post(&path, body.clone()).await;
        assert_eq!(refused.status, 422, "{body}");
        assert_eq!(refused.at("/details/0/param"), &json!(param), "{body}");
    }
    assert!(world.sandbox.ledger().refunds().is_empty());
}

#[tokio::test]
async fn an_unpaid_order_cannot_be_refunded() {
    let world = World::new().await;
    let id = world.bare_order().await;
    let body = json!({"amount": 5, "reason": "other"});
    assert_eq!(
        world
            .conekta_post(&format!("/orders/{id}/refunds"), body)
            .await
            .status,
        428
    );
}

#[tokio::test]
async fn the_panel_refunds_and_the_bank_takes_back() {
    let world = World::new().await;
    let id = paid(&world).await;
    let view = world.sandbox.refund(&id, Some(999)).unwrap();
    assert_eq!(
        (view.refunded_cents, view.status.as_str()),
        (999, "partially_refunded")
    );
    let view = world.sandbox.chargeback("att_01").unwrap();
    assert_eq!(view.status, "charged_back");
    let read = world.conekta_get(&format!("/orders/{id}")).await;
    assert_eq!(read.at("/payment_status"), &json!("charged_back"));
    assert_eq!(
        read.at("/charges/data/0/chargeback/status"),
        &json!("action_required")
    );
    let ledger = world.sandbox.ledger();
    let back: Vec<i64> = ledger
        .of_kind(EntryKind::Chargeback)
        .map(|entry| entry.amount_cents)
        .collect();
    assert_eq!(back, [1000], "what was refunded before is not taken twice");
    assert_eq!(ledger.net_cents(&view.id), 0);
    assert!(world.sandbox.chargeback("att_01").is_err());
}
