//! One row per state, access, parking and what the run has tried: the worker's rules.

use super::*;
use crate::contact::{Customer, Email};
use crate::credentials::{CredentialKind, HotspotName};
use crate::gateway::{GatewayKind, GatewayMode};
use crate::ids::{AttemptId, ProductId, PurchaseId, RefundId, RouterId, TenantId};
use crate::money::{Currency, Money};
use crate::purchase::{DeviceHints, Sale};
use crate::refund::RefundState;
use crate::secret::Sealed;

use AccessState as A;
use PurchaseState as S;

const SOLD_AT: Timestamp = Timestamp::from_unix_seconds(1_772_618_400);

/// Long enough after the sale that no command of the reservation is in flight, and soon enough
/// that no deadline has passed.
fn soon() -> Timestamp {
    SOLD_AT.plus(Duration::from_mins(1))
}

fn purchase(state: S, access: A) -> Purchase {
    let sale = Sale {
        attempt_id: AttemptId::from_random([7; 16]),
        tenant_id: TenantId::from_random([1; 5]),
        router_id: RouterId::from_random([1; 4]),
        product_id: ProductId::new(7),
        sale_name: "1 hora".into(),
        profile_name: "1hora".into(),
        gateway: GatewayKind::Conekta,
        credentials_version: 1,
        mode: GatewayMode::Test,
        amount: Money::from_minor(1999, Currency::Mxn),
        customer: Customer {
            name: "Ana".into(),
            email: Email::from_stored("a@x.test"),
            phone: None,
        },
        device: DeviceHints::default(),
        credential_kind: CredentialKind::Pin,
        candidates: vec![HotspotName::from_stored("PT-00001")],
        hotspot_password: Sealed::from_stored(""),
        reference: "att".into(),
        customer_digest: String::new(),
        api_key_id: None,
        created_at: SOLD_AT,
    };
    let mut purchase = Purchase::new(PurchaseId::new(1), sale, SOLD_AT);
    purchase.payment.state = state;
    purchase.payment.paid_at = Some(SOLD_AT);
    purchase.access.state = access;
    purchase.access.user_id = Some("*1".into());
    purchase
}

fn refund() -> Refund {
    Refund {
        id: RefundId::new(1),
        tenant_id: TenantId::from_random([1; 5]),
        purchase_id: PurchaseId::new(1),
        key: uuid::Uuid::nil(),
        request_key: None,
        amount: Money::from_minor(100, Currency::Mxn),
        refunded_before: 0,
        reason: None,
        state: RefundState::Sending,
        gateway_refund_id: None,
        created_at: SOLD_AT,
        finished_at: None,
    }
}

fn at(now: Timestamp) -> Situation<'static> {
    Situation {
        now,
        by_request: false,
        router_is_deleted: false,
        open_refund: None,
        attempted: Attempted::default(),
        jitter: 0,
    }
}

fn action(purchase: &Purchase, situation: &Situation<'_>) -> Action {
    purchase.plan(situation, &Policy::default()).action
}

const PARKED: ParkReason = ParkReason::RefundRefused;

