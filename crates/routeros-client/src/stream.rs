//! An answer row by row.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures::Stream;
use routeros_proto::connection::CallOptions;
use routeros_proto::row::Row;
use tokio::sync::{oneshot, watch};
use tokio::time::timeout;

use crate::buffer::RowReceiver;
use crate::error::{CallError, Effect, End};
use crate::request::Guard;

/// How a stream is buffered and bounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamOptions {
    /// Bounds on the call.
    pub call: CallOptions,
    /// Rows held for a consumer that is not fast enough; at least 1. A row of more than 4 KiB
    /// counts as several.
    pub buffer: usize,
    /// How long others may be held up by a full buffer, in sum until the consumer has caught up.
    /// A full buffer stops reading, so the router is slowed down; alone on its connection a stream
    /// may take all the time it wants. While other calls wait for answers too it may not:
    /// afterwards the stream fails with [`CallError::Overflow`].
    pub patience: Duration,
}

impl StreamOptions {
    /// For a table: fails after two minutes without a row.
    #[must_use]
    pub const fn print() -> Self {
        Self {
            call: CallOptions::idle_timeout(Duration::from_secs(120)),
            buffer: 1024,
            patience: Duration::from_secs(5),
        }
    }

    /// For `listen` and monitors: rows come when something happens, until it is cancelled.
    #[must_use]
    pub const fn listen() -> Self {
        Self {
            call: CallOptions {
                timeout: None,
                idle_timeout: None,
            },
            ..Self::print()
        }
    }
}

impl Default for StreamOptions {
    fn default() -> Self {
        Self::print()
    }
}

/// Rows as they come. Dropping it cancels the command on the router.
///
/// No row is ever lost silently: when it does not end with an error, every row was delivered.
#[must_use = "dropping it cancels the command"]
pub struct RowStream {
    rows: RowReceiver,
    end: Option<oneshot::Receiver<Result<Row, CallError>>>,
    done: Option<Row>,
    grace: Duration,
    guard: Guard,
    connection: watch::Receiver<Option<End>>,
}

impl RowStream {
    pub(crate) const fn new(
        rows: RowReceiver,
        end: oneshot::Receiver<Result<Row, CallError>>,
        grace: Duration,
        guard: Guard,
        connection: watch::Receiver<Option<End>>,
    ) -> Self {
        Self {
            rows,
            end: Some(end),
            done: None,
            grace,
            guard,
            connection,
        }
    }

    /// The next row; `None` after the last. An error comes once, as the last item.
    pub async fn next(&mut self) -> Option<Result<Row, CallError>> {
        std::future::poll_fn(|cx| self.poll_row(cx)).await
    }

    /// Asks the router to stop. Go on with [`next`](Self::next) until `None`: rows that are under
    /// way still come.
    pub fn stop(&self) {
        self.guard.cancel();
    }

    /// Stops and waits until the router has confirmed it; rows that still come are dropped.
    ///
    /// # Errors
    /// The error that the stream ended with, if not by this.
    pub async fn cancel(mut self) -> Result<(), CallError> {
        self.stop();
        let grace = self.grace;
        let drained = async {
            while let Some(row) = self.next().await {
                row?;
            }
            Ok(())
        };
        let effect = Effect::Unknown;
        timeout(grace, drained)
            .await
            .unwrap_or(Err(CallError::Deadline { effect }))
    }

    /// The attributes of `!done`, once all rows were taken.
    #[must_use]
    pub const fn done(&self) -> Option<&Row> {
        self.done.as_ref()
    }

    fn poll_row(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Row, CallError>>> {
        if let Some(row) = ready!(self.rows.poll_recv(cx)) {
            return Poll::Ready(Some(Ok(row)));
        }
        let Some(end) = &mut self.end else {
            return Poll::Ready(None);
        };
        let ended = ready!(Pin::new(end).poll(cx)).unwrap_or_else(|_gone| {
            let end = self.connection.borrow();
            Err(CallError::lost(end.as_ref(), Effect::Unknown))
        });
        self.end = None;
        self.guard.disarm();
        Poll::Ready(match ended {
            Ok(done) => {
                self.done = Some(done);
                None
            }
            Err(error) => Some(Err(error)),
        })
    }
}

impl Stream for RowStream {
    type Item = Result<Row, CallError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_row(cx)
    }
}
