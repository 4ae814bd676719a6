//! Things that go wrong, and what is true afterwards.

use gateway_sim::{Endpoint, EntryKind, Fault, FaultSpec, Gateway};
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{World, answer, charge, payment};

#[tokio::test]
async fn lost_before_the_charge_means_not_charged() {
    let world = World::new().await;
    let id = world.bare_order().await;
    world
        .sandbox
        .fault(FaultSpec::once(Fault::CloseBefore).at(Endpoint::CreateCharge));
    let path = format!("/orders/{id}/charges");
    let request = world
        .conekta(Method::POST, &path)
        .json(&charge("tok_fresh_1", "att_01"));
    assert!(request.send().await.is_err(), "no answer");
    assert!(world.sandbox.ledger().charges().is_empty());
    assert_eq!(
        world.charge(&id, "tok_fresh_1", "att_01").await.status,
        200,
        "the token is fresh"
    );
}

#[tokio::test]
async fn lost_after_the_charge_means_charged() {
    let world = World::new().await;
    let id = world.bare_order().await;
    world
        .sandbox
        .fault(FaultSpec::once(Fault::CloseAfter).token("tok_lost"));
    let path = format!("/orders/{id}/charges");
    let request = world
        .conekta(Method::POST, &path)
        .json(&charge("tok_lost_1", "att_01"));
    assert!(request.send().await.is_err(), "no answer");
    assert_eq!(world.sandbox.ledger().charges_for("att_01").len(), 1);
    let read = world.conekta_get(&format!("/orders/{id}")).await;
    assert_eq!(read.at("/payment_status"), &json!("paid"));
}

#[tokio::test]
async fn a_repeat_with_the_same_key_finds_the_lost_payment() {
    let world = World::new().await;
    for (fault, key) in [
        (Fault::CloseAfter, "k1"),
        (Fault::CutBody, "k2"),
        (
            Fault::Status {
                status: 500,
                after: true,
                retry_after: None,
            },
            "k3",
        ),
    ] {
        world
            .sandbox
            .fault(FaultSpec::once(fault).at(Endpoint::CreatePayment));
        let body = payment(&format!("token{key}"), key);
        let request = world
            .mp(Method::POST, "/v1/payments")
            .header("x-idempotency-key", key);
        match request.json(&body).send().await {
            Ok(response) if response.status().is_success() => {
                assert!(response.text().await.is_err(), "the body breaks off");
            }
            Ok(response) => assert_eq!(response.status().as_u16(), 500),
            Err(_) => {}
        }
        let again = world.pay(key, &body).await;
        assert_eq!(
            (again.status, again.at("/status")),
            (201, &json!("approved"))
        );
        assert_eq!(
            world.sandbox.ledger().charges_for(key).len(),
            1,
            "charged once"
        );
    }
}

#[tokio::test]
async fn a_key_whose_request_still_runs_is_a_conflict() {
    let world = World::new().await;
    world
        .sandbox
        .fault(FaultSpec::once(Fault::Hold { after: false }).at(Endpoint::CreatePayment));
    let body = payment("token1", "att_01");
    let (first, ()) = tokio::join!(world.pay("k1", &body), async {
        world.sandbox.wait_held(1).await;
        let second = world.pay("k1", &body).await;
        assert_eq!(second.status, 409);
        assert_eq!(world.sandbox.release_all(), 1);
    });
    assert_eq!(first.status, 201);
    assert_eq!(world.sandbox.ledger().charges().len(), 1);
}

#[tokio::test]
async fn a_held_charge_happens_late_though_the_caller_has_gone() {
    let world = World::new().await;
    let id = world.bare_order().await;
    world
        .sandbox
        .fault(FaultSpec::once(Fault::Hold { after: false }).reference("att_01"));
    let path = format!("/orders/{id}/charges");
    let request = world
        .conekta(Method::POST, &path)
        .json(&charge("tok_fresh_1", "att_01"))
        .send();
    tokio::select! {
        answered = request => panic!("not yet: {answered:?}"),
        () = world.sandbox.wait_held(1) => {}
    }
    let read = world.conekta_get(&format!("/orders/{id}")).await;
    assert_eq!(
        read.at("/charges"),
        &Value::Null,
        "nothing was charged so far"
    );
    world.sandbox.release_all();
    world
        .sandbox
        .wait_until(|sandbox| !sandbox.ledger().charges().is_empty())
        .await;
    let read = world.conekta_get(&format!("/orders/{id}")).await;
    assert_eq!(read.at("/payment_status"), &json!("paid"), "late money");
}

