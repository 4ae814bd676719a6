//! Access, and money that goes back.

use application::purchase::engine;
use application::purchase::status::{AutoConnection, PurchaseAnswer};
use domain::gateway::{DeclineReason, PaymentStatus};
use domain::purchase::{AccessState, ParkReason, Policy, PurchaseState};
use futures::executor::block_on;
use mockall::Sequence;
use ports::hotspot::{
    Activation, HotspotError, HotspotUser, RemovalOutcome, Reservation, Reserved,
};
use ports::payments::RefundOutcome;

use super::{HOUR, MINUTE, SECOND, done, given_up, states, unanswered_sale, work_for};
use crate::harness::{NotificationKind, Shop, charged, found};

// Access.

#[test]
fn a_user_that_is_gone_is_reserved_again() {
    let (shop, _) = unanswered_sale(|mocks| {
        mocks.reads(1, found(PaymentStatus::Approved));
        let mut order = Sequence::new();
        let hotspot = &mut mocks.hotspot;
        hotspot.checkpoint();
        let reserve = |user: u8| {
            move |_: &_, reservation: &Reservation| {
                let name = reservation.candidates.first().unwrap().clone();
                let user = HotspotUser {
                    name,
                    id: format!("*{user}"),
                };
                Ok(Reserved {
                    user,
                    may_be_added_again: false,
                })
            }
        };
        hotspot
            .expect_reserve()
            .times(1)
            .in_sequence(&mut order)
            .returning(reserve(1));
        let gone = hotspot.expect_activate().times(1).in_sequence(&mut order);
        gone.returning(|_, request| {
            assert!(!request.just_reserved, "a worker's id proves nothing");
            Ok(Activation::Gone)
        });
        hotspot
            .expect_reserve()
            .times(1)
            .in_sequence(&mut order)
            .returning(reserve(2));
        let active = hotspot.expect_activate().times(1).in_sequence(&mut order);
        active.returning(|_, request| {
            assert_eq!(request.user.id, "*2");
            assert!(request.just_reserved);
            Ok(Activation::Active("*2".to_owned()))
        });
    });
    assert_eq!(shop.work_after(MINUTE), 1);
    assert_eq!(states(&shop), (PurchaseState::Paid, AccessState::Active));
}

#[test]
fn whoever_paid_without_getting_access_gets_the_money_back() {
    let shop = Shop::new(|mocks| {
        mocks.prepares();
        mocks.charges(1, charged(PaymentStatus::Approved));
        let activate = mocks.hotspot.expect_activate();
        activate.returning(|_, _| Err(HotspotError::Unreachable));
        let remove = mocks.hotspot.expect_remove();
        remove.returning(|_, _| Err(HotspotError::Unreachable));
        mocks.refunds(done());
    });
    let PurchaseAnswer::Paid(receipt) = shop.buy("tok_1") else {
        panic!("not paid");
    };
    assert!(!receipt.is_active);
    assert_eq!(receipt.connection, AutoConnection::NotTried);
    let deadline = Policy::default().refund_after;
    work_for(&shop, deadline.saturating_sub(MINUTE));
    assert_eq!(states(&shop), (PurchaseState::Paid, AccessState::Pending));
    work_for(&shop, 2 * MINUTE);
    assert_eq!(
        states(&shop),
        (PurchaseState::Refunded, AccessState::RemovalQueued)
    );
    let notified = [
        NotificationKind::SaleApproved,
        NotificationKind::AccessDelayed,
        NotificationKind::SaleRefunded,
    ];
    assert_eq!(shop.notifications(), notified);
}

#[test]
fn a_user_that_somebody_else_made_is_left_alone() {
    let shop = Shop::new(|mocks| {
        mocks.prepares();
        mocks.charges(1, charged(PaymentStatus::Declined(DeclineReason::Declined)));
        mocks.removes(1, Ok(RemovalOutcome::Foreign));
    });
    shop.buy("tok_1");
    assert_eq!(shop.work_after(MINUTE), 1);
    assert_eq!(
        shop.purchase().work().parked,
        Some(ParkReason::UserReplaced)
    );
    let notified = [
        NotificationKind::SaleDeclined,
        NotificationKind::NeedsDecision,
    ];
    assert_eq!(shop.notifications(), notified);
}

