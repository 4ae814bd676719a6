//! Budgets of failures: whoever fails too often within a while is refused for a growing time.
//!
//! Unlike a rate, a budget costs nothing to those who succeed, so it can be small.

use std::hash::Hash;
use std::time::Duration;

use crate::limits::Throttled;
use crate::limits::bounded::BoundedMap;

/// Keys that one budget remembers.
const CAPACITY: usize = 50_000;

/// How failures are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BudgetRules {
    /// The time in which the failures of a budget are counted.
    pub window: Duration,
    /// How long a key is refused when its budget is used up; doubled by every further failure.
    pub first_delay: Duration,
    /// The longest time; after twice as long without a failure everything is forgotten.
    pub longest_delay: Duration,
}

/// Times are since the Unix epoch. The order is that of worth: those refused longest stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Count {
    refused_until: Duration,
    failures: u32,
    last: Duration,
    since: Duration,
}

/// Failures per key.
#[derive(Debug)]
pub struct FailureBudget<K> {
    rules: BudgetRules,
    counts: BoundedMap<K, Count>,
}

impl<K: Hash + Eq + Clone> FailureBudget<K> {
    /// A budget of which nothing is used.
    #[must_use]
    pub fn new(rules: BudgetRules) -> Self {
        Self {
            rules,
            counts: BoundedMap::new(CAPACITY),
        }
    }

    /// Whether a key may try now; `now` is the time since the Unix epoch.
    ///
    /// # Errors
    /// [`Throttled`] while it may not.
    pub fn check(&self, key: &K, now: Duration) -> Result<(), Throttled> {
        let wait = self
            .counts
            .get(key)
            .and_then(|count| count.refused_until.checked_sub(now))
            .filter(|wait| !wait.is_zero());
        match wait {
            None => Ok(()),
            Some(wait) => Err(Throttled {
                retry_after: wait.as_secs() + u64::from(wait.subsec_nanos() > 0),
            }),
        }
    }

    /// Counts a failure of a key that may fail `allowed` times within the window. Returns whether
    /// this failure used the budget up: that is worth a warning, the later ones are not.
    pub fn failed(&self, key: &K, allowed: u32, now: Duration) -> bool {
        let updated = self.counts.update(key, |before| {
            let fresh = Count {
                refused_until: Duration::ZERO,
                failures: 0,
                last: now,
                since: now,
            };
            let mut count = before
                .filter(|count| !self.is_over(count, allowed, now))
                .unwrap_or(fresh);
            count.failures = count.failures.saturating_add(1);
            count.last = now;
            if let Some(beyond) = count.failures.checked_sub(allowed) {
                let factor = 1_u32.checked_shl(beyond).unwrap_or(u32::MAX);
                let delay = self.rules.first_delay.saturating_mul(factor);
                count.refused_until = now.saturating_add(delay.min(self.rules.longest_delay));
            }
            Ok::<_, std::convert::Infallible>((count.failures == allowed, count))
        });
        let Ok(used_up) = updated;
        used_up
    }

    fn is_over(&self, count: &Count, allowed: u32, now: Duration) -> bool {
        if count.failures < allowed {
            now.saturating_sub(count.since) > self.rules.window
        } else {
            now.saturating_sub(count.last) > self.rules.longest_delay.saturating_mul(2)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: BudgetRules = BudgetRules {
        window: Duration::from_mins(10),
        first_delay: Duration::from_secs(30),
        longest_delay: Duration::from_mins(10),
    };

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(1_772_618_400 + seconds)
    }

    #[test]
    fn the_delay_grows_and_ends() {
        let budget = FailureBudget::new(RULES);
        assert!(!budget.failed(&1, 3, at(0)));
        assert!(!budget.failed(&1, 3, at(1)));
        assert_eq!(budget.check(&1, at(1)), Ok(()));
        assert!(budget.failed(&1, 3, at(2)));
        assert_eq!(budget.check(&1, at(2)), Err(Throttled { retry_after: 30 }));
        assert_eq!(budget.check(&2, at(2)), Ok(()));
        assert_eq!(budget.check(&1, at(32)), Ok(()));
        let mut now = 32;
        for wait in [60, 120, 240, 480, 600, 600] {
            assert!(!budget.failed(&1, 3, at(now)));
            assert_eq!(
                budget.check(&1, at(now)),
                Err(Throttled { retry_after: wait })
            );
            now += wait;
        }
        // Forgotten after a long time without a failure.
        assert!(!budget.failed(&1, 3, at(now + 1_201)));
        assert_eq!(budget.check(&1, at(now + 1_201)), Ok(()));
    }

    #[test]
    fn failures_now_and_then_are_fine() {
        let budget = FailureBudget::new(RULES);
        for number in 0..100 {
            budget.failed(&1, 3, at(number * 400));
            assert_eq!(budget.check(&1, at(number * 400)), Ok(()));
        }
    }
}
