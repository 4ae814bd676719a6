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

use crate::call::{CallContext, Observer};
use crate::driver::Driver;
use crate::error::{CallError, CallErrorKind, Effect, End};
use crate::fingerprint::Fingerprint;
use crate::link::Link;
use crate::menu::{Execute, Menu, new_id};
use crate::options::{ConnectOptions, StreamOptions};
use crate::reply::Reply;
use crate::request::{Control, Guard, Request, Sink, buffer};
use crate::stream::RowStream;

/// A logged-in connection. Cheap to clone; all clones share the connection, which closes with the
/// last of them.
///
/// Any number of calls may be under way at once. A future that is dropped cancels its command on
/// the router. Methods need a tokio runtime with time, but not the one of the connection.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use routeros_client::{ConnectOptions, Query, connect};
/// let router = connect(ConnectOptions::new("192.168.88.1", 8728, "api", "secret")).await?;
/// let secrets = router.menu("/ppp/secret");
/// let id = secrets.add([("name", "ana"), ("password", "s3cret"), ("service", "pppoe")]).await?;
/// for row in secrets.filter(Query::is_false("disabled")).list().await? {
///     println!("{:?} {:?}", row.text("name"), row.parse::<bool>("disabled"));
/// }
/// secrets.remove(&id).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    observer: Option<Arc<dyn Observer>>,
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
            observer: None,
        }
    }

    /// The same connection, with somebody who hears how its calls end.
    #[cfg(feature = "pool")]
    pub(crate) fn observed(&self, observer: Arc<dyn Observer>) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            observer: Some(observer),
        }
    }

    /// A menu such as `/ppp/secret`.
    pub fn menu(&self, path: &str) -> Menu<'_, Self> {
        Menu::new(self, path)
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
        let call = self.context(&command);
        let outcome = call.inside(self.run(command, options)).await;
        call.ended(outcome.as_ref().map(|reply| reply.rows().len()));
        outcome.map_err(|kind| call.error(kind))
    }

    /// Runs an `add` and returns the new id.
    ///
    /// # Errors
    /// [`CallError`]; of the kind [`CallErrorKind::NoId`] when the router named none.
    pub async fn add(&self, command: Command) -> Result<String, CallError> {
        new_id(self, command).await
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
        let call = self.context(&command);
        let (rows, taken) = buffer(options.buffer);
        let (end, ended) = oneshot::channel();
        let sink = Sink::Rows {
            rows,
            end,
            stall_timeout: options.stall_timeout,
        };
        // Waiting for a place in flight is bounded also when the stream is not.
        let waiting = options.call.timeout.unwrap_or(self.shared.command_timeout);
        let deadline = Instant::now().checked_add(waiting);
        let submitted = self.submit(command, options.call, deadline, sink).await;
        match submitted {
            Ok(guard) => {
                let connection = self.shared.ended.clone();
                let grace = self.shared.cancel_grace;
                Ok(RowStream::new(taken, ended, grace, guard, connection, call))
            }
            Err(kind) => {
                call.ended(Err(&kind));
                Err(call.error(kind))
            }
        }
    }

    fn context(&self, command: &Command) -> CallContext {
        CallContext::new(command, self.shared.peer, self.observer.clone())
    }

    async fn run(&self, command: Command, options: CallOptions) -> Result<Reply, CallErrorKind> {
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
            None => Err(CallErrorKind::TimedOut {
                effect: Effect::Unknown,
            }),
        }
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
    ) -> Result<Guard, CallErrorKind> {
        if let Some(error) = command.error() {
            return Err(CallErrorKind::Invalid(error));
        }
        let free = Arc::clone(&self.shared.in_flight).acquire_owned();
        let permit = match within(deadline, free).await {
            Some(Ok(permit)) => permit,
            Some(Err(_)) => return Err(self.lost(Effect::None)),
            None => {
                return Err(CallErrorKind::TimedOut {
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
            Err(mpsc::error::TrySendError::Full(_)) => Err(CallErrorKind::Busy),
            Err(mpsc::error::TrySendError::Closed(_)) => Err(self.lost(Effect::None)),
        }
    }

    fn lost(&self, effect: Effect) -> CallErrorKind {
        CallErrorKind::lost(self.shared.ended.borrow().as_ref(), effect)
    }
}

impl Menu<'_, Client> {
    /// Changes of the items as they happen, until the stream is cancelled or dropped. A row with
    /// the property `.dead` tells of an item that is gone.
    ///
    /// # Errors
    /// [`CallError`] when it could not be started.
    pub async fn listen(&self) -> Result<RowStream, CallError> {
        let command = self.selection.reading("listen");
        self.router.stream(command, StreamOptions::listen()).await
    }

    /// The items one by one, for tables that are too large to gather.
    ///
    /// # Errors
    /// [`CallError`] when it could not be started.
    pub async fn stream(&self) -> Result<RowStream, CallError> {
        let command = self.selection.reading("print");
        self.router.stream(command, StreamOptions::print()).await
    }
}

impl Execute for Client {
    async fn execute_with(
        &self,
        command: Command,
        options: CallOptions,
    ) -> Result<Reply, CallError> {
        Self::execute_with(self, command, options).await
    }

    fn command_timeout(&self) -> Duration {
        self.shared.command_timeout
    }

    fn peer(&self) -> Option<SocketAddr> {
        self.shared.peer
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
