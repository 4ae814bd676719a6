//! Polls the replicas' tasks, one step at a time, in an order drawn from the seed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

use domain::time::Timestamp;
use ports::system::Task;

use crate::engine::dice::Dice;
use crate::engine::lock;
use crate::engine::scheduler::{Replica, Scheduler, Spawned};

/// What happens to a replica instead of its next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chaos {
    /// Nothing.
    Go,
    /// All its tasks are gone.
    Crash,
    /// It makes no progress for so long, as a stopped process or a migrated machine.
    Pause(Duration),
}

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Something happened.
    Moved,
    /// This replica crashed.
    Crashed(Replica),
    /// Nothing is due up to the given moment.
    Idle,
}

#[derive(Default)]
struct Ready(Mutex<BTreeSet<u64>>);

struct TaskWaker {
    task: u64,
    ready: Arc<Ready>,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        lock(&self.ready.0).insert(self.task);
    }
}

struct Running {
    owner: Replica,
    name: &'static str,
    task: Task,
    waker: Waker,
}

/// All tasks of all replicas.
pub(crate) struct Executor {
    scheduler: Arc<Scheduler>,
    tasks: BTreeMap<u64, Running>,
    ready: Arc<Ready>,
    count: u64,
    paused: BTreeMap<Replica, Timestamp>,
}

impl Executor {
    pub(crate) fn new(scheduler: Arc<Scheduler>) -> Self {
        Self {
            scheduler,
            tasks: BTreeMap::new(),
            ready: Arc::default(),
            count: 0,
            paused: BTreeMap::new(),
        }
    }

    /// Takes a task in; the answer is its number.
    pub(crate) fn start(&mut self, owner: Replica, name: &'static str, task: Task) -> u64 {
        self.count += 1;
        let waker = TaskWaker {
            task: self.count,
            ready: Arc::clone(&self.ready),
        };
        let running = Running {
            owner,
            name,
            task,
            waker: Waker::from(Arc::new(waker)),
        };
        self.tasks.insert(self.count, running);
        lock(&self.ready.0).insert(self.count);
        self.count
    }

    /// Drops a task, as when a customer hangs up; whether it was still running.
    pub(crate) fn cancel(&mut self, task: u64) -> bool {
        self.tasks.remove(&task).is_some()
    }

    /// What still runs.
    pub(crate) fn unfinished(&mut self) -> Vec<&'static str> {
        self.adopt();
        self.tasks.values().map(|running| running.name).collect()
    }

    /// Drops every task of a replica.
    pub(crate) fn kill(&mut self, owner: Replica) {
        self.adopt();
        self.paused.remove(&owner);
        let all = std::mem::take(&mut self.tasks);
        let (dead, alive) = all
            .into_iter()
            .partition(|(_, running)| running.owner == owner);
        self.tasks = alive;
        let dead: BTreeMap<u64, Running> = dead;
        drop(dead);
    }

    /// Lets every replica go on at once.
    pub(crate) fn end_pauses(&mut self) {
        self.paused.clear();
        lock(&self.ready.0).extend(self.tasks.keys());
    }

    /// Polls one task, or lets the next thing that is due until `until` happen.
    pub(crate) fn step(
        &mut self,
        until: Timestamp,
        dice: &Dice,
        chaos: impl FnOnce(Replica) -> Chaos,
    ) -> Progress {
        self.adopt();
        if let Some(task) = self.pick(dice) {
            return self.poll(task, chaos);
        }
        match self.scheduler.next_due() {
            Some(at) if at <= until => {
                self.scheduler.fire_next();
                Progress::Moved
            }
            _ => Progress::Idle,
        }
    }

    fn adopt(&mut self) {
        for Spawned { owner, name, task } in self.scheduler.take_spawned() {
            self.start(owner, name, task);
        }
    }

    fn pick(&self, dice: &Dice) -> Option<u64> {
        let mut ready = lock(&self.ready.0);
        let task = *ready.iter().nth(dice.position(ready.len()))?;
        ready.remove(&task);
        Some(task)
    }

    fn poll(&mut self, task: u64, chaos: impl FnOnce(Replica) -> Chaos) -> Progress {
        let Some(owner) = self.tasks.get(&task).map(|running| running.owner) else {
            return Progress::Moved;
        };
        if let Some(end) = self.paused.get(&owner).copied() {
            if self.scheduler.now() < end {
                self.wake_at(end, task);
                return Progress::Moved;
            }
            self.paused.remove(&owner);
        }
        match chaos(owner) {
            Chaos::Go => {}
            Chaos::Crash => {
                self.kill(owner);
                return Progress::Crashed(owner);
            }
            Chaos::Pause(span) => {
                let end = self.scheduler.now().plus(span);
                self.paused.insert(owner, end);
                self.wake_at(end, task);
                return Progress::Moved;
            }
        }
        // Out of the map while it is polled: it may be long, and nobody else needs it.
        let Some(mut running) = self.tasks.remove(&task) else {
            return Progress::Moved;
        };
        self.scheduler.set_current(Some(owner));
        let waker = running.waker.clone();
        let polled = running.task.as_mut().poll(&mut Context::from_waker(&waker));
        self.scheduler.set_current(None);
        if polled.is_pending() {
            self.tasks.insert(task, running);
        }
        Progress::Moved
    }

    fn wake_at(&self, at: Timestamp, task: u64) {
        let ready = Arc::clone(&self.ready);
        let wake = Box::new(move || {
            lock(&ready.0).insert(task);
        });
        self.scheduler.at(at, wake);
    }
}
