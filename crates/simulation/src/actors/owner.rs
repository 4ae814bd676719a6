//! The platform owner decides what no worker may.

use std::sync::Arc;

use application::purchase::review::resolve;
use domain::purchase::Decision;
use domain::purchase::{Purchase, PurchaseState};

use crate::cluster::Cluster;
use crate::engine::lock;
use crate::invariants::at_rest;

/// Decides about every parked sale: the account has money again, so give it back, or serve the
/// customer after all. Answers whether there was anything to decide.
pub(crate) fn decide(run: &mut Cluster) -> bool {
    let parked: Vec<Purchase> = run
        .world
        .committed()
        .into_iter()
        .filter(|purchase| purchase.work().parked.is_some())
        .collect();
    at_rest::alerts(&run.world, &parked);
    for payment in &mut lock(&run.world.ledger).payments {
        payment.refuses_refunds = false;
    }
    for purchase in &parked {
        let decision = decision(run, purchase);
        order(run, purchase, decision);
    }
    !parked.is_empty()
}

fn decision(run: &Cluster, purchase: &Purchase) -> Decision {
    // A wrong amount is never served.
    let fits = purchase.payment().charged_minor == Some(purchase.sale().amount.minor());
    // Who is served already waits for a part of the money only.
    let is_served = purchase.state() == PurchaseState::Paid;
    if fits && !is_served && purchase.payment().refunded_minor == 0 && run.world.dice.chance(3_000)
    {
        Decision::Grant
    } else {
        Decision::Refund
    }
}

fn order(run: &mut Cluster, purchase: &Purchase, decision: Decision) {
    let Some((replica, app)) = run.any_up() else {
        return;
    };
    let id = purchase.id();
    lock(&run.world.decided).insert(id);
    let (world, owner) = (Arc::clone(&run.world), run.shop.owner.clone());
    run.start(
        replica,
        "a decision",
        Box::pin(async move {
            let mut decision = decision;
            let mut done = resolve(&app, &owner, id, decision, "visto").await.is_ok();
            if !done && decision == Decision::Grant {
                // A refund that may be on its way rules that out.
                decision = Decision::Refund;
                done = resolve(&app, &owner, id, decision, "visto").await.is_ok();
            }
            world.log(|| format!("a person decides about sale {id}: {decision:?}: {done}"));
        }),
    );
}
