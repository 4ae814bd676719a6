//! Mercado Pago's adapter against the stateful sandbox: what it reports is what the ledger says.

use domain::gateway::{DeclineReason, ExpectedPayment, PaymentStatus, Proof};
use domain::money::{Currency, Money};
use domain::time::Timestamp;
use gateway_sim::{
    Clock, Config, Endpoint, Fault, FaultSpec, Gateway, Sandbox, SendOrder, Settings, Signing,
    TsUnit,
};
use payment_gateways::MercadoPagoGateway;
use ports::payments::{
    CancelOutcome, ChargeOutcome, ChargeRequest, EventKeys, EventProof, NotCharged, PaymentGateway,
    ReadError, ReadOutcome, RefundOutcome,
};

use crate::fixtures::{
    PATIENT, account, answered, found, handle, mark, mercado_pago, raw_event, refund_of, sale,
};
use crate::stub::{Reply, Stub};

const KEY: &str = "TEST-tenant-0001-44444444";
const COLLECTOR: &str = "44444444";
/// Where the sandbox's clock starts, Unix seconds.
const START: i64 = 1_774_900_000;

async fn sandbox() -> (Sandbox, MercadoPagoGateway) {
    let config = Config {
        clock: Clock::Stepping(START * 1000),
        ..Config::default()
    };
    let sandbox = Sandbox::start(config).await.unwrap();
    let gateway = mercado_pago(sandbox.mercado_pago_url(), PATIENT);
    (sandbox, gateway)
}

async fn buy(gateway: &MercadoPagoGateway, sale: &ChargeRequest) -> ChargeOutcome {
    gateway.charge(&account(KEY), None, sale).await
}

async fn status(gateway: &MercadoPagoGateway, reference: &str) -> PaymentStatus {
    found(
        gateway
            .read(&account(KEY), &handle(reference, None, None))
            .await
            .unwrap(),
    )
    .status
}

#[tokio::test]
async fn a_sale_is_paid_read_found_and_listed_with_its_marks() {
    let (sandbox, gateway) = sandbox().await;
    assert_eq!(
        gateway.open_order(&account(KEY), &sale(1, "a")).await,
        Ok(None)
    );
    let facts = answered(buy(&gateway, &sale(1, "good")).await);
    assert_eq!(facts.status, PaymentStatus::Approved);
    assert_eq!(facts.collector.as_deref(), Some(COLLECTOR));
    let expected = ExpectedPayment {
        amount: Money::from_minor(1999, Currency::Mxn),
        reference: "att-1".into(),
        order_id: None,
        mode: account(KEY).mode,
        collector: gateway.account_id(&account(KEY)).await.unwrap(),
    };
    assert_eq!(expected.collector.as_deref(), Some(COLLECTOR));
    assert_eq!(expected.check(&facts), Proof::Complete);
    assert_eq!(sandbox.count(Endpoint::CreatePayment), 1);
    assert_eq!(sandbox.ledger().charges_for("att-1").len(), 1);
    assert_eq!(sandbox.ledger().total_net_cents(), 1999);

    let by_id = handle("att-1", None, facts.payment_id.as_deref());
    let read = found(gateway.read(&account(KEY), &by_id).await.unwrap());
    assert_eq!(
        (&read.payment_id, &read.status),
        (&facts.payment_id, &facts.status)
    );
    assert_eq!(status(&gateway, "att-1").await, PaymentStatus::Approved);
    let nobody = handle("att-9", None, None);
    assert_eq!(
        gateway.read(&account(KEY), &nobody).await,
        Ok(ReadOutcome::NoCharge)
    );
    sandbox.fault(FaultSpec::always(Fault::IdsAsStrings));
    assert_eq!(status(&gateway, "att-1").await, PaymentStatus::Approved);

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
        ("declined-1", DeclineReason::Declined),
        ("insufficient-1", DeclineReason::InsufficientFunds),
        ("expired-1", DeclineReason::BadCardData),
        ("high_risk-1", DeclineReason::Fraud),
        ("blacklist-1", DeclineReason::Fraud),
        ("call_issuer-1", DeclineReason::CallIssuer),
        ("security_code-1", DeclineReason::BadCardData),
        ("card_disabled-1", DeclineReason::CardNotSupported),
        ("max_attempts-1", DeclineReason::LimitExceeded),
        ("amount_over_limit-1", DeclineReason::LimitExceeded),
        ("duplicate-1", DeclineReason::Duplicated),
        ("invalid_installments-1", DeclineReason::InvalidInstallments),
        ("not_supported-1", DeclineReason::CardNotSupported),
        ("3ds_failed-1", DeclineReason::ThreeDsFailed),
        ("issuer_unavailable-1", DeclineReason::IssuerUnavailable),
        ("pending-1", DeclineReason::Declined),
    ]) {
        let sale = sale(number, token);
        let facts = answered(buy(&gateway, &sale).await);
        assert_eq!(facts.status, PaymentStatus::Declined(reason), "{token}");
        assert!(facts.detail.is_some());
        assert_eq!(status(&gateway, &sale.reference).await, facts.status);
    }
    assert_eq!(
        buy(&gateway, &sale(99, "nonexistent-1")).await,
        ChargeOutcome::NotCharged(NotCharged::Invalid)
    );
    assert!(sandbox.ledger().charges().is_empty());
}

