//! The bounded buffer of a stream: bounded in rows and, since a row may be of any size, in bytes.

use std::sync::Arc;
use std::task::{Context, Poll};

use routeros_proto::row::Row;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

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
