//! One request to the outside world and its answer.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use fakes::fault::Lost;

use crate::faults::{Ending, Far, Journey};
use crate::locked::lock;
use crate::world::World;

/// Sends a request. Its effect happens in the outside world whether or not the sender still
/// lives; the sender learns of it only if the answer comes back within `limit`.
pub(crate) async fn exchange<T: Send + 'static>(
    world: &Arc<World>,
    what: &str,
    far: Far,
    limit: Duration,
    effect: impl FnOnce(&Arc<World>) -> T + Send + 'static,
) -> Result<T, Lost> {
    let journey = world.faults.journey(&world.dice, far, limit);
    let answer = Arc::new(Mutex::new(None));
    if let Some(after) = journey.effect {
        let (outside, slot) = (Arc::clone(world), Arc::clone(&answer));
        let arrive = move || {
            let value = effect(&outside);
            *lock(&slot) = Some(value);
        };
        world
            .scheduler
            .at(world.now().plus(after), Box::new(arrive));
    }
    tell(world, what, journey, limit);
    let (waits, lost) = match journey.ending {
        Ending::Answer(after) if after <= limit => (after, None),
        Ending::Answer(_) | Ending::Silence => (limit, Some(Lost::TimedOut)),
        Ending::NotSent(after) => (after, Some(Lost::NotSent)),
        Ending::Broken(after) => (after, Some(Lost::Broken)),
        Ending::Failed(after) => (after, Some(Lost::Failed)),
    };
    world.scheduler.sleep(waits.min(limit)).await;
    match lost {
        Some(lost) => Err(lost),
        None => lock(&answer).take().ok_or(Lost::TimedOut),
    }
}

fn tell(world: &World, what: &str, journey: Journey, limit: Duration) {
    let usual = matches!(journey.ending, Ending::Answer(after) if after <= limit);
    if usual {
        world.tell(|| format!("-> {what}"));
    } else {
        let effect = journey.effect.map_or_else(
            || "never arrives".to_owned(),
            |after| format!("arrives after {after:?}"),
        );
        world.tell(|| format!("-> {what}: {effect}, ends with {:?}", journey.ending));
    }
}