#[test]
fn a_removal_is_repeated_until_the_router_confirms_it() {
    let shop = Shop::new(|mocks| {
        mocks.prepares();
        mocks.charges(1, charged(PaymentStatus::Declined(DeclineReason::Declined)));
        mocks.removes(2, Err(HotspotError::TimedOut));
        mocks.removes(1, Ok(RemovalOutcome::Gone));
    });
    shop.buy("tok_1");
    for _ in 0..3 {
        assert_eq!(states(&shop).1, AccessState::RemovalQueued);
        assert_eq!(shop.work_after(MINUTE), 1);
    }
    assert_eq!(states(&shop).1, AccessState::Removed);
    assert_eq!(shop.work_after(HOUR), 0);
}

#[test]
fn a_user_that_may_still_be_added_is_removed_after_that() {
    let shop = Shop::new(|mocks| {
        let reserve = mocks.hotspot.expect_reserve().times(1);
        reserve.returning(|_, reservation| {
            let name = reservation.candidates.first().unwrap().clone();
            let user = HotspotUser {
                name,
                id: "*1".to_owned(),
            };
            Ok(Reserved {
                user,
                may_be_added_again: true,
            })
        });
        mocks.prepares();
        mocks.charges(1, charged(PaymentStatus::Declined(DeclineReason::Declined)));
        mocks.removes(1, Ok(RemovalOutcome::Gone));
    });
    shop.buy("tok_1");
    shop.work_after(SECOND);
    assert_eq!(states(&shop).1, AccessState::RemovalQueued);
    work_for(&shop, MINUTE);
    assert_eq!(states(&shop).1, AccessState::Removed);
}

// Money that goes back.

#[test]
fn a_refund_without_an_answer_is_read_before_it_is_repeated() {
    for was_made in [true, false] {
        let shop = given_up(PaymentStatus::Approved, |mocks| {
            mocks.charges(1, charged(PaymentStatus::Approved));
            mocks.activates(1, Ok(Activation::Active("*1".to_owned())));
            let mut order = Sequence::new();
            let lost = mocks
                .conekta
                .expect_refund()
                .times(1)
                .in_sequence(&mut order);
            lost.returning(|_, _| RefundOutcome::Unknown);
            let read = mocks.conekta.expect_read().times(1).in_sequence(&mut order);
            read.returning(move |_, handle| {
                let status = if was_made {
                    PaymentStatus::Refunded
                } else {
                    PaymentStatus::Approved
                };
                found(status)(&handle.reference)
            });
            if !was_made {
                let again = mocks
                    .conekta
                    .expect_refund()
                    .times(1)
                    .in_sequence(&mut order);
                again.returning(|_, _| done());
            }
        });
        shop.buy("tok_2");
        assert_eq!(shop.work_after(HOUR), 1);
        let first = |shop: &Shop| shop.purchases().pop().unwrap();
        assert_eq!(first(&shop).state(), PurchaseState::Refunding);
        assert_eq!(shop.work_after(10 * SECOND), 0, "it may still be made");
        assert_eq!(shop.work_after(5 * MINUTE), 1);
        assert_eq!(first(&shop).state(), PurchaseState::Refunded, "{was_made}");
    }
}

#[test]
fn a_refund_that_the_gateway_refuses_is_for_a_person_to_decide() {
    let shop = given_up(PaymentStatus::Approved, |mocks| {
        mocks.charges(1, charged(PaymentStatus::Approved));
        mocks.activates(1, Ok(Activation::Active("*1".to_owned())));
        mocks.refunds(RefundOutcome::Refused("too late".to_owned()));
        mocks.reads(1, found(PaymentStatus::Approved));
    });
    shop.buy("tok_2");
    assert_eq!(shop.work_after(HOUR), 1);
    let first = shop.purchases().pop().unwrap();
    assert_eq!(first.state(), PurchaseState::Refunding);
    assert_eq!(first.work().parked, Some(ParkReason::RefundRefused));
    assert!(
        shop.notifications()
            .contains(&NotificationKind::NeedsDecision)
    );
    assert_eq!(shop.work_after(HOUR), 0, "nothing is sent any more");
}

#[test]
fn a_charge_back_ends_access() {
    let shop = Shop::new(|mocks| {
        mocks.sells();
        mocks.reads(1, found(PaymentStatus::ChargedBack));
        mocks.removes(1, Ok(RemovalOutcome::Gone));
    });
    shop.buy("tok_1");
    let is_answered = block_on(engine::refresh(&shop.app, shop.purchase())).unwrap();
    assert!(is_answered);
    assert_eq!(shop.work_after(MINUTE), 1);
    assert_eq!(
        states(&shop),
        (PurchaseState::ChargedBack, AccessState::Removed)
    );
    let notified = [
        NotificationKind::SaleApproved,
        NotificationKind::SaleChargedBack,
    ];
    assert_eq!(shop.notifications(), notified);
}
