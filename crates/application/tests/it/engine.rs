//! What moves a purchase: the request, then workers.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use application::purchase::command::StartPurchase;
use application::purchase::engine;
use application::purchase::persistence::claim_due;
use application::purchase::status::{AutoConnection, PurchaseAnswer, find_purchase};
use domain::gateway::{DeclineReason, PaymentFacts, PaymentStatus};
use domain::network::MacAddress;
use domain::purchase::{AccessState, FailureReason, ParkReason, Policy, PurchaseState};
use fakes::MemoryStore;
use futures::FutureExt;
use futures::executor::block_on;
use mockall::Sequence;
use ports::hotspot::{Activation, HotspotError, RemovalOutcome, Reserved};
use ports::payments::{
    CancelOutcome, ChargeOutcome, NotCharged, ReadError, ReadOutcome, RefundOutcome,
};
use ports::store::error::StoreError;
use ports::store::{Scope, Store};

use crate::harness::{Mocks, NotificationKind, Shop, charged, facts, found, no_charge, unanswered};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

fn done() -> RefundOutcome {
    RefundOutcome::Done {
        refund_id: Some("ref_1".to_owned()),
    }
}

fn states(shop: &Shop) -> (PurchaseState, AccessState) {
    let purchase = shop.purchase();
    (purchase.state(), purchase.access().state)
}

/// A worker that runs every half a minute.
fn work_for(shop: &Shop, span: Duration) {
    let until = shop.app.now().plus(span);
    while shop.app.now() < until {
        shop.work_after(MINUTE / 2);
    }
}

/// What the customer sees who asks for the newest purchase.
fn asked_for(shop: &Shop, token: &str) -> PurchaseAnswer {
    block_on(find_purchase(&shop.app, &shop.portal(), token))
        .unwrap()
        .unwrap()
}

fn not_charged_for(answer: &PurchaseAnswer) -> FailureReason {
    match answer {
        PurchaseAnswer::NotCharged { reason, .. } => *reason,
        other => panic!("{other:?}"),
    }
}

fn open_token(answer: PurchaseAnswer) -> String {
    match answer {
        PurchaseAnswer::Open { token, .. } => token,
        other => panic!("{other:?}"),
    }
}

/// A sale whose charge was never answered.
fn unanswered_sale(script: impl FnOnce(&mut Mocks)) -> (Shop, String) {
    let shop = Shop::new(|mocks| {
        mocks.prepares();
        mocks.charges(1, unanswered);
        script(mocks);
    });
    let token = open_token(shop.buy("tok_1"));
    (shop, token)
}

// Before the charge.

#[test]
fn where_the_router_refuses_nothing_is_charged_and_the_keys_are_free() {
    for (error, reason) in [
        (HotspotError::TimedOut, FailureReason::RouterTimeout),
        (HotspotError::ProfileMissing, FailureReason::ProfileMissing),
        (HotspotError::NamesTaken, FailureReason::NamesTaken),
        (HotspotError::Unreachable, FailureReason::RouterRefused),
    ] {
        let shop = Shop::new(|mocks| {
            let refused = mocks.hotspot.expect_reserve().times(1);
            refused.returning(move |_, _| Err(error.clone()));
            mocks.sells();
            mocks.removes(1, Ok(RemovalOutcome::Gone));
        });
        let command = StartPurchase {
            idempotency_key: Some("k1".to_owned()),
            ..shop.command("tok_1")
        };
        let answer = shop.start(command.clone()).unwrap();
        assert_eq!(not_charged_for(&answer), reason);
        assert_eq!(
            states(&shop),
            (PurchaseState::Failed, AccessState::RemovalQueued)
        );
        assert_eq!(shop.work_after(MINUTE), 1);
        assert_eq!(states(&shop).1, AccessState::Removed);
        assert_eq!(shop.notifications(), []);
        let again = shop.start(command).unwrap();
        assert!(matches!(again, PurchaseAnswer::Paid(_)), "{reason:?}");
    }
}

#[test]
fn where_the_order_is_refused_nothing_is_charged() {
    for (error, reason) in [
        (NotCharged::TimedOut, FailureReason::GatewayTimeout),
        (NotCharged::Invalid, FailureReason::RequestInvalid),
        (NotCharged::Busy, FailureReason::GatewayBusy),
        (NotCharged::Unreachable, FailureReason::GatewayRefused),
        (NotCharged::Failed, FailureReason::GatewayRefused),
        (NotCharged::Misconfigured, FailureReason::GatewayRefused),
    ] {
        let shop = Shop::new(|mocks| {
            let refused = mocks.conekta.expect_open_order().times(1);
            refused.returning(move |_, _| Err(error));
            mocks.reserves();
            mocks.removes(1, Ok(RemovalOutcome::Gone));
        });
        assert_eq!(not_charged_for(&shop.buy("tok_1")), reason);
        assert_eq!(shop.work_after(MINUTE), 1);
        assert_eq!(states(&shop), (PurchaseState::Failed, AccessState::Removed));
        let is_ours = error == NotCharged::Misconfigured;
        let notified = shop.notifications() == [NotificationKind::GatewayMisconfigured];
        assert_eq!(notified, is_ours, "{error:?}");
    }
}

