//! Refunds requested by an operator.

use std::time::Duration;

use application::caller::TenantAdmin;
use application::purchase::refund_request::{
    RefundAnswer, RequestRefund, RequestRefundError, request_refund,
};
use domain::gateway::{DeclineReason, PaymentFacts, PaymentStatus};
use domain::ids::PurchaseId;
use domain::purchase::{AccessState, ParkReason, PurchaseState};
use domain::refund::RefundState;
use ports::hotspot::RemovalOutcome;
use ports::payments::{ReadOutcome, RefundOutcome};
use ports::store::error::StoreError;

use crate::harness::{
    Mocks, NotificationKind, PRICE, Shop, charged, facts, found, new_operator, unanswered,
};

fn wish(amount_minor: Option<i64>, key: Option<&str>) -> RequestRefund {
    RequestRefund {
        amount_minor,
        reason: None,
        idempotency_key: key.map(str::to_owned),
    }
}

fn refund_by(
    shop: &Shop,
    admin: &TenantAdmin,
    id: PurchaseId,
    request: RequestRefund,
) -> Result<RefundAnswer, RequestRefundError> {
    shop.run(request_refund(&shop.app, admin, id, request))
}

/// Refunds the newest purchase.
fn refund(
    shop: &Shop,
    amount_minor: Option<i64>,
    key: Option<&str>,
) -> Result<RefundAnswer, RequestRefundError> {
    let id = shop.purchase().id();
    refund_by(shop, &shop.operator, id, wish(amount_minor, key))
}

fn done() -> RefundOutcome {
    RefundOutcome::Done {
        refund_id: Some("ref_1".to_owned()),
    }
}

/// A shop that has sold once and refunds nothing.
fn sold() -> Shop {
    let shop = Shop::new(Mocks::sells);
    shop.buy("tok_1");
    shop
}

#[test]
fn a_purchase_that_there_is_not_cannot_be_refunded() {
    let shop = sold();
    let refusal = refund_by(
        &shop,
        &shop.operator,
        PurchaseId::new(999),
        wish(None, None),
    );
    assert!(matches!(refusal, Err(RequestRefundError::NotFound)));
}

#[test]
fn the_purchase_of_another_tenant_does_not_exist() {
    let shop = sold();
    let other = new_operator(&shop.app, &shop.owner, "otra@x.test");
    let refusal = refund_by(&shop, &other, shop.purchase().id(), wish(None, None));
    assert!(matches!(refusal, Err(RequestRefundError::NotFound)));
}

#[test]
fn what_was_not_paid_is_not_refunded() {
    let shop = Shop::new(|mocks| {
        mocks.prepares();
        mocks.charges(1, charged(PaymentStatus::Declined(DeclineReason::Declined)));
    });
    shop.buy("tok_1");
    let refusal = refund(&shop, None, None);
    assert!(matches!(refusal, Err(RequestRefundError::NotRefundable)));
}

#[test]
fn an_open_outcome_is_not_refunded() {
    let shop = Shop::new(|mocks| {
        mocks.prepares();
        mocks.charges(1, unanswered);
    });
    shop.buy("tok_1");
    let refusal = refund(&shop, None, None);
    assert!(matches!(refusal, Err(RequestRefundError::NotRefundable)));
}

#[test]
fn no_more_than_what_is_left_goes_back() {
    let shop = Shop::new(|mocks| {
        mocks.sells();
        mocks.reads(1, found(PaymentStatus::Approved));
        mocks.refunds(done());
    });
    shop.buy("tok_1");
    let refusal = refund(&shop, Some(PRICE + 1), Some("k1"));
    assert!(matches!(refusal, Err(RequestRefundError::TooMuch)));
    refund(&shop, Some(PRICE - 100), Some("k2")).unwrap();
    let refusal = refund(&shop, Some(101), Some("k3"));
    assert!(matches!(refusal, Err(RequestRefundError::TooMuch)));
}

#[test]
fn a_part_of_the_money_needs_a_key() {
    let shop = sold();
    let refusal = refund(&shop, Some(PRICE - 1), None);
    assert!(matches!(refusal, Err(RequestRefundError::KeyRequired)));
}

#[test]
fn a_key_belongs_to_one_amount() {
    let shop = Shop::new(|mocks| {
        mocks.sells();
        mocks.reads(1, found(PaymentStatus::Approved));
        mocks.refunds(done());
    });
    shop.buy("tok_1");
    refund(&shop, Some(100), Some("k1")).unwrap();
    for other in [Some(200), None] {
        let refusal = refund(&shop, other, Some("k1"));
        assert!(matches!(refusal, Err(RequestRefundError::KeyReused)));
    }
}

#[test]
fn while_a_refund_is_open_there_is_no_other() {
    let shop = Shop::new(|mocks| {
        mocks.sells();
        mocks.reads(1, found(PaymentStatus::Approved));
        mocks.refunds(RefundOutcome::Unknown);
    });
    shop.buy("tok_1");
    let answer = refund(&shop, Some(100), Some("k1")).unwrap();
    assert_eq!(answer.refund.state, RefundState::Sending);
    let refusal = refund(&shop, Some(100), Some("k2"));
    assert!(matches!(refusal, Err(RequestRefundError::Busy)));
}

#[test]
fn a_refund_whose_commit_collides_is_asked_for_again() {
    let shop = sold();
    let id = shop.purchase().id();
    shop.store_fails(|step| match step {
        "unit.commit" => Err(StoreError::Serialization),
        _ => Ok(()),
    });
    let refusal = refund_by(&shop, &shop.operator, id, wish(None, None));
    assert!(matches!(refusal, Err(RequestRefundError::Busy)));
    shop.store_works();
    assert_eq!(shop.purchase().state(), PurchaseState::Paid);
}

