//! Virtual time: what is due when. Nothing here ever waits.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use async_trait::async_trait;
use domain::time::Timestamp;
use ports::system::{Clock, Task};

use crate::engine::lock;

/// One server process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Replica(pub(crate) usize);

/// Something of the outside world that happens at its time whichever replica has crashed: a
/// request that reaches a gateway, an answer of a bank.
pub(crate) type Event = Box<dyn FnOnce() + Send>;

/// A task on its way to the executor.
pub(crate) struct Spawned {
    pub(crate) owner: Replica,
    /// What it does, for the trace.
    pub(crate) name: &'static str,
    pub(crate) task: Task,
}

enum Due {
    Wake(Waker),
    Run(Event),
}

type Key = (Timestamp, u64);

struct Core {
    now: Timestamp,
    count: u64,
    due: BTreeMap<Key, Due>,
    spawned: Vec<Spawned>,
    current: Option<Replica>,
}

impl Core {
    fn key(&mut self, at: Timestamp) -> Key {
        self.count += 1;
        (at.max(self.now), self.count)
    }
}

/// Time and what is due.
pub(crate) struct Scheduler(Mutex<Core>);

impl Scheduler {
    pub(crate) fn new(now: Timestamp) -> Self {
        Self(Mutex::new(Core {
            now,
            count: 0,
            due: BTreeMap::new(),
            spawned: Vec::new(),
            current: None,
        }))
    }

    /// The present moment.
    pub(crate) fn now(&self) -> Timestamp {
        lock(&self.0).now
    }

    /// Lets something happen at its time.
    pub(crate) fn at(&self, at: Timestamp, event: Event) {
        let mut core = lock(&self.0);
        let key = core.key(at);
        core.due.insert(key, Due::Run(event));
    }

    /// Waits; a dropped future leaves no timer behind.
    pub(crate) fn sleep(self: &Arc<Self>, span: Duration) -> Sleep {
        Sleep {
            scheduler: Arc::clone(self),
            end: self.now().plus(span),
            key: None,
        }
    }

    /// Hands a task over to the executor.
    pub(crate) fn spawn(&self, owner: Replica, name: &'static str, task: Task) {
        lock(&self.0).spawned.push(Spawned { owner, name, task });
    }

    /// Tasks handed over since the last call.
    pub(crate) fn take_spawned(&self) -> Vec<Spawned> {
        std::mem::take(&mut lock(&self.0).spawned)
    }

    /// Whose task is being polled.
    pub(crate) fn current(&self) -> Option<Replica> {
        lock(&self.0).current
    }

    /// Notes whose task is being polled.
    pub(crate) fn set_current(&self, current: Option<Replica>) {
        lock(&self.0).current = current;
    }

    /// When something is due next.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        lock(&self.0).due.first_key_value().map(|((at, _), _)| *at)
    }

    /// Moves the time to what is due next and does it.
    pub(crate) fn fire_next(&self) {
        let due = {
            let mut core = lock(&self.0);
            let Some(((at, _), due)) = core.due.pop_first() else {
                return;
            };
            core.now = at;
            due
        };
        match due {
            Due::Wake(waker) => waker.wake(),
            Due::Run(event) => event(),
        }
    }

    /// Moves the time forward; nothing may be due before.
    pub(crate) fn advance_to(&self, now: Timestamp) {
        let mut core = lock(&self.0);
        core.now = core.now.max(now);
    }

    /// Forgets everything that is due.
    pub(crate) fn clear(&self) {
        let (due, spawned) = {
            let mut core = lock(&self.0);
            (
                std::mem::take(&mut core.due),
                std::mem::take(&mut core.spawned),
            )
        };
        drop((due, spawned));
    }
}

/// See [`Scheduler::sleep`].
pub(crate) struct Sleep {
    scheduler: Arc<Scheduler>,
    end: Timestamp,
    key: Option<Key>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut core = lock(&self.scheduler.0);
        let over = core.now >= self.end && self.key.is_some_and(|key| !core.due.contains_key(&key));
        if over {
            return Poll::Ready(());
        }
        // Even a sleep of no time at all lets others go first.
        let key = match self.key {
            Some(key) => key,
            None => core.key(self.end),
        };
        core.due.insert(key, Due::Wake(context.waker().clone()));
        drop(core);
        self.key = Some(key);
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            let forgotten = lock(&self.scheduler.0).due.remove(&key);
            drop(forgotten);
        }
    }
}

/// Virtual time as a port.
pub(crate) struct SimClock {
    scheduler: Arc<Scheduler>,
    skew: Duration,
}

impl SimClock {
    /// A clock that is ahead of virtual time by `skew`.
    pub(crate) const fn new(scheduler: Arc<Scheduler>, skew: Duration) -> Self {
        Self { scheduler, skew }
    }
}

#[async_trait]
impl Clock for SimClock {
    fn now(&self) -> Timestamp {
        self.scheduler.now().plus(self.skew)
    }

    async fn sleep(&self, span: Duration) {
        self.scheduler.sleep(span).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_happen_in_their_order_and_time_moves_along() {
        let start = Timestamp::from_unix_seconds(0);
        let scheduler = Scheduler::new(start);
        let seen = Arc::new(Mutex::new(Vec::new()));
        for seconds in [3_u64, 1, 2, 1] {
            let seen = Arc::clone(&seen);
            let event: Event = Box::new(move || lock(&seen).push(seconds));
            scheduler.at(start.plus(Duration::from_secs(seconds)), event);
        }
        while scheduler.next_due().is_some() {
            scheduler.fire_next();
        }
        assert_eq!(*lock(&seen), [1, 1, 2, 3]);
        assert_eq!(scheduler.now(), start.plus(Duration::from_secs(3)));
    }

    #[test]
    fn a_dropped_sleep_is_forgotten() {
        let scheduler = Arc::new(Scheduler::new(Timestamp::from_unix_seconds(0)));
        let mut sleep = scheduler.sleep(Duration::from_secs(1));
        let mut context = Context::from_waker(Waker::noop());
        assert!(Pin::new(&mut sleep).poll(&mut context).is_pending());
        assert!(scheduler.next_due().is_some());
        drop(sleep);
        assert!(scheduler.next_due().is_none());
    }
}
