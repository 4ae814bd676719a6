//! The moment by which a call of the port must be over.

use std::time::Duration;

use tokio::time::Instant;

/// A moment by which everything must be over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline(Instant);

impl Deadline {
    /// This long from now.
    pub(crate) fn after(span: Duration) -> Self {
        let now = Instant::now();
        Self(now.checked_add(span).unwrap_or(now))
    }

    /// This deadline, or `span` from now if that is earlier.
    pub(crate) fn or_after(self, span: Duration) -> Self {
        Self(self.0.min(Self::after(span).0))
    }

    /// What is left; zero once over.
    pub(crate) fn left(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// The moment itself.
    pub(crate) const fn instant(self) -> Instant {
        self.0
    }
}
