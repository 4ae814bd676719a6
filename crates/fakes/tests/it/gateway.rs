use std::sync::Arc;
use std::time::Duration;

use domain::contact::{Customer, Email};
use domain::gateway::{GatewayKind, GatewayMode, PaymentFacts, PaymentMark, PaymentStatus};
use domain::ids::{AttemptId, ProductId, PurchaseId, RouterId, TenantId};
use domain::money::{Currency, Money};
use domain::payment_method::{CardPayment, PaymentMethod};
use domain::secret::Secret;
use domain::time::Timestamp;
use fakes::fault::{Fault, Lost};
use fakes::gateway::{Authorization, Standing, cards, write_event};
use fakes::{FakeGateway, ManualClock};
use futures::executor::block_on;
use ports::payments::{
    CancelOutcome, ChargeOutcome, ChargeRequest, EventKeys, EventProof, GatewayAccount,
    GatewayEvent, NotCharged, PaymentGateway, PaymentHandle, ReadError, ReadOutcome, RefundOutcome,
    RefundRequest,
};
use uuid::Uuid;

const NOW: Timestamp = Timestamp::from_unix_seconds(1_000);

fn gateway(kind: GatewayKind) -> FakeGateway {
    FakeGateway::new(kind, Arc::new(ManualClock::new(NOW)))
}

fn account(secret: &str) -> GatewayAccount {
    GatewayAccount {
        tenant_id: TenantId::from_random([1; 5]),
        version: 1,
        secret: Secret::new(secret),
        mode: GatewayMode::Test,
        collector: None,
    }
}

fn request(number: u8, token: &str) -> ChargeRequest {
    let attempt_id = AttemptId::from_random([number; 16]);
    ChargeRequest {
        attempt_id,
        reference: format!("ref-{number}"),
        amount: Money::from_minor(1_500, Currency::Mxn),
        method: PaymentMethod::Card(CardPayment::with_token(Secret::new(token))),
        product_id: ProductId::new(1),
        sale_name: "1 hora".to_owned(),
        customer: Customer {
            name: "Ana".to_owned(),
            email: Email::from_stored("ana@x.test"),
            phone: None,
        },
        fallback_phone: None,
        customer_ip: None,
        notification_url: None,
        mark: PaymentMark {
            installation: "test".to_owned(),
            tenant: TenantId::from_random([1; 5]),
            router: RouterId::from_random([1; 4]),
            purchase: PurchaseId::new(i64::from(number)),
            attempt: attempt_id,
        },
    }
}

fn handle(number: u8, order: Option<String>, payment: Option<String>) -> PaymentHandle {
    PaymentHandle {
        reference: format!("ref-{number}"),
        order_id: order,
        payment_id: payment,
    }
}

fn refund(handle: &PaymentHandle, key: u128, minor: i64) -> RefundRequest {
    RefundRequest {
        handle: handle.clone(),
        key: Uuid::from_u128(key),
        amount: Money::from_minor(minor, Currency::Mxn),
        is_full: false,
    }
}

/// Charges a card; Conekta's order is opened first.
fn charge(gateway: &FakeGateway, request: &ChargeRequest) -> ChargeOutcome {
    let order = block_on(gateway.open_order(&account("key"), request));
    match order {
        Ok(order) => block_on(gateway.charge(&account("key"), order, request)),
        Err(refusal) => ChargeOutcome::NotCharged(refusal),
    }
}

fn answered(outcome: ChargeOutcome) -> PaymentFacts {
    match outcome {
        ChargeOutcome::Answered(facts) => *facts,
        other => panic!("{other:?}"),
    }
}

fn found(gateway: &FakeGateway, handle: &PaymentHandle) -> PaymentFacts {
    match block_on(gateway.read(&account("key"), handle)) {
        Ok(ReadOutcome::Found(facts)) => *facts,
        other => panic!("{other:?}"),
    }
}

#[test]
fn conekta_takes_one_payment_for_each_order() {
    let conekta = gateway(GatewayKind::Conekta);
    let first = answered(charge(&conekta, &request(1, "tok_1")));
    assert_eq!(first.status, PaymentStatus::Approved);
    let (account, request) = (account("key"), request(2, "tok_2"));
    for order in [first.order_id, None] {
        let refused = block_on(conekta.charge(&account, order, &request));
        assert!(matches!(refused, ChargeOutcome::Unknown(_)), "{refused:?}");
    }
    assert_eq!(conekta.taken(), [(1_500, "MXN".to_owned())]);
}

