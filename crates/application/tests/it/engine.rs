//! What moves a purchase: the request, then workers. Here: up to the charge.

mod afterwards;
mod outcome;

use std::time::Duration;

use application::purchase::command::StartPurchase;
use application::purchase::persistence::claim_due;
use application::purchase::status::{AutoConnection, PurchaseAnswer, find_purchase};
use domain::gateway::{DeclineReason, PaymentFacts, PaymentStatus};
use domain::network::MacAddress;
use domain::purchase::{AccessState, FailureReason, Policy, PurchaseState};
use fakes::MemoryStore;
use futures::FutureExt;
use futures::executor::block_on;
use ports::hotspot::{Activation, HotspotError, RemovalOutcome, SessionInfo};
use ports::payments::{ChargeOutcome, NotCharged, ReadError, RefundOutcome};
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
    let shop = Shop::new(Mocks::sells);
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
        mocks.activates(1, Ok(Activation::Active("*1".to_owned())));
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
        mocks.activates(1, Ok(Activation::Active("*1".to_owned())));
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
                        SessionInfo::default(),
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
            AutoConnection::Connected(SessionInfo::default())
        } else {
            AutoConnection::RouterFailed
        };
        assert_eq!(receipt.connection, expected);
    }
}
