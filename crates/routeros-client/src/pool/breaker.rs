//! The circuit breaker of one router, and how long to leave a failing one alone.

use std::time::Duration;

use tokio::time::Instant;

use crate::pool::config::PoolConfig;

/// What a circuit breaker lets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakerState {
    /// Everything.
    Closed,
    /// Nothing: the router failed a moment ago.
    Open,
    /// One try, to see whether the router is back.
    HalfOpen,
}

/// Counts failures in a row.
#[derive(Debug)]
pub(super) struct Breaker {
    failures: u32,
    state: State,
}

#[derive(Debug)]
enum State {
    Closed,
    Open { until: Instant },
    HalfOpen,
}

/// Whether a caller may go on.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Admission {
    Yes,
    /// As the one that tries.
    AsTrial,
    /// Not before this moment; `None` while somebody else tries.
    No {
        until: Option<Instant>,
    },
}

impl Default for Breaker {
    fn default() -> Self {
        Self {
            failures: 0,
            state: State::Closed,
        }
    }
}

impl Breaker {
    /// Asks to pass. After [`Admission::AsTrial`] the outcome must be reported.
    pub(super) fn admit(&mut self, now: Instant) -> Admission {
        let admission = self.would_admit(now);
        if admission == Admission::AsTrial {
            self.state = State::HalfOpen;
        }
        admission
    }

    /// What [`admit`](Self::admit) would answer.
    pub(super) fn would_admit(&self, now: Instant) -> Admission {
        match self.state {
            State::Closed => Admission::Yes,
            State::Open { until } if until <= now => Admission::AsTrial,
            State::Open { until } => Admission::No { until: Some(until) },
            State::HalfOpen => Admission::No { until: None },
        }
    }

    pub(super) const fn succeeded(&mut self) {
        self.failures = 0;
        self.state = State::Closed;
    }

    /// Counts a failure; `until` gives the end of a pause after so many in a row.
    pub(super) fn failed(&mut self, threshold: u32, until: impl FnOnce(u32) -> Instant) {
        self.failures = self.failures.saturating_add(1);
        // An open breaker stays as it is: late failures of calls that were under way are no news.
        if self.failures >= threshold && !matches!(self.state, State::Open { .. }) {
            let until = until(self.failures);
            self.state = State::Open { until };
        }
    }

    /// A trial ended without an outcome.
    pub(super) fn trial_lost(&mut self, now: Instant) {
        if matches!(self.state, State::HalfOpen) {
            self.state = State::Open { until: now };
        }
    }

    pub(super) const fn state(&self) -> BreakerState {
        match self.state {
            State::Closed => BreakerState::Closed,
            State::Open { .. } => BreakerState::Open,
            State::HalfOpen => BreakerState::HalfOpen,
        }
    }
}

/// The pause after so many `failures` in a row: doubling, capped, and then between half and the
/// whole of it, so that many servers do not come back at the same moment.
pub(super) fn pause(config: &PoolConfig, failures: u32, random: u64) -> Duration {
    let doublings = failures
        .saturating_sub(config.failure_threshold)
        .min(u32::BITS - 1);
    let whole = config
        .backoff_first
        .saturating_mul(1 << doublings)
        .min(config.backoff_max);
    let half = whole / 2;
    let spread = u64::try_from(half.as_micros()).unwrap_or(u64::MAX);
    half + Duration::from_micros(random % spread.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{Admission, Breaker, BreakerState, pause};
    use crate::pool::config::PoolConfig;

    #[test]
    fn opens_after_failures_in_a_row_lets_one_trial_through_and_closes_on_success() {
        let start = Instant::now();
        let pause = Duration::from_secs(1);
        let mut breaker = Breaker::default();
        breaker.failed(2, |_| start + pause);
        breaker.succeeded();
        breaker.failed(2, |_| start + pause);
        assert_eq!(breaker.admit(start), Admission::Yes, "not in a row");
        breaker.failed(2, |_| start + pause);
        let until = Some(start + pause);
        assert_eq!(breaker.admit(start), Admission::No { until });
        breaker.failed(2, |_| start + pause * 9);
        assert_eq!(
            breaker.admit(start),
            Admission::No { until },
            "late failure"
        );
        assert_eq!(breaker.admit(start + pause), Admission::AsTrial);
        assert_eq!(breaker.state(), BreakerState::HalfOpen);
        assert_eq!(breaker.admit(start + pause), Admission::No { until: None });
        breaker.failed(2, |_| start + pause * 3);
        assert_eq!(breaker.state(), BreakerState::Open);
        assert_eq!(breaker.admit(start + pause * 3), Admission::AsTrial);
        breaker.trial_lost(start + pause * 3);
        assert_eq!(breaker.admit(start + pause * 3), Admission::AsTrial);
        breaker.succeeded();
        assert_eq!(breaker.admit(start), Admission::Yes);
    }

    #[test]
    fn pauses_double_up_to_the_cap_and_are_spread() {
        let config = PoolConfig::default();
        let seconds = |failures, random| pause(&config, failures, random).as_secs_f64();
        for (failures, whole) in [
            (2, 1.0),
            (3, 2.0),
            (4, 4.0),
            (5, 8.0),
            (6, 10.0),
            (99, 10.0),
        ] {
            for random in [0, 1, 12_345, u64::MAX / 3, u64::MAX] {
                let found = seconds(failures, random);
                assert!(
                    (whole / 2.0..=whole).contains(&found),
                    "{failures}: {found}"
                );
            }
            assert!((seconds(failures, 0) - whole / 2.0).abs() < 1e-6);
        }
        assert!(pause(&config, u32::MAX, u64::MAX) <= Duration::from_secs(10));
    }
}
