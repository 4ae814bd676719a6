//! The handle of a connection.

use std::fmt;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use routeros_proto::command::Command;
use routeros_proto::connection::CallOptions;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio::time::{Instant, timeout_at};

use crate::buffer::buffer;
use crate::driver::Driver;
use crate::error::{CallError, Effect, End};
use crate::fingerprint::Fingerprint;
use crate::link::Link;
use crate::options::ConnectOptions;
use crate::reply::Reply;
use crate::request::{Control, Guard, Request, Sink};
use crate::stream::{RowStream, StreamOptions};

/// A logged-in connection. Cheap to clone; all clones share the connection, which closes with the
/// last of them.
///
/// Any number of calls may be under way at once. A future that is dropped cancels its command on
/// the router. Methods need a tokio runtime with time, but not the one of the connection.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    requests: mpsc::Sender<Request>,
    control: mpsc::UnboundedSender<Control>,
    in_flight: Arc<Semaphore>,
    max_in_flight: usize,
    serial: AtomicU64,
    ended: watch::Receiver<Option<End>>,
    peer: Option<SocketAddr>,
    fingerprint: Option<Fingerprint>,
    command_timeout: Duration,
    cancel_grace: Duration,
    max_reply_bytes: usize,
}

/// What is known of the peer.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Peer {
    pub(crate) address: Option<SocketAddr>,
    pub(crate) fingerprint: Option<Fingerprint>,
}

