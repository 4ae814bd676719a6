//! Conekta's adapter when the other side misbehaves.

use domain::gateway::{DeclineReason, GatewayMode, PaymentStatus};
use payment_gateways::{ConektaConfig, ConektaGateway};
use ports::payments::{
    CancelOutcome, ChargeOutcome, NotCharged, PaymentGateway, ReadError, ReadOutcome, RefundOutcome,
};

use crate::fixtures::{
    PATIENT, SHORT, account, answered, conekta, found, handle, nobody, refund_of, sale,
};
use crate::stub::{Reply, Stub};

const KEY: &str = "key_secret_of_the_tenant";
const TOKEN: &str = "tok_secret_of_the_card";

const ORDER: &str = r#"{"id":"ord_1","livemode":false,"amount":1999,"currency":"MXN"}"#;
const PAID: &str = r#"{"id":"c1","livemode":false,"order_id":"ord_1","currency":"MXN",
    "amount":1999,"status":"paid","reference_id":"att-1"}"#;
const PAID_ORDER: &str = r#"{"id":"ord_1","livemode":false,"amount":1999,"currency":"MXN",
    "payment_status":"paid","charges":{"data":[{"id":"c1","order_id":"ord_1","currency":"MXN",
    "amount":1999,"status":"paid","reference_id":"att-1"}]}}"#;

