//! A charge whose outcome is not known.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use application::operator::products::create_product;
use application::purchase::checkout::start_purchase;
use application::purchase::command::StartPurchase;
use application::purchase::engine;
use application::purchase::persistence::claim_due;
use application::purchase::status::PurchaseAnswer;
use domain::gateway::{DeclineReason, PaymentStatus};
use domain::purchase::{AccessState, ParkReason, Policy, PurchaseState};
use futures::executor::block_on;
use ports::hotspot::{Activation, RemovalOutcome};
use ports::payments::{CancelOutcome, ReadError, ReadOutcome};

use super::{
    HOUR, MINUTE, asked_for, done, given_up, open_token, states, unanswered_sale, work_for,
};
use crate::harness::{NotificationKind, Shop, charged, draft, found, no_charge, unanswered};

#[test]
fn a_lost_charge_answer_is_never_a_decline() {
    let (shop, token) = unanswered_sale(|mocks| {
        mocks.reads(1, found(PaymentStatus::Approved));
        mocks.activates(1, Ok(Activation::Active("*1".to_owned())));
    });
    let repeated = shop.buy("tok_1");
    assert_eq!(open_token(repeated), token, "do not pay again");
    assert_eq!(shop.work_after(MINUTE), 1);
    assert_eq!(states(&shop), (PurchaseState::Paid, AccessState::Active));
    assert!(matches!(asked_for(&shop, &token), PurchaseAnswer::Paid(_)));
    assert_eq!(shop.notifications(), [NotificationKind::SaleApproved]);
}

#[test]
fn a_purchase_is_given_up_after_its_deadline_and_not_before() {
    let (shop, token) = unanswered_sale(|mocks| {
        mocks
            .conekta
            .expect_read()
            .returning(|_, _| Ok(ReadOutcome::NoCharge));
        mocks.removes(1, Ok(RemovalOutcome::Gone));
    });
    let deadline = Policy::default().give_up_after;
    work_for(&shop, deadline.saturating_sub(MINUTE));
    assert!(shop.purchase().payment().empty_reads > 2);
    open_token(asked_for(&shop, &token));
    work_for(&shop, 3 * MINUTE);
    assert!(matches!(
        asked_for(&shop, &token),
        PurchaseAnswer::GivenUp { .. }
    ));
    assert_eq!(states(&shop).1, AccessState::Removed);
}

#[test]
fn one_empty_read_gives_nothing_up_however_late_it_is() {
    let (shop, _) = unanswered_sale(|mocks| {
        mocks.reads(2, no_charge);
        mocks.removes(1, Ok(RemovalOutcome::Gone));
    });
    assert_eq!(shop.work_after(HOUR), 1);
    assert_eq!(shop.purchase().state(), PurchaseState::Verifying);
    assert_eq!(shop.work_after(MINUTE), 1);
    assert_eq!(shop.purchase().state(), PurchaseState::GivenUp);
}

#[test]
fn failed_reads_prove_nothing_and_after_a_day_a_person_must_decide() {
    let (shop, token) = unanswered_sale(|mocks| {
        mocks
            .conekta
            .expect_read()
            .returning(|_, _| Err(ReadError::Refused));
    });
    for _ in 0..24 {
        assert!(!shop.purchase().is_parked());
        assert_eq!(shop.work_after(HOUR), 1);
    }
    assert_eq!(shop.work_after(HOUR), 1);
    let parked = shop.purchase().work().parked;
    assert_eq!(parked, Some(ParkReason::ReadsFailing));
    assert_eq!(shop.notifications(), [NotificationKind::NeedsDecision]);
    open_token(asked_for(&shop, &token));
    assert_eq!(shop.work_after(HOUR), 0);
}

#[test]
fn late_money_is_granted() {
    let shop = given_up(PaymentStatus::Approved, |mocks| {
        mocks.activates(1, Ok(Activation::Active("*1".to_owned())));
    });
    assert_eq!(shop.work_after(HOUR), 1);
    assert_eq!(states(&shop), (PurchaseState::Paid, AccessState::Active));
}

#[test]
fn late_money_goes_back_where_the_customer_has_bought_again() {
    let shop = given_up(PaymentStatus::Approved, |mocks| {
        mocks.charges(1, charged(PaymentStatus::Approved));
        mocks.activates(1, Ok(Activation::Active("*1".to_owned())));
        mocks.refunds(done());
    });
    assert!(matches!(shop.buy("tok_2"), PurchaseAnswer::Paid(_)));
    assert_eq!(shop.work_after(HOUR), 1);
    let [again, first] = <[_; 2]>::try_from(shop.purchases()).unwrap();
    assert_eq!(again.state(), PurchaseState::Paid);
    assert_eq!(first.state(), PurchaseState::Refunded);
    assert_eq!(first.access().state, AccessState::Removed);
}

/// The customer's second purchase on the same router, of another product.
fn another(shop: &Shop, card_token: &str) -> StartPurchase {
    let draft = draft(&shop.router, "*2");
    let product = block_on(create_product(&shop.app, &shop.operator, draft)).unwrap();
    StartPurchase {
        product_id: product.id,
        ..shop.command(card_token)
    }
}

