//! The router's time: driven by a test, or running.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;

/// 2026-09-26 12:00:00 UTC: where a driven clock starts.
const DRIVEN_START: u64 = 1_790_424_000_000;

/// The clock of one simulator; clones share it. Times are milliseconds since 1970, UTC.
#[derive(Clone, Debug)]
pub struct Clock {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// Where real time was when the clock was made; `None` for a driven clock.
    anchor: Option<Instant>,
    start: u64,
    /// What was added by hand.
    offset: watch::Sender<u64>,
}

impl Clock {
    /// A clock that only `Simulator::advance` moves, starting at 2026-09-26 12:00 UTC.
    #[must_use]
    pub fn driven() -> Self {
        Self::new(None, DRIVEN_START)
    }

    /// A clock that runs with real time, and can be moved forward beside.
    #[must_use]
    pub fn real() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the adapter that reads the time for the binary"
        )]
        let since_1970 = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        Self::new(Some(Instant::now()), millis(since_1970))
    }

    fn new(anchor: Option<Instant>, start: u64) -> Self {
        Self {
            inner: Arc::new(Inner {
                anchor,
                start,
                offset: watch::Sender::new(0),
            }),
        }
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub fn now(&self) -> u64 {
        let run = self
            .inner
            .anchor
            .map_or(0, |anchor| millis(anchor.elapsed()));
        self.inner
            .start
            .saturating_add(run)
            .saturating_add(*self.inner.offset.borrow())
    }

    /// Moves the clock forward. Sessions, cookies and limits that end meanwhile have ended.
    pub(crate) fn advance(&self, by: Duration) {
        self.inner
            .offset
            .send_modify(|offset| *offset = offset.saturating_add(millis(by)));
    }

    /// Whether only a test moves it.
    #[must_use]
    pub fn is_driven(&self) -> bool {
        self.inner.anchor.is_none()
    }

    /// Waits until the clock shows at least `target`, however it gets there.
    pub(crate) async fn reaches(&self, target: u64) {
        let mut moved = self.inner.offset.subscribe();
        loop {
            let left = target.saturating_sub(self.now());
            if left == 0 {
                return;
            }
            if self.inner.anchor.is_some() {
                tokio::select! {
                    () = tokio::time::sleep(Duration::from_millis(left)) => {}
                    _ = moved.changed() => {}
                }
            } else if moved.changed().await.is_err() {
                // The sender lives as long as `self`, so this cannot be; never spin on it.
                std::future::pending::<()>().await;
            }
        }
    }
}

/// Whole milliseconds.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
