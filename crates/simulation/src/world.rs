//! The world outside the replicas, and what they share.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use std::time::Duration;

use domain::gateway::GatewayKind;
use domain::ids::{PurchaseId, RouterId};
use domain::notice::NoticeKind;
use domain::time::Timestamp;
use fakes::MemoryStore;
use fakes::gateway::Ledger;
use fakes::hotspot::Routers;
use ports::store::Store;

use crate::action::{Action, Appointment};
use crate::dice::Dice;
use crate::faults::Faults;
use crate::locked::lock;
use crate::observer::Observer;
use crate::scheduler::Scheduler;
use crate::trace::{START, Trace};

/// How much the clocks of two replicas differ at most.
pub(crate) const MAX_SKEW: Duration = Duration::from_secs(1);

/// What is down, and until when.
#[derive(Debug, Default)]
pub(crate) struct Outages {
    pub(crate) database: Option<Timestamp>,
    pub(crate) gateways: BTreeMap<GatewayKind, Timestamp>,
    pub(crate) routers: BTreeMap<RouterId, Timestamp>,
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
    /// The kind of the notice whose delivery is being polled.
    pub(crate) delivering: Mutex<Option<NoticeKind>>,
    /// Whether the replicas' clocks differ.
    pub(crate) clocks_differ: bool,
    /// Sales that a person has decided about.
    pub(crate) decided: Mutex<BTreeSet<PurchaseId>>,
    pub(crate) outages: Mutex<Outages>,
    /// Sales whose router users somebody touched by hand.
    pub(crate) meddled: Mutex<BTreeSet<PurchaseId>>,
    /// Whether the observer reads the store.
    pub(crate) is_reading: AtomicBool,
    pub(crate) trace: Trace,
    pub(crate) agenda: Mutex<Vec<Appointment>>,
    pub(crate) wrong: Mutex<Vec<String>>,
}

impl World {
    /// The present moment.
    pub(crate) fn now(&self) -> Timestamp {
        self.scheduler.now()
    }

    /// Adds to the story, if anybody reads it.
    pub(crate) fn tell(&self, text: impl FnOnce() -> String) {
        if self.trace.is_on() {
            let since = self.now().since(START);
            self.trace.add(since, self.scheduler.current(), &text());
        }
    }

    /// An invariant does not hold.
    pub(crate) fn violated(&self, text: String) {
        self.tell(|| format!("VIOLATION: {text}"));
        lock(&self.wrong).push(text);
    }

    /// What does not hold.
    pub(crate) fn violations(&self) -> Vec<String> {
        lock(&self.wrong).clone()
    }

    /// Whether everything holds so far.
    pub(crate) fn is_right(&self) -> bool {
        lock(&self.wrong).is_empty()
    }

    /// The story.
    pub(crate) fn story(&self) -> Vec<String> {
        self.trace.lines()
    }

    /// Puts something on the agenda.
    pub(crate) fn plan(&self, at: Timestamp, action: Action) {
        lock(&self.agenda).push((at, action));
    }

    /// Takes what was put on the agenda.
    pub(crate) fn take_planned(&self) -> Vec<Appointment> {
        std::mem::take(&mut lock(&self.agenda))
    }

    /// The kind of the notice whose delivery is being polled.
    pub(crate) fn delivering(&self) -> Option<NoticeKind> {
        *lock(&self.delivering)
    }

    /// Notes the kind of the notice whose delivery is being polled.
    pub(crate) fn set_delivering(&self, kind: Option<NoticeKind>) {
        *lock(&self.delivering) = kind;
    }

    /// The shared store, as a port.
    pub(crate) fn shared_store(&self) -> Arc<dyn Store> {
        Arc::new(self.store.clone())
    }
}