#[test]
fn mercado_pago_answers_a_repeated_key_with_the_first_payment() {
    let mercado_pago = gateway(GatewayKind::MercadoPago);
    let first = answered(charge(&mercado_pago, &request(1, "tok_1")));
    let second = answered(charge(&mercado_pago, &request(1, "tok_1")));
    assert_eq!(first.payment_id, second.payment_id);
    let other = answered(charge(&mercado_pago, &request(2, "tok_1")));
    assert_ne!(first.payment_id, other.payment_id);
    assert_eq!(mercado_pago.charges().len(), 2);
}

#[test]
fn test_cards_decide_what_becomes_of_a_charge() {
    for kind in GatewayKind::ALL {
        let gateway = gateway(kind);
        let refused = [
            (cards::KEY_REFUSED, NotCharged::Misconfigured),
            (cards::TIMED_OUT, NotCharged::TimedOut),
            (cards::BUSY, NotCharged::Busy),
            (cards::INVALID, NotCharged::Invalid),
        ];
        for (token, refusal) in refused {
            let outcome = charge(&gateway, &request(9, token));
            assert_eq!(outcome, ChargeOutcome::NotCharged(refusal), "{token}");
        }
        assert!(gateway.charges().is_empty());
        let declined = answered(charge(&gateway, &request(1, cards::DECLINED)));
        assert!(matches!(declined.status, PaymentStatus::Declined(_)));
        let lost = charge(&gateway, &request(2, cards::ANSWER_LOST));
        assert!(matches!(lost, ChargeOutcome::Unknown(_)));
        assert_eq!(gateway.taken().len(), 1, "the lost answer's money is held");
        let pending = answered(charge(&gateway, &request(3, cards::PENDING)));
        assert_eq!(pending.status, PaymentStatus::Pending);
        gateway.settle_pending(Standing::Unrecognized("brand_new"));
        let handle = handle(3, pending.order_id, pending.payment_id);
        assert_eq!(found(&gateway, &handle).status_text, "brand_new");
    }
}

#[test]
fn faults_come_before_or_after_the_effect() {
    let gateway = gateway(GatewayKind::MercadoPago);
    gateway.set_faults(|call| (call.operation == "charge").then_some(Fault::Before(Lost::NotSent)));
    let outcome = charge(&gateway, &request(1, "tok_1"));
    assert_eq!(
        outcome,
        ChargeOutcome::NotCharged(NotCharged::Unreachable),
        "not sent, not charged"
    );
    assert!(gateway.charges().is_empty());
    gateway.set_faults(|call| (call.subject == "ref-1").then_some(Fault::After(Lost::NotSent)));
    let outcome = charge(&gateway, &request(1, "tok_1"));
    assert!(
        matches!(outcome, ChargeOutcome::Unknown(_)),
        "charged, so unknown whatever was lost"
    );
    assert_eq!(gateway.charges().len(), 1);
    let handle = handle(1, None, Some(gateway.charges()[0].id.clone()));
    let read = block_on(gateway.read(&account("key"), &handle));
    assert_eq!(read, Err(ReadError::Unavailable));
    let outcome = block_on(gateway.refund(&account("key"), &refund(&handle, 1, 500)));
    assert_eq!(outcome, RefundOutcome::Unknown);
    gateway.recover();
    assert_eq!(found(&gateway, &handle).refunded_minor, Some(500));
}

#[test]
fn no_more_goes_back_than_is_held_and_mercado_pago_recognizes_a_refund() {
    for kind in GatewayKind::ALL {
        let gateway = gateway(kind);
        let facts = answered(charge(&gateway, &request(1, "tok_1")));
        let handle = handle(1, facts.order_id, facts.payment_id);
        let send = |key, minor| {
            let request = refund(&handle, key, minor);
            block_on(gateway.refund(&account("key"), &request))
        };
        assert!(matches!(send(1, 500), RefundOutcome::Done { .. }));
        assert!(matches!(send(1, 500), RefundOutcome::Done { .. }));
        let back = match kind {
            GatewayKind::Conekta => vec![500, 500],
            GatewayKind::MercadoPago => vec![500],
        };
        assert_eq!(gateway.charges()[0].refund_amounts(), back);
        assert_eq!(
            send(2, 1_500),
            RefundOutcome::Refused("invalid_amount".to_owned())
        );
        assert_eq!(
            found(&gateway, &handle).status,
            PaymentStatus::PartiallyRefunded
        );
    }
}

