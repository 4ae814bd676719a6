//! A row that waits for room in its stream's buffer.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use routeros_proto::connection::CallId;
use routeros_proto::row::Row;
use tokio::sync::mpsc::error::SendError;
use tokio::sync::mpsc::{OwnedPermit, Sender};
use tokio::time::Instant;

type Room = Pin<Box<dyn Future<Output = Result<OwnedPermit<Row>, SendError<()>>> + Send>>;

/// Waits for room, no longer than the stream's patience lasts.
pub(super) struct Stall {
    id: CallId,
    row: Row,
    room: Room,
    since: Instant,
    latest: Instant,
}

/// How the wait ended.
pub(super) enum Outcome {
    /// The row is in the buffer.
    Placed {
        /// How long that took.
        waited: Duration,
    },
    /// The consumer went away.
    Gone,
    /// The consumer's time is over.
    TooSlow,
}

impl Stall {
    pub(super) fn new(id: CallId, row: Row, sender: Sender<Row>, patience: Duration) -> Self {
        let since = Instant::now();
        Self {
            id,
            row,
            room: Box::pin(sender.reserve_owned()),
            since,
            latest: since + patience,
        }
    }

    pub(super) const fn id(&self) -> CallId {
        self.id
    }

    pub(super) const fn latest(&self) -> Instant {
        self.latest
    }

    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Outcome> {
        match self.room.as_mut().poll(cx) {
            Poll::Ready(Ok(permit)) => {
                permit.send(std::mem::take(&mut self.row));
                Poll::Ready(Outcome::Placed {
                    waited: self.since.elapsed(),
                })
            }
            Poll::Ready(Err(_)) => Poll::Ready(Outcome::Gone),
            Poll::Pending if Instant::now() >= self.latest => Poll::Ready(Outcome::TooSlow),
            Poll::Pending => Poll::Pending,
        }
    }
}
