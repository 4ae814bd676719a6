//! Tasks that run when the test says so.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ports::system::{Task, TaskSpawner};

/// A [`TaskSpawner`] that keeps tasks until they are asked for.
#[derive(Default)]
pub struct QueuedSpawner {
    tasks: Mutex<VecDeque<Task>>,
}

impl QueuedSpawner {
    /// An empty queue.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the oldest task out, to be polled by whoever schedules.
    #[must_use]
    pub fn take(&self) -> Option<Task> {
        self.lock().pop_front()
    }

    /// Runs tasks one after another, those included that are spawned meanwhile, until none is
    /// left.
    pub async fn run_all(&self) {
        while let Some(task) = self.take() {
            task.await;
        }
    }

    /// How many tasks wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// Whether no task waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Task>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for QueuedSpawner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "QueuedSpawner({} waiting)", self.len())
    }
}

impl TaskSpawner for QueuedSpawner {
    fn spawn(&self, task: Task) {
        self.lock().push_back(task);
    }
}
