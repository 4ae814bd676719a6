//! Mercado Pago's adapter when the other side misbehaves.

use domain::gateway::{DeclineReason, GatewayMode, PaymentStatus};
use ports::payments::{
    CancelOutcome, ChargeOutcome, NotCharged, PaymentGateway, ReadError, ReadOutcome, RefundOutcome,
};

use crate::fixtures::{
    PATIENT, SHORT, account, answered, card, found, handle, mercado_pago, nobody, refund_of, sale,
};
use crate::stub::{Recorded, Reply, Stub};

const KEY: &str = "TEST-secret-of-the-tenant";
const TOKEN: &str = "secret-of-the-card";

const APPROVED: &str = r#"{"id":123456789012,"status":"approved","status_detail":"accredited",
    "transaction_amount":19.99,"currency_id":"MXN","external_reference":"att-1",
    "live_mode":false}"#;
const CAUSE_3003: &str = r#"{"message":"Invalid card_token_id","status":400,
    "cause":[{"code":3003}]}"#;

async fn charge_with(replies: Vec<Reply>) -> (ChargeOutcome, Vec<Recorded>) {
    let stub = Stub::start(replies).await;
    let gateway = mercado_pago(&stub.url, PATIENT);
    let outcome = gateway.charge(&account(KEY), None, &sale(1, TOKEN)).await;
    (outcome, stub.requests())
}

#[track_caller]
fn assert_unknown(outcome: &ChargeOutcome) {
    let ChargeOutcome::Unknown(text) = outcome else {
        panic!("not unknown: {outcome:?}");
    };
    assert!(
        !text.contains(KEY) && !text.contains(TOKEN) && !text.contains("127.0.0.1"),
        "{text}"
    );
}

