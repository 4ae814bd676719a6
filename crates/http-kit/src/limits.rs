//! Abuse limits: so many per minute and key.
//!
//! They live in this process alone: with several replicas behind a load balancer every replica
//! allows this much. All of them forget by themselves and hold a bounded number of keys.

pub mod bounded;
pub mod failures;

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::Arc;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::{Quota, RateLimiter};

use crate::limits::bounded::BoundedMap;

/// Keys that one limit remembers.
const CAPACITY: usize = 50_000;

/// Over the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Throttled {
    /// Seconds after which one more is allowed, at least 1.
    pub retry_after: u64,
}

/// When each key's bucket is full again. The fullest are forgotten first: they are worth least.
struct Buckets<K>(Arc<BoundedMap<K, Nanos>>);

impl<K: Hash + Eq + Clone> StateStore for Buckets<K> {
    type Key = K;

    fn measure_and_replace<T, F, E>(&self, key: &K, f: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        self.0.update(key, f)
    }
}

/// A limit per key. Bursts up to a minute's worth are fine.
pub struct Limiter<K: Hash + Eq + Clone, C: Clock = DefaultClock> {
    rate: RateLimiter<K, Buckets<K>, C, NoOpMiddleware<C::Instant>>,
    buckets: Arc<BoundedMap<K, Nanos>>,
    interval: Nanos,
}

impl<K: Hash + Eq + Clone, C: Clock> Limiter<K, C> {
    /// `None` for 0: no limit.
    #[must_use]
    pub fn new(per_minute: u32, clock: C) -> Option<Self> {
        let quota = Quota::per_minute(NonZeroU32::new(per_minute)?);
        let buckets = Arc::new(BoundedMap::new(CAPACITY));
        Some(Self {
            interval: quota.replenish_interval().into(),
            rate: RateLimiter::new(quota, Buckets(Arc::clone(&buckets)), clock),
            buckets,
        })
    }

    /// Counts one, if it is allowed.
    ///
    /// # Errors
    /// [`Throttled`].
    pub fn check(&self, key: &K) -> Result<(), Throttled> {
        self.rate.check_key(key).map_err(|until| {
            let wait = until.wait_time_from(self.rate.clock().now());
            let rest = u64::from(wait.subsec_nanos() > 0);
            Throttled {
                retry_after: wait.as_secs().saturating_add(rest).max(1),
            }
        })
    }

    /// Takes back one that was counted for a key.
    pub fn give_back(&self, key: &K) {
        if self.buckets.get(key).is_none() {
            return;
        }
        let taken = self.buckets.update(key, |full_at| {
            let full_at = full_at.unwrap_or_else(|| Nanos::from(0));
            Ok::<_, std::convert::Infallible>(((), full_at.saturating_sub(self.interval)))
        });
        let Ok(()) = taken;
    }

    /// Forgets what was counted for a key.
    pub fn forget(&self, key: &K) {
        self.buckets.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use governor::clock::FakeRelativeClock;

    use super::*;

    #[test]
    fn a_minutes_worth_passes_and_comes_back_evenly() {
        let clock = FakeRelativeClock::default();
        let limiter = Limiter::new(6, clock.clone()).unwrap();
        for _ in 0..6 {
            assert_eq!(limiter.check(&"a"), Ok(()));
        }
        assert_eq!(limiter.check(&"a"), Err(Throttled { retry_after: 10 }));
        assert_eq!(limiter.check(&"b"), Ok(()));
        clock.advance(Duration::from_millis(9_500));
        assert_eq!(limiter.check(&"a"), Err(Throttled { retry_after: 1 }));
        clock.advance(Duration::from_millis(500));
        assert_eq!(limiter.check(&"a"), Ok(()));
        assert_eq!(limiter.check(&"a"), Err(Throttled { retry_after: 10 }));
    }

    #[test]
    fn a_forgotten_key_starts_afresh() {
        let limiter = Limiter::new(1, FakeRelativeClock::default()).unwrap();
        assert_eq!(limiter.check(&1), Ok(()));
        assert!(limiter.check(&1).is_err());
        limiter.forget(&1);
        assert_eq!(limiter.check(&1), Ok(()));
    }

    #[test]
    fn what_is_given_back_was_not_counted() {
        let limiter = Limiter::new(2, FakeRelativeClock::default()).unwrap();
        limiter.give_back(&1);
        assert_eq!(limiter.check(&1), Ok(()));
        for _ in 0..10 {
            assert_eq!(limiter.check(&1), Ok(()));
            limiter.give_back(&1);
        }
        assert_eq!(limiter.check(&1), Ok(()));
        assert!(limiter.check(&1).is_err());
    }

    #[test]
    fn zero_is_no_limit() {
        assert!(Limiter::<u8, _>::new(0, FakeRelativeClock::default()).is_none());
    }
}