/// An error answer with this code.
fn refusal(status: u16, code: &str) -> Reply {
    let body = format!(r#"{{"type":"x","details":[{{"code":"conekta.errors.{code}"}}]}}"#);
    Reply::json(status, body)
}

async fn charge_with(replies: Vec<Reply>) -> (ChargeOutcome, usize) {
    let stub = Stub::start(replies).await;
    let gateway = conekta(&stub.url, PATIENT);
    let outcome = gateway
        .charge(&account(KEY), Some("ord_1".into()), &sale(1, TOKEN))
        .await;
    (outcome, stub.requests().len())
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

#[tokio::test]
async fn a_lost_answer_is_unknown_and_nothing_is_sent_twice() {
    for reply in [
        Reply::Close,
        Reply::Raw(b"HTTP/1.1 2".to_vec()),
        Reply::Raw(b"garbage\r\n\r\n".to_vec()),
        Reply::json(500, ""),
        Reply::json(502, "<html>"),
        Reply::json(503, "{}"),
        Reply::WithHeader(302, "location: /elsewhere", Vec::new()),
    ] {
        let (outcome, requests) = charge_with(vec![reply.clone()]).await;
        assert_unknown(&outcome);
        assert_eq!(requests, 1, "{reply:?}");
    }
}

#[tokio::test]
async fn silence_is_unknown() {
    for reply in [Reply::Hang, Reply::HangInBody] {
        let stub = Stub::start([reply]).await;
        let gateway = conekta(&stub.url, SHORT);
        let outcome = gateway
            .charge(&account(KEY), Some("ord_1".into()), &sale(1, TOKEN))
            .await;
        assert_unknown(&outcome);
        assert_eq!(stub.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_request_that_never_left_charged_nothing() {
    let https = nobody().replace("http:", "https:");
    for url in [nobody(), https, "http://nowhere.invalid".to_owned()] {
        let gateway = conekta(&url, PATIENT);
        let outcome = gateway
            .charge(&account(KEY), Some("ord_1".into()), &sale(1, TOKEN))
            .await;
        assert_eq!(
            outcome,
            ChargeOutcome::NotCharged(NotCharged::Unreachable),
            "{url}"
        );
        let order = gateway.open_order(&account(KEY), &sale(1, TOKEN)).await;
        assert_eq!(order, Err(NotCharged::Unreachable));
    }
    // A TLS handshake that never gets an answer.
    let stub = Stub::start([Reply::json(200, PAID)]).await;
    let gateway = ConektaGateway::new(&ConektaConfig {
        base_url: stub.url.replace("http:", "https:"),
        request_timeout: PATIENT,
        connect_timeout: SHORT,
    })
    .unwrap();
    let outcome = gateway
        .charge(&account(KEY), Some("ord_1".into()), &sale(1, TOKEN))
        .await;
    assert_eq!(outcome, ChargeOutcome::NotCharged(NotCharged::Unreachable));
}

#[tokio::test]
async fn a_key_that_no_header_can_hold_sends_nothing() {
    let stub = Stub::start([Reply::json(200, PAID)]).await;
    let gateway = conekta(&stub.url, PATIENT);
    for key in ["", "key\r\nx: y"] {
        let outcome = gateway
            .charge(&account(key), Some("ord_1".into()), &sale(1, TOKEN))
            .await;
        assert_eq!(
            outcome,
            ChargeOutcome::NotCharged(NotCharged::Misconfigured)
        );
    }
    let outcome = gateway.charge(&account(KEY), None, &sale(1, TOKEN)).await;
    assert_eq!(
        outcome,
        ChargeOutcome::NotCharged(NotCharged::Failed),
        "no order, no charge"
    );
    assert!(stub.requests().is_empty());
}

#[tokio::test]
async fn a_proof_needs_no_second_read() {
    let no_reference = PAID.replace("\"att-1\"", "null");
    for body in [PAID, &no_reference] {
        let (outcome, requests) = charge_with(vec![Reply::json(200, body)]).await;
        let facts = answered(outcome);
        assert_eq!(
            (facts.status, facts.amount_minor),
            (PaymentStatus::Approved, Some(1999))
        );
        assert_eq!(requests, 1);
    }
}

#[tokio::test]
async fn an_answer_that_proves_nothing_is_read_once() {
    // All that a proof needs, but too long.
    let huge = PAID.replacen('{', &format!(r#"{{"x":"{}","#, "x".repeat(2 << 20)), 1);
    for doubtful in [
        Reply::json(200, ""),
        Reply::json(200, "[]"),
        Reply::json(200, "not json"),
        Reply::json(201, PAID),
        Reply::json(204, ""),
        Reply::json(200, PAID.get(..40).unwrap()),
        Reply::Cut(200, PAID.as_bytes().to_vec()),
        Reply::json(200, huge),
        Reply::Full(200, vec![0xff, 0xfe]),
        Reply::json(200, PAID.replace("1999", "null")),
        Reply::json(200, PAID.replace("1999", "1998")),
        Reply::json(200, PAID.replace("MXN", "USD")),
        Reply::json(200, PAID.replace("ord_1", "ord_2")),
        Reply::json(200, PAID.replace("att-1", "att-2")),
        Reply::json(200, PAID.replace("\"livemode\":false", "\"livemode\":true")),
        Reply::json(200, PAID.replace("\"paid\"", "\"pending_payment\"")),
    ] {
        let script = vec![doubtful.clone(), Reply::json(200, PAID_ORDER)];
        let (outcome, requests) = charge_with(script).await;
        assert_eq!(answered(outcome).status, PaymentStatus::Approved);
        assert_eq!(requests, 2, "{doubtful:?}");

        let (outcome, _) = charge_with(vec![doubtful.clone(), Reply::json(500, "")]).await;
        assert_unknown(&outcome);
        let (outcome, _) = charge_with(vec![doubtful, Reply::json(200, ORDER)]).await;
        assert_unknown(&outcome);
    }
}

#[tokio::test]
async fn what_the_order_says_after_a_doubtful_answer_is_passed_on_even_if_it_contradicts() {
    let wrong = PAID_ORDER.replace("1999", "1998");
    let (outcome, _) = charge_with(vec![Reply::json(200, "{}"), Reply::json(200, wrong)]).await;
    assert_eq!(answered(outcome).amount_minor, Some(1998));
}

#[tokio::test]
async fn a_decline_and_a_refusal_are_told_apart() {
    let body = r#"{"type":"processing_error","details":[
        {"code":"conekta.errors.processing.bank.insufficient_funds"}]}"#;
    let (outcome, _) = charge_with(vec![Reply::json(402, body)]).await;
    let facts = answered(outcome);
    assert_eq!(
        facts.status,
        PaymentStatus::Declined(DeclineReason::InsufficientFunds)
    );
    assert_eq!(facts.order_id.as_deref(), Some("ord_1"));
    let (outcome, _) = charge_with(vec![Reply::Cut(402, body.as_bytes().to_vec())]).await;
    assert_unknown(&outcome);
    let (outcome, _) = charge_with(vec![Reply::json(401, "")]).await;
    assert_eq!(
        outcome,
        ChargeOutcome::NotCharged(NotCharged::Misconfigured)
    );
}

#[tokio::test]
async fn a_code_that_nobody_knows_is_believed_only_if_the_order_shows_no_charge() {
    let unknown = NotCharged::Misconfigured;
    for (status, expected) in [(400, Some(unknown)), (402, None), (422, Some(unknown))] {
        let reply = refusal(status, "brand.new");
        let script = vec![reply.clone(), Reply::json(200, PAID_ORDER)];
        let (outcome, requests) = charge_with(script).await;
        assert_eq!(answered(outcome).status, PaymentStatus::Approved);
        assert_eq!(requests, 2, "one read, and nothing sent twice");

        let (outcome, _) = charge_with(vec![reply.clone(), Reply::json(200, ORDER)]).await;
        match expected {
            Some(why) => assert_eq!(outcome, ChargeOutcome::NotCharged(why)),
            None => assert_eq!(
                answered(outcome).status,
                PaymentStatus::Declined(DeclineReason::Other)
            ),
        }
        let (outcome, _) = charge_with(vec![reply, Reply::json(500, "")]).await;
        assert_unknown(&outcome);
    }
    let (_, requests) = charge_with(vec![refusal(422, "parameter_validation.card.minimum")]).await;
    assert_eq!(requests, 1, "a known code needs no read");
}

#[tokio::test]
async fn a_name_and_a_phone_are_sent_as_the_gateway_takes_them() {
    for (name, sent_name) in [
        ("Ana3", "Ana"),
        ("Ana (mamá) 😀", "Ana mamá"),
        ("77", "Cliente WiFi"),
    ] {
        let stub = Stub::start([Reply::json(200, ORDER)]).await;
        let mut sale = sale(1, TOKEN);
        sale.customer.name = name.into();
        sale.customer.phone = Some("+52 1 55 2299 7233".into());
        let order = conekta(&stub.url, PATIENT)
            .open_order(&account(KEY), &sale)
            .await;
        assert!(order.is_ok());
        let body = stub.requests()[0].json();
        assert_eq!(body["customer_info"]["name"], sent_name);
        assert_eq!(body["customer_info"]["phone"], "+525522997233");
    }
}

#[tokio::test]
async fn opening_an_order_compares_what_comes_back() {
    let open = |replies: Vec<Reply>, mode: GatewayMode| async move {
        let stub = Stub::start(replies).await;
        let mut account = account(KEY);
        account.mode = mode;
        conekta(&stub.url, SHORT)
            .open_order(&account, &sale(1, TOKEN))
            .await
    };
    let test = GatewayMode::Test;
    let ok = open(vec![Reply::json(200, ORDER)], test).await;
    assert_eq!(ok, Ok(Some("ord_1".to_owned())));
    let bare = open(vec![Reply::json(200, r#"{"id":"ord_1"}"#)], test).await;
    assert_eq!(
        bare,
        Ok(Some("ord_1".to_owned())),
        "absent fields contradict nothing"
    );
    let live = open(vec![Reply::json(200, ORDER)], GatewayMode::Live).await;
    assert_eq!(live, Err(NotCharged::Misconfigured));
    for (reply, expected) in [
        (
            Reply::json(200, ORDER.replace("1999", "2000")),
            NotCharged::Failed,
        ),
        (
            Reply::json(200, ORDER.replace("MXN", "USD")),
            NotCharged::Failed,
        ),
        (Reply::json(200, "{}"), NotCharged::Failed),
        (Reply::json(200, ""), NotCharged::Failed),
        (
            Reply::Cut(200, ORDER.as_bytes().to_vec()),
            NotCharged::Failed,
        ),
        (Reply::Close, NotCharged::Failed),
        (Reply::Hang, NotCharged::TimedOut),
        (Reply::json(500, ""), NotCharged::Failed),
        (Reply::json(401, ""), NotCharged::Misconfigured),
        (Reply::json(403, ""), NotCharged::Misconfigured),
        (Reply::json(404, ""), NotCharged::Misconfigured),
        (Reply::json(409, ""), NotCharged::Misconfigured),
        (Reply::json(400, ""), NotCharged::Misconfigured),
        (Reply::json(422, ""), NotCharged::Misconfigured),
        (
            refusal(422, "parameter_validation.shipping_lines.missing"),
            NotCharged::Misconfigured,
        ),
        (
            refusal(422, "parameter_validation.customer_info.phone.invalid"),
            NotCharged::Invalid,
        ),
        (Reply::json(429, ""), NotCharged::Busy),
    ] {
        assert_eq!(
            open(vec![reply.clone()], test).await,
            Err(expected),
            "{reply:?}"
        );
    }
}

#[tokio::test]
async fn only_a_successful_read_of_our_order_says_no_charge() {
    let read = |reply: Reply| async move {
        let stub = Stub::start([reply]).await;
        let gateway = conekta(&stub.url, SHORT);
        gateway
            .read(&account(KEY), &handle("att-1", Some("ord_1"), None))
            .await
    };
    assert_eq!(
        read(Reply::json(200, ORDER)).await,
        Ok(ReadOutcome::NoCharge)
    );
    let null = r#"{"id":"ord_1","payment_status":null,"charges":null}"#;
    assert_eq!(
        read(Reply::json(200, null)).await,
        Ok(ReadOutcome::NoCharge)
    );
    assert_eq!(
        found(read(Reply::json(200, PAID_ORDER)).await.unwrap()).status,
        PaymentStatus::Approved
    );
    for (reply, expected) in [
        (Reply::json(401, ""), ReadError::Refused),
        (Reply::json(403, ""), ReadError::Refused),
        (Reply::json(404, ""), ReadError::Refused),
        (Reply::json(429, ""), ReadError::Busy),
        (Reply::json(500, ""), ReadError::Unavailable),
        (Reply::json(200, ""), ReadError::Unavailable),
        (Reply::json(200, "{}"), ReadError::Unavailable),
        (
            Reply::json(200, ORDER.replace("ord_1", "ord_2")),
            ReadError::Unavailable,
        ),
        (
            Reply::json(
                200,
                r#"{"id":"ord_1","payment_status":"paid","charges":null}"#,
            ),
            ReadError::Unavailable,
        ),
        (
            Reply::Cut(200, ORDER.as_bytes().to_vec()),
            ReadError::Unavailable,
        ),
        (Reply::Close, ReadError::Unavailable),
        (Reply::Hang, ReadError::Unavailable),
    ] {
        assert_eq!(read(reply.clone()).await, Err(expected), "{reply:?}");
    }
}

#[tokio::test]
async fn a_refund_is_done_only_if_the_order_says_so() {
    let refund = |reply: Reply| async move {
        let before = Reply::json(200, r#"{"id":"ord_1","amount_refunded":0}"#);
        let stub = Stub::start([before, reply]).await;
        let gateway = conekta(&stub.url, SHORT);
        let request = refund_of(handle("att-1", Some("ord_1"), None), 500, 1);
        let outcome = gateway.refund(&account(KEY), &request).await;
        assert_eq!(stub.requests().len(), 2, "a read, and never sent twice");
        outcome
    };
    let done = r#"{"id":"ord_1","payment_status":"partially_refunded","amount_refunded":500,
        "charges":[{"id":"c1","refunds":{"data":[{"id":"r0","amount":-100},
        {"id":"r1","amount":-500}]}}]}"#;
    assert_eq!(
        refund(Reply::json(200, done)).await,
        RefundOutcome::Done {
            refund_id: Some("r1".into())
        }
    );
    for reply in [
        Reply::json(
            200,
            done.replace("\"amount_refunded\":500", "\"amount_refunded\":0"),
        ),
        Reply::json(200, done.replace("ord_1", "ord_2")),
        Reply::json(200, ""),
        Reply::json(500, ""),
        Reply::json(402, ""),
        Reply::Cut(200, done.as_bytes().to_vec()),
        Reply::Close,
        Reply::Hang,
    ] {
        assert_eq!(
            refund(reply.clone()).await,
            RefundOutcome::Unknown,
            "{reply:?}"
        );
    }
    assert_eq!(refund(Reply::json(429, "")).await, RefundOutcome::NotSent);
    let refused = r#"{"details":[{"code":"conekta.errors.combo.order.not_refundable"}]}"#;
    for status in [400, 401, 402, 403, 404, 409, 422, 428] {
        let outcome = refund(Reply::json(status, refused)).await;
        assert_eq!(
            outcome,
            RefundOutcome::Refused("combo.order.not_refundable".into())
        );
    }
    let gateway = conekta(&nobody(), PATIENT);
    let request = refund_of(handle("att-1", Some("ord_1"), None), 500, 1);
    assert_eq!(
        gateway.refund(&account(KEY), &request).await,
        RefundOutcome::NotSent
    );
}

#[tokio::test]
async fn an_earlier_refund_is_not_taken_for_this_one() {
    let refund = |before: &str, after: &str| {
        let order = |total: &str| {
            Reply::json(
                200,
                format!(
                    r#"{{"id":"ord_1","amount_refunded":{total},"charges":[{{"refunds":{{"data":[
                        {{"id":"r1","amount":-500}},
                        {{"id":"r2","amount":-500,"status":"pending"}}]}}}}]}}"#
                ),
            )
        };
        let bare = Reply::json(
            200,
            format!(r#"{{"id":"ord_1","amount_refunded":{before}}}"#),
        );
        let replies = [bare, order(after)];
        async move {
            let stub = Stub::start(replies).await;
            let request = refund_of(handle("att-1", Some("ord_1"), None), 500, 2);
            conekta(&stub.url, SHORT)
                .refund(&account(KEY), &request)
                .await
        }
    };
    assert_eq!(refund("500", "500").await, RefundOutcome::Unknown);
    assert!(matches!(
        refund("500", "1000").await,
        RefundOutcome::Done { .. }
    ));
    assert!(matches!(
        refund("0", "500").await,
        RefundOutcome::Done { .. }
    ));
}

#[tokio::test]
async fn a_refund_whose_order_cannot_be_read_is_not_sent() {
    for (reply, expected) in [
        (Reply::json(500, ""), RefundOutcome::NotSent),
        (Reply::json(429, ""), RefundOutcome::NotSent),
        (Reply::json(200, "{}"), RefundOutcome::NotSent),
        (Reply::Close, RefundOutcome::NotSent),
        (
            Reply::json(401, ""),
            RefundOutcome::Refused("read_refused".into()),
        ),
    ] {
        let stub = Stub::start([reply.clone()]).await;
        let request = refund_of(handle("att-1", Some("ord_1"), None), 500, 1);
        let outcome = conekta(&stub.url, PATIENT)
            .refund(&account(KEY), &request)
            .await;
        assert_eq!(outcome, expected, "{reply:?}");
        assert_eq!(stub.requests().len(), 1);
        assert_eq!(stub.requests()[0].method, "GET");
    }
}

#[tokio::test]
async fn cancelling_believes_only_a_cancelled_order() {
    let cancel = |reply: Reply| async move {
        let stub = Stub::start([reply]).await;
        let gateway = conekta(&stub.url, SHORT);
        gateway
            .cancel(&account(KEY), &handle("att-1", Some("ord_1"), None))
            .await
    };
    for (reply, expected) in [
        (
            Reply::json(200, r#"{"payment_status":"canceled"}"#),
            CancelOutcome::Cancelled,
        ),
        (
            Reply::json(200, r#"{"payment_status":"paid"}"#),
            CancelOutcome::Refused,
        ),
        (
            Reply::json(200, r#"{"payment_status":"pending_payment"}"#),
            CancelOutcome::Unknown,
        ),
        (Reply::json(200, ""), CancelOutcome::Unknown),
        (Reply::json(428, ""), CancelOutcome::Refused),
        (Reply::json(500, ""), CancelOutcome::Unknown),
        (Reply::json(429, ""), CancelOutcome::Unknown),
        (Reply::Hang, CancelOutcome::Unknown),
    ] {
        assert_eq!(cancel(reply.clone()).await, expected, "{reply:?}");
    }
}

#[tokio::test]
async fn a_list_that_points_at_itself_or_is_none_ends() {
    let list = |reply: Reply, cursor: Option<&str>| {
        let cursor = cursor.map(str::to_owned);
        async move {
            let stub = Stub::start([reply]).await;
            let (from, to) = window();
            conekta(&stub.url, PATIENT)
                .list_payments(&account(KEY), from, to, cursor)
                .await
        }
    };
    let page = format!(
        r#"{{"object":"list","has_more":true,"next_page_url":"https://x.test/orders?next=ord_1",
            "data":[{PAID_ORDER},{ORDER}]}}"#
    );
    let first = list(Reply::json(200, page.clone()), None).await.unwrap();
    assert_eq!(
        (first.payments.len(), first.next.as_deref()),
        (1, Some("ord_1"))
    );
    assert_eq!(first.payments[0].1, None, "no mark of ours");
    assert_eq!(
        list(Reply::json(200, page), Some("ord_1"))
            .await
            .unwrap()
            .next,
        None
    );
    assert_eq!(
        list(Reply::json(200, "{}"), None).await,
        Err(ReadError::Unavailable)
    );
}

fn window() -> (domain::time::Timestamp, domain::time::Timestamp) {
    let at = domain::time::Timestamp::from_unix_seconds;
    (at(1_774_900_000), at(1_774_990_000))
}