#[test]
fn money_of_an_open_purchase_goes_back_where_the_customer_was_served_meanwhile() {
    let (shop, token) = unanswered_sale(|mocks| {
        mocks.charges(1, charged(PaymentStatus::Approved));
        mocks.activates(1, Ok(Activation::Active("*1".to_owned())));
        mocks.reads(1, found(PaymentStatus::Approved));
        mocks.refunds(done());
        mocks.removes(1, Ok(RemovalOutcome::Gone));
    });
    let second = another(&shop, "tok_2");
    let answer = shop.start(second).unwrap();
    assert!(matches!(answer, PurchaseAnswer::Paid(_)));
    work_for(&shop, 10 * MINUTE);
    let [again, first] = <[_; 2]>::try_from(shop.purchases()).unwrap();
    assert_eq!(again.state(), PurchaseState::Paid);
    assert_eq!(first.state(), PurchaseState::Refunded);
    assert!(matches!(
        asked_for(&shop, &token),
        PurchaseAnswer::Returned { .. }
    ));
}

#[test]
fn money_of_an_open_purchase_waits_for_the_one_that_the_customer_has_begun_since() {
    let (shop, token) = unanswered_sale(|mocks| {
        mocks.charges(1, unanswered);
        let mut first = None;
        let mut reads_of_the_second = 0;
        let reads = mocks.conekta.expect_read();
        reads.returning(move |_, handle| {
            let reference = &handle.reference;
            if first.get_or_insert_with(|| reference.clone()) == reference {
                return found(PaymentStatus::Approved)(reference);
            }
            reads_of_the_second += 1;
            let declined = PaymentStatus::Declined(DeclineReason::Other);
            if reads_of_the_second < 4 {
                no_charge(reference)
            } else {
                found(declined)(reference)
            }
        });
        mocks.activates(1, Ok(Activation::Active("*1".to_owned())));
        mocks.removes(1, Ok(RemovalOutcome::Gone));
    });
    shop.clock.advance(MINUTE / 60);
    open_token(shop.start(another(&shop, "tok_2")).unwrap());
    shop.work_after(2 * MINUTE);
    open_token(asked_for(&shop, &token));
    work_for(&shop, 10 * MINUTE);
    let [second, first] = <[_; 2]>::try_from(shop.purchases()).unwrap();
    assert_eq!(second.state(), PurchaseState::Declined);
    assert_eq!(first.state(), PurchaseState::Paid);
    assert!(matches!(asked_for(&shop, &token), PurchaseAnswer::Paid(_)));
}

#[test]
fn a_payment_under_review_is_cancelled_in_the_end() {
    let shop = Shop::new(|mocks| {
        mocks.prepares();
        mocks.charges(1, charged(PaymentStatus::Pending));
        let is_cancelled = Arc::new(AtomicBool::new(false));
        let cancelled = Arc::clone(&is_cancelled);
        let cancel = mocks.conekta.expect_cancel().times(1);
        cancel.returning(move |_, _| {
            cancelled.store(true, Ordering::Relaxed);
            CancelOutcome::Cancelled
        });
        let read = mocks.conekta.expect_read();
        read.returning(move |_, handle| {
            let status = if is_cancelled.load(Ordering::Relaxed) {
                PaymentStatus::Cancelled
            } else {
                PaymentStatus::Pending
            };
            found(status)(&handle.reference)
        });
        mocks.removes(1, Ok(RemovalOutcome::Gone));
    });
    let PurchaseAnswer::Open { is_pending, .. } = shop.buy("tok_1") else {
        panic!("not open");
    };
    assert!(is_pending);
    let deadline = Policy::default().pending_give_up_after;
    work_for(&shop, deadline.saturating_sub(MINUTE));
    assert_eq!(shop.purchase().state(), PurchaseState::Pending);
    work_for(&shop, 3 * MINUTE);
    assert_eq!(
        states(&shop),
        (PurchaseState::GivenUp, AccessState::Removed)
    );
}

#[test]
fn a_status_that_is_not_known_is_neither_paid_nor_failed_and_a_person_hears_of_it_once() {
    let shop = Shop::new(|mocks| {
        mocks.prepares();
        mocks.charges(1, charged(PaymentStatus::Unknown));
        mocks.reads(2, found(PaymentStatus::Unknown));
    });
    open_token(shop.buy("tok_1"));
    for _ in 0..2 {
        assert_eq!(shop.work_after(MINUTE), 1);
    }
    assert_eq!(
        states(&shop),
        (PurchaseState::Pending, AccessState::Pending)
    );
    assert_eq!(shop.notifications(), [NotificationKind::NeedsDecision]);
}

#[test]
fn a_charge_that_the_database_lost_is_found_at_the_gateway() {
    let shop = Shop::new(|mocks| {
        mocks.prepares();
        mocks.reads(1, found(PaymentStatus::Approved));
        mocks.activates(1, Ok(Activation::Active("*1".to_owned())));
    });
    let portal = shop.portal();
    let permit = || Ok(());
    let start = start_purchase(&shop.app, &portal, shop.command("tok_1"), &permit);
    // All that is stored is the purchase itself.
    let lost = async { drop(shop.spawner.take()) };
    let outcome = block_on(async { futures::join!(start, lost).0 });
    assert!(matches!(outcome, Ok(PurchaseAnswer::Open { .. })));
    shop.clock.advance(2 * MINUTE);
    let claimed = block_on(claim_due(&shop.app, 1, Vec::new()))
        .unwrap()
        .remove(0);
    assert_eq!(claimed.state(), PurchaseState::Created);
    assert!(block_on(engine::refresh(&shop.app, claimed)).unwrap());
    assert_eq!(states(&shop), (PurchaseState::Paid, AccessState::Active));
}