/// State, access, parked; what a worker does; what it does when that brought no progress.
const WORKER: &[(S, A, bool, Action, Action)] = &[
    (
        S::Created,
        A::Pending,
        false,
        Action::Abandon,
        Action::Abandon,
    ),
    (
        S::Charging,
        A::Pending,
        false,
        Action::ReadGateway,
        Action::Wait,
    ),
    (
        S::Verifying,
        A::Pending,
        false,
        Action::ReadGateway,
        Action::Wait,
    ),
    (
        S::Verifying,
        A::Pending,
        true,
        Action::NeedsDecision(PARKED),
        Action::NeedsDecision(PARKED),
    ),
    (
        S::Pending,
        A::Pending,
        false,
        Action::ReadGateway,
        Action::Wait,
    ),
    (S::Paid, A::Pending, false, Action::Enable, Action::Wait),
    (
        S::Paid,
        A::Pending,
        true,
        Action::NeedsDecision(PARKED),
        Action::NeedsDecision(PARKED),
    ),
    (S::Paid, A::Active, false, Action::Done, Action::Done),
    (S::Paid, A::Parked, false, Action::Done, Action::Done),
    (
        S::Declined,
        A::RemovalQueued,
        false,
        Action::Remove,
        Action::Wait,
    ),
    (
        S::Declined,
        A::RemovalQueued,
        true,
        Action::Remove,
        Action::Wait,
    ),
    (S::Declined, A::Removed, false, Action::Done, Action::Done),
    (
        S::Failed,
        A::RemovalQueued,
        false,
        Action::Remove,
        Action::Wait,
    ),
    (S::Failed, A::Removed, false, Action::Done, Action::Done),
    (
        S::GivenUp,
        A::RemovalQueued,
        false,
        Action::Remove,
        Action::ReadGateway,
    ),
    (
        S::GivenUp,
        A::Removed,
        false,
        Action::ReadGateway,
        Action::Wait,
    ),
    (
        S::GivenUp,
        A::Parked,
        false,
        Action::ReadGateway,
        Action::Wait,
    ),
    (
        S::Mismatch,
        A::RemovalQueued,
        false,
        Action::Remove,
        Action::CommitRefund,
    ),
    (
        S::Mismatch,
        A::Removed,
        false,
        Action::CommitRefund,
        Action::CommitRefund,
    ),
    (
        S::Refunding,
        A::RemovalQueued,
        false,
        Action::Remove,
        Action::SendRefund,
    ),
    (
        S::Refunding,
        A::RemovalQueued,
        true,
        Action::Remove,
        Action::Wait,
    ),
    (
        S::Refunding,
        A::Removed,
        false,
        Action::SendRefund,
        Action::Wait,
    ),
    (
        S::Refunding,
        A::Parked,
        false,
        Action::SendRefund,
        Action::Wait,
    ),
    (
        S::Refunding,
        A::Removed,
        true,
        Action::NeedsDecision(PARKED),
        Action::NeedsDecision(PARKED),
    ),
    (
        S::Refunded,
        A::RemovalQueued,
        false,
        Action::Remove,
        Action::Wait,
    ),
    (S::Refunded, A::Removed, false, Action::Done, Action::Done),
    (
        S::ChargedBack,
        A::RemovalQueued,
        false,
        Action::Remove,
        Action::Wait,
    ),
    (
        S::ChargedBack,
        A::Removed,
        false,
        Action::Done,
        Action::Done,
    ),
];

#[test]
fn every_state_has_its_next_action() {
    for (state, access, parked, first, then) in WORKER {
        let mut purchase = purchase(*state, *access);
        purchase.work.parked = parked.then_some(PARKED);
        let mut situation = at(soon());
        let row = format!("{state:?}, {access:?}, parked: {parked}");
        assert_eq!(action(&purchase, &situation), *first, "{row}");
        situation.attempted.note(*first);
        assert_eq!(action(&purchase, &situation), *then, "{row}, tried");
    }
}

#[test]
fn what_waits_has_a_next_run_and_what_is_done_has_none() {
    for (state, access, parked, first, _) in WORKER {
        let mut purchase = purchase(*state, *access);
        purchase.work.parked = parked.then_some(PARKED);
        let mut situation = at(soon());
        situation.attempted.note(*first);
        let plan = purchase.plan(&situation, &Policy::default());
        match plan.action {
            Action::Done | Action::NeedsDecision(_) => assert_eq!(plan.next_run, None),
            Action::Wait => assert!(plan.next_run > Some(soon()), "{state:?} {access:?}"),
            _ => assert_eq!(plan.next_run, Some(soon())),
        }
    }
}

#[test]
fn a_request_charges_and_enables_and_leaves_all_else_to_workers() {
    for (state, access, expected) in [
        (S::Created, A::Pending, Action::Prepare),
        (S::Charging, A::Pending, Action::Charge),
        (S::Verifying, A::Pending, Action::Wait),
        (S::Pending, A::Pending, Action::Wait),
        (S::Paid, A::Pending, Action::Enable),
        (S::Paid, A::Active, Action::Done),
        (S::Declined, A::RemovalQueued, Action::Wait),
        (S::Failed, A::RemovalQueued, Action::Wait),
        (S::Mismatch, A::RemovalQueued, Action::Wait),
    ] {
        let situation = Situation {
            by_request: true,
            ..at(soon())
        };
        assert_eq!(
            action(&purchase(state, access), &situation),
            expected,
            "{state:?}"
        );
    }
}

#[test]
fn access_that_is_overdue_or_impossible_is_refunded() {
    let paid = purchase(S::Paid, A::Pending);
    let deadline = paid.access_deadline(&Policy::default());
    assert_eq!(deadline, SOLD_AT.plus(Duration::from_mins(30)));
    assert_eq!(action(&paid, &at(deadline)), Action::CommitRefund);
    let without_router = Situation {
        router_is_deleted: true,
        ..at(soon())
    };
    assert_eq!(action(&paid, &without_router), Action::CommitRefund);
    let mut granted = paid;
    granted.access.deadline = Some(deadline.plus(Duration::from_mins(1)));
    assert_eq!(action(&granted, &at(deadline)), Action::Enable);
}

