//! What must hold once everything is at rest: database, gateways and routers agree, and everybody
//! has either the access or the money.

use std::collections::BTreeSet;

use domain::ids::RouterId;
use domain::purchase::{AccessState, ParkReason, Purchase, PurchaseState};
use domain::refund::{Refund, RefundState};
use fakes::gateway::{Payment, Standing};
use fakes::hotspot::User;
use futures::FutureExt;
use ports::store::error::StoreError;
use ports::store::{Scope, Store};

use crate::engine::lock;
use crate::shop::CustomerRequest;
use crate::world::routers::sale_of;
use crate::world::{MAX_SKEW, World};

impl World {
    /// Notices of gateways and to operators that still wait.
    pub(crate) fn waiting_messages(&self) -> i64 {
        let counted = async {
            let mut work = self.store.begin(Scope::Platform).await?;
            let waiting = work.inbox().count().await? + work.outbox().count().await?;
            work.commit().await?;
            Ok::<i64, StoreError>(waiting)
        };
        match counted.now_or_never() {
            Some(Ok(waiting)) => waiting,
            other => {
                self.violated(format!("the messages could not be counted: {other:?}"));
                0
            }
        }
    }

    fn refunds_of(&self, purchase: &Purchase) -> Vec<Refund> {
        let read = async {
            let mut work = self.store.begin(Scope::Platform).await?;
            let refunds = work.refunds().list(purchase.id()).await?;
            work.commit().await?;
            Ok::<Vec<Refund>, StoreError>(refunds)
        };
        match read.now_or_never() {
            Some(Ok(refunds)) => refunds,
            other => {
                self.violated(format!("the refunds could not be read: {other:?}"));
                Vec::new()
            }
        }
    }
}

/// Checks the end of a run.
pub(crate) fn check(world: &World, requests: &[CustomerRequest]) {
    let purchases = world.committed();
    for purchase in &purchases {
        check_sale(world, purchase);
    }
    check_requests(world, requests);
    check_people(world, &purchases);
    check_ledger(world, &purchases);
    check_routers(world, &purchases);
}

/// Nothing waits for a person who was not alerted.
pub(crate) fn alerts(world: &World, parked: &[Purchase]) {
    let (number, alerts) = (parked.len(), *lock(&world.alerts));
    if alerts < number {
        world.violated(format!(
            "{number} sales are parked, but only {alerts} alerts went out"
        ));
    }
    for purchase in parked {
        let id = purchase.id();
        let has_access = purchase.access().state == AccessState::Active;
        if purchase.access().state == AccessState::RemovalQueued {
            world.violated(format!("the removal of sale {id} waits for a person"));
        }
        if purchase.state() == PurchaseState::Paid && !has_access {
            world.violated(format!("the customer of sale {id} waits for a person"));
        }
    }
}

fn check_sale(world: &World, purchase: &Purchase) {
    let id = purchase.id();
    let payments: Vec<Payment> = lock(&world.ledger)
        .of_reference(&purchase.sale().reference)
        .cloned()
        .collect();
    let with_money: Vec<&Payment> = payments
        .iter()
        .filter(|payment| payment.took_money())
        .collect();
    if with_money.len() > 1 {
        world.violated(format!("sale {id} was charged {} times", with_money.len()));
    }
    let payment = with_money.first().copied();
    if purchase.work().parked.is_some() {
        check_parked(world, purchase);
        return;
    }
    let expected = expected(purchase, payment);
    // Where somebody removed our user and a foreign one has its name, nothing is ours to remove.
    let is_taken =
        purchase.access().state == AccessState::Parked && lock(&world.tampered).contains(&id);
    let access = if is_taken {
        AccessState::Removed
    } else {
        purchase.access().state
    };
    let found = (purchase.state(), access);
    if !expected.contains(&found) {
        let held = payment.map(|payment| (payment.standing, payment.held()));
        world.violated(format!(
            "sale {id} ends as {} / {}, the gateway has {held:?}",
            found.0.as_str(),
            found.1.as_str(),
        ));
    }
    if purchase.work().next_run.is_some() {
        world.violated(format!("sale {id} still waits for something"));
    }
    check_refunds(world, purchase, payment);
}

/// How a sale may end, given what the gateway holds.
fn expected(purchase: &Purchase, payment: Option<&Payment>) -> Vec<(PurchaseState, AccessState)> {
    let without_access = |states: &[PurchaseState]| {
        states
            .iter()
            .map(|state| (*state, AccessState::Removed))
            .collect()
    };
    match payment {
        None => without_access(&[
            PurchaseState::Declined,
            PurchaseState::Failed,
            PurchaseState::GivenUp,
        ]),
        Some(payment) if payment.standing == Standing::ChargedBack => {
            // The money may have been on its way back when the bank took it.
            without_access(&[PurchaseState::ChargedBack])
        }
        Some(payment) if payment.held() == 0 => without_access(&[PurchaseState::Refunded]),
        Some(payment) if payment.amount_minor != purchase.sale().amount.minor() => Vec::new(),
        Some(_) => vec![(PurchaseState::Paid, AccessState::Active)],
    }
}