#[test]
fn a_request_whose_lease_ends_does_not_charge() {
    let shop = Shop::new(|mocks| {
        mocks.reserves();
        let clock = mocks.clock.clone();
        let slow = mocks.conekta.expect_open_order().times(1);
        slow.returning(move |_, _| {
            clock.advance(MINUTE);
            Ok(None)
        });
        mocks.removes(1, Ok(RemovalOutcome::Gone));
    });
    assert!(matches!(
        shop.buy("tok_1"),
        PurchaseAnswer::StillRunning { .. }
    ));
    assert_eq!(shop.work_after(MINUTE), 1);
    assert_eq!(states(&shop), (PurchaseState::Failed, AccessState::Removed));
}

/// Another process takes the newest purchase over, as after a pause of this one.
fn take_over(store: &MemoryStore) {
    let taken = async {
        let mut unit = store.begin(Scope::Platform).await.unwrap();
        let all = unit.purchases().list_by_state(&PurchaseState::ALL, None, 1);
        let mut purchase = all.await.unwrap().remove(0);
        let until = purchase.sale().created_at.plus(HOUR);
        purchase.take_lease(until);
        assert!(unit.purchases().save(&mut purchase).await.unwrap());
        unit.commit().await.unwrap();
    };
    taken.now_or_never().unwrap();
}

#[test]
fn a_request_that_lost_its_lease_charges_nothing() {
    let shop = Shop::new(|mocks| {
        mocks.reserves();
        let store = mocks.store.clone();
        let order = mocks.conekta.expect_open_order().times(1);
        order.returning(move |_, _| {
            take_over(&store);
            Ok(None)
        });
    });
    assert!(matches!(
        shop.buy("tok_1"),
        PurchaseAnswer::StillRunning { .. }
    ));
    assert_eq!(
        states(&shop),
        (PurchaseState::Created, AccessState::Pending)
    );
}

#[test]
fn a_worker_that_lost_its_lease_writes_nothing_and_sends_nothing() {
    let (shop, _) = unanswered_sale(|mocks| {
        let store = mocks.store.clone();
        mocks.reads(1, move |reference| {
            take_over(&store);
            found(PaymentStatus::Approved)(reference)
        });
    });
    assert_eq!(shop.work_after(MINUTE), 1);
    assert_eq!(
        states(&shop),
        (PurchaseState::Verifying, AccessState::Pending)
    );
    assert_eq!(shop.notifications(), []);
}

#[test]
fn a_claimed_purchase_is_claimed_by_nobody_else() {
    let (shop, _) = unanswered_sale(|_| {});
    shop.clock.advance(MINUTE);
    let claim = || {
        block_on(claim_due(&shop.app, 10, Vec::new()))
            .unwrap()
            .len()
    };
    assert_eq!((claim(), claim()), (1, 0));
    shop.clock.advance(Policy::default().worker_lease());
    assert_eq!(claim(), 1, "its worker died");
}

// The charge.

#[test]
fn a_paid_purchase_has_access_and_its_operator_knows() {
    let shop = Shop::new(|mocks| mocks.sells());
    let PurchaseAnswer::Paid(receipt) = shop.buy("tok_1") else {
        panic!("not paid");
    };
    assert!(receipt.is_active);
    assert_eq!(receipt.connection, AutoConnection::NotRequested);
    assert_eq!(shop.notifications(), [NotificationKind::SaleApproved]);
    assert_eq!(shop.work_after(HOUR), 0, "nothing is left to do");
}

#[test]
fn a_declined_card_ends_in_removal_and_a_repeat_is_told_the_same() {
    let shop = Shop::new(|mocks| {
        mocks.prepares();
        mocks.charges(
            1,
            charged(PaymentStatus::Declined(DeclineReason::ExpiredCard)),
        );
        mocks.removes(1, Ok(RemovalOutcome::Gone));
    });
    for _ in 0..2 {
        let PurchaseAnswer::Declined { reason, .. } = shop.buy("tok_1") else {
            panic!("not declined");
        };
        assert_eq!(reason, DeclineReason::ExpiredCard);
        shop.work_after(MINUTE);
    }
    assert_eq!(
        states(&shop),
        (PurchaseState::Declined, AccessState::Removed)
    );
    assert_eq!(shop.notifications(), [NotificationKind::SaleDeclined]);
}