#[tokio::test]
async fn a_hanging_request_never_answers_and_stopping_ends_it() {
    let world = World::new().await;
    world
        .sandbox
        .fault(FaultSpec::once(Fault::Hang { after: true }).at(Endpoint::CreatePayment));
    let body = payment("token1", "att_01");
    let request = world
        .mp(Method::POST, "/v1/payments")
        .header("x-idempotency-key", "k1");
    let hanging = tokio::spawn(request.json(&body).send());
    world
        .sandbox
        .wait_until(|sandbox| !sandbox.ledger().charges().is_empty())
        .await;
    assert!(!hanging.is_finished());
    world.sandbox.stop().await;
    assert!(hanging.await.unwrap().is_err(), "the connection is closed");
}

#[tokio::test]
async fn useless_answers_come_after_the_work() {
    let world = World::new().await;
    for (fault, reference) in [
        (Fault::Garbage, "att_1"),
        (Fault::EmptyBody, "att_2"),
        (Fault::Truncated, "att_3"),
        (Fault::Delay { ms: 1, after: true }, "att_4"),
    ] {
        let parses = matches!(fault, Fault::Delay { .. });
        world
            .sandbox
            .fault(FaultSpec::once(fault.clone()).reference(reference));
        let made = world.pay(reference, &payment(reference, reference)).await;
        assert_eq!(made.status, 201);
        assert_eq!(made.body.is_object(), parses, "{fault:?} {made:?}");
        assert_eq!(world.sandbox.ledger().charges_for(reference).len(), 1);
    }
}

#[tokio::test]
async fn errors_come_in_the_words_of_the_service() {
    let world = World::new().await;
    let status = |status, retry_after| Fault::Status {
        status,
        after: false,
        retry_after,
    };
    for (code, kind) in [
        (401, "authentication_error"),
        (403, "processing_error"),
        (429, "rate_limit_error"),
        (500, "api_error"),
        (503, "api_error"),
    ] {
        let spec = FaultSpec::once(status(code, Some(3))).gateway(Gateway::Conekta);
        world.sandbox.fault(spec);
        let response = world.conekta(Method::GET, "/orders").send().await.unwrap();
        assert_eq!(response.status().as_u16(), code);
        assert_eq!(response.headers()["retry-after"], "3");
        let body: Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
        assert_eq!(body["type"], json!(kind));
        world
            .sandbox
            .fault(FaultSpec::once(status(code, None)).gateway(Gateway::MercadoPago));
        let refused = world.mp_get("/users/me").await;
        assert_eq!(
            (refused.status, refused.at("/status")),
            (code, &json!(code))
        );
    }
    assert_eq!(
        world.conekta_get("/orders").await.status,
        200,
        "all used up"
    );
}

#[tokio::test]
async fn answers_can_contradict_what_was_done() {
    let world = World::new().await;
    for (fault, pointer, value) in [
        (Fault::WrongAmount, "/amount", json!(2000)),
        (Fault::WrongCurrency, "/currency", json!("USD")),
        (
            Fault::WrongReference,
            "/reference_id",
            json!("somebody-elses-reference"),
        ),
        (Fault::WrongLivemode, "/livemode", json!(true)),
        (Fault::UnknownStatus, "/status", json!("brand_new_status")),
        (
            Fault::Overwrite {
                field: "order_id".to_owned(),
                value: Value::Null,
            },
            "/order_id",
            Value::Null,
        ),
    ] {
        let id = world.bare_order().await;
        world
            .sandbox
            .fault(FaultSpec::once(fault.clone()).at(Endpoint::CreateCharge));
        let made = world.charge(&id, "tok_test_visa_4242", &id).await;
        assert_eq!(made.at(pointer), &value, "{fault:?}");
        let read = world.conekta_get(&format!("/orders/{id}")).await;
        assert_eq!(
            read.at("/payment_status"),
            &json!("paid"),
            "the truth is unharmed"
        );
        assert_eq!(
            world.sandbox.ledger().charges_for(&id)[0].amount_cents,
            1999
        );
    }
    world
        .sandbox
        .fault(FaultSpec::once(Fault::WrongAmount).at(Endpoint::CreatePayment));
    let made = world.pay("k1", &payment("token1", "att_01")).await;
    assert_eq!(made.at("/transaction_amount").to_string(), "35.56");
    world
        .sandbox
        .fault(FaultSpec::once(Fault::WrongAccount).at(Endpoint::ReadPayment));
    let read = world
        .mp_get(&format!("/v1/payments/{}", made.at("/id")))
        .await;
    assert_eq!(read.at("/collector_id"), &json!(1));
}