#[tokio::test]
async fn a_lost_reply_is_asked_for_again_and_charged_once() {
    let (sandbox, gateway) = sandbox().await;
    for (number, fault) in (1..).zip([
        Fault::CloseBefore,
        Fault::CloseAfter,
        Fault::CutBody,
        Fault::Garbage,
        Fault::EmptyBody,
        Fault::Truncated,
        Fault::Status {
            status: 500,
            after: true,
            retry_after: None,
        },
        Fault::Status {
            status: 503,
            after: false,
            retry_after: None,
        },
        Fault::Status {
            status: 429,
            after: false,
            retry_after: None,
        },
    ]) {
        sandbox.fault(FaultSpec::once(fault.clone()).at(Endpoint::CreatePayment));
        let sale = sale(number, &format!("token-{number}"));
        let facts = answered(buy(&gateway, &sale).await);
        assert_eq!(facts.status, PaymentStatus::Approved, "{fault:?}");
        assert_eq!(sandbox.ledger().charges_for(&sale.reference).len(), 1);
    }
    // A second call with the same attempt is the same payment, too.
    let again = answered(buy(&gateway, &sale(1, "token-1")).await);
    assert_eq!(again.status, PaymentStatus::Approved);
    assert_eq!(sandbox.ledger().charges_for("att-1").len(), 1);
}

#[tokio::test]
async fn when_every_answer_is_lost_reading_tells() {
    let (sandbox, gateway) = sandbox().await;
    let id = sandbox.fault(FaultSpec::always(Fault::CloseAfter).at(Endpoint::CreatePayment));
    let outcome = buy(&gateway, &sale(1, "token-1")).await;
    assert!(matches!(outcome, ChargeOutcome::Unknown(_)));
    sandbox.remove_fault(id);
    assert_eq!(status(&gateway, "att-1").await, PaymentStatus::Approved);
    assert_eq!(sandbox.ledger().charges_for("att-1").len(), 1);

    // A search may lag behind: nothing found is no proof, but no error either.
    sandbox.set_settings(Settings {
        search_delay: 1,
        ..Settings::default()
    });
    answered(buy(&gateway, &sale(2, "token-2")).await);
    let wanted = handle("att-2", None, None);
    assert_eq!(
        gateway.read(&account(KEY), &wanted).await,
        Ok(ReadOutcome::NoCharge)
    );
    assert_eq!(status(&gateway, "att-2").await, PaymentStatus::Approved);
    sandbox.fault(FaultSpec::always(Fault::DuplicateResults));
    assert_eq!(status(&gateway, "att-2").await, PaymentStatus::Approved);
}

