//! Decisions of the platform owner on purchases that workers could not finish.

use std::time::Duration;

use application::purchase::persistence::claim_due;
use application::purchase::refund_request::{RequestRefund, request_refund};
use application::purchase::review::{ResolveError, list_unfinished, resolve};
use domain::gateway::PaymentStatus;
use domain::ids::PurchaseId;
use domain::purchase::{AccessState, Decision, Purchase, PurchaseState};
use futures::executor::block_on;
use ports::hotspot::{Activation, HotspotError, RemovalOutcome};
use ports::payments::{ReadError, RefundOutcome};
use ports::store::error::StoreError;

use crate::harness::{Mocks, Shop, charged, found, unanswered};

fn decide(shop: &Shop, decision: Decision) -> Result<Purchase, ResolveError> {
    let id = shop.purchase().id();
    block_on(resolve(&shop.app, &shop.owner, id, decision, "visto"))
}

/// A sale whose full refund the gateway refused.
fn refund_refused(script: impl FnOnce(&mut Mocks)) -> Shop {
    let shop = Shop::new(|mocks| {
        mocks.sells();
        mocks.removes(1, Ok(RemovalOutcome::Gone));
        mocks.refunds(RefundOutcome::Refused("not allowed".to_owned()));
        mocks.reads(2, found(PaymentStatus::Approved));
        script(mocks);
    });
    shop.buy("tok_1");
    let request = RequestRefund {
        amount_minor: None,
        reason: None,
        idempotency_key: None,
    };
    let id = shop.purchase().id();
    shop.run(request_refund(&shop.app, &shop.operator, id, request))
        .unwrap();
    assert!(shop.purchase().is_parked());
    shop
}

#[test]
fn a_purchase_that_there_is_not_cannot_be_decided() {
    let shop = Shop::new(|_| {});
    let id = PurchaseId::new(999);
    let refusal = block_on(resolve(
        &shop.app,
        &shop.owner,
        id,
        Decision::Close,
        "visto",
    ));
    assert!(matches!(refusal, Err(ResolveError::NotFound)));
}

#[test]
fn what_somebody_works_on_is_not_decided() {
    let shop = Shop::new(|mocks| {
        mocks.prepares();
        mocks.charges(1, unanswered);
    });
    shop.buy("tok_1");
    shop.clock.advance(Duration::from_mins(1));
    assert_eq!(
        block_on(claim_due(&shop.app, 1, Vec::new())).unwrap().len(),
        1
    );
    let refusal = decide(&shop, Decision::Close);
    assert!(matches!(refusal, Err(ResolveError::Busy)));
}

#[test]
fn a_decision_that_the_state_has_no_step_for_is_refused() {
    let shop = Shop::new(Mocks::sells);
    shop.buy("tok_1");
    for decision in [Decision::Grant, Decision::Close] {
        let refusal = decide(&shop, decision);
        assert!(
            matches!(refusal, Err(ResolveError::InvalidTransition)),
            "{decision:?}"
        );
    }
}

#[test]
fn nobody_grants_what_the_gateway_has_not_confirmed() {
    let shop = Shop::new(|mocks| {
        mocks.prepares();
        mocks.charges(1, unanswered);
        mocks
            .conekta
            .expect_read()
            .returning(|_, _| Err(ReadError::Refused));
    });
    shop.buy("tok_1");
    for decision in [Decision::Grant, Decision::Refund] {
        assert!(matches!(
            decide(&shop, decision),
            Err(ResolveError::InvalidTransition)
        ));
    }
    for _ in 0..25 {
        shop.work_after(Duration::from_hours(1));
    }
    assert!(shop.purchase().is_parked());
    // Once it is parked both mean: read it again.
    let decided = decide(&shop, Decision::Grant).unwrap();
    assert_eq!(decided.state(), PurchaseState::Verifying);
    assert_eq!(decided.access().state, AccessState::Pending);
    assert_eq!(shop.work_after(Duration::ZERO), 1);
}

#[test]
fn a_decision_that_is_not_stored_moves_nothing() {
    let shop = refund_refused(|_| {});
    let id = shop.purchase().id();
    shop.store_fails(|step| match step {
        "unit.commit" => Err(StoreError::Unavailable("away".into())),
        _ => Ok(()),
    });
    let refusal = block_on(resolve(
        &shop.app,
        &shop.owner,
        id,
        Decision::Close,
        "visto",
    ));
    assert!(matches!(refusal, Err(ResolveError::Failure(_))));
    shop.store_works();
    assert!(shop.purchase().is_parked());
}

#[test]
fn a_refund_is_tried_again_when_it_is_decided_so() {
    let shop = refund_refused(|mocks| {
        mocks.refunds(RefundOutcome::Done { refund_id: None });
    });
    decide(&shop, Decision::Refund).unwrap();
    assert_eq!(shop.work_after(Duration::ZERO), 1);
    assert_eq!(shop.purchase().state(), PurchaseState::Refunded);
}

#[test]
fn access_is_given_back_when_the_money_stays() {
    let shop = refund_refused(|mocks| mocks.activates(1, Ok(Activation::Active("*1".to_owned()))));
    decide(&shop, Decision::Grant).unwrap();
    assert_eq!(shop.work_after(Duration::ZERO), 1);
    let purchase = shop.purchase();
    assert_eq!(purchase.state(), PurchaseState::Paid);
    assert_eq!(purchase.access().state, AccessState::Active);
}

#[test]
fn granted_access_has_the_full_time_to_come() {
    let shop = Shop::new(|mocks| {
        mocks.prepares();
        mocks.charges(1, charged(PaymentStatus::Approved));
        let activate = mocks.hotspot.expect_activate();
        activate.returning(|_, _| Err(HotspotError::Unreachable));
    });
    shop.buy("tok_1");
    shop.work_after(Duration::from_mins(29));
    decide(&shop, Decision::Grant).unwrap();
    shop.work_after(Duration::from_mins(29));
    assert_eq!(shop.purchase().state(), PurchaseState::Paid);
}

#[test]
fn what_is_closed_is_left_alone() {
    let shop = refund_refused(|_| {});
    decide(&shop, Decision::Close).unwrap();
    assert!(!shop.purchase().is_parked());
    assert_eq!(shop.work_after(Duration::from_hours(24)), 0);
}

#[test]
fn the_owner_sees_what_is_parked_unless_asked_for_states() {
    let shop = refund_refused(Mocks::sells);
    shop.buy("tok_2");
    let list = |states: &[PurchaseState]| {
        block_on(list_unfinished(&shop.app, &shop.owner, states, None)).unwrap()
    };
    let states = |purchases: Vec<Purchase>| -> Vec<PurchaseState> {
        purchases.iter().map(Purchase::state).collect()
    };
    assert_eq!(states(list(&[])), [PurchaseState::Refunding]);
    assert_eq!(states(list(&[PurchaseState::Paid])), [PurchaseState::Paid]);
}