#[test]
fn a_database_that_is_away_sends_no_refund() {
    let shop = sold();
    let id = shop.purchase().id();
    shop.store_fails(|step| match step {
        "unit.commit" => Err(StoreError::Unavailable("away".into())),
        _ => Ok(()),
    });
    let refusal = refund_by(&shop, &shop.operator, id, wish(None, None));
    assert!(matches!(refusal, Err(RequestRefundError::Failure(_))));
}

#[test]
fn a_full_refund_ends_access() {
    let shop = Shop::new(|mocks| {
        mocks.sells();
        mocks.reads(1, found(PaymentStatus::Approved));
        let refund = mocks.conekta.expect_refund().times(1);
        refund.returning(|_, request| {
            assert_eq!((request.amount.minor(), request.is_full), (PRICE, true));
            done()
        });
        mocks.removes(1, Ok(RemovalOutcome::Gone));
    });
    shop.buy("tok_1");
    let answer = refund(&shop, None, None).unwrap();
    assert_eq!(answer.refund.state, RefundState::Done);
    assert_eq!(answer.refund.gateway_refund_id.as_deref(), Some("ref_1"));
    let state = (answer.purchase.state(), answer.purchase.access().state);
    assert_eq!(state, (PurchaseState::Refunded, AccessState::Removed));
    let refusal = refund(&shop, None, None);
    assert!(matches!(refusal, Err(RequestRefundError::NotRefundable)));
}

#[test]
fn a_partial_refund_keeps_access_and_a_repeat_sends_nothing() {
    let shop = Shop::new(|mocks| {
        mocks.sells();
        mocks.reads(1, found(PaymentStatus::Approved));
        mocks.refunds(done());
    });
    shop.buy("tok_1");
    for _ in 0..2 {
        let answer = refund(&shop, Some(600), Some("k1")).unwrap();
        assert_eq!(answer.refund.state, RefundState::Done);
        let state = (answer.purchase.state(), answer.purchase.access().state);
        assert_eq!(state, (PurchaseState::Paid, AccessState::Active));
        assert_eq!(answer.purchase.refundable().minor(), PRICE - 600);
    }
}

#[test]
fn a_partial_refund_without_an_answer_counts_when_the_payment_shows_it() {
    for shown in [600, 0] {
        let shop = Shop::new(|mocks| {
            mocks.sells();
            mocks.reads(1, found(PaymentStatus::Approved));
            mocks.refunds(RefundOutcome::Unknown);
            mocks.reads(1, move |reference| {
                Ok(ReadOutcome::Found(Box::new(PaymentFacts {
                    refunded_minor: Some(shown),
                    ..facts(PaymentStatus::PartiallyRefunded, reference)
                })))
            });
            if shown == 0 {
                mocks.refunds(done());
            }
        });
        shop.buy("tok_1");
        refund(&shop, Some(600), Some("k1")).unwrap();
        assert_eq!(shop.work_after(Duration::from_mins(5)), 1);
        let answer = refund(&shop, Some(600), Some("k1")).unwrap();
        assert_eq!(answer.refund.state, RefundState::Done, "{shown}");
        assert_eq!(answer.purchase.refundable().minor(), PRICE - 600);
    }
}

#[test]
fn a_refused_partial_refund_leaves_the_sale_as_it_was() {
    let shop = Shop::new(|mocks| {
        mocks.sells();
        mocks.reads(1, found(PaymentStatus::Approved));
        mocks.refunds(RefundOutcome::Refused("not allowed".to_owned()));
        mocks.reads(1, found(PaymentStatus::Approved));
    });
    shop.buy("tok_1");
    let answer = refund(&shop, Some(600), Some("k1")).unwrap();
    assert_eq!(answer.refund.state, RefundState::Refused);
    assert_eq!(answer.purchase.state(), PurchaseState::Paid);
    assert_eq!(answer.purchase.refundable().minor(), PRICE);
    assert!(
        shop.notifications()
            .contains(&NotificationKind::NeedsDecision)
    );
}

#[test]
fn a_full_refund_that_the_gateway_refuses_waits_for_a_person_without_access() {
    let shop = Shop::new(|mocks| {
        mocks.sells();
        mocks.removes(1, Ok(RemovalOutcome::Gone));
        mocks.reads(1, found(PaymentStatus::Approved));
        mocks.refunds(RefundOutcome::Refused("not allowed".to_owned()));
        mocks.reads(1, found(PaymentStatus::Approved));
    });
    shop.buy("tok_1");
    let answer = refund(&shop, None, None).unwrap();
    assert_eq!(answer.refund.state, RefundState::Refused);
    assert_eq!(answer.purchase.state(), PurchaseState::Refunding);
    assert_eq!(
        answer.purchase.work().parked,
        Some(ParkReason::RefundRefused)
    );
}

#[test]
fn a_refused_refund_of_money_that_is_back_already_is_done() {
    let shop = Shop::new(|mocks| {
        mocks.sells();
        mocks.removes(1, Ok(RemovalOutcome::Gone));
        mocks.reads(1, found(PaymentStatus::Approved));
        mocks.refunds(RefundOutcome::Refused("already refunded".to_owned()));
        mocks.reads(1, found(PaymentStatus::Refunded));
    });
    shop.buy("tok_1");
    let answer = refund(&shop, None, None).unwrap();
    assert_eq!(answer.refund.state, RefundState::Done);
    assert_eq!(answer.purchase.state(), PurchaseState::Refunded);
}
