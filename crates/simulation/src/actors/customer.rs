//! Customers: they send a request, repeat it, hang up, and ask what became of it.

use std::sync::Arc;
use std::time::Duration;

use application::purchase::checkout::start_purchase;
use application::purchase::status::{PurchaseAnswer, find_purchase};

use crate::cluster::Cluster;
use crate::scenario::{Action, Variant};
use crate::shop::CustomerRequest;
use crate::world::World;

/// A customer's request arrives at some replica.
pub(crate) fn buy(
    run: &mut Cluster,
    number: usize,
    variant: Variant,
    leaves_after: Option<Duration>,
) {
    let Some(request) = run.requests.get(number).cloned() else {
        return;
    };
    let Some((replica, app)) = run.any_up() else {
        // Nobody answers: the customer tries again.
        let later = run.world.now().plus(run.world.dice.seconds(1, 60));
        let again = Action::Buy {
            request: number,
            variant,
            leaves_after,
        };
        run.plan(later, again);
        return;
    };
    let command = request.command(variant, &run.world.dice);
    let world = Arc::clone(&run.world);
    world.log(|| {
        format!(
            "request {number} is sent to app {} ({variant:?})",
            replica.0
        )
    });
    let task = run.start(
        replica,
        "a purchase request",
        Box::pin(async move {
            let asked = command.clone();
            let answer = Box::pin(start_purchase(&app, &request.portal, command, &|| Ok(()))).await;
            match answer {
                Ok(answer) => {
                    if let PurchaseAnswer::Paid(receipt) = &answer {
                        world.check_answer(&asked, &receipt.purchase);
                    }
                    receive(&world, number, &request, &answer);
                }
                Err(error) => world.log(|| format!("request {number} fails: {error}")),
            }
        }),
    );
    if let Some(span) = leaves_after {
        run.plan(run.world.now().plus(span), Action::HangUp(task));
    }
}

/// A customer asks how things stand.
pub(crate) fn poll(run: &mut Cluster, number: usize) {
    let Some(request) = run.requests.get(number).cloned() else {
        return;
    };
    let (Some(token), Some((replica, app))) = (request.token(), run.any_up()) else {
        return;
    };
    let world = Arc::clone(&run.world);
    run.start(
        replica,
        "a poll",
        Box::pin(async move {
            match find_purchase(&app, &request.portal, &token).await {
                Ok(Some(answer)) => receive(&world, number, &request, &answer),
                Ok(None) => {
                    world.violated(format!("the token of request {number} finds no purchase"));
                }
                Err(error) => world.log(|| format!("the poll of request {number} fails: {error}")),
            }
        }),
    );
}

fn receive(world: &World, number: usize, request: &CustomerRequest, answer: &PurchaseAnswer) {
    match answer {
        PurchaseAnswer::Paid(receipt) => {
            let id = receipt.purchase.id();
            world.log(|| format!("request {number}: paid, here are the credentials of sale {id}"));
            world.check_revealed(&receipt.purchase);
        }
        PurchaseAnswer::Declined { token, .. }
        | PurchaseAnswer::Open { token, .. }
        | PurchaseAnswer::StillRunning { token }
        | PurchaseAnswer::NotCharged { token, .. }
        | PurchaseAnswer::GivenUp { token }
        | PurchaseAnswer::Returned { token, .. } => {
            world.log(|| format!("request {number}: {}", status_name(answer)));
            request.learn(token);
        }
    }
}

const fn status_name(answer: &PurchaseAnswer) -> &'static str {
    match answer {
        PurchaseAnswer::Paid(_) => "paid",
        PurchaseAnswer::Declined { .. } => "declined",
        PurchaseAnswer::Open { .. } => "open",
        PurchaseAnswer::StillRunning { .. } => "still running",
        PurchaseAnswer::NotCharged { .. } => "not charged",
        PurchaseAnswer::GivenUp { .. } => "given up",
        PurchaseAnswer::Returned { .. } => "returned",
    }
}
