//! Moments, also those too far away to be written down.

use std::time::Duration;

use tokio::time::Instant;

/// Thirty years: longer than any process, and near enough for every clock.
const FAR: Duration = Duration::from_secs(60 * 60 * 24 * 365 * 30);

/// The moment `duration` from now; for what no clock can hold, one that is never reached.
pub(crate) fn after(duration: Duration) -> Instant {
    later(Instant::now(), duration)
}

/// As [`after`], from `start` on.
pub(crate) fn later(start: Instant, duration: Duration) -> Instant {
    start.checked_add(duration.min(FAR)).unwrap_or(start)
}
