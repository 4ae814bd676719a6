//! Conekta's adapter against the stateful sandbox: what it reports is what the ledger says.

use domain::gateway::{DeclineReason, GatewayMode, PaymentStatus};
use domain::money::{Currency, Money};
use domain::time::Timestamp;
use gateway_sim::{
    Clock, Config, Endpoint, Fault, FaultSpec, Gateway, Sandbox, SendOrder, Signing,
};
use payment_gateways::ConektaGateway;
use ports::payments::{
    CancelOutcome, ChargeOutcome, ChargeRequest, EventKeys, EventProof, NotCharged, PaymentGateway,
    PaymentHandle, ReadError, ReadOutcome, RefundOutcome,
};

use crate::fixtures::{
    PATIENT, account, answered, card, conekta, found, handle, mark, raw_event, refund_of, sale,
};
use crate::stub::{Reply, Stub};

const KEY: &str = "key_test_tenant_0001";
/// Where the sandbox's clock starts, Unix seconds.
const START: i64 = 1_774_900_000;

async fn sandbox() -> (Sandbox, ConektaGateway) {
    let config = Config {
        clock: Clock::Stepping(START * 1000),
        ..Config::default()
    };
    let sandbox = Sandbox::start(config).await.unwrap();
    let gateway = conekta(sandbox.conekta_url(), PATIENT);
    (sandbox, gateway)
}

/// Opens the order and charges it.
async fn buy(gateway: &ConektaGateway, sale: &ChargeRequest) -> (PaymentHandle, ChargeOutcome) {
    let order = gateway.open_order(&account(KEY), sale).await.unwrap();
    assert!(order.is_some());
    let outcome = gateway.charge(&account(KEY), order.clone(), sale).await;
    (handle(&sale.reference, order.as_deref(), None), outcome)
}

async fn status(gateway: &ConektaGateway, handle: &PaymentHandle) -> PaymentStatus {
    found(gateway.read(&account(KEY), handle).await.unwrap()).status
}

#[tokio::test]
async fn a_sale_is_paid_read_found_and_listed_with_its_marks() {
    let (sandbox, gateway) = sandbox().await;
    let sale = sale(1, "tok_good");
    let (handle, outcome) = buy(&gateway, &sale).await;
    let facts = answered(outcome);
    assert_eq!(facts.status, PaymentStatus::Approved);
    assert_eq!(facts.amount_minor, Some(1999));
    assert_eq!(facts.reference.as_deref(), Some("att-1"));
    assert_eq!(facts.card.last_four.as_deref(), Some("4242"));
    assert_eq!(sandbox.count(Endpoint::ReadOrder), 0, "proof needs no read");
    let ledger = sandbox.ledger();
    assert_eq!(ledger.charges_for("att-1").len(), 1);
    assert_eq!(ledger.total_net_cents(), 1999);

    let read = found(gateway.read(&account(KEY), &handle).await.unwrap());
    assert_eq!(read.status, PaymentStatus::Approved);
    assert_eq!(read.payment_id, facts.payment_id);
    let by_reference = crate::fixtures::handle("att-1", None, None);
    let searched = found(gateway.read(&account(KEY), &by_reference).await.unwrap());
    assert_eq!(searched.payment_id, facts.payment_id);
    let nobody = crate::fixtures::handle("att-9", None, None);
    assert_eq!(
        gateway.read(&account(KEY), &nobody).await,
        Ok(ReadOutcome::NoCharge)
    );

    let at = Timestamp::from_unix_seconds;
    let page = gateway
        .list_payments(&account(KEY), at(START), at(START + 3600), None)
        .await
        .unwrap();
    assert_eq!(page.payments.len(), 1);
    assert_eq!(page.payments[0].0.payment_id, facts.payment_id);
    assert_eq!(page.payments[0].1, Some(mark(1)));
    let before = gateway
        .list_payments(&account(KEY), at(START - 3600), at(START - 1), None)
        .await
        .unwrap();
    assert!(before.payments.is_empty() && before.next.is_none());
}

