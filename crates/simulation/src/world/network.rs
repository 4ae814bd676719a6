//! One request to the outside world and its answer.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use fakes::fault::Lost;

use crate::engine::lock;
use crate::faults::{CallEnd, Endpoint, Transit};
use crate::world::World;

/// Sends a request. Its effect happens in the outside world whether or not the sender still
/// lives; the sender learns of it only if the answer comes back within `limit`.
pub(crate) async fn exchange<T: Send + 'static>(
    world: &Arc<World>,
    what: &str,
    far: Endpoint,
    limit: Duration,
    effect: impl FnOnce(&Arc<World>) -> T + Send + 'static,
) -> Result<T, Lost> {
    let transit = world.faults.transit(&world.dice, far, limit);
    let answer = Arc::new(Mutex::new(None));
    if let Some(after) = transit.effect {
        let (outside, slot) = (Arc::clone(world), Arc::clone(&answer));
        let arrive = move || {
            let value = effect(&outside);
            *lock(&slot) = Some(value);
        };
        world
            .scheduler
            .at(world.now().plus(after), Box::new(arrive));
    }
    log(world, what, transit, limit);
    let (waits, lost) = match transit.ending {
        CallEnd::Answer(after) if after <= limit => (after, None),
        CallEnd::Answer(_) | CallEnd::Silence => (limit, Some(Lost::TimedOut)),
        CallEnd::NotSent(after) => (after, Some(Lost::NotSent)),
        CallEnd::Broken(after) => (after, Some(Lost::Broken)),
        CallEnd::Failed(after) => (after, Some(Lost::Failed)),
    };
    world.scheduler.sleep(waits.min(limit)).await;
    match lost {
        Some(lost) => Err(lost),
        None => lock(&answer).take().ok_or(Lost::TimedOut),
    }
}

fn log(world: &World, what: &str, transit: Transit, limit: Duration) {
    let usual = matches!(transit.ending, CallEnd::Answer(after) if after <= limit);
    if usual {
        world.log(|| format!("-> {what}"));
    } else {
        let effect = transit.effect.map_or_else(
            || "never arrives".to_owned(),
            |after| format!("arrives after {after:?}"),
        );
        world.log(|| format!("-> {what}: {effect}, ends with {:?}", transit.ending));
    }
}
