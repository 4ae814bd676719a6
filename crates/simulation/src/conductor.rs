//! Conducts a run: lets replicas work, customers come, and things go wrong, until all is quiet.

use std::collections::BTreeMap;
use std::sync::Arc;

use application::app::App;
use domain::time::Timestamp;
use ports::system::Task;

use crate::action::Action;
use crate::executor::Executor;
use crate::planted::Planter;
use crate::scheduler::Replica;
use crate::script::Cast;
use crate::shop::Shop;
use crate::wish::Wish;
use crate::world::World;

/// Everything of one run.
pub(crate) struct Conductor {
    pub(crate) world: Arc<World>,
    pub(crate) executor: Executor,
    pub(crate) shop: Shop,
    pub(crate) wishes: Vec<Wish>,
    pub(crate) cast: Cast,
    pub(crate) apps: Vec<Option<Arc<App>>>,
    pub(crate) planter: Planter,
    pub(crate) agenda: BTreeMap<(Timestamp, u64), Action>,
    pub(crate) planned: u64,
    pub(crate) steps: u64,
}

impl Conductor {
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

    /// Starts a task on a replica; `name` tells what it does, for the story.
    pub(crate) fn start(&mut self, replica: Replica, name: &'static str, task: Task) -> u64 {
        self.executor.start(replica, name, task)
    }
}
