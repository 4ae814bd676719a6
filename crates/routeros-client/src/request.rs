//! What a handle asks of the task that drives the connection, and the bounded buffer in which rows
//! come back: bounded in rows and, since a row may be of any size, in bytes.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use routeros_proto::command::Command;
use routeros_proto::connection::CallOptions;
use routeros_proto::row::Row;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use crate::error::CallErrorKind;
use crate::reply::Reply;

/// One command and where its answer goes.
pub(crate) struct Request {
    /// Names the call before it has a tag.
    pub(crate) serial: u64,
    pub(crate) command: Command,
    pub(crate) options: CallOptions,
    pub(crate) sink: Sink,
    /// Its place among the calls in flight.
    pub(crate) permit: OwnedSemaphorePermit,
}

/// Where an answer goes.
pub(crate) enum Sink {
    /// Gathered, and handed over at the end.
    Whole {
        reply: oneshot::Sender<Result<Reply, CallErrorKind>>,
        /// Bytes that may be gathered.
        limit: usize,
    },
    /// Row by row.
    Rows {
        rows: RowSender,
        end: oneshot::Sender<Result<Row, CallErrorKind>>,
        /// How long, in sum, others may wait for a full buffer to get room.
        stall_timeout: Duration,
    },
}

impl Sink {
    /// Whether nobody waits for the answer any more.
    pub(crate) fn is_abandoned(&self) -> bool {
        match self {
            Self::Whole { reply, .. } => reply.is_closed(),
            Self::Rows { end, .. } => end.is_closed(),
        }
    }

    /// Ends the call with an error.
    pub(crate) fn fail(self, error: CallErrorKind) {
        // Whoever does not wait any more does not need to know.
        match self {
            Self::Whole { reply, .. } => drop(reply.send(Err(error))),
            Self::Rows { end, .. } => drop(end.send(Err(error))),
        }
    }
}

/// Orders besides commands. Bounded by the calls in flight: each sends at most two.
pub(crate) enum Control {
    /// Cancel and report the end.
    Cancel(u64),
    /// Nobody waits any more: cancel and forget.
    Abandon(u64),
    /// Give the connection up.
    Close,
}

/// Abandons a call when dropped, unless its end was seen.
pub(crate) struct Guard {
    serial: u64,
    control: mpsc::UnboundedSender<Control>,
    armed: bool,
}

impl Guard {
    pub(crate) const fn new(serial: u64, control: mpsc::UnboundedSender<Control>) -> Self {
        Self {
            serial,
            control,
            armed: true,
        }
    }

    /// The end was seen.
    pub(crate) const fn disarm(&mut self) {
        self.armed = false;
    }

    /// Asks to cancel and to report the end.
    pub(crate) fn cancel(&self) {
        // The connection being gone is told by the end of the call.
        drop(self.control.send(Control::Cancel(self.serial)));
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if self.armed {
            drop(self.control.send(Control::Abandon(self.serial)));
        }
    }
}

/// Bytes that a row may have for one place; a larger one takes more.
const PLACE: usize = 4 << 10;

/// A buffer with so many places, at least one.
pub(crate) fn buffer(places: usize) -> (RowSender, RowReceiver) {
    let most = usize::try_from(u32::MAX).unwrap_or(usize::MAX);
    let places = places.clamp(1, Semaphore::MAX_PERMITS.min(most));
    let (rows, taken) = mpsc::unbounded_channel();
    let room = Arc::new(Semaphore::new(places));
    (RowSender { rows, room, places }, RowReceiver(taken))
}

/// A row and the places that it takes until somebody has it.
type Placed = (Row, OwnedSemaphorePermit);

/// Puts rows in.
#[derive(Clone)]
pub(crate) struct RowSender {
    rows: mpsc::UnboundedSender<Placed>,
    room: Arc<Semaphore>,
    places: usize,
}

/// Takes rows out.
pub(crate) struct RowReceiver(mpsc::UnboundedReceiver<Placed>);

/// Nobody will take the row.
#[derive(Debug)]
pub(crate) struct Gone;

/// Why a row was not taken at once.
pub(crate) enum Refused {
    /// There is no room for it now.
    Full(Row),
    /// Nobody will take it.
    Gone,
}

impl RowSender {
    /// Whether every row was taken.
    pub(crate) fn is_drained(&self) -> bool {
        self.room.available_permits() == self.places
    }

    pub(crate) fn try_send(&self, row: Row) -> Result<(), Refused> {
        if self.rows.is_closed() {
            return Err(Refused::Gone);
        }
        match Arc::clone(&self.room).try_acquire_many_owned(self.cost(&row)) {
            Ok(places) => self.rows.send((row, places)).or(Err(Refused::Gone)),
            Err(_) => Err(Refused::Full(row)),
        }
    }

    /// Waits for room. The receiver's end gives all places back, so this ends with it.
    pub(crate) async fn send(self, row: Row) -> Result<(), Gone> {
        let places = self.room.acquire_many_owned(cost(&row, self.places)).await;
        let places = places.or(Err(Gone))?;
        self.rows.send((row, places)).or(Err(Gone))
    }

    fn cost(&self, row: &Row) -> u32 {
        cost(row, self.places)
    }
}

/// A row larger than the whole buffer takes all of it.
fn cost(row: &Row, places: usize) -> u32 {
    let cost = (1 + row.view().wire_len() / PLACE).min(places);
    u32::try_from(cost).unwrap_or(u32::MAX)
}

impl RowReceiver {
    pub(crate) fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Option<Row>> {
        let next = self.0.poll_recv(cx);
        next.map(|placed| placed.map(|(row, _place)| row))
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use routeros_proto::row::Row;

    use super::{Refused, buffer};

    fn row(bytes: usize) -> Row {
        Row::from_pairs([("a", "x".repeat(bytes))]).unwrap()
    }

    #[tokio::test]
    async fn large_rows_take_more_places_and_none_is_too_large() {
        let (sender, mut receiver) = buffer(4);
        for _ in 0..4 {
            assert!(sender.try_send(row(10)).is_ok());
        }
        assert!(matches!(sender.try_send(row(10)), Err(Refused::Full(_))));
        for _ in 0..4 {
            assert!(poll_fn(|cx| receiver.poll_recv(cx)).await.is_some());
        }
        assert!(sender.is_drained());
        assert!(sender.try_send(row(9_000)).is_ok());
        assert!(sender.try_send(row(10)).is_ok());
        assert!(matches!(sender.try_send(row(10)), Err(Refused::Full(_))));
        for _ in 0..2 {
            assert!(poll_fn(|cx| receiver.poll_recv(cx)).await.is_some());
        }
        assert!(sender.try_send(row(1_000_000)).is_ok());
        assert!(matches!(sender.try_send(row(10)), Err(Refused::Full(_))));
        drop(receiver);
        assert!(matches!(sender.try_send(row(10)), Err(Refused::Gone)));
        assert!(sender.send(row(10)).await.is_err());
    }
}
