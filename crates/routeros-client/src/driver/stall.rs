//! A row that waits for room in its stream's buffer.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use routeros_proto::connection::CallId;
use routeros_proto::row::Row;
use tokio::time::Instant;

use crate::request::{Gone, RowSender};

type Placing = Pin<Box<dyn Future<Output = Result<(), Gone>> + Send>>;

/// Waits for room: for any time while nobody else is held up, otherwise no longer than the
/// stream's stall time-out.
pub(super) struct Stall {
    id: CallId,
    placing: Placing,
    /// What is left of the stall time-out, but for the wait that is being counted.
    left: Duration,
    /// How long others were held up, but for the wait that is being counted.
    waited: Duration,
    /// Since when others are held up; `None` while nobody is.
    counting: Option<Instant>,
}

/// How the wait ended.
pub(super) enum Outcome {
    /// The row is in the buffer.
    Placed {
        /// How long others were held up.
        waited: Duration,
    },
    /// The consumer went away.
    Gone,
    /// The consumer's time is over.
    TooSlow,
}

impl Stall {
    pub(super) fn new(id: CallId, row: Row, sender: RowSender, stall_timeout: Duration) -> Self {
        Self {
            id,
            placing: Box::pin(sender.send(row)),
            left: stall_timeout,
            waited: Duration::ZERO,
            counting: None,
        }
    }

    pub(super) const fn id(&self) -> CallId {
        self.id
    }

    /// When the stall time-out is over, if it is being used up.
    pub(super) fn latest(&self) -> Option<Instant> {
        self.counting.and_then(|since| since.checked_add(self.left))
    }

    /// Says whether others are held up from now on.
    pub(super) fn hold_up(&mut self, others: bool) {
        let now = Instant::now();
        match (self.counting, others) {
            (None, true) => self.counting = Some(now),
            (Some(since), false) => {
                let waited = now.saturating_duration_since(since);
                self.left = self.left.saturating_sub(waited);
                self.waited = self.waited.saturating_add(waited);
                self.counting = None;
            }
            (None, false) | (Some(_), true) => {}
        }
    }

    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Outcome> {
        match self.placing.as_mut().poll(cx) {
            Poll::Ready(Ok(())) => {
                self.hold_up(false);
                Poll::Ready(Outcome::Placed {
                    waited: self.waited,
                })
            }
            Poll::Ready(Err(Gone)) => Poll::Ready(Outcome::Gone),
            Poll::Pending if self.latest().is_some_and(|latest| latest <= Instant::now()) => {
                Poll::Ready(Outcome::TooSlow)
            }
            Poll::Pending => Poll::Pending,
        }
    }
}
