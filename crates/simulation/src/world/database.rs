//! The shared database as the replicas meet it: slow, failing, and watched.

use std::sync::{Arc, Weak};

use fakes::{StoreHook, StoreHookFuture};
use ports::store::error::StoreError;

use crate::engine::lock;
use crate::world::World;

fn unavailable() -> StoreError {
    StoreError::Unavailable("the connection was lost".into())
}

/// The hook that runs before every step of the store, and after every commit.
pub(crate) fn hook(world: Weak<World>) -> StoreHook {
    Arc::new(move |step| {
        let Some(world) = world.upgrade() else {
            return Box::pin(async { Ok(()) });
        };
        // Only replicas meet trouble; the observer and the set-up read and write unharmed.
        if world.scheduler.current().is_none() || world.is_observed() {
            return Box::pin(async { Ok(()) });
        }
        if step == "unit.committed" {
            world.observe();
        }
        trouble(&world, step)
    })
}

fn trouble(world: &Arc<World>, step: &'static str) -> StoreHookFuture {
    let dice = &world.dice;
    let is_edge = matches!(
        step,
        "store.begin" | "unit.commit" | "unit.committed" | "purchases.claim_due"
    );
    let chance = match step {
        "unit.committed" => world.faults.lost_commit,
        "unit.rollback" => 0,
        _ => world.faults.store,
    };
    let is_down = lock(&world.outages)
        .database
        .is_some_and(|until| world.now() < until);
    let fails = (is_down && step != "unit.committed") || world.faults.occurs(dice, chance);
    if fails {
        world.log(|| format!("the database fails {step}"));
    }
    let yields = is_edge || dice.chance(3_000);
    let delay = yields.then(|| {
        if world.faults.occurs(dice, world.faults.store) {
            dice.millis(100, 4_000)
        } else {
            dice.millis(0, 3)
        }
    });
    let scheduler = Arc::clone(&world.scheduler);
    Box::pin(async move {
        if let Some(delay) = delay {
            scheduler.sleep(delay).await;
        }
        if fails { Err(unavailable()) } else { Ok(()) }
    })
}