#[track_caller]
fn assert_same_request(requests: &[Recorded]) {
    for request in requests {
        assert_eq!(
            request.header("x-idempotency-key"),
            requests[0].header("x-idempotency-key")
        );
        assert_eq!(request.body, requests[0].body);
    }
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_with_the_same_key_and_body() {
    let lost = [
        Reply::Close,
        Reply::Raw(b"HTTP/1.1 2".to_vec()),
        Reply::Raw(b"garbage\r\n\r\n".to_vec()),
        Reply::json(201, ""),
        Reply::json(201, "{}"),
        Reply::json(201, "<html>"),
        Reply::json(201, APPROVED.get(..60).unwrap()),
        Reply::Cut(201, APPROVED.as_bytes().to_vec()),
        Reply::json(
            201,
            APPROVED.replacen('{', &format!(r#"{{"x":"{}","#, "x".repeat(2 << 20)), 1),
        ),
        Reply::json(500, ""),
        Reply::json(503, "{}"),
        Reply::json(409, ""),
        Reply::json(423, ""),
        Reply::json(424, ""),
        Reply::json(429, ""),
        Reply::json(400, r#"{"cause":[{"code":2004}]}"#),
        Reply::json(400, r#"{"cause":[{"code":"2007"}]}"#),
    ];
    for reply in lost {
        let (outcome, requests) =
            charge_with(vec![reply.clone(), Reply::json(201, APPROVED)]).await;
        assert_eq!(
            answered(outcome).status,
            PaymentStatus::Approved,
            "{reply:?}"
        );
        assert_eq!(requests.len(), 2);
        assert_same_request(&requests);
    }
}

#[tokio::test]
async fn repeats_end_after_three() {
    for reply in [
        Reply::Close,
        Reply::json(500, ""),
        Reply::json(201, ""),
        Reply::json(409, ""),
    ] {
        let (outcome, requests) = charge_with(vec![reply]).await;
        assert_unknown(&outcome);
        assert_eq!(requests.len(), 4);
        assert_same_request(&requests);
    }
    let (outcome, requests) = charge_with(vec![Reply::json(429, "")]).await;
    assert_eq!(
        outcome,
        ChargeOutcome::NotCharged(NotCharged::Busy),
        "429 was never carried out"
    );
    assert_eq!(requests.len(), 4);
}

#[tokio::test]
async fn silence_is_asked_again_and_then_unknown() {
    let stub = Stub::start([Reply::Hang]).await;
    let gateway = mercado_pago(&stub.url, SHORT);
    assert_unknown(&gateway.charge(&account(KEY), None, &sale(1, TOKEN)).await);
    let requests = stub.requests();
    // Two time-outs are the whole budget.
    assert!((1..=3).contains(&requests.len()), "{}", requests.len());
    assert_same_request(&requests);

    let stub = Stub::start([Reply::Hang, Reply::json(201, APPROVED)]).await;
    let gateway = mercado_pago(&stub.url, SHORT);
    let facts = answered(gateway.charge(&account(KEY), None, &sale(1, TOKEN)).await);
    assert_eq!(facts.status, PaymentStatus::Approved);
}

#[tokio::test]
async fn a_wait_longer_than_the_budget_is_not_waited_for() {
    let stub = Stub::start([Reply::WithHeader(429, "retry-after: 3600", Vec::new())]).await;
    let gateway = mercado_pago(&stub.url, PATIENT);
    let outcome = gateway.charge(&account(KEY), None, &sale(1, TOKEN)).await;
    assert_eq!(outcome, ChargeOutcome::NotCharged(NotCharged::Busy));
    assert_eq!(stub.requests().len(), 1);
}

#[tokio::test]
async fn a_refusal_after_a_lost_answer_proves_nothing() {
    for refusal in [
        Reply::json(400, CAUSE_3003),
        Reply::json(400, ""),
        Reply::json(401, ""),
        Reply::json(403, ""),
        Reply::json(422, ""),
        Reply::json(429, ""),
    ] {
        for lost in [Reply::Close, Reply::json(500, ""), Reply::json(201, "")] {
            let (outcome, _) = charge_with(vec![lost, refusal.clone()]).await;
            assert_unknown(&outcome);
        }
    }
    let (outcome, _) = charge_with(vec![Reply::json(429, ""), Reply::json(400, CAUSE_3003)]).await;
    assert_eq!(
        outcome,
        ChargeOutcome::NotCharged(NotCharged::Invalid),
        "429 leaves no doubt"
    );
}

#[tokio::test]
async fn a_first_refusal_charged_nothing_and_is_not_repeated() {
    for (reply, expected) in [
        (Reply::json(400, CAUSE_3003), NotCharged::Invalid),
        (
            Reply::json(400, r#"{"cause":[{"code":2034}]}"#),
            NotCharged::Misconfigured,
        ),
        (
            Reply::json(400, r#"{"cause":{"code":"7"}}"#),
            NotCharged::Misconfigured,
        ),
        (
            Reply::json(400, r#"{"cause":[{"code":145}]}"#),
            NotCharged::Misconfigured,
        ),
        (Reply::json(400, ""), NotCharged::Misconfigured),
        (Reply::json(401, ""), NotCharged::Misconfigured),
        (Reply::json(403, ""), NotCharged::Misconfigured),
        (Reply::json(404, ""), NotCharged::Misconfigured),
        (Reply::json(422, ""), NotCharged::Misconfigured),
    ] {
        let (outcome, requests) = charge_with(vec![reply.clone()]).await;
        assert_eq!(outcome, ChargeOutcome::NotCharged(expected), "{reply:?}");
        assert_eq!(requests.len(), 1, "{reply:?}");
    }
    for reply in [
        Reply::json(400, r#"{"cause":[{"code":2001}]}"#),
        Reply::json(400, r#"{"cause":[{"code":801}]}"#),
        Reply::WithHeader(302, "location: /elsewhere", Vec::new()),
        Reply::json(408, ""),
    ] {
        let (outcome, requests) = charge_with(vec![reply]).await;
        assert_unknown(&outcome);
        assert_eq!(requests.len(), 1);
    }
}

#[tokio::test]
async fn a_request_that_never_left_charged_nothing() {
    let gateway = mercado_pago(&nobody(), PATIENT);
    let outcome = gateway.charge(&account(KEY), None, &sale(1, TOKEN)).await;
    assert_eq!(outcome, ChargeOutcome::NotCharged(NotCharged::Unreachable));
    let outcome = gateway
        .charge(&account("bad\nkey"), None, &sale(1, TOKEN))
        .await;
    assert_eq!(
        outcome,
        ChargeOutcome::NotCharged(NotCharged::Misconfigured)
    );
}

#[tokio::test]
async fn an_approval_without_facts_is_read_by_its_id() {
    let bare = r#"{"id":"123456789012","status":"approved"}"#;
    let (outcome, requests) =
        charge_with(vec![Reply::json(201, bare), Reply::json(200, APPROVED)]).await;
    assert_eq!(answered(outcome).amount_minor, Some(1999));
    assert_eq!(requests[1].path, "/v1/payments/123456789012");
    for reply in [
        Reply::json(500, ""),
        Reply::json(404, ""),
        Reply::json(200, "{}"),
    ] {
        let (outcome, _) = charge_with(vec![Reply::json(201, bare), reply]).await;
        assert_unknown(&outcome);
    }
}

#[tokio::test]
async fn contradictions_are_passed_on_but_another_payments_answer_is_not_ours() {
    let (outcome, requests) =
        charge_with(vec![Reply::json(201, APPROVED.replace("19.99", "19.98"))]).await;
    assert_eq!(answered(outcome).amount_minor, Some(1998));
    assert_eq!(requests.len(), 1);
    let rejected = r#"{"id":1,"status":"rejected","status_detail":"cc_rejected_high_risk",
        "external_reference":"att-1"}"#;
    let (outcome, _) = charge_with(vec![Reply::json(201, rejected)]).await;
    assert_eq!(
        answered(outcome).status,
        PaymentStatus::Declined(DeclineReason::Fraud)
    );
    let (outcome, _) =
        charge_with(vec![Reply::json(201, rejected.replace("att-1", "att-2"))]).await;
    assert_unknown(&outcome);
}

#[tokio::test]
async fn an_answer_about_another_payment_leads_to_a_search_for_ours() {
    let page = r#"{"paging":{"total":1},"results":[
        {"id":"123456789012","status":"approved","external_reference":"att-1"}]}"#;
    let empty = r#"{"paging":{"total":0},"results":[]}"#;
    let rejected = r#"{"id":1,"status":"rejected","external_reference":"att-2"}"#;
    for foreign in [&APPROVED.replace("att-1", "att-2"), rejected] {
        let (outcome, requests) = charge_with(vec![
            Reply::json(201, foreign),
            Reply::json(200, page),
            Reply::json(200, APPROVED),
        ])
        .await;
        assert_eq!(answered(outcome).reference.as_deref(), Some("att-1"));
        assert_eq!(requests[1].path, "/v1/payments/search");
        for reply in [Reply::json(200, empty), Reply::json(500, "")] {
            let (outcome, _) = charge_with(vec![Reply::json(201, foreign), reply]).await;
            assert_unknown(&outcome);
        }
    }
    // A payment that is read by its id and turns out to be another one.
    let bare = r#"{"id":"123456789012","status":"approved"}"#;
    let other = Reply::json(200, APPROVED.replace("att-1", "att-2"));
    let (outcome, _) = charge_with(vec![Reply::json(201, bare), other]).await;
    assert_unknown(&outcome);
}

#[tokio::test]
async fn headers_and_body_are_as_documented() {
    let (_, requests) = charge_with(vec![Reply::json(201, APPROVED)]).await;
    let request = &requests[0];
    assert_eq!(
        (request.method.as_str(), request.path.as_str()),
        ("POST", "/v1/payments")
    );
    assert_eq!(
        request.header("authorization"),
        Some(format!("Bearer {KEY}").as_str())
    );
    assert_eq!(
        request.header("x-idempotency-key"),
        Some(sale(1, TOKEN).attempt_id.to_string().as_str())
    );
    assert_eq!(request.header("x-meli-session-id"), Some("armor.device.1"));
    let text = String::from_utf8(request.body.clone()).unwrap();
    assert!(text.contains(r#""transaction_amount":19.99,"#), "{text}");
    let body = request.json();
    assert_eq!(body["binary_mode"], true);
    assert_eq!(body["external_reference"], "att-1");
    assert_eq!(body["payer"]["first_name"], "Ana");
    assert_eq!(body["payer"]["last_name"], "Pérez Paz");
    assert_eq!(body["description"], "Acceso Hotspot - 1 día");
    assert_eq!(body["additional_info"]["ip_address"], "203.0.113.7");
    assert_eq!(
        body["additional_info"]["payer"]["phone"]["number"],
        "5522997233"
    );
    assert_eq!(body["metadata"]["compra"], "1");
    assert!(body["statement_descriptor"].as_str().unwrap().len() <= 13);
    assert_eq!(body.get("issuer_id"), None, "only live");
    assert!(
        body["metadata"]
            .as_object()
            .unwrap()
            .values()
            .all(serde_json::Value::is_string)
    );

    let stub = Stub::start([Reply::json(201, APPROVED)]).await;
    let mut live = account(KEY);
    live.mode = GatewayMode::Live;
    let mut request = sale(1, TOKEN);
    card(&mut request).device_session_id = Some("bad\nheader".into());
    mercado_pago(&stub.url, PATIENT)
        .charge(&live, None, &request)
        .await;
    let sent = &stub.requests()[0];
    assert_eq!(sent.json()["issuer_id"], "310");
    assert_eq!(
        sent.header("x-meli-session-id"),
        None,
        "a bad device id stops no sale"
    );
}

#[tokio::test]
async fn only_a_successful_search_says_no_charge() {
    let read = |replies: Vec<Reply>| async move {
        let stub = Stub::start(replies).await;
        let gateway = mercado_pago(&stub.url, SHORT);
        gateway
            .read(&account(KEY), &handle("att-1", None, None))
            .await
    };
    let empty = r#"{"paging":{"total":0},"results":[]}"#;
    assert_eq!(
        read(vec![Reply::json(200, empty)]).await,
        Ok(ReadOutcome::NoCharge)
    );
    for (reply, expected) in [
        (Reply::json(200, ""), ReadError::Unavailable),
        (Reply::json(200, "{}"), ReadError::Unavailable),
        (Reply::json(500, ""), ReadError::Unavailable),
        (Reply::Close, ReadError::Unavailable),
        (Reply::Hang, ReadError::Unavailable),
        (Reply::json(401, ""), ReadError::Refused),
        (Reply::json(403, ""), ReadError::Refused),
        (Reply::json(404, ""), ReadError::Refused),
        (Reply::json(429, ""), ReadError::Busy),
    ] {
        assert_eq!(read(vec![reply.clone()]).await, Err(expected), "{reply:?}");
    }
}

#[tokio::test]
async fn of_several_payments_the_one_with_money_is_read() {
    let page = r#"{"paging":{"total":4},"results":[
        {"id":"1","status":"rejected","external_reference":"att-1"},
        {"id":"2","status":"approved","transaction_amount":19.99,"external_reference":"att-1"},
        {"id":"3","status":"in_process","external_reference":"att-1"},
        {"id":"4","status":"approved","external_reference":"att-10"}]}"#;
    let stub = Stub::start([
        Reply::json(200, page),
        Reply::json(200, APPROVED.replace("123456789012", "2")),
    ])
    .await;
    let gateway = mercado_pago(&stub.url, PATIENT);
    let read = gateway
        .read(&account(KEY), &handle("att-1", None, None))
        .await
        .unwrap();
    assert_eq!(found(read).payment_id.as_deref(), Some("2"));
    assert_eq!(stub.requests()[1].path, "/v1/payments/2");

    let none = Stub::start([Reply::json(
        200,
        r#"{"paging":{},"results":[{"id":"9","external_reference":"att-10"}]}"#,
    )])
    .await;
    let gateway = mercado_pago(&none.url, PATIENT);
    let read = gateway
        .read(&account(KEY), &handle("att-1", None, None))
        .await;
    assert_eq!(read, Ok(ReadOutcome::NoCharge), "somebody else's payment");
}

#[tokio::test]
async fn refunds_are_repeated_under_their_key_and_judged() {
    let refund = |replies: Vec<Reply>| async move {
        let stub = Stub::start(replies).await;
        let gateway = mercado_pago(&stub.url, PATIENT);
        let request = refund_of(handle("att-1", None, Some("7")), 500, 42);
        let outcome = gateway.refund(&account(KEY), &request).await;
        assert_same_request(&stub.requests());
        (outcome, stub.requests())
    };
    let done = Reply::json(
        201,
        r#"{"id":9,"payment_id":7,"amount":5,"status":"approved"}"#,
    );
    let (outcome, requests) = refund(vec![Reply::Close, Reply::json(500, ""), done.clone()]).await;
    assert_eq!(
        outcome,
        RefundOutcome::Done {
            refund_id: Some("9".into())
        }
    );
    assert_eq!(requests.len(), 3);
    assert_eq!(
        requests[0].header("x-idempotency-key"),
        Some("00000000-0000-0000-0000-00000000002a")
    );
    assert_eq!(requests[0].body, br#"{"amount":5.00}"#);

    for (replies, expected) in [
        (vec![Reply::json(500, "")], RefundOutcome::Unknown),
        (
            vec![Reply::Close, Reply::json(400, "")],
            RefundOutcome::Unknown,
        ),
        (
            vec![Reply::json(201, r#"{"id":9,"status":"in_process"}"#)],
            RefundOutcome::Unknown,
        ),
        (
            vec![Reply::json(
                201,
                r#"{"id":9,"amount":4,"status":"approved"}"#,
            )],
            RefundOutcome::Unknown,
        ),
        (
            vec![Reply::json(201, r#"{"id":9,"status":"rejected"}"#)],
            RefundOutcome::Refused("rejected".into()),
        ),
        (
            vec![Reply::json(400, r#"{"cause":[{"code":2063}]}"#)],
            RefundOutcome::Refused("2063".into()),
        ),
        (
            vec![Reply::json(401, "")],
            RefundOutcome::Refused("http_401".into()),
        ),
        (vec![Reply::json(429, "")], RefundOutcome::NotSent),
    ] {
        assert_eq!(refund(replies.clone()).await.0, expected, "{replies:?}");
    }
    let gateway = mercado_pago(&nobody(), PATIENT);
    let request = refund_of(handle("att-1", None, Some("7")), 500, 42);
    assert_eq!(
        gateway.refund(&account(KEY), &request).await,
        RefundOutcome::NotSent
    );
}

#[tokio::test]
async fn cancelling_believes_only_a_cancelled_payment() {
    let cancel = |reply: Reply| async move {
        let stub = Stub::start([reply]).await;
        let gateway = mercado_pago(&stub.url, SHORT);
        gateway
            .cancel(&account(KEY), &handle("att-1", None, Some("7")))
            .await
    };
    for (reply, expected) in [
        (
            Reply::json(200, r#"{"status":"cancelled"}"#),
            CancelOutcome::Cancelled,
        ),
        (
            Reply::json(200, r#"{"status":"approved"}"#),
            CancelOutcome::Refused,
        ),
        (
            Reply::json(200, r#"{"status":"in_process"}"#),
            CancelOutcome::Unknown,
        ),
        (Reply::json(200, ""), CancelOutcome::Unknown),
        (Reply::json(400, ""), CancelOutcome::Refused),
        (Reply::json(409, ""), CancelOutcome::Unknown),
        (Reply::json(500, ""), CancelOutcome::Unknown),
        (Reply::Hang, CancelOutcome::Unknown),
    ] {
        assert_eq!(cancel(reply.clone()).await, expected, "{reply:?}");
    }
}

#[tokio::test]
async fn the_account_tells_its_id_or_refuses() {
    let ask = |reply: Reply| async move {
        let stub = Stub::start([reply]).await;
        mercado_pago(&stub.url, PATIENT)
            .account_id(&account(KEY))
            .await
    };
    assert_eq!(
        ask(Reply::json(200, r#"{"id":44444}"#)).await,
        Ok(Some("44444".into()))
    );
    assert_eq!(ask(Reply::json(401, "")).await, Err(ReadError::Refused));
    assert_eq!(ask(Reply::json(502, "")).await, Err(ReadError::Unavailable));
}