#[test]
fn an_account_sees_and_refunds_its_own_payments_only() {
    let gateway = gateway(GatewayKind::Conekta);
    let facts = answered(charge(&gateway, &request(1, "tok_1")));
    let handle = handle(1, facts.order_id, facts.payment_id);
    let stranger = account("other key");
    assert_eq!(
        block_on(gateway.read(&stranger, &handle)),
        Err(ReadError::Refused)
    );
    assert_eq!(
        block_on(gateway.refund(&stranger, &refund(&handle, 1, 100))),
        RefundOutcome::Refused("not_found".to_owned())
    );
    let page = gateway.list_payments(&stranger, NOW, NOW.plus(Duration::from_secs(1)), None);
    assert!(block_on(page).unwrap().payments.is_empty());
}

#[test]
fn a_search_by_reference_may_lag_behind() {
    let clock = ManualClock::new(NOW);
    let gateway = FakeGateway::new(GatewayKind::MercadoPago, Arc::new(clock.clone())).with_issuer(
        Arc::new(|attempt| Authorization {
            standing: Standing::Captured,
            amount_minor: attempt.amount_minor,
            found_from: NOW.plus(Duration::from_mins(1)),
        }),
    );
    let facts = answered(charge(&gateway, &request(1, "tok_1")));
    let by_reference = handle(1, None, None);
    let read = || block_on(gateway.read(&account("key"), &by_reference));
    assert_eq!(read(), Ok(ReadOutcome::NoCharge));
    let by_id = handle(1, None, facts.payment_id);
    assert_eq!(found(&gateway, &by_id).status, PaymentStatus::Approved);
    clock.advance(Duration::from_mins(1));
    assert!(matches!(read(), Ok(ReadOutcome::Found(_))));
}

#[test]
fn pending_payments_alone_can_be_cancelled() {
    let gateway = gateway(GatewayKind::MercadoPago);
    let pending = answered(charge(&gateway, &request(1, cards::PENDING)));
    let paid = answered(charge(&gateway, &request(2, "tok_1")));
    let cancel =
        |number, payment| block_on(gateway.cancel(&account("key"), &handle(number, None, payment)));
    assert_eq!(cancel(1, pending.payment_id), CancelOutcome::Cancelled);
    assert_eq!(cancel(2, paid.payment_id), CancelOutcome::Refused);
}

#[test]
fn lists_come_in_pages_and_by_time() {
    let gateway = gateway(GatewayKind::MercadoPago);
    for number in 1..=7 {
        answered(charge(&gateway, &request(number, "tok_1")));
    }
    let list = |from: Timestamp, cursor| {
        let to = NOW.plus(Duration::from_secs(1));
        block_on(gateway.list_payments(&account("key"), from, to, cursor)).unwrap()
    };
    let mut seen = Vec::new();
    let mut cursor = None;
    loop {
        let page = list(NOW, cursor);
        seen.extend(page.payments.into_iter().map(|(facts, _)| facts.reference));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen.len(), 7);
    let later = NOW.plus(Duration::from_millis(1));
    assert!(list(later, None).payments.is_empty());
}

#[test]
fn a_notice_is_verified_with_the_keys_of_its_gateway() {
    let notice = GatewayEvent {
        event_id: "1".to_owned(),
        topic: "paid".to_owned(),
        order_id: None,
        payment_id: Some("7".to_owned()),
        reference: None,
    };
    let keys = EventKeys {
        secret: Some(Secret::new("secret")),
        public_keys: vec!["public".to_owned()],
    };
    for (kind, right, wrong) in [
        (GatewayKind::Conekta, "public", "secret"),
        (GatewayKind::MercadoPago, "secret", "public"),
    ] {
        let gateway = gateway(kind);
        let signed = write_event(&notice, Some(right));
        assert_eq!(gateway.parse_event(&signed), Some(notice.clone()));
        assert_eq!(gateway.prove_event(&signed, &keys), EventProof::Verified);
        for forged in [Some(wrong), None] {
            let raw = write_event(&notice, forged);
            assert_eq!(gateway.prove_event(&raw, &keys), EventProof::Forged);
        }
        let no_keys = EventKeys::default();
        assert_eq!(gateway.prove_event(&signed, &no_keys), EventProof::NoKey);
    }
}
