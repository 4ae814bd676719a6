//! The circuit breaker of one router.

use tokio::time::Instant;

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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{Admission, Breaker, BreakerState};

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
}