#[tokio::test]
async fn every_decline_charges_nothing_and_reads_the_same() {
    let (sandbox, gateway) = sandbox().await;
    for (number, (token, reason)) in (1..).zip([
        ("tok_declined_1", DeclineReason::Declined),
        ("tok_insufficient_1", DeclineReason::InsufficientFunds),
        ("tok_expired_1", DeclineReason::BadCardData),
        ("tok_fraud_1", DeclineReason::Fraud),
        ("tok_call_issuer_1", DeclineReason::CallIssuer),
        ("tok_cvc_1", DeclineReason::BadCardData),
        ("tok_card_disabled_1", DeclineReason::Fraud),
        ("tok_max_attempts_1", DeclineReason::LimitExceeded),
        ("tok_amount_over_limit_1", DeclineReason::LimitExceeded),
        ("tok_not_supported_1", DeclineReason::CardNotSupported),
        ("tok_3ds_failed_1", DeclineReason::ThreeDsFailed),
    ]) {
        let (handle, outcome) = buy(&gateway, &sale(number, token)).await;
        let facts = answered(outcome);
        assert_eq!(facts.status, PaymentStatus::Declined(reason), "{token}");
        assert!(facts.detail.is_some() && facts.payment_id.is_some());
        assert!(matches!(
            status(&gateway, &handle).await,
            PaymentStatus::Declined(_)
        ));
    }
    let (_, outcome) = buy(&gateway, &sale(99, "tok_msi_error_1")).await;
    assert_eq!(
        answered(outcome).status,
        PaymentStatus::Declined(DeclineReason::InvalidInstallments)
    );
    let (_, outcome) = buy(&gateway, &sale(98, "tok_nonexistent_1")).await;
    assert_eq!(outcome, ChargeOutcome::NotCharged(NotCharged::Invalid));
    assert!(sandbox.ledger().charges().is_empty());
}

#[tokio::test]
async fn a_lost_reply_is_resolved_by_reading() {
    let (sandbox, gateway) = sandbox().await;
    for (number, fault) in (1..).zip([
        Fault::CloseAfter,
        Fault::CutBody,
        Fault::Status {
            status: 500,
            after: true,
            retry_after: None,
        },
        Fault::Status {
            status: 504,
            after: true,
            retry_after: None,
        },
    ]) {
        sandbox.fault(FaultSpec::once(fault).at(Endpoint::CreateCharge));
        let (handle, outcome) = buy(&gateway, &sale(number, &format!("tok_{number}"))).await;
        // A cut 200 is resolved within the call; the rest by the reconciler.
        if !matches!(outcome, ChargeOutcome::Answered(_)) {
            assert!(matches!(outcome, ChargeOutcome::Unknown(_)), "{outcome:?}");
        }
        assert_eq!(status(&gateway, &handle).await, PaymentStatus::Approved);
        assert_eq!(sandbox.ledger().charges_for(&handle.reference).len(), 1);
    }
    for (number, fault) in (11..).zip([Fault::Garbage, Fault::EmptyBody, Fault::Truncated]) {
        sandbox.fault(FaultSpec::once(fault).at(Endpoint::CreateCharge));
        let (_, outcome) = buy(&gateway, &sale(number, &format!("tok_{number}"))).await;
        assert_eq!(answered(outcome).status, PaymentStatus::Approved);
    }
    sandbox.fault(FaultSpec::once(Fault::CloseBefore).at(Endpoint::CreateCharge));
    let (handle, outcome) = buy(&gateway, &sale(21, "tok_21")).await;
    assert!(matches!(outcome, ChargeOutcome::Unknown(_)));
    assert_eq!(
        gateway.read(&account(KEY), &handle).await,
        Ok(ReadOutcome::NoCharge)
    );
    assert!(sandbox.ledger().charges_for("att-21").is_empty());
}

#[tokio::test]
async fn codes_that_leave_doubt_are_unknown_and_never_a_second_charge() {
    let (sandbox, gateway) = sandbox().await;
    let (handle, outcome) = buy(&gateway, &sale(1, "tok_bank_timeout_1")).await;
    assert!(matches!(outcome, ChargeOutcome::Unknown(_)));
    assert_eq!(
        status(&gateway, &handle).await,
        PaymentStatus::Declined(DeclineReason::IssuerUnavailable)
    );

    let (handle, outcome) = buy(&gateway, &sale(2, "tok_once")).await;
    answered(outcome);
    let again = gateway
        .charge(
            &account(KEY),
            handle.order_id.clone(),
            &sale(2, "tok_fresh"),
        )
        .await;
    assert!(
        matches!(again, ChargeOutcome::Unknown(_)),
        "428: the order has a charge"
    );
    let (handle, outcome) = buy(&gateway, &sale(3, "tok_once")).await;
    assert!(
        matches!(outcome, ChargeOutcome::Unknown(_)),
        "the token was used"
    );
    assert_eq!(
        gateway.read(&account(KEY), &handle).await,
        Ok(ReadOutcome::NoCharge)
    );
    assert_eq!(sandbox.ledger().charges().len(), 1);
}