#[test]
fn a_token_that_the_gateway_finds_invalid_is_spent() {
    let shop = Shop::new(|mocks| {
        mocks.prepares();
        mocks.charges(1, |_| ChargeOutcome::NotCharged(NotCharged::Invalid));
    });
    for _ in 0..2 {
        let PurchaseAnswer::Declined { reason, .. } = shop.buy("tok_1") else {
            panic!("not declined");
        };
        assert_eq!(reason, DeclineReason::BadCardData);
    }
}

#[test]
fn a_charge_that_never_left_may_be_repeated() {
    let shop = Shop::new(|mocks| {
        mocks.prepares();
        mocks.charges(1, |_| ChargeOutcome::NotCharged(NotCharged::Misconfigured));
        mocks.sells();
    });
    let answer = shop.buy("tok_1");
    assert_eq!(not_charged_for(&answer), FailureReason::GatewayRefused);
    assert_eq!(
        shop.notifications(),
        [NotificationKind::GatewayMisconfigured]
    );
    assert!(matches!(shop.buy("tok_1"), PurchaseAnswer::Paid(_)));
}

#[test]
fn an_approval_that_proves_too_little_is_read_before_access() {
    let shop = Shop::new(|mocks| {
        mocks.prepares();
        mocks.charges(1, |reference| {
            ChargeOutcome::Answered(Box::new(PaymentFacts {
                amount_minor: None,
                ..facts(PaymentStatus::Approved, reference)
            }))
        });
        mocks.reads(1, found(PaymentStatus::Approved));
        mocks.activates(1, Ok(Activation::Active));
    });
    assert!(matches!(shop.buy("tok_1"), PurchaseAnswer::Paid(_)));
}

#[test]
fn an_approval_that_no_read_confirms_opens_nothing() {
    let shop = Shop::new(|mocks| {
        mocks.prepares();
        mocks.charges(1, |_| {
            let bare = PaymentFacts::new(PaymentStatus::Approved, "paid");
            ChargeOutcome::Answered(Box::new(bare))
        });
        mocks.reads(1, |_| Err(ReadError::Unavailable));
    });
    open_token(shop.buy("tok_1"));
    assert_eq!(states(&shop).0, PurchaseState::Verifying);
}

#[test]
fn a_mismatch_opens_nothing_and_goes_back() {
    let shop = Shop::new(|mocks| {
        mocks.prepares();
        mocks.charges(1, |reference| {
            ChargeOutcome::Answered(Box::new(PaymentFacts {
                amount_minor: Some(9900),
                ..facts(PaymentStatus::Approved, reference)
            }))
        });
        mocks.removes(1, Ok(RemovalOutcome::Gone));
        let refund = mocks.conekta.expect_refund().times(1);
        refund.returning(|_, request| {
            assert_eq!(
                request.amount.minor(),
                9900,
                "what was charged, not the price"
            );
            done()
        });
    });
    let PurchaseAnswer::Returned { state, .. } = shop.buy("tok_1") else {
        panic!("not returned");
    };
    assert_eq!(state, PurchaseState::Mismatch);
    work_for(&shop, MINUTE);
    assert_eq!(
        states(&shop),
        (PurchaseState::Refunded, AccessState::Removed)
    );
    let notified = shop.notifications();
    assert!(notified.contains(&NotificationKind::PaymentMismatch));
    assert!(notified.contains(&NotificationKind::SaleRefunded));
}

#[test]
fn a_charge_is_never_sent_twice() {
    let shop = Shop::new(|mocks| {
        mocks.prepares();
        mocks.charges(1, charged(PaymentStatus::Approved));
        mocks.reads(1, found(PaymentStatus::Approved));
        mocks.activates(1, Ok(Activation::Active));
    });
    // The commit after the charge is lost: checkout, begin of the charge, outcome.
    let mut saves = 0;
    shop.store_fails(move |step| {
        saves += usize::from(step == "purchases.save");
        if saves == 2 {
            Err(StoreError::Unavailable("away".into()))
        } else {
            Ok(())
        }
    });
    let token = open_token(shop.buy("tok_1"));
    shop.store_works();
    assert_eq!(shop.purchase().state(), PurchaseState::Charging);
    assert_eq!(shop.work_after(2 * MINUTE), 1);
    assert!(matches!(asked_for(&shop, &token), PurchaseAnswer::Paid(_)));
    assert!(matches!(shop.buy("tok_1"), PurchaseAnswer::Paid(_)));
}

