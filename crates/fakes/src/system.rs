//! A clock, randomness and a spawner that do nothing by themselves.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use async_trait::async_trait;
use domain::time::Timestamp;
use ports::system::{Clock, SecureRandom, Task, TaskSpawner};

#[derive(Debug)]
struct State {
    now: Timestamp,
    sleepers: BTreeMap<(Timestamp, u64), Waker>,
    tickets: u64,
}

/// A [`Clock`] set by hand. Clones show the same time. A sleep ends when the clock reaches its
/// end, in the order of the ends.
#[derive(Debug, Clone)]
pub struct ManualClock {
    state: Arc<Mutex<State>>,
}

impl ManualClock {
    /// A clock that shows `now`.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self {
            state: Arc::new(Mutex::new(State {
                now,
                sleepers: BTreeMap::new(),
                tickets: 0,
            })),
        }
    }

    /// Sets the time, backwards too, and wakes whoever's sleep is over.
    pub fn set(&self, now: Timestamp) {
        let woken = {
            let mut state = self.lock();
            state.now = now;
            let still_asleep = state
                .sleepers
                .split_off(&(now.plus(Duration::from_micros(1)), 0));
            std::mem::replace(&mut state.sleepers, still_asleep)
        };
        woken.into_values().for_each(Waker::wake);
    }

    /// Moves the time forward and wakes whoever's sleep is over.
    pub fn advance(&self, span: Duration) {
        let now = self.lock().now.plus(span);
        self.set(now);
    }

    /// When the next sleeper wants to be woken, for whoever moves the clock from event to event.
    #[must_use]
    pub fn next_wake(&self) -> Option<Timestamp> {
        self.lock()
            .sleepers
            .first_key_value()
            .map(|((end, _ticket), _waker)| *end)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.lock().now
    }

    async fn sleep(&self, span: Duration) {
        let key = {
            let mut state = self.lock();
            state.tickets += 1;
            (state.now.plus(span), state.tickets)
        };
        Sleep { clock: self, key }.await;
    }
}

struct Sleep<'a> {
    clock: &'a ManualClock,
    key: (Timestamp, u64),
}

impl Future for Sleep<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = self.clock.lock();
        if state.now >= self.key.0 {
            state.sleepers.remove(&self.key);
            Poll::Ready(())
        } else {
            state.sleepers.insert(self.key, context.waker().clone());
            Poll::Pending
        }
    }
}

impl Drop for Sleep<'_> {
    fn drop(&mut self) {
        self.clock.lock().sleepers.remove(&self.key);
    }
}

/// A [`SecureRandom`] that is anything but: the same seed gives the same bytes (splitmix64).
#[derive(Debug)]
pub struct SeededRandom {
    state: Mutex<u64>,
}

impl SeededRandom {
    /// A sequence of its own for each seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self {
            state: Mutex::new(seed),
        }
    }
}

/// One step of splitmix64 (public domain, Sebastiano Vigna).
pub(crate) const fn mix(state: u64) -> u64 {
    let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The step of splitmix64's counter.
pub(crate) const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

impl SecureRandom for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in bytes.chunks_mut(8) {
            *state = state.wrapping_add(STEP);
            let drawn = mix(*state).to_le_bytes();
            chunk
                .iter_mut()
                .zip(drawn)
                .for_each(|(byte, new)| *byte = new);
        }
    }
}

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

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use ports::system::random_bytes;

    use super::*;

    const START: Timestamp = Timestamp::from_unix_seconds(100);

    fn poll(future: Pin<&mut impl Future<Output = ()>>) -> bool {
        future
            .poll(&mut Context::from_waker(Waker::noop()))
            .is_ready()
    }

    #[test]
    fn a_sleep_ends_when_the_clock_reaches_its_end() {
        let clock = ManualClock::new(START);
        let mut sleep = pin!(clock.sleep(Duration::from_secs(5)));
        assert!(!poll(sleep.as_mut()));
        assert_eq!(clock.next_wake(), Some(Timestamp::from_unix_seconds(105)));
        clock.advance(Duration::from_micros(4_999_999));
        assert!(!poll(sleep.as_mut()));
        clock.advance(Duration::from_micros(1));
        assert!(poll(sleep.as_mut()));
        assert_eq!(clock.next_wake(), None);
        assert_eq!(clock.now(), Timestamp::from_unix_seconds(105));
    }

    #[test]
    fn a_dropped_sleep_leaves_nothing_behind() {
        let clock = ManualClock::new(START);
        {
            let mut sleep = pin!(clock.sleep(Duration::from_secs(5)));
            assert!(!poll(sleep.as_mut()));
        }
        assert_eq!(clock.next_wake(), None);
    }

    #[test]
    fn sleeping_for_no_time_returns_at_once() {
        let clock = ManualClock::new(START);
        let sleep = pin!(clock.sleep(Duration::ZERO));
        assert!(poll(sleep));
    }

    #[test]
    fn a_seed_repeats_and_another_differs() {
        let draw = |seed| {
            let random = SeededRandom::new(seed);
            [random_bytes::<16>(&random), random_bytes::<16>(&random)]
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        assert_ne!(draw(1)[0], draw(1)[1]);
    }
}