impl Client {
    /// Starts the task of a connection that is logged in, on the present runtime.
    pub(crate) fn start<S>(link: Link<S>, peer: Peer, options: &ConnectOptions) -> Self
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let max_in_flight = options.max_in_flight.clamp(1, Semaphore::MAX_PERMITS);
        let (requests, incoming) = mpsc::channel(max_in_flight);
        let (control, orders) = mpsc::unbounded_channel();
        let (end, ended) = watch::channel(None);
        tokio::spawn(Driver::new(link, incoming, orders, end).run());
        Self {
            shared: Arc::new(Shared {
                requests,
                control,
                in_flight: Arc::new(Semaphore::new(max_in_flight)),
                max_in_flight,
                serial: AtomicU64::new(0),
                ended,
                peer: peer.address,
                fingerprint: peer.fingerprint,
                command_timeout: options.timeouts.command,
                cancel_grace: options.protocol.cancel_grace,
                max_reply_bytes: options.max_reply_bytes,
            }),
        }
    }

    /// Runs a command and gathers its answer, within the default time for commands.
    ///
    /// # Errors
    /// [`CallError`], which tells whether the command may have had its effect.
    pub async fn execute(&self, command: Command) -> Result<Reply, CallError> {
        let options = CallOptions::timeout(self.shared.command_timeout);
        self.execute_with(command, options).await
    }

    /// Runs a command and gathers its answer, within the given time.
    ///
    /// # Errors
    /// [`CallError`], which tells whether the command may have had its effect.
    pub async fn execute_with(
        &self,
        command: Command,
        options: CallOptions,
    ) -> Result<Reply, CallError> {
        let deadline = deadline(options);
        let (reply, answer) = oneshot::channel();
        let limit = self.shared.max_reply_bytes;
        let sink = Sink::Whole { reply, limit };
        let mut guard = self.submit(command, options, deadline, sink).await?;
        match within(deadline, answer).await {
            Some(answer) => {
                guard.disarm();
                answer.unwrap_or_else(|_gone| Err(self.lost(Effect::Unknown)))
            }
            None => Err(CallError::Deadline {
                effect: Effect::Unknown,
            }),
        }
    }

    /// Runs an `add` and returns the new id.
    ///
    /// # Errors
    /// [`CallError`]; [`CallError::NoId`] when the router named none.
    pub async fn add(&self, command: Command) -> Result<String, CallError> {
        let reply = self.execute(command).await?;
        let id = reply.ret().and_then(|id| id.utf8().ok());
        id.filter(|id| !id.is_empty())
            .map(str::to_owned)
            .ok_or(CallError::NoId)
    }

    /// Starts a command whose rows are taken one by one.
    ///
    /// # Errors
    /// [`CallError`] when it could not be started; later errors come as the stream's last item.
    pub async fn stream(
        &self,
        command: Command,
        options: StreamOptions,
    ) -> Result<RowStream, CallError> {
        let (rows, taken) = buffer(options.buffer);
        let (end, ended) = oneshot::channel();
        let sink = Sink::Rows {
            rows,
            end,
            patience: options.patience,
        };
        // Waiting for a place in flight is bounded also when the stream is not.
        let waiting = options.call.timeout.unwrap_or(self.shared.command_timeout);
        let deadline = Instant::now().checked_add(waiting);
        let guard = self.submit(command, options.call, deadline, sink).await?;
        let grace = self.shared.cancel_grace;
        let connection = self.shared.ended.clone();
        Ok(RowStream::new(taken, ended, grace, guard, connection))
    }

    /// The address of the router.
    #[must_use]
    pub fn peer(&self) -> Option<SocketAddr> {
        self.shared.peer
    }

    /// SHA-256 of the certificate that the router showed; `None` without TLS.
    #[must_use]
    pub fn fingerprint(&self) -> Option<Fingerprint> {
        self.shared.fingerprint
    }

    /// Calls in flight, those of all clones together.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        let free = self.shared.in_flight.available_permits();
        self.shared.max_in_flight.saturating_sub(free)
    }

    /// How the connection ended, once it has.
    #[must_use]
    pub fn end(&self) -> Option<End> {
        self.shared.ended.borrow().clone()
    }

    /// Waits until the connection has ended.
    pub async fn closed(&self) {
        let mut ended = self.shared.ended.clone();
        // An error means that the task is gone, which has told the reason before.
        drop(ended.wait_for(Option::is_some).await);
    }

    /// Ends the connection for all clones: every call under way fails.
    pub fn close(&self) {
        // If the task is gone, so is the connection.
        drop(self.shared.control.send(Control::Close));
    }

    async fn submit(
        &self,
        command: Command,
        options: CallOptions,
        deadline: Option<Instant>,
        sink: Sink,
    ) -> Result<Guard, CallError> {
        if let Some(error) = command.error() {
            return Err(CallError::Invalid(error));
        }
        let free = Arc::clone(&self.shared.in_flight).acquire_owned();
        let permit = match within(deadline, free).await {
            Some(Ok(permit)) => permit,
            Some(Err(_)) => return Err(self.lost(Effect::None)),
            None => {
                return Err(CallError::Deadline {
                    effect: Effect::None,
                });
            }
        };
        let serial = self.shared.serial.fetch_add(1, Ordering::Relaxed);
        let request = Request {
            serial,
            command,
            options: with_time_left(options, deadline),
            sink,
            permit,
        };
        // There is room: the queue is as long as there are permits.
        match self.shared.requests.try_send(request) {
            Ok(()) => Ok(Guard::new(serial, self.shared.control.clone())),
            Err(mpsc::error::TrySendError::Full(_)) => Err(CallError::Busy),
            Err(mpsc::error::TrySendError::Closed(_)) => Err(self.lost(Effect::None)),
        }
    }

    fn lost(&self, effect: Effect) -> CallError {
        CallError::lost(self.shared.ended.borrow().as_ref(), effect)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("peer", &self.shared.peer)
            .field("fingerprint", &self.shared.fingerprint)
            .field("in_flight", &self.in_flight())
            .field("end", &*self.shared.ended.borrow())
            .finish_non_exhaustive()
    }
}

fn deadline(options: CallOptions) -> Option<Instant> {
    options
        .timeout
        .and_then(|timeout| Instant::now().checked_add(timeout))
}

/// What is left of the time once a place in flight was found.
fn with_time_left(mut options: CallOptions, deadline: Option<Instant>) -> CallOptions {
    options.timeout = options.timeout.and(deadline).map(|deadline| {
        let now = Instant::now();
        deadline.saturating_duration_since(now)
    });
    options
}

/// `None` when the deadline comes first.
async fn within<F: Future>(deadline: Option<Instant>, future: F) -> Option<F::Output> {
    match deadline {
        Some(deadline) => timeout_at(deadline, future).await.ok(),
        None => Some(future.await),
    }
}
