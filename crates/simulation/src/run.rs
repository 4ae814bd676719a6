//! One run of one seed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::cluster::Cluster;
use crate::engine::dice::Dice;
use crate::engine::lock;
use crate::faults::Faults;
use crate::planted::{PlantedBug, Planter};
use crate::report::Trace;
use crate::world::{World, database};

/// What to run.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// A planted bug.
    pub bug: Option<PlantedBug>,
    /// Whether to write the trace down.
    pub with_trace: bool,
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The seed.
    pub seed: u64,
    /// Invariants that do not hold; the run stops at the first.
    pub violations: Vec<String>,
    /// What happened, if it was asked for.
    pub trace: Vec<String>,
    /// Sales begun.
    pub sales: usize,
    /// Sales that money was taken for.
    pub charged: usize,
    /// Steps taken.
    pub steps: u64,
}

impl Outcome {
    /// Whether every invariant held.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.violations.is_empty()
    }
}

/// Runs a seed. The same seed and options give the same outcome.
#[must_use]
pub fn run(seed: u64, options: Options) -> Outcome {
    let dice = Dice::new(seed);
    let faults = Faults::draw(&dice);
    let world = World::new(dice, faults, Trace::new(options.with_trace), database::hook);
    let ran = catch_unwind(AssertUnwindSafe(|| drive(&world, options)));
    let steps = match ran {
        Ok(Ok(steps)) => steps,
        Ok(Err(error)) => {
            world.violated(format!("the run could not begin: {error:#}"));
            0
        }
        Err(_panic) => {
            world.violated("something panicked; its message went to standard error".to_owned());
            0
        }
    };
    let sales = lock(&world.observer).purchases.len();
    let ledger = lock(&world.ledger);
    let paid = ledger
        .payments
        .iter()
        .filter(|payment| payment.took_money());
    Outcome {
        seed,
        violations: world.violations(),
        trace: world.trace(),
        sales,
        charged: paid.count(),
        steps,
    }
}

fn drive(world: &Arc<World>, options: Options) -> anyhow::Result<u64> {
    let mut driver = Cluster::new(Arc::clone(world), Planter::new(options.bug))?;
    driver.run();
    Ok(driver.steps())
}