#[tokio::test]
async fn a_used_token_is_a_refusal_but_after_a_lost_answer_unknown() {
    let (sandbox, gateway) = sandbox().await;
    answered(buy(&gateway, &sale(1, "once")).await);
    assert_eq!(
        buy(&gateway, &sale(2, "once")).await,
        ChargeOutcome::NotCharged(NotCharged::Invalid)
    );
    sandbox.fault(FaultSpec::once(Fault::CloseBefore).at(Endpoint::CreatePayment));
    let outcome = buy(&gateway, &sale(3, "once")).await;
    assert!(matches!(outcome, ChargeOutcome::Unknown(_)), "{outcome:?}");
    assert_eq!(sandbox.ledger().charges().len(), 1);
}

#[tokio::test]
async fn answers_that_contradict_are_passed_on_for_judgement() {
    let (sandbox, gateway) = sandbox().await;
    let expected = |number: u8| ExpectedPayment {
        amount: Money::from_minor(1999, Currency::Mxn),
        reference: format!("att-{number}"),
        order_id: None,
        mode: account(KEY).mode,
        collector: Some(COLLECTOR.into()),
    };
    for (number, fault) in (1..).zip([
        Fault::WrongAmount,
        Fault::WrongCurrency,
        Fault::WrongAccount,
    ]) {
        sandbox.fault(FaultSpec::once(fault.clone()).at(Endpoint::CreatePayment));
        let facts = answered(buy(&gateway, &sale(number, &format!("token-{number}"))).await);
        assert_eq!(facts.status, PaymentStatus::Approved);
        assert_eq!(
            expected(number).check(&facts),
            Proof::Contradicts,
            "{fault:?}"
        );
    }
    // Another payment's answer is no answer: ours is searched for.
    sandbox.fault(FaultSpec::once(Fault::WrongReference).at(Endpoint::CreatePayment));
    let facts = answered(buy(&gateway, &sale(8, "token-8")).await);
    assert_eq!(expected(8).check(&facts), Proof::Complete);
    sandbox.fault(FaultSpec::once(Fault::UnknownStatus).at(Endpoint::CreatePayment));
    let facts = answered(buy(&gateway, &sale(9, "token-9")).await);
    assert_eq!(facts.status, PaymentStatus::Unknown);
}

#[tokio::test]
async fn refunds_go_back_once_under_their_key() {
    let (sandbox, gateway) = sandbox().await;
    let facts = answered(buy(&gateway, &sale(1, "token-1")).await);
    let paid = handle("att-1", None, facts.payment_id.as_deref());
    sandbox.fault(FaultSpec::once(Fault::CloseAfter).at(Endpoint::RefundPayment));
    let part = gateway
        .refund(&account(KEY), &refund_of(paid.clone(), 500, 1))
        .await;
    assert!(
        matches!(part, RefundOutcome::Done { refund_id: Some(_) }),
        "{part:?}"
    );
    let again = gateway
        .refund(&account(KEY), &refund_of(paid.clone(), 500, 1))
        .await;
    assert_eq!(again, part, "the same key is the same refund");
    let read = found(gateway.read(&account(KEY), &paid).await.unwrap());
    assert_eq!(read.status, PaymentStatus::PartiallyRefunded);
    assert_eq!(read.refunded_minor, Some(500));

    let too_much = gateway
        .refund(&account(KEY), &refund_of(paid.clone(), 1500, 2))
        .await;
    assert_eq!(too_much, RefundOutcome::Refused("2085".into()));

    let id = sandbox.fault(FaultSpec::always(Fault::CloseAfter).at(Endpoint::RefundPayment));
    let lost = gateway
        .refund(&account(KEY), &refund_of(paid.clone(), 1499, 3))
        .await;
    assert_eq!(lost, RefundOutcome::Unknown);
    sandbox.remove_fault(id);
    let read = found(gateway.read(&account(KEY), &paid).await.unwrap());
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
    for number in [1, 2] {
        sandbox.fault(FaultSpec::once(Fault::StayPending).at(Endpoint::CreatePayment));
        let facts = answered(buy(&gateway, &sale(number, &format!("token-{number}"))).await);
        assert_eq!(facts.status, PaymentStatus::Pending);
    }
    sandbox.approve("att-1").unwrap();
    assert_eq!(status(&gateway, "att-1").await, PaymentStatus::Approved);
    let late = handle("att-1", None, None);
    assert_eq!(
        gateway.cancel(&account(KEY), &late).await,
        CancelOutcome::Refused
    );
    sandbox.chargeback("att-1").unwrap();
    assert_eq!(status(&gateway, "att-1").await, PaymentStatus::ChargedBack);

    let pending = handle("att-2", None, None);
    assert_eq!(
        gateway.cancel(&account(KEY), &pending).await,
        CancelOutcome::Cancelled
    );
    assert_eq!(
        gateway.cancel(&account(KEY), &pending).await,
        CancelOutcome::Cancelled,
        "again"
    );
    assert_eq!(status(&gateway, "att-2").await, PaymentStatus::Cancelled);
    let nothing = handle("att-9", None, None);
    assert_eq!(
        gateway.cancel(&account(KEY), &nothing).await,
        CancelOutcome::Refused
    );
}

