//! The replicas, and what is scheduled for them.

use std::collections::BTreeMap;
use std::sync::Arc;

use application::app::App;
use domain::time::Timestamp;
use ports::system::Task;

use crate::engine::executor::Executor;
use crate::engine::scheduler::Replica;
use crate::planted::Planter;
use crate::scenario::{Action, Scenario};
use crate::shop::{CustomerRequest, Shop};
use crate::world::World;

/// The replicas of a run, with their world and all that is scheduled for it.
pub(crate) struct Cluster {
    pub(crate) world: Arc<World>,
    pub(crate) executor: Executor,
    pub(crate) shop: Shop,
    pub(crate) requests: Vec<CustomerRequest>,
    pub(crate) scenario: Scenario,
    pub(crate) apps: Vec<Option<Arc<App>>>,
    pub(crate) planter: Planter,
    pub(crate) agenda: BTreeMap<(Timestamp, u64), Action>,
    pub(crate) planned: u64,
    pub(crate) steps: u64,
}

impl Cluster {
    /// Steps taken.
    pub(crate) const fn steps(&self) -> u64 {
        self.steps
    }

    /// Puts something on the agenda.
    pub(crate) fn plan(&mut self, at: Timestamp, action: Action) {
        self.planned += 1;
        self.agenda.insert((at, self.planned), action);
    }

    /// A replica that is up, and its application.
    pub(crate) fn any_up(&self) -> Option<(Replica, Arc<App>)> {
        let up: Vec<(Replica, &Arc<App>)> = self
            .apps
            .iter()
            .enumerate()
            .filter_map(|(number, app)| Some((Replica(number), app.as_ref()?)))
            .collect();
        let (replica, app) = self.world.dice.pick(&up)?;
        Some((*replica, Arc::clone(app)))
    }

    pub(crate) fn app(&self, replica: Replica) -> Option<Arc<App>> {
        self.apps.get(replica.0).cloned().flatten()
    }

    /// Starts a task on a replica; `name` tells what it does, for the trace.
    pub(crate) fn start(&mut self, replica: Replica, name: &'static str, task: Task) -> u64 {
        self.executor.start(replica, name, task)
    }
}