#[test]
fn a_removal_waits_until_no_add_can_follow_it() {
    let mut failed = purchase(S::Failed, A::RemovalQueued);
    failed.access.user_id = None;
    let policy = Policy::default();
    let safe = policy.router_step_is_over(SOLD_AT);
    let early = failed.plan(&at(SOLD_AT), &policy);
    assert_eq!((early.action, early.next_run), (Action::Wait, Some(safe)));
    assert_eq!(action(&failed, &at(safe)), Action::Remove);
    failed.access.user_id = Some("*1".into());
    failed.access.may_be_added_until = Some(soon());
    assert_eq!(action(&failed, &at(SOLD_AT)), Action::Wait);
    assert_eq!(action(&failed, &at(soon())), Action::Remove);
}

#[test]
fn a_refund_in_flight_is_left_alone_until_its_time() {
    let open = refund();
    for state in [S::Paid, S::Refunding] {
        let access = if state == S::Paid {
            A::Active
        } else {
            A::Removed
        };
        let mut purchase = purchase(state, access);
        let later = soon().plus(Duration::from_secs(40));
        purchase.work.next_run = Some(later);
        let mut situation = Situation {
            open_refund: Some(&open),
            ..at(soon())
        };
        let plan = purchase.plan(&situation, &Policy::default());
        assert_eq!((plan.action, plan.next_run), (Action::Wait, Some(later)));
        situation.now = later;
        assert_eq!(action(&purchase, &situation), Action::SendRefund);
    }
}

#[test]
fn late_money_is_watched_until_a_read_after_72_hours() {
    let mut given_up = purchase(S::GivenUp, A::Removed);
    let policy = Policy::default();
    let after = |hours| SOLD_AT.plus(Duration::from_hours(hours));
    given_up.payment.last_read_at = Some(after(71));
    let half_an_hour = after(71).plus(Duration::from_mins(30));
    assert_eq!(
        given_up.plan(&at(after(71)), &policy).next_run,
        Some(half_an_hour)
    );
    // However long no read was possible: the watch does not end without one.
    assert_eq!(action(&given_up, &at(after(100))), Action::ReadGateway);
    given_up.payment.last_read_at = Some(after(72));
    assert_eq!(action(&given_up, &at(after(100))), Action::Done);
}

#[test]
fn late_money_is_looked_for_while_the_router_is_away() {
    let given_up = purchase(S::GivenUp, A::RemovalQueued);
    let mut situation = at(soon());
    assert_eq!(action(&given_up, &situation), Action::Remove);
    situation.attempted.remove = true;
    assert_eq!(action(&given_up, &situation), Action::ReadGateway);
    situation.attempted.read = true;
    assert_eq!(action(&given_up, &situation), Action::Wait);
}

#[test]
fn a_decision_starts_every_clock_anew() {
    let mut stuck = purchase(S::Refunding, A::Removed);
    let policy = Policy::default();
    let (began, now) = (SOLD_AT, SOLD_AT.plus(Duration::from_hours(30)));
    stuck.payment.reads_failing_since = Some(began);
    stuck.park(ParkReason::RefundUnconfirmed);
    assert!(stuck.is_stuck_since(began, now, &policy));
    stuck
        .decide(crate::purchase::Decision::Refund, true, now, &policy)
        .unwrap();
    assert!(!stuck.is_stuck_since(began, now, &policy));
    assert_eq!(stuck.payment.reads_failing_since, None);
    assert_eq!(action(&stuck, &at(now)), Action::SendRefund);
}

#[test]
fn waits_grow_and_end_at_their_longest() {
    let mut verifying = purchase(S::Verifying, A::Pending);
    let mut situation = at(soon());
    situation.attempted.read = true;
    for (attempts, seconds) in [(0, 1), (1, 2), (3, 8), (5, 30), (1000, 30), (-1, 1)] {
        verifying.work.attempts = attempts;
        let next = verifying.plan(&situation, &Policy::default()).next_run;
        assert_eq!(
            next,
            Some(soon().plus(Duration::from_secs(seconds))),
            "{attempts}"
        );
    }
}

#[test]
fn giving_up_is_safe_by_default() {
    assert!(Policy::default().give_up_is_safe());
}
