//! An answer row by row.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use routeros_proto::row::Row;
use tokio::sync::{oneshot, watch};
use tokio::time::timeout;

use crate::call::CallContext;
use crate::error::{CallError, CallErrorKind, Effect, End};
use crate::request::{Guard, RowReceiver};

/// Rows as they come. Dropping it cancels the command on the router.
///
/// No row is ever lost silently: when it does not end with an error, every row was delivered.
#[must_use = "dropping it cancels the command"]
pub struct RowStream {
    rows: RowReceiver,
    end: Option<oneshot::Receiver<Result<Row, CallErrorKind>>>,
    done: Option<Row>,
    grace: Duration,
    guard: Guard,
    connection: watch::Receiver<Option<End>>,
    call: CallContext,
    /// Rows taken so far.
    count: usize,
}

impl RowStream {
    pub(crate) const fn new(
        rows: RowReceiver,
        end: oneshot::Receiver<Result<Row, CallErrorKind>>,
        grace: Duration,
        guard: Guard,
        connection: watch::Receiver<Option<End>>,
        call: CallContext,
    ) -> Self {
        Self {
            rows,
            end: Some(end),
            done: None,
            grace,
            guard,
            connection,
            call,
            count: 0,
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
            .unwrap_or_else(|_elapsed| Err(self.call.error(CallErrorKind::TimedOut { effect })))
    }

    /// The attributes of `!done`, once all rows were taken.
    #[must_use]
    pub const fn done(&self) -> Option<&Row> {
        self.done.as_ref()
    }

    fn poll_row(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Row, CallError>>> {
        if let Some(row) = ready!(self.rows.poll_recv(cx)) {
            self.count = self.count.saturating_add(1);
            return Poll::Ready(Some(Ok(row)));
        }
        let Some(end) = &mut self.end else {
            return Poll::Ready(None);
        };
        let ended = ready!(Pin::new(end).poll(cx)).unwrap_or_else(|_gone| {
            let end = self.connection.borrow();
            Err(CallErrorKind::lost(end.as_ref(), Effect::Unknown))
        });
        self.end = None;
        self.guard.disarm();
        self.call.ended(ended.as_ref().map(|_done| self.count));
        Poll::Ready(match ended {
            Ok(done) => {
                self.done = Some(done);
                None
            }
            Err(kind) => Some(Err(self.call.error(kind))),
        })
    }
}

impl Stream for RowStream {
    type Item = Result<Row, CallError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_row(cx)
    }
}