#[tokio::test]
async fn a_charge_can_stay_pending_until_somebody_decides() {
    let world = World::new().await;
    world
        .sandbox
        .fault(FaultSpec::once(Fault::StayPending).at(Endpoint::CreatePayment));
    let mut body = payment("token1", "att_01");
    body["binary_mode"] = json!(true);
    let made = world.pay("k1", &body).await;
    assert_eq!(
        made.at("/status"),
        &json!("in_process"),
        "though binary_mode was asked for"
    );
    world
        .sandbox
        .fault(FaultSpec::once(Fault::StayPending).at(Endpoint::CreateCharge));
    let id = world.bare_order().await;
    let made = world.charge(&id, "tok_fresh_1", "att_02").await;
    assert_eq!(made.at("/status"), &json!("pending_payment"));
    assert!(world.sandbox.ledger().charges().is_empty());
    world.sandbox.approve("att_01").unwrap();
    world.sandbox.reject("att_02").unwrap();
    let kinds: Vec<EntryKind> = world
        .sandbox
        .ledger()
        .entries()
        .iter()
        .map(|entry| entry.kind)
        .collect();
    let pending = EntryKind::Pending;
    assert_eq!(
        kinds,
        [pending, pending, EntryKind::Charge, EntryKind::Decline]
    );
}

#[tokio::test]
async fn any_decline_code_can_be_made() {
    let world = World::new().await;
    let code = "processing.bank.communication_error".to_owned();
    world
        .sandbox
        .fault(FaultSpec::once(Fault::Decline { code }).at(Endpoint::CreateCharge));
    let id = world.bare_order().await;
    let refused = world.charge(&id, "tok_fresh_1", "att_01").await;
    assert_eq!(refused.status, 402);
    let code = "conekta.errors.processing.bank.communication_error";
    assert_eq!(refused.at("/details/0/code"), &json!(code));
    let code = "rejected_by_bank".to_owned();
    world
        .sandbox
        .fault(FaultSpec::once(Fault::Decline { code }).at(Endpoint::CreatePayment));
    let made = world.pay("k1", &payment("token1", "att_02")).await;
    assert_eq!(made.at("/status_detail"), &json!("rejected_by_bank"));
}

#[tokio::test]
async fn searches_can_list_twice_and_ids_can_be_strings() {
    let world = World::new().await;
    world.pay("k1", &payment("token1", "att_01")).await;
    let path = "/v1/payments/search?sort=id&criteria=asc";
    world
        .sandbox
        .fault(FaultSpec::once(Fault::DuplicateResults).at(Endpoint::SearchPayments));
    let twice = world.mp_get(path).await;
    assert_eq!(twice.at("/results").as_array().unwrap().len(), 2);
    world
        .sandbox
        .fault(FaultSpec::once(Fault::IdsAsStrings).at(Endpoint::SearchPayments));
    let strings = world.mp_get(path).await;
    assert!(strings.at("/results/0/id").is_string());
}

#[tokio::test]
async fn faults_aim_at_one_account_and_count() {
    let world = World::new().await;
    let down = Fault::Status {
        status: 503,
        after: false,
        retry_after: None,
    };
    let id = world
        .sandbox
        .fault(FaultSpec::always(down).key(crate::world::KEY));
    for _ in 0..3 {
        assert_eq!(world.conekta_get("/orders").await.status, 503);
    }
    let other = world
        .http
        .get(format!("{}/orders", world.sandbox.conekta_url()))
        .header("accept", crate::world::VERSION)
        .bearer_auth("key_other_merchant1");
    assert_eq!(answer(other).await.status, 200);
    assert_eq!(world.sandbox.faults()[0].hits, 3);
    assert!(world.sandbox.remove_fault(id));
    assert_eq!(world.conekta_get("/orders").await.status, 200);
    assert_eq!(world.sandbox.count(Endpoint::SearchOrders), 5);
}
