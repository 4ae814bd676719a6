//! What may go wrong, and how often, in one run.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::engine::dice::Dice;

/// Who is on the other end of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// A router. A command cut off from its answer may be carried out for a while yet.
    Router,
    /// A gateway, asked to charge. Such a request may lie about for hours.
    Charge,
    /// A gateway, asked for anything else.
    Gateway,
}

/// How one request and its answer travel. All spans count from the sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Transit {
    /// When the request takes effect; `None`: never.
    pub(crate) effect: Option<Duration>,
    /// What the caller gets to see.
    pub(crate) ending: CallEnd,
}

/// How a call ends for its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CallEnd {
    /// The answer arrives.
    Answer(Duration),
    /// The connection was refused: nothing was sent.
    NotSent(Duration),
    /// The connection breaks.
    Broken(Duration),
    /// The other end, or something in between, answers with a failure of its own.
    Failed(Duration),
    /// Nothing, ever.
    Silence,
}

/// Chances in ten thousand.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    is_over: AtomicBool,
    /// That a replica crashes instead of its next step.
    pub(crate) crash: u64,
    /// That it stands still.
    pub(crate) pause: u64,
    /// That a store statement or commit fails.
    pub(crate) store: u64,
    /// That the answer to a commit is lost.
    pub(crate) lost_commit: u64,
    /// That a call to a router goes wrong.
    pub(crate) router: u64,
    /// That a call to a gateway goes wrong.
    pub(crate) gateway: u64,
    /// That a notice to an operator is not taken.
    pub(crate) messenger: u64,
    /// That a webhook goes astray and must be sent again.
    pub(crate) webhook: u64,
}

impl Faults {
    /// Draws how bad things are in this run: some runs are calm, some have one kind of trouble,
    /// some have all kinds.
    pub(crate) fn draw(dice: &Dice) -> Self {
        let profile = dice.below(8);
        let level = |often: u64, number: u64| match profile {
            0 => 0,
            1 | 2 => often / 4,
            3 | 4 => often,
            other if other - 4 == number => often * 2,
            _ => often / 8,
        };
        Self {
            is_over: AtomicBool::new(false),
            crash: level(40, 1),
            pause: level(6, 1),
            store: level(40, 2),
            lost_commit: level(150, 2),
            router: level(2_000, 3),
            gateway: level(2_500, 3),
            messenger: level(2_000, 2),
            webhook: level(3_000, 3),
        }
    }

    /// From now on everything works.
    pub(crate) fn end(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }

    /// Whether something goes wrong that has this chance.
    pub(crate) fn occurs(&self, dice: &Dice, per_ten_thousand: u64) -> bool {
        !self.is_over.load(Ordering::Relaxed) && dice.chance(per_ten_thousand)
    }

    /// How a call travels whose caller waits for `limit` at most.
    pub(crate) fn transit(&self, dice: &Dice, far: Endpoint, limit: Duration) -> Transit {
        let there = dice.millis(1, 150);
        let back = there + dice.millis(1, 150);
        let chance = match far {
            Endpoint::Router => self.router,
            Endpoint::Charge | Endpoint::Gateway => self.gateway,
        };
        if !self.occurs(dice, chance) {
            return Transit {
                effect: Some(there),
                ending: CallEnd::Answer(back),
            };
        }
        let (effect, ending) = match dice.below(10) {
            0 => (None, CallEnd::NotSent(there)),
            1 => (None, CallEnd::Silence),
            2 => (None, CallEnd::Broken(back)),
            3 => (None, CallEnd::Failed(back)),
            4 => (Some(there), CallEnd::Silence),
            5 => (Some(there), CallEnd::Broken(back)),
            6 => (Some(there), CallEnd::Failed(back)),
            // Slow, but in time; or just too late.
            7 => {
                let arrives = dice.between(there, limit);
                (
                    Some(arrives),
                    CallEnd::Answer(arrives + dice.between(there, limit)),
                )
            }
            // Carried out although the connection broke early on.
            8 => (
                Some(back + dice.between(back, limit)),
                CallEnd::Broken(back),
            ),
            _ => (
                Some(limit + dice.between(there, lateness(dice, far))),
                CallEnd::Silence,
            ),
        };
        Transit { effect, ending }
    }
}

/// How long after its caller's time-out a request may still take effect.
///
/// A router carries out what is in its buffers, which takes seconds. A refund is assumed dead
/// after as long again as the caller waited. A charge may turn up hours later.
fn lateness(dice: &Dice, far: Endpoint) -> Duration {
    match far {
        Endpoint::Router => Duration::from_secs(8),
        Endpoint::Gateway => Duration::from_secs(30),
        Endpoint::Charge if dice.chance(2_000) => Duration::from_hours(3),
        Endpoint::Charge => Duration::from_mins(1),
    }
}
