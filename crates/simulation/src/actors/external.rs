//! External events: webhooks, forged webhooks, chargebacks, outages, manual changes on routers.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use application::gateway_events::receive::receive;
use domain::gateway::GatewayKind;
use domain::purchase::PurchaseState;
use fakes::gateway::Standing;
use fakes::hotspot::Command;

use crate::cluster::Cluster;
use crate::engine::lock;
use crate::scenario::{Action, Delivery};
use crate::world::routers::sale_of;
use crate::world::webhooks;

/// A webhook arrives at some replica; if it is not accepted, it is sent again.
pub(crate) fn deliver(run: &mut Cluster, delivery: Delivery) {
    if delivery.is_taken.load(Ordering::Relaxed) {
        return;
    }
    if delivery.tries < webhooks::MAX_TRIES {
        let again = Delivery {
            tries: delivery.tries + 1,
            ..delivery.clone()
        };
        let later = run.world.now().plus(webhooks::retry_delay(delivery.tries));
        run.plan(later, Action::GatewayEvent(again));
    }
    if run
        .world
        .faults
        .occurs(&run.world.dice, run.world.faults.webhook)
    {
        return;
    }
    let Some((replica, app)) = run.any_up() else {
        return;
    };
    let tenant = run
        .world
        .dice
        .chance(7_000)
        .then(|| run.shop.tenant.clone());
    let world = Arc::clone(&run.world);
    run.start(
        replica,
        "a notice",
        Box::pin(async move {
            let received = receive(&app, delivery.gateway, tenant, &delivery.notice).await;
            world.log(|| format!("a notice: {received:?}"));
            if received.is_ok() {
                delivery.is_taken.store(true, Ordering::Relaxed);
            }
        }),
    );
}

/// Somebody claims that an unpaid sale was paid: without a signature, or with a wrong one.
pub(crate) fn forge(run: &mut Cluster) {
    let unpaid: Vec<_> = lock(&run.world.observer)
        .purchases
        .values()
        .filter(|purchase| purchase.state() != PurchaseState::Paid)
        .map(|purchase| (purchase.sale().gateway, purchase.sale().reference.clone()))
        .collect();
    let Some((gateway, reference)) = run.world.dice.pick(&unpaid).cloned() else {
        return;
    };
    let key = run.world.dice.chance(5_000).then_some("a guess");
    let delivery = Delivery {
        gateway,
        notice: webhooks::claim_of_payment(run.world.dice.number(), &reference, key),
        tries: webhooks::MAX_TRIES,
        is_taken: Arc::default(),
    };
    run.world
        .log(|| format!("somebody claims that {reference} was paid"));
    deliver(run, delivery);
}

/// The bank or the operator moves money at the gateway, without us.
pub(crate) fn move_money(run: &mut Cluster) {
    let world = Arc::clone(&run.world);
    let moved = {
        let mut ledger = lock(&world.ledger);
        let mut held: Vec<_> = ledger
            .payments
            .iter_mut()
            .filter(|payment| payment.held() > 0)
            .collect();
        let position = world.dice.position(held.len());
        let Some(payment) = held.get_mut(position) else {
            return;
        };
        match world.dice.below(3) {
            0 => {
                payment.moved_without_us += payment.held();
                payment.standing = Standing::ChargedBack;
            }
            1 => {
                payment.moved_without_us += payment.held();
                payment.refunded_minor = payment.amount_minor;
            }
            _ => {
                let part = (payment.held() / 3).max(1);
                payment.moved_without_us += part;
                payment.refunded_minor += part;
            }
        }
        payment.changed_at = world.now();
        (payment.id.clone(), payment.facts().status)
    };
    world.log(|| {
        format!(
            "at the gateway, {} becomes {:?} without us",
            moved.0, moved.1
        )
    });
    webhooks::announce(&world, &moved.0);
}

/// A gateway is down for a while.
pub(crate) fn gateway_down(run: &Cluster, span: Duration) {
    let Some(kind) = run.world.dice.pick(&GatewayKind::ALL) else {
        return;
    };
    run.world.log(|| format!("{kind} is down for {span:?}"));
    let until = run.world.now().plus(span);
    lock(&run.world.outages).gateways.insert(*kind, until);
}

/// The database is down for a while.
pub(crate) fn database_down(run: &Cluster, span: Duration) {
    run.world
        .log(|| format!("the database is down for {span:?}"));
    let until = run.world.now().plus(span);
    lock(&run.world.outages).database = Some(until);
}

/// A router is down for a while.
pub(crate) fn router_down(run: &Cluster, span: Duration) {
    let Some(sales_point) = run.world.dice.pick(&run.shop.sales_points) else {
        return;
    };
    let id = sales_point.portal.router_id();
    run.world.log(|| format!("{id} is down for {span:?}"));
    let until = run.world.now().plus(span);
    let mut outages = lock(&run.world.outages);
    // A router that is being replaced does not come back sooner.
    let down = outages.routers.entry(id.clone()).or_insert(until);
    *down = until.max(*down);
}

/// A router breaks; what comes back, longer than any request waits, is restored from an export.
pub(crate) fn restore_router(run: &Cluster, span: Duration) {
    let Some(sales_point) = run.world.dice.pick(&run.shop.sales_points) else {
        return;
    };
    let id = sales_point.portal.router_id();
    run.world
        .log(|| format!("{id} breaks, and is restored after {span:?}"));
    let until = run.world.now().plus(span);
    lock(&run.world.outages).routers.insert(id.clone(), until);
    lock(&run.world.routers).of(id).restore();
}

/// Somebody changes a router by hand: removes a disabled user, or takes a name.
pub(crate) fn tamper(run: &Cluster) {
    let world = &run.world;
    let Some(sales_point) = world.dice.pick(&run.shop.sales_points) else {
        return;
    };
    let id = sales_point.portal.router_id();
    let disabled: Vec<_> = lock(&world.routers)
        .of(id)
        .users
        .iter()
        .filter(|user| user.is_disabled)
        .cloned()
        .collect();
    if let Some(user) = world
        .dice
        .pick(&disabled)
        .filter(|_| world.dice.chance(6_000))
    {
        world.log(|| format!("somebody removes {} by hand", user.name));
        lock(&world.routers).execute(id, &Command::Remove(user.id.clone()));
        lock(&world.tampered).extend(sale_of(user));
        if world.dice.chance(5_000) {
            world.log(|| format!("somebody else takes the name {}", user.name));
            lock(&world.routers).add_foreign(id, &user.name);
        }
        return;
    }
    // A name that was drawn but not yet reserved is taken by a foreign user.
    let drawn: Vec<_> = lock(&world.observer)
        .purchases
        .values()
        .filter(|purchase| {
            purchase.sale().router_id == *id && purchase.state() == PurchaseState::Created
        })
        .filter_map(|purchase| purchase.sale().candidates.first().cloned())
        .collect();
    if let Some(name) = world.dice.pick(&drawn) {
        world.log(|| format!("a foreign user takes the name {name}"));
        lock(&world.routers).add_foreign(id, name.as_str());
    }
}
