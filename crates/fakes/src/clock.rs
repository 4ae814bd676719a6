//! A clock that stands still until it is told otherwise.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use async_trait::async_trait;
use domain::time::Timestamp;
use ports::system::Clock;

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

#[cfg(test)]
mod tests {
    use std::pin::pin;

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
}
