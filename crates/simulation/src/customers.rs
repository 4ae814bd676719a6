//! Customers: they ask, ask again, hang up, and look at what became of it.

use std::sync::Arc;
use std::time::Duration;

use application::purchase::checkout::start_purchase;
use application::purchase::status::PurchaseAnswer;
use application::purchase::status::find_purchase;

use crate::action::{Action, Variant};
use crate::conductor::Conductor;
use crate::wish::Wish;
use crate::world::World;

/// A customer's request arrives at some replica.
pub(crate) fn buy(
    run: &mut Conductor,
    number: usize,
    variant: Variant,
    leaves_after: Option<Duration>,
) {
    let Some(wish) = run.wishes.get(number).cloned() else {
        return;
    };
    let Some((replica, app)) = run.any_up() else {
        // Nobody answers: the customer tries again.
        let later = run.world.now().plus(run.world.dice.seconds(1, 60));
        let again = Action::Buy {
            wish: number,
            variant,
            leaves_after,
        };
        run.plan(later, again);
        return;
    };
    let command = wish.request(variant);
    let world = Arc::clone(&run.world);
    world.tell(|| format!("wish {number} is sent to app {} ({variant:?})", replica.0));
    let task = run.start(
        replica,
        "a purchase request",
        Box::pin(async move {
            let asked = command.clone();
            let answer = Box::pin(start_purchase(&app, &wish.portal, command)).await;
            match answer {
                Ok(answer) => {
                    if let PurchaseAnswer::Paid(receipt) = &answer {
                        world.watch_wish(&asked, &receipt.purchase);
                    }
                    hear(&world, number, &wish, &answer);
                }
                Err(error) => world.tell(|| format!("wish {number} fails: {error}")),
            }
        }),
    );
    if let Some(span) = leaves_after {
        run.plan(run.world.now().plus(span), Action::HangUp(task));
    }
}

/// A customer asks how things stand.
pub(crate) fn poll(run: &mut Conductor, number: usize) {
    let Some(wish) = run.wishes.get(number).cloned() else {
        return;
    };
    let (Some(token), Some((replica, app))) = (wish.token(), run.any_up()) else {
        return;
    };
    let world = Arc::clone(&run.world);
    run.start(
        replica,
        "a poll",
        Box::pin(async move {
            match find_purchase(&app, &wish.portal, &token).await {
                Ok(Some(answer)) => hear(&world, number, &wish, &answer),
                Ok(None) => world.violated(format!("the token of wish {number} opens nothing")),
                Err(error) => world.tell(|| format!("asking for wish {number} fails: {error}")),
            }
        }),
    );
}

fn hear(world: &World, number: usize, wish: &Wish, answer: &PurchaseAnswer) {
    match answer {
        PurchaseAnswer::Paid(receipt) => {
            let id = receipt.purchase.id;
            world.tell(|| format!("wish {number}: paid, here are the credentials of sale {id}"));
            world.watch_reveal(&receipt.purchase);
        }
        PurchaseAnswer::Declined { token, .. }
        | PurchaseAnswer::Open { token, .. }
        | PurchaseAnswer::StillRunning { token }
        | PurchaseAnswer::NotCharged { token, .. }
        | PurchaseAnswer::GivenUp { token }
        | PurchaseAnswer::Returned { token, .. } => {
            world.tell(|| format!("wish {number}: {}", word(answer)));
            wish.learn(token);
        }
    }
}

const fn word(answer: &PurchaseAnswer) -> &'static str {
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
