//! The beginning of a world.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, Weak};

use fakes::MemoryStore;

use crate::database;
use crate::dice::Dice;
use crate::faults::Faults;
use crate::scheduler::Scheduler;
use crate::trace::{START, Trace};
use crate::world::World;

impl World {
    /// An empty world.
    pub(crate) fn new(dice: Dice, faults: Faults, trace: Trace) -> Arc<Self> {
        let names_are_scarce = dice.chance(2_500);
        let clocks_differ = dice.chance(2_500);
        Arc::new_cyclic(|world: &Weak<Self>| Self {
            scheduler: Arc::new(Scheduler::new(START)),
            dice,
            faults,
            ledger: Arc::default(),
            routers: Arc::default(),
            observer: Mutex::default(),
            store: MemoryStore::build("simulation", Some(database::hook(world.clone()))),
            names_are_scarce,
            alerts: Mutex::default(),
            delivering: Mutex::default(),
            clocks_differ,
            decided: Mutex::default(),
            outages: Mutex::default(),
            meddled: Mutex::default(),
            is_reading: AtomicBool::new(false),
            trace,
            agenda: Mutex::default(),
            wrong: Mutex::default(),
        })
    }
}
