//! Waiting for something to be so. Never a fixed pause: a look, and another one shortly after.

use std::time::{Duration, Instant};

/// Far more than anything here takes, so that a busy machine fails no test.
pub(crate) const PATIENCE: Duration = Duration::from_mins(2);
const LOOK: Duration = Duration::from_millis(20);

/// Looks until there is something to see.
pub(crate) async fn until<T>(what: &str, look: impl AsyncFnMut() -> Option<T>) -> T {
    match within(PATIENCE, look).await {
        Some(seen) => seen,
        None => panic!("waited in vain for {what}"),
    }
}

/// Looks until there is something to see, or the time is over.
pub(crate) async fn within<T>(
    patience: Duration,
    mut look: impl AsyncFnMut() -> Option<T>,
) -> Option<T> {
    let begin = Instant::now();
    loop {
        if let Some(seen) = look().await {
            return Some(seen);
        }
        if begin.elapsed() > patience {
            return None;
        }
        tokio::time::sleep(LOOK).await;
    }
}