#[tokio::test]
async fn answers_that_contradict_are_passed_on_for_judgement() {
    let (sandbox, gateway) = sandbox().await;
    for (number, fault) in (1..).zip([
        Fault::WrongAmount,
        Fault::WrongCurrency,
        Fault::WrongReference,
        Fault::UnknownStatus,
    ]) {
        sandbox.clear_faults();
        for endpoint in [Endpoint::CreateCharge, Endpoint::ReadOrder] {
            sandbox.fault(FaultSpec::once(fault.clone()).at(endpoint));
        }
        let (_, outcome) = buy(&gateway, &sale(number, &format!("tok_{number}"))).await;
        let facts = answered(outcome);
        match fault {
            Fault::WrongAmount => assert_eq!(facts.amount_minor, Some(2000)),
            Fault::WrongCurrency => assert_eq!(facts.currency.as_deref(), Some("USD")),
            Fault::WrongReference => assert_ne!(facts.reference.as_deref(), Some("att-3")),
            _ => assert_eq!(facts.status, PaymentStatus::Unknown),
        }
    }
}

#[tokio::test]
async fn refunds_go_back_once_and_lost_ones_show_when_read() {
    let (sandbox, gateway) = sandbox().await;
    let (handle, outcome) = buy(&gateway, &sale(1, "tok_1")).await;
    answered(outcome);
    let part = gateway
        .refund(&account(KEY), &refund_of(handle.clone(), 500, 1))
        .await;
    assert!(
        matches!(part, RefundOutcome::Done { refund_id: Some(_) }),
        "{part:?}"
    );
    let read = found(gateway.read(&account(KEY), &handle).await.unwrap());
    assert_eq!(read.status, PaymentStatus::PartiallyRefunded);
    assert_eq!(read.refunded_minor, Some(500));

    let too_much = gateway
        .refund(&account(KEY), &refund_of(handle.clone(), 1500, 2))
        .await;
    assert!(
        matches!(too_much, RefundOutcome::Refused(_)),
        "{too_much:?}"
    );

    sandbox.fault(FaultSpec::once(Fault::CloseAfter).at(Endpoint::RefundOrder));
    let lost = gateway
        .refund(&account(KEY), &refund_of(handle.clone(), 1499, 3))
        .await;
    assert_eq!(lost, RefundOutcome::Unknown);
    let read = found(gateway.read(&account(KEY), &handle).await.unwrap());
    assert_eq!(
        (read.status, read.refunded_minor),
        (PaymentStatus::Refunded, Some(1999))
    );
    let ledger = sandbox.ledger();
    assert_eq!((ledger.refunds().len(), ledger.total_net_cents()), (2, 0));
}

#[tokio::test]
async fn pending_money_comes_late_or_is_cancelled_and_a_chargeback_shows() {
    let (sandbox, gateway) = sandbox().await;
    let (late, outcome) = buy(&gateway, &sale(1, "tok_pending_1")).await;
    assert_eq!(answered(outcome).status, PaymentStatus::Pending);
    sandbox.approve("att-1").unwrap();
    assert_eq!(status(&gateway, &late).await, PaymentStatus::Approved);
    assert_eq!(
        gateway.cancel(&account(KEY), &late).await,
        CancelOutcome::Refused
    );
    sandbox.chargeback("att-1").unwrap();
    assert_eq!(status(&gateway, &late).await, PaymentStatus::ChargedBack);

    let (cancelled, outcome) = buy(&gateway, &sale(2, "tok_review_1")).await;
    assert_eq!(answered(outcome).status, PaymentStatus::Pending);
    assert_eq!(
        gateway.cancel(&account(KEY), &cancelled).await,
        CancelOutcome::Cancelled
    );
    assert_eq!(status(&gateway, &cancelled).await, PaymentStatus::Cancelled);

    let (_, outcome) = buy(&gateway, &sale(3, "tok_3ds_1")).await;
    let facts = answered(outcome);
    assert_eq!(facts.status, PaymentStatus::Pending);
    assert!(facts.next_action.is_some_and(|action| {
        action
            .url()
            .is_some_and(|url| url.starts_with("https://3ds-pay.conekta.com/"))
    }));
}

