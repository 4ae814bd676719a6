//! The world outside the replicas, and what they share.

pub(crate) mod database;
pub(crate) mod gateway;
pub(crate) mod network;
pub(crate) mod replica;
pub(crate) mod routers;
pub(crate) mod webhooks;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use domain::gateway::GatewayKind;
use domain::ids::{PurchaseId, RouterId};
use domain::purchase::Purchase;
use domain::time::Timestamp;
use fakes::gateway::Ledger;
use fakes::hotspot::Routers;
use fakes::{MemoryStore, StoreHook};
use ports::store::Store;

use crate::engine::dice::Dice;
use crate::engine::lock;
use crate::engine::scheduler::Scheduler;
use crate::faults::Faults;
use crate::report::{START, Trace};
use crate::scenario::{Action, ScheduledAction};

/// How much the clocks of two replicas differ at most.
pub(crate) const MAX_SKEW: Duration = Duration::from_secs(1);

/// What is down, and until when.
#[derive(Debug, Default)]
pub(crate) struct Outages {
    pub(crate) database: Option<Timestamp>,
    pub(crate) gateways: BTreeMap<GatewayKind, Timestamp>,
    pub(crate) routers: BTreeMap<RouterId, Timestamp>,
}

/// The purchases as last committed.
#[derive(Debug, Default)]
pub(crate) struct Observer {
    pub(crate) purchases: BTreeMap<PurchaseId, Purchase>,
    /// Sales whose charge went on the wire.
    pub(crate) sent: BTreeSet<PurchaseId>,
    /// Card tokens that money was taken from.
    pub(crate) paid_tokens: BTreeMap<String, PurchaseId>,
}

/// One world per run.
pub(crate) struct World {
    pub(crate) scheduler: Arc<Scheduler>,
    pub(crate) dice: Dice,
    pub(crate) faults: Faults,
    pub(crate) ledger: Arc<Mutex<Ledger>>,
    pub(crate) routers: Arc<Mutex<Routers>>,
    pub(crate) observer: Mutex<Observer>,
    pub(crate) store: MemoryStore,
    /// Whether hotspot names are drawn from very few.
    pub(crate) names_are_scarce: bool,
    /// How often an operator was told that a person must decide.
    pub(crate) alerts: Mutex<usize>,
    /// Whether the gateways send notices: not to a tenant that never registered our address.
    pub(crate) sends_webhooks: bool,
    /// Whether the replicas' clocks differ.
    pub(crate) clocks_differ: bool,
    /// Sales that a person has decided about.
    pub(crate) decided: Mutex<BTreeSet<PurchaseId>>,
    pub(crate) outages: Mutex<Outages>,
    /// Sales whose router users somebody changed by hand.
    pub(crate) tampered: Mutex<BTreeSet<PurchaseId>>,
    /// Whether the observer reads the store.
    pub(crate) is_reading: AtomicBool,
    pub(crate) trace: Trace,
    pub(crate) agenda: Mutex<Vec<ScheduledAction>>,
    pub(crate) violations: Mutex<Vec<String>>,
}

impl World {
    /// The present moment.
    pub(crate) fn now(&self) -> Timestamp {
        self.scheduler.now()
    }

    /// Adds a line to the trace, if there is one.
    pub(crate) fn log(&self, text: impl FnOnce() -> String) {
        if self.trace.is_on() {
            let since = self.now().since(START);
            self.trace.add(since, self.scheduler.current(), &text());
        }
    }

    /// An invariant does not hold.
    pub(crate) fn violated(&self, text: String) {
        self.log(|| format!("VIOLATION: {text}"));
        lock(&self.violations).push(text);
    }

    /// What does not hold.
    pub(crate) fn violations(&self) -> Vec<String> {
        lock(&self.violations).clone()
    }

    /// Whether everything holds so far.
    pub(crate) fn holds(&self) -> bool {
        lock(&self.violations).is_empty()
    }

    /// The trace.
    pub(crate) fn trace(&self) -> Vec<String> {
        self.trace.lines()
    }

    /// Puts something on the agenda.
    pub(crate) fn plan(&self, at: Timestamp, action: Action) {
        lock(&self.agenda).push((at, action));
    }

    /// Takes what was put on the agenda.
    pub(crate) fn take_planned(&self) -> Vec<ScheduledAction> {
        std::mem::take(&mut lock(&self.agenda))
    }

    /// The shared store, as a port.
    pub(crate) fn shared_store(&self) -> Arc<dyn Store> {
        Arc::new(self.store.clone())
    }
}

impl World {
    /// An empty world; `hook` runs before every step of its store.
    pub(crate) fn new(
        dice: Dice,
        faults: Faults,
        trace: Trace,
        hook: impl FnOnce(Weak<Self>) -> StoreHook,
    ) -> Arc<Self> {
        let names_are_scarce = dice.chance(2_500);
        let clocks_differ = dice.chance(2_500);
        let sends_webhooks = dice.chance(8_000);
        Arc::new_cyclic(|world: &Weak<Self>| Self {
            scheduler: Arc::new(Scheduler::new(START)),
            dice,
            faults,
            ledger: Arc::default(),
            routers: Arc::default(),
            observer: Mutex::default(),
            store: MemoryStore::build("simulation", Some(hook(world.clone()))),
            names_are_scarce,
            alerts: Mutex::default(),
            sends_webhooks,
            clocks_differ,
            decided: Mutex::default(),
            outages: Mutex::default(),
            tampered: Mutex::default(),
            is_reading: AtomicBool::new(false),
            trace,
            agenda: Mutex::default(),
            violations: Mutex::default(),
        })
    }
}
