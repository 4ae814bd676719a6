//! The calls in flight and where their answers go.

use std::collections::HashMap;
use std::io;
use std::time::Duration;

use routeros_proto::connection::{CallEvent, CallId};
use routeros_proto::row::{Row, RowRef};
use routeros_proto::trap::{Trap, TrapRef};
use tokio::sync::OwnedSemaphorePermit;

use crate::driver::stall::Stall;
use crate::error::{CallErrorKind, Effect, End, Refusal};
use crate::reply::Reply;
use crate::request::Refused;
use crate::request::Sink;

/// Traps that are kept of one call; a broken router could send any number.
const KEPT_TRAPS: usize = 8;
/// Bytes of the traps after the first that are kept of one call.
const KEPT_TRAP_BYTES: usize = 64 << 10;
/// What a row takes beside its bytes, as far as limits go: a row without any takes memory too.
const ROW_OVERHEAD: usize = 64;

/// What to do after an event.
pub(super) enum Next {
    Go,
    /// Nobody wants the rest of this call.
    Abandon,
    /// Its buffer is full.
    Wait(Box<Stall>),
}

/// All calls in flight.
#[derive(Default)]
pub(super) struct Calls {
    calls: HashMap<CallId, Call>,
    by_serial: HashMap<u64, CallId>,
}

struct Call {
    serial: u64,
    /// Stream offset of the command's end.
    end: u64,
    sink: Sink,
    rows: Vec<Row>,
    bytes: usize,
    traps: Vec<Trap>,
    /// Bytes of the traps after the first.
    trap_bytes: usize,
    /// How long others waited for this call's consumer since it last caught up.
    waited: Duration,
    _permit: OwnedSemaphorePermit,
}

impl Calls {
    pub(super) fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// Whether there are others than this one.
    pub(super) fn has_others(&self, id: CallId) -> bool {
        self.calls.keys().any(|other| *other != id)
    }

    pub(super) fn insert(
        &mut self,
        id: CallId,
        serial: u64,
        end: u64,
        sink: Sink,
        permit: OwnedSemaphorePermit,
    ) {
        self.by_serial.insert(serial, id);
        let call = Call {
            serial,
            end,
            sink,
            rows: Vec::new(),
            bytes: 0,
            traps: Vec::new(),
            trap_bytes: 0,
            waited: Duration::ZERO,
            _permit: permit,
        };
        self.calls.insert(id, call);
    }

    pub(super) fn find(&self, serial: u64) -> Option<CallId> {
        self.by_serial.get(&serial).copied()
    }

    pub(super) fn forget(&mut self, id: CallId) {
        drop(self.take(id));
    }

    pub(super) fn fail(&mut self, id: CallId, error: CallErrorKind) {
        if let Some(call) = self.take(id) {
            call.sink.fail(error);
        }
    }

    /// A row that had to wait was placed.
    pub(super) fn placed(&mut self, id: CallId, waited: Duration) {
        if let Some(call) = self.calls.get_mut(&id) {
            call.waited = call.waited.saturating_add(waited);
        }
    }

    /// Hands an event on. `written` tells how much the stream has taken so far.
    pub(super) fn on_event(
        &mut self,
        id: CallId,
        event: &CallEvent<'_>,
        written: u64,
        error: Option<io::ErrorKind>,
    ) -> Next {
        match event {
            CallEvent::Row(row) => self.on_row(id, *row),
            CallEvent::Trap(trap) => {
                if let Some(call) = self.calls.get_mut(&id) {
                    call.on_trap(*trap);
                }
                Next::Go
            }
            CallEvent::Empty | CallEvent::Unknown(_) => Next::Go,
            CallEvent::Done { attributes, .. } => {
                if let Some(call) = self.take(id) {
                    call.finish(attributes.to_owned());
                }
                Next::Go
            }
            CallEvent::Cancelled => {
                if let Some(call) = self.take(id) {
                    call.finish(Row::default());
                }
                Next::Go
            }
            CallEvent::TimedOut => {
                // What still waits to be sent may yet be sent.
                let effect = Effect::Unknown;
                self.fail(id, CallErrorKind::TimedOut { effect });
                Next::Go
            }
            CallEvent::Failed(reason) => {
                if let Some(call) = self.take(id) {
                    let effect = if written < call.end {
                        Effect::None
                    } else {
                        Effect::Unknown
                    };
                    let end = End::new(Some(reason), error);
                    call.sink.fail(CallErrorKind::from_end(&end, effect));
                }
                Next::Go
            }
        }
    }

    fn on_row(&mut self, id: CallId, row: RowRef<'_>) -> Next {
        let Some(call) = self.calls.get_mut(&id) else {
            return Next::Go;
        };
        match &call.sink {
            Sink::Whole { limit, .. } => {
                let size = row.wire_len().saturating_add(ROW_OVERHEAD);
                call.bytes = call.bytes.saturating_add(size);
                let limit = *limit;
                if call.bytes <= limit {
                    call.rows.push(row.to_owned());
                    return Next::Go;
                }
                self.fail(id, CallErrorKind::ReplyTooLarge { limit });
                Next::Abandon
            }
            Sink::Rows {
                rows,
                stall_timeout,
                ..
            } => {
                if rows.is_drained() {
                    // The consumer has caught up.
                    call.waited = Duration::ZERO;
                }
                match rows.try_send(row.to_owned()) {
                    Ok(()) => Next::Go,
                    Err(Refused::Full(row)) => {
                        let left = stall_timeout.saturating_sub(call.waited);
                        Next::Wait(Box::new(Stall::new(id, row, rows.clone(), left)))
                    }
                    Err(Refused::Gone) => {
                        self.forget(id);
                        Next::Abandon
                    }
                }
            }
        }
    }

    fn take(&mut self, id: CallId) -> Option<Call> {
        let call = self.calls.remove(&id)?;
        self.by_serial.remove(&call.serial);
        Some(call)
    }
}

impl Call {
    /// Keeps the first trap, which says what went wrong, and a bounded number of others.
    fn on_trap(&mut self, trap: TrapRef<'_>) {
        let size = trap.row().wire_len();
        if self.traps.is_empty() {
            self.traps.push(trap.to_owned());
        } else if self.traps.len() < KEPT_TRAPS
            && self.trap_bytes.saturating_add(size) <= KEPT_TRAP_BYTES
        {
            self.trap_bytes = self.trap_bytes.saturating_add(size);
            self.traps.push(trap.to_owned());
        }
    }

    /// The router ended the call.
    fn finish(self, done: Row) {
        let mut traps = self.traps.into_iter();
        if let Some(first) = traps.next() {
            let refusal = Refusal::new(first, traps.collect(), self.rows);
            self.sink.fail(CallErrorKind::Trap(Box::new(refusal)));
            return;
        }
        match self.sink {
            Sink::Whole { reply, .. } => drop(reply.send(Ok(Reply::new(self.rows, done)))),
            Sink::Rows { end, .. } => drop(end.send(Ok(done))),
        }
    }
}