#[tokio::test]
async fn wrong_keys_and_modes_are_found_out_before_any_charge() {
    let (sandbox, gateway) = sandbox().await;
    let sale = sale(1, "tok_1");
    let mut live = account(KEY);
    live.mode = GatewayMode::Live;
    assert_eq!(
        gateway.open_order(&live, &sale).await,
        Err(NotCharged::Misconfigured)
    );
    let order = gateway.open_order(&account(KEY), &sale).await.unwrap();
    sandbox.revoke_key(Gateway::Conekta, KEY);
    assert_eq!(
        gateway.open_order(&account(KEY), &sale).await,
        Err(NotCharged::Misconfigured)
    );
    assert_eq!(
        gateway.charge(&account(KEY), order.clone(), &sale).await,
        ChargeOutcome::NotCharged(NotCharged::Misconfigured)
    );
    let handle = handle("att-1", order.as_deref(), None);
    assert_eq!(
        gateway.read(&account(KEY), &handle).await,
        Err(ReadError::Refused)
    );
    let stranger = account("key_test_other_0002");
    assert_eq!(
        gateway.read(&stranger, &handle).await,
        Err(ReadError::Refused)
    );
    assert_eq!(
        gateway.charge(&stranger, order, &sale).await,
        ChargeOutcome::NotCharged(NotCharged::Misconfigured)
    );
    assert!(sandbox.ledger().entries().is_empty());
}

#[tokio::test]
async fn odd_customers_are_acceptable_to_the_gateway() {
    let (_sandbox, gateway) = sandbox().await;
    for (number, (name, phone, fallback)) in (1..).zip([
        ("", None, None),
        ("Ana\n\u{0}", Some("12"), Some("55 1234 5678")),
        ("Ñ", Some("525522997233"), None),
    ]) {
        let mut sale = sale(number, &format!("tok_{number}"));
        sale.customer.name = name.into();
        sale.customer.phone = phone.map(str::to_owned);
        sale.fallback_phone = fallback.map(str::to_owned);
        sale.sale_name = "x".repeat(400);
        card(&mut sale).installments = 2;
        let (_, outcome) = buy(&gateway, &sale).await;
        assert_eq!(
            answered(outcome).status,
            PaymentStatus::Approved,
            "{name:?}"
        );
    }
}

#[tokio::test]
async fn a_long_list_is_paged_to_its_end() {
    let (_sandbox, gateway) = sandbox().await;
    for number in 1..=120_u8 {
        let mut sale = sale(number, "tok_test_visa_4242");
        sale.amount = Money::from_minor(i64::from(number), Currency::Mxn);
        answered(buy(&gateway, &sale).await.1);
    }
    let at = Timestamp::from_unix_seconds;
    let mut amounts = Vec::new();
    let mut cursor = None;
    loop {
        let page = gateway
            .list_payments(&account(KEY), at(START), at(START + 86_400), cursor)
            .await
            .unwrap();
        amounts.extend(
            page.payments
                .iter()
                .map(|(facts, _)| facts.amount_minor.unwrap()),
        );
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    amounts.sort_unstable();
    assert_eq!(amounts, (1..=120).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_sandboxs_notices_are_proved_and_understood() {
    let (sandbox, gateway) = sandbox().await;
    let (handle, outcome) = buy(&gateway, &sale(1, "tok_1")).await;
    let facts = answered(outcome);
    let inbox = Stub::start([Reply::json(200, "")]).await;
    let keys = EventKeys {
        secret: None,
        public_keys: vec![sandbox.conekta_public_key().to_owned()],
    };
    for (signing, expected) in [
        (Signing::Right, EventProof::Verified),
        (Signing::Wrong, EventProof::Forged),
        (Signing::Foreign, EventProof::Forged),
        (Signing::Malformed, EventProof::Forged),
        (Signing::Missing, EventProof::Forged),
    ] {
        let order = SendOrder {
            gateway: Some(Gateway::Conekta),
            again: true,
            signing,
            url: Some(inbox.url.clone()),
            ..SendOrder::default()
        };
        let before = inbox.requests().len();
        let sent = sandbox.send_webhooks(&order).await.unwrap();
        let received = inbox.requests().split_off(before);
        assert!(!sent.is_empty() && sent.len() == received.len());
        for (delivery, request) in sent.iter().zip(&received) {
            let raw = raw_event(request);
            assert_eq!(gateway.prove_event(&raw, &keys), expected, "{signing:?}");
            let event = gateway.parse_event(&raw).unwrap();
            assert_eq!(
                (&event.event_id, &event.topic),
                (&delivery.event_id, &delivery.event)
            );
            assert_eq!(event.order_id, handle.order_id);
            if event.topic == "charge.paid" {
                assert_eq!(event.payment_id, facts.payment_id);
                assert_eq!(event.reference.as_deref(), Some("att-1"));
            }
        }
    }
}