#[test]
fn a_device_is_logged_in_and_a_router_that_will_not_does_not_undo_the_sale() {
    for is_up in [true, false] {
        let shop = Shop::new(|mocks| {
            mocks.sells();
            let login = mocks.hotspot.expect_connect_device().times(1);
            login.returning(move |_, _, _| {
                if is_up {
                    Ok(ports::hotspot::DeviceConnection::Connected(
                        Default::default(),
                    ))
                } else {
                    Err(HotspotError::Unreachable)
                }
            });
        });
        let mut command = shop.command("tok_1");
        command.device.mac = Some(MacAddress::parse("02:00:00:00:00:01").unwrap());
        command.device.auto_connect = true;
        let PurchaseAnswer::Paid(receipt) = shop.start(command).unwrap() else {
            panic!("not paid");
        };
        let expected = if is_up {
            AutoConnection::Connected(Default::default())
        } else {
            AutoConnection::RouterFailed
        };
        assert_eq!(receipt.connection, expected);
    }
}

// An unknown outcome.

#[test]
fn a_lost_charge_answer_is_never_a_decline() {
    let (shop, token) = unanswered_sale(|mocks| {
        mocks.reads(1, found(PaymentStatus::Approved));
        mocks.activates(1, Ok(Activation::Active));
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
    work_for(&shop, deadline - MINUTE);
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

/// A purchase that was given up, and what reads show from then on.
fn given_up(status: PaymentStatus, script: impl FnOnce(&mut Mocks)) -> Shop {
    let (shop, _) = unanswered_sale(|mocks| {
        mocks.reads(2, no_charge);
        mocks.removes(1, Ok(RemovalOutcome::Gone));
        mocks.reads(1, found(status));
        script(mocks);
    });
    shop.work_after(HOUR);
    shop.work_after(MINUTE);
    assert_eq!(
        states(&shop),
        (PurchaseState::GivenUp, AccessState::Removed)
    );
    shop
}

#[test]
fn late_money_is_granted() {
    let shop = given_up(PaymentStatus::Approved, |mocks| {
        mocks.activates(1, Ok(Activation::Active));
    });
    assert_eq!(shop.work_after(HOUR), 1);
    assert_eq!(states(&shop), (PurchaseState::Paid, AccessState::Active));
}

#[test]
fn late_money_goes_back_where_the_customer_has_bought_again() {
    let shop = given_up(PaymentStatus::Approved, |mocks| {
        mocks.charges(1, charged(PaymentStatus::Approved));
        mocks.activates(1, Ok(Activation::Active));
        mocks.refunds(done());
    });
    assert!(matches!(shop.buy("tok_2"), PurchaseAnswer::Paid(_)));
    assert_eq!(shop.work_after(HOUR), 1);
    let [again, first] = <[_; 2]>::try_from(shop.purchases()).unwrap();
    assert_eq!(again.state(), PurchaseState::Paid);
    assert_eq!(first.state(), PurchaseState::Refunded);
    assert_eq!(first.access().state, AccessState::Removed);
}

#[test]
fn a_payment_under_review_is_cancelled_in_the_end() {
    let shop = Shop::new(|mocks| {
        mocks.prepares();
        mocks.charges(1, charged(PaymentStatus::Pending));
        let is_cancelled = std::sync::Arc::new(AtomicBool::new(false));
        let cancelled = std::sync::Arc::clone(&is_cancelled);
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
    work_for(&shop, Policy::default().pending_give_up_after - MINUTE);
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

// Access.

#[test]
fn a_user_that_is_gone_is_reserved_again() {
    let (shop, _) = unanswered_sale(|mocks| {
        mocks.reads(1, found(PaymentStatus::Approved));
        let mut order = Sequence::new();
        let hotspot = &mut mocks.hotspot;
        hotspot.checkpoint();
        let reserve = |user: u8| {
            move |_: &_, reservation: &ports::hotspot::Reservation| {
                let name = reservation.candidates.first().unwrap().clone();
                let user = ports::hotspot::HotspotUser {
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
        gone.returning(|_, _| Ok(Activation::Gone));
        hotspot
            .expect_reserve()
            .times(1)
            .in_sequence(&mut order)
            .returning(reserve(2));
        let active = hotspot.expect_activate().times(1).in_sequence(&mut order);
        active.returning(|_, user| {
            assert_eq!(user.id, "*2");
            Ok(Activation::Active)
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
    work_for(&shop, Policy::default().refund_after - MINUTE);
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
            let user = ports::hotspot::HotspotUser {
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
            mocks.activates(1, Ok(Activation::Active));
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
        mocks.activates(1, Ok(Activation::Active));
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
