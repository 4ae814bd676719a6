//! The real clock and the real runtime.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use domain::time::Timestamp;
use ports::system::{Clock, Task, TaskSpawner};
use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

/// The machine's clock.
pub(crate) struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the adapter that may ask"
    )]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Timestamp::from_unix_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }

    async fn sleep(&self, span: Duration) {
        tokio::time::sleep(span).await;
    }
}

/// Runs tasks on the main runtime; shutdown waits for them.
pub(crate) struct MainRuntime {
    handle: Handle,
    tasks: TaskTracker,
}

impl MainRuntime {
    pub(crate) fn new(handle: Handle, tasks: TaskTracker) -> Self {
        Self { handle, tasks }
    }
}

impl TaskSpawner for MainRuntime {
    fn spawn(&self, task: Task) {
        // What it logs belongs to the request that started it.
        self.tasks.spawn_on(task.in_current_span(), &self.handle);
    }
}