#[tokio::test]
async fn wrong_keys_are_the_tenants_fault() {
    let (sandbox, gateway) = sandbox().await;
    let facts = answered(buy(&gateway, &sale(1, "token-1")).await);
    let paid = handle("att-1", None, facts.payment_id.as_deref());
    let stranger = account("TEST-other-0002-55555555");
    assert_eq!(
        gateway.read(&stranger, &paid).await,
        Err(ReadError::Refused)
    );
    sandbox.revoke_key(Gateway::MercadoPago, KEY);
    assert_eq!(
        gateway.account_id(&account(KEY)).await,
        Err(ReadError::Refused)
    );
    assert_eq!(
        gateway.read(&account(KEY), &paid).await,
        Err(ReadError::Refused)
    );
    assert_eq!(
        buy(&gateway, &sale(2, "token-2")).await,
        ChargeOutcome::NotCharged(NotCharged::Misconfigured)
    );
}

#[tokio::test]
async fn a_long_list_is_paged_to_its_end() {
    let (_sandbox, gateway) = sandbox().await;
    for number in 1..=120_u8 {
        let mut sale = sale(number, &format!("token-{number}"));
        sale.amount = Money::from_minor(i64::from(number), Currency::Mxn);
        answered(buy(&gateway, &sale).await);
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
    assert_eq!(
        amounts,
        (1..=120).collect::<Vec<_>>(),
        "oldest first, each once"
    );
}

#[tokio::test]
async fn the_sandboxs_notices_are_proved_and_understood() {
    let (sandbox, gateway) = sandbox().await;
    let facts = answered(buy(&gateway, &sale(1, "token-1")).await);
    let inbox = Stub::start([Reply::json(200, "")]).await;
    let secret = "mp_test_secret_0001";
    let keys = EventKeys {
        secret: Some(domain::secret::Secret::new(secret)),
        public_keys: Vec::new(),
    };
    for (signing, ts_unit, without_request_id, expected) in [
        (
            Signing::Right,
            TsUnit::Milliseconds,
            false,
            EventProof::Verified,
        ),
        (Signing::Right, TsUnit::Seconds, true, EventProof::Verified),
        (Signing::Wrong, TsUnit::Seconds, false, EventProof::Forged),
        (Signing::Foreign, TsUnit::Seconds, false, EventProof::Forged),
        (
            Signing::Malformed,
            TsUnit::Seconds,
            false,
            EventProof::Forged,
        ),
        (Signing::Missing, TsUnit::Seconds, false, EventProof::Forged),
    ] {
        let order = SendOrder {
            gateway: Some(Gateway::MercadoPago),
            again: true,
            signing,
            ts_unit,
            without_request_id,
            url: Some(inbox.url.clone()),
            secret: Some(secret.into()),
            ..SendOrder::default()
        };
        let before = inbox.requests().len();
        let sent = sandbox.send_webhooks(&order).await.unwrap();
        let received = inbox.requests().split_off(before);
        assert!(!sent.is_empty() && sent.len() == received.len());
        for request in &received {
            let raw = raw_event(request);
            assert_eq!(gateway.prove_event(&raw, &keys), expected, "{signing:?}");
            let event = gateway.parse_event(&raw).unwrap();
            assert_eq!(event.payment_id, facts.payment_id);
            assert_eq!(event.topic, "payment.created");
        }
    }
}