fn check_refunds(world: &World, purchase: &Purchase, payment: Option<&Payment>) {
    let id = purchase.id();
    let refunds = world.refunds_of(purchase);
    if refunds
        .iter()
        .any(|refund| refund.state == RefundState::Sending)
    {
        world.violated(format!("a refund of sale {id} is still under way"));
    }
    let Some(payment) = payment else {
        if !refunds.is_empty() {
            world.violated(format!("sale {id} was refunded without a charge"));
        }
        return;
    };
    // Where money moved without us as well, it is unknown whose refund was whose.
    if payment.moved_without_us > 0 {
        return;
    }
    let done: i64 = refunds
        .iter()
        .filter(|refund| refund.state == RefundState::Done)
        .map(|refund| refund.amount.minor())
        .sum();
    if done != payment.refunded_minor || purchase.payment().refunded_minor != payment.refunded_minor
    {
        world.violated(format!(
            "sale {id}: the gateway gave back {}, the refunds say {done}, the sale says {}",
            payment.refunded_minor,
            purchase.payment().refunded_minor
        ));
    }
}

/// After a person has decided, only what somebody did to a router by hand may still wait.
fn check_parked(world: &World, purchase: &Purchase) {
    let id = purchase.id();
    let why = purchase.work().parked.map_or("", ParkReason::as_str);
    if !lock(&world.tampered).contains(&id) {
        world.violated(format!("sale {id} is parked without need: {why}"));
    }
}

/// One request, one payment, whatever was repeated.
fn check_requests(world: &World, requests: &[CustomerRequest]) {
    let ledger = lock(&world.ledger);
    for request in requests {
        let card = request.card();
        let again = format!("{card}-again");
        let paid = ledger
            .payments
            .iter()
            .filter(|payment| payment.took_money())
            .filter(|payment| payment.attempt.token == card || payment.attempt.token == again)
            .count();
        if paid > 1 {
            world.violated(format!(
                "the customer of {card} paid {paid} times for one request"
            ));
        }
    }
}

/// One person, one purchase of a product at a time: what was begun before another one was paid is not
/// served as well.
fn check_people(world: &World, purchases: &[Purchase]) {
    let decided = lock(&world.decided);
    let served: Vec<&Purchase> = purchases
        .iter()
        .filter(|purchase| purchase.state() == PurchaseState::Paid)
        .filter(|purchase| !decided.contains(&purchase.id()))
        .collect();
    for (first, second) in served.iter().flat_map(|first| {
        let later = |second: &&&Purchase| second.id() > first.id();
        served
            .iter()
            .filter(later)
            .map(move |second| (first, second))
    }) {
        let is_same = second.sale().is_to(&first.sale().person())
            && second.sale().product_id == first.sale().product_id;
        let was_open = first
            .payment()
            .paid_at
            .is_some_and(|at| at > second.sale().created_at.plus(MAX_SKEW));
        if is_same && was_open {
            let (first, second) = (first.id(), second.id());
            world.violated(format!(
                "one person is served by the sales {first} and {second}"
            ));
        }
    }
}

/// Every payment is of a sale that we know.
fn check_ledger(world: &World, purchases: &[Purchase]) {
    let known: BTreeSet<&str> = purchases
        .iter()
        .map(|purchase| purchase.sale().reference.as_str())
        .collect();
    for payment in &lock(&world.ledger).payments {
        if !known.contains(payment.attempt.reference.as_str()) {
            world.violated(format!("{} belongs to no sale", payment.id));
        }
    }
}

fn check_routers(world: &World, purchases: &[Purchase]) {
    let routers = lock(&world.routers);
    for purchase in purchases {
        let id = purchase.id();
        let users: Vec<(&RouterId, &User)> = routers
            .all
            .iter()
            .flat_map(|(router, held)| held.users.iter().map(move |user| (router, user)))
            .filter(|(_, user)| sale_of(user) == Some(id))
            .collect();
        // Whoever has access already needs no new id of us.
        let held = routers.all.get(&purchase.sale().router_id);
        let is_restored = held.is_some_and(|held| held.restores > 0);
        let is_served = purchase.state() == PurchaseState::Paid
            && purchase.access().state == AccessState::Active;
        if is_served {
            let right = users.iter().filter(|(router, user)| {
                **router == purchase.sale().router_id
                    && !user.is_disabled
                    && user.name == purchase.access().name.as_str()
                    && (purchase.access().user_id.as_ref() == Some(&user.id) || is_restored)
            });
            if right.count() != 1 || users.len() != 1 {
                world.violated(format!(
                    "sale {id} is paid and active, the router has {users:?}"
                ));
            }
        } else if !users.is_empty() && purchase.work().parked.is_none() {
            world.violated(format!("of sale {id}, the router still has {users:?}"));
        }
    }
    for (id, router) in &routers.all {
        for name in router.sessions.keys() {
            let enabled = router.named(name).any(|user| !user.is_disabled);
            if !enabled {
                world.violated(format!("{name} is still online on {id}"));
            }
        }
    }
}
