//! What a handle asks of the task that drives the connection.

use std::time::Duration;

use routeros_proto::command::Command;
use routeros_proto::connection::CallOptions;
use routeros_proto::row::Row;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

use crate::buffer::RowSender;
use crate::error::CallError;
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
        reply: oneshot::Sender<Result<Reply, CallError>>,
        /// Bytes that may be gathered.
        limit: usize,
    },
    /// Row by row.
    Rows {
        rows: RowSender,
        end: oneshot::Sender<Result<Row, CallError>>,
        /// How long, in sum, others may wait for a full buffer to get room.
        patience: Duration,
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
    pub(crate) fn fail(self, error: CallError) {
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
