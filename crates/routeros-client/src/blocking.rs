//! A client without a runtime: the protocol's state machine on a socket of the standard library.
//!
//! One call at a time, on the caller's thread. With the feature `blocking-tls` it speaks TLS too.
//! Looking a host name up takes as long as the system lets it take; everything else is bounded by
//! [`Timeouts`](crate::Timeouts). TCP keep-alive is not set, which the standard library cannot.
//!
//! ```no_run
//! use routeros_client::{ConnectOptions, Query, blocking};
//!
//! let options = ConnectOptions::new("192.168.88.1", 8728, "api", "secret");
//! let mut router = blocking::connect(&options)?;
//! let mut secrets = router.menu("/ppp/secret");
//! let id = secrets.add([("name", "ana"), ("password", "s3cret")])?;
//! for row in secrets.filter(Query::is_false("disabled")).list()? {
//!     println!("{:?}", row.text("name"));
//! }
//! router.menu("/ppp/secret").remove(id)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::borrow::BorrowMut;
use std::fmt;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs, UdpSocket};
use std::time::{Duration, Instant};

use routeros_proto::command::Command;
use routeros_proto::connection::{
    CallEvent, CallId, CallOptions, CloseReason, Connection, Event, SubmitError,
};
use routeros_proto::mndp::{self, Neighbor};
use routeros_proto::query::Query;
use routeros_proto::row::Row;
use routeros_proto::trap::Trap;

use crate::connect_error::{ConnectError, Diagnosis, Stage};
use crate::error::{CallError, CallErrorKind, Effect, End, Refusal};
use crate::fingerprint::Fingerprint;
use crate::host::Host;
use crate::login_failure::{Failure, Head};
use crate::menu::{NONE, Selection};
use crate::options::{ConnectOptions, Tls};
use crate::reply::Reply;

/// Bytes read at once.
const CHUNK: usize = 16 << 10;
/// Addresses of one name that are tried.
const MAX_ADDRESSES: usize = 8;
/// What a row takes beside its bytes, as far as limits go.
const ROW_OVERHEAD: usize = 64;
/// Traps that are kept of one call.
const KEPT_TRAPS: usize = 8;
/// Longest wait that is handed to the system; for longer ones it is asked again.
const LONGEST_WAIT: Duration = Duration::from_secs(3_600);

/// Connects, shakes hands, logs in.
///
/// # Errors
/// [`ConnectError`], with a [`Diagnosis`] of what is probably wrong.
pub fn connect(options: &ConnectOptions) -> Result<Client, ConnectError> {
    establish(options).map_err(|error| error.to(&options.host, options.port))
}

fn establish(options: &ConnectOptions) -> Result<Client, ConnectError> {
    let started = Instant::now();
    let left = |own: Duration| {
        let total = options.timeouts.total.saturating_sub(started.elapsed());
        own.min(total).min(LONGEST_WAIT)
    };
    let host = Host::parse(&options.host).map_err(ConnectError::invalid_settings)?;
    let tcp = dial(&host, options, left(options.timeouts.connect))?;
    let peer = tcp.peer_addr().ok();
    let (wire, fingerprint, plain_port) = match &options.tls {
        Tls::Off => (Wire::Plain(tcp), None, Some(options.port)),
        #[cfg(feature = "blocking-tls")]
        Tls::On(trust) => {
            let (wire, fingerprint) =
                tls::handshake(tcp, &host, trust, left(options.timeouts.tls))?;
            (wire, fingerprint, None)
        }
        #[cfg(all(feature = "rustls", not(feature = "blocking-tls")))]
        Tls::On(_) => {
            let reason = "TLS of the blocking client needs the feature `blocking-tls`";
            return Err(ConnectError::invalid_settings(reason));
        }
    };
    let mut link = Link::new(wire, options);
    match link.log_in(options, left(options.timeouts.login)) {
        Ok(()) => Ok(Client {
            link,
            peer,
            fingerprint,
            command_timeout: options.timeouts.command,
            max_reply_bytes: options.max_reply_bytes,
        }),
        Err(failure) => Err(failure.into_error(link.head, plain_port)),
    }
}

fn dial(host: &Host, options: &ConnectOptions, time: Duration) -> Result<TcpStream, ConnectError> {
    let deadline = Instant::now().checked_add(time);
    let left = || deadline.map_or(time, |end| end.saturating_duration_since(Instant::now()));
    let resolved: Vec<SocketAddr> = match host {
        Host::Address(address) => vec![SocketAddr::new(*address, options.port)],
        Host::Name(name) => (name.as_str(), options.port)
            .to_socket_addrs()
            .map_err(|error| {
                ConnectError::new(Stage::Resolve, Diagnosis::NameNotFound).because(error)
            })?
            .collect(),
    };
    if resolved.is_empty() {
        return Err(ConnectError::new(Stage::Resolve, Diagnosis::NameNotFound));
    }
    let filter = options.address_filter.as_ref();
    let allowed: Vec<SocketAddr> = resolved
        .into_iter()
        .filter(|address| filter.is_none_or(|filter| filter(*address)))
        .take(MAX_ADDRESSES)
        .collect();
    if allowed.is_empty() {
        let diagnosis = Diagnosis::AddressFiltered;
        return Err(ConnectError::new(Stage::Resolve, diagnosis));
    }
    let mut last = ConnectError::new(Stage::Dial, Diagnosis::TimedOut);
    for (tried, address) in allowed.iter().enumerate() {
        let shares = u32::try_from(allowed.len() - tried).unwrap_or(1).max(1);
        let share = left() / shares;
        if share.is_zero() {
            break;
        }
        match TcpStream::connect_timeout(address, share).and_then(|tcp| {
            tcp.set_nodelay(true)?;
            Ok(tcp)
        }) {
            Ok(tcp) => return Ok(tcp),
            Err(error) => {
                let diagnosis = match error.kind() {
                    ErrorKind::ConnectionRefused => Diagnosis::Refused,
                    ErrorKind::TimedOut | ErrorKind::WouldBlock => Diagnosis::TimedOut,
                    _ => Diagnosis::Unreachable,
                };
                last = ConnectError::new(Stage::Dial, diagnosis).because(error);
            }
        }
    }
    Err(last)
}

/// A logged-in connection, for one thread at a time. It closes when it is dropped.
pub struct Client {
    link: Link,
    peer: Option<SocketAddr>,
    fingerprint: Option<Fingerprint>,
    command_timeout: Duration,
    max_reply_bytes: usize,
}

impl Client {
    /// A menu such as `/ppp/secret`.
    pub fn menu(&mut self, path: &str) -> Menu<'_> {
        Menu {
            router: self,
            selection: Selection::new(path),
        }
    }

    /// Runs a command and gathers its answer, within the default time for commands.
    ///
    /// # Errors
    /// [`CallError`], which tells whether the command may have had its effect.
    pub fn execute(&mut self, command: &Command) -> Result<Reply, CallError> {
        let options = CallOptions::timeout(self.command_timeout);
        self.execute_with(command, options)
    }

    /// Runs a command and gathers its answer, within the given time.
    ///
    /// # Errors
    /// [`CallError`], which tells whether the command may have had its effect.
    pub fn execute_with(
        &mut self,
        command: &Command,
        options: CallOptions,
    ) -> Result<Reply, CallError> {
        self.gather(command, options)
            .map_err(|kind| CallError::new(kind, command.path(), self.peer))
    }

    /// Runs an `add` and returns the new id.
    ///
    /// # Errors
    /// [`CallError`]; of the kind [`CallErrorKind::NoId`] when the router named none.
    pub fn add(&mut self, command: &Command) -> Result<String, CallError> {
        let reply = self.execute(command)?;
        let missing = || CallError::new(CallErrorKind::NoId, command.path(), self.peer);
        reply.id().map(str::to_owned).ok_or_else(missing)
    }

    /// Starts a command whose rows are taken one by one, such as `listen`. Dropping the rows
    /// cancels it.
    ///
    /// # Errors
    /// [`CallError`] when it could not be started; later errors come as the last item.
    pub fn rows(
        &mut self,
        command: &Command,
        options: CallOptions,
    ) -> Result<Rows<&mut Self>, CallError> {
        Rows::start(self, command, options)
    }

    /// As [`rows`](Self::rows), with rows that own the connection, which closes with them.
    ///
    /// # Errors
    /// [`CallError`] when it could not be started.
    pub fn into_rows(
        self,
        command: &Command,
        options: CallOptions,
    ) -> Result<Rows<Self>, CallError> {
        Rows::start(self, command, options)
    }

    /// The address of the router.
    #[must_use]
    pub const fn peer(&self) -> Option<SocketAddr> {
        self.peer
    }

    /// SHA-256 of the certificate that the router showed; `None` without TLS.
    #[must_use]
    pub const fn fingerprint(&self) -> Option<Fingerprint> {
        self.fingerprint
    }

    /// How the connection ended, once it has.
    #[must_use]
    pub fn end(&self) -> Option<End> {
        self.link.end()
    }

    fn gather(&mut self, command: &Command, options: CallOptions) -> Result<Reply, CallErrorKind> {
        let mut call = self.link.submit(command, options)?;
        let limit = self.max_reply_bytes;
        let (mut rows, mut bytes) = (Vec::new(), 0_usize);
        loop {
            match self.link.next(&mut call)? {
                News::Row(row) => {
                    let size = row.view().wire_len().saturating_add(ROW_OVERHEAD);
                    bytes = bytes.saturating_add(size);
                    if bytes > limit {
                        self.link.abandon(&call);
                        return Err(CallErrorKind::ReplyTooLarge { limit });
                    }
                    rows.push(row);
                }
                News::Done(done) => {
                    return match call.refusal(rows) {
                        Ok(rows) => Ok(Reply::new(rows, done)),
                        Err(refusal) => Err(refusal),
                    };
                }
            }
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("peer", &self.peer)
            .field("fingerprint", &self.fingerprint)
            .field("end", &self.end())
            .finish_non_exhaustive()
    }
}

/// The rows of one command as they come. Dropping them cancels the command on the router.
#[must_use = "dropping it cancels the command"]
pub struct Rows<C: BorrowMut<Client>> {
    router: C,
    command: Box<[u8]>,
    call: Call,
    ended: bool,
}

impl<C: BorrowMut<Client>> Rows<C> {
    fn start(mut router: C, command: &Command, options: CallOptions) -> Result<Self, CallError> {
        let client: &mut Client = router.borrow_mut();
        let call = client.link.submit(command, options);
        let call = call.map_err(|kind| CallError::new(kind, command.path(), client.peer))?;
        // Now, not with the first row: a listener wants to hear what happens from here on. What
        // goes wrong is told by the first row.
        client.link.write();
        Ok(Self {
            router,
            command: command.path().into(),
            call,
            ended: false,
        })
    }

    /// Asks the router to stop. Rows that are under way still come.
    pub fn stop(&mut self) {
        self.router.borrow_mut().link.cancel(&self.call);
    }

    /// Stops and waits until the router has confirmed it; rows that still come are dropped.
    ///
    /// # Errors
    /// The error that the command ended with, if not by this.
    pub fn cancel(mut self) -> Result<(), CallError> {
        self.stop();
        self.by_ref().try_for_each(|row| row.map(drop))
    }
}

impl<C: BorrowMut<Client>> Iterator for Rows<C> {
    type Item = Result<Row, CallError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let client: &mut Client = self.router.borrow_mut();
        let peer = client.peer;
        let news = client.link.next(&mut self.call);
        let kind = match news {
            Ok(News::Row(row)) => return Some(Ok(row)),
            Ok(News::Done(_)) => self.call.refusal(Vec::new()).err(),
            Err(kind) => Some(kind),
        };
        self.ended = true;
        kind.map(|kind| Err(CallError::new(kind, &self.command, peer)))
    }
}

impl<C: BorrowMut<Client>> Drop for Rows<C> {
    fn drop(&mut self) {
        if !self.ended {
            self.router.borrow_mut().link.abandon(&self.call);
        }
    }
}

impl<C: BorrowMut<Client>> fmt::Debug for Rows<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows")
            .field("command", &self.command.escape_ascii().to_string())
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}

/// The items of one menu, or those of them that pass a filter.
#[derive(Debug)]
#[must_use]
pub struct Menu<'a> {
    router: &'a mut Client,
    selection: Selection,
}

impl Menu<'_> {
    /// Only the items that match; several filters must all match.
    pub fn filter(&mut self, query: Query) -> Menu<'_> {
        Menu {
            selection: self.selection.clone().filter(query),
            router: &mut *self.router,
        }
    }

    /// Only these properties of the items. Rows may hold others too.
    pub fn properties<N: AsRef<str>>(&mut self, names: &[N]) -> Menu<'_> {
        Menu {
            selection: self.selection.clone().properties(names),
            router: &mut *self.router,
        }
    }

    /// The items.
    ///
    /// # Errors
    /// [`CallError`].
    pub fn list(&mut self) -> Result<Vec<Row>, CallError> {
        let reply = self.router.execute(&self.selection.reading("print"))?;
        Ok(reply.into_rows())
    }

    /// The items as a type of the caller's; see [`typed`](routeros_proto::typed).
    ///
    /// # Errors
    /// [`CallError`]; of the kind [`CallErrorKind::UnexpectedRow`] for a row of another type.
    #[cfg(feature = "serde")]
    pub fn list_as<T: serde_core::de::DeserializeOwned>(&mut self) -> Result<Vec<T>, CallError> {
        let command = self.selection.reading("print");
        let reply = self.router.execute(&command)?;
        reply.rows_as().map_err(|error| {
            let kind = CallErrorKind::UnexpectedRow(error);
            CallError::new(kind, command.path(), self.router.peer)
        })
    }

    /// The first of the items; `None` when there is none.
    ///
    /// # Errors
    /// [`CallError`].
    pub fn find(&mut self) -> Result<Option<Row>, CallError> {
        Ok(self.list()?.into_iter().next())
    }

    /// Adds an item and returns its id.
    ///
    /// # Errors
    /// [`CallError`]; of the kind [`CallErrorKind::NoId`] when the router named none.
    pub fn add<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        &mut self,
        attributes: impl IntoIterator<Item = (N, V)>,
    ) -> Result<String, CallError> {
        self.router
            .add(&self.selection.with("add", None, attributes))
    }

    /// Changes properties of the item with this id.
    ///
    /// # Errors
    /// [`CallError`].
    pub fn set<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        &mut self,
        id: impl AsRef<[u8]>,
        attributes: impl IntoIterator<Item = (N, V)>,
    ) -> Result<(), CallError> {
        let command = self.selection.with("set", Some(id.as_ref()), attributes);
        self.router.execute(&command).map(drop)
    }

    /// Changes properties of a menu of one row, such as `/system/identity`.
    ///
    /// # Errors
    /// [`CallError`].
    pub fn configure<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        &mut self,
        attributes: impl IntoIterator<Item = (N, V)>,
    ) -> Result<(), CallError> {
        let command = self.selection.with("set", None, attributes);
        self.router.execute(&command).map(drop)
    }

    /// Removes the item with this id.
    ///
    /// # Errors
    /// [`CallError`].
    pub fn remove(&mut self, id: impl AsRef<[u8]>) -> Result<(), CallError> {
        let command = self.selection.with("remove", Some(id.as_ref()), NONE);
        self.router.execute(&command).map(drop)
    }

    /// Runs any other command of the menu.
    ///
    /// # Errors
    /// [`CallError`].
    pub fn call<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        &mut self,
        verb: &str,
        attributes: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Reply, CallError> {
        let command = self.selection.with(verb, None, attributes);
        self.router.execute(&command)
    }

    /// Changes of the items as they happen, until the rows are dropped.
    ///
    /// # Errors
    /// [`CallError`] when it could not be started.
    pub fn listen(&mut self) -> Result<Rows<&mut Client>, CallError> {
        let command = self.selection.reading("listen");
        self.router.rows(&command, CallOptions::unbounded())
    }
}

/// Asks the neighbourhood which routers there are, and gathers answers for `time`.
///
/// Routers answer, and announce themselves every minute, over UDP port 5678. `target` is where to
/// ask: usually `255.255.255.255:5678`. Listening needs that port for oneself: bind to
/// `0.0.0.0:5678`, or to an address of one interface.
///
/// # Errors
/// When the socket cannot be bound or used.
///
/// ```no_run
/// use std::time::Duration;
/// use routeros_client::blocking::discover;
/// let time = Duration::from_secs(3);
/// for (address, router) in discover("0.0.0.0:5678", "255.255.255.255:5678", time)? {
///     println!("{address} {:?} {:?}", router.identity(), router.version());
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn discover(
    bind: impl ToSocketAddrs,
    target: impl ToSocketAddrs,
    time: Duration,
) -> io::Result<Vec<(SocketAddr, Neighbor)>> {
    let socket = UdpSocket::bind(bind)?;
    socket.set_broadcast(true)?;
    socket.send_to(&mndp::REQUEST, target)?;
    let started = Instant::now();
    let mut found: Vec<(SocketAddr, Neighbor)> = Vec::new();
    let mut datagram = [0; 2048];
    loop {
        let left = time.saturating_sub(started.elapsed()).min(LONGEST_WAIT);
        if left.is_zero() {
            return Ok(found);
        }
        socket.set_read_timeout(Some(left))?;
        match socket.recv_from(&mut datagram) {
            Ok((length, from)) => {
                let bytes = datagram.get(..length).unwrap_or_default();
                // Others may use the port too, and our own question comes back.
                if let Ok(neighbor) = Neighbor::parse(bytes)
                    && !found.iter().any(|(known, _)| *known == from)
                {
                    found.push((from, neighbor));
                }
            }
            Err(error) if is_timeout(&error) => return Ok(found),
            Err(error) => return Err(error),
        }
    }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

/// A call in flight.
struct Call {
    id: CallId,
    /// Stream offset of the command's end: before this many bytes are written, the router cannot
    /// execute it.
    end: u64,
    traps: Vec<Trap>,
}

impl Call {
    /// The rows, unless the router refused.
    fn refusal(&mut self, rows: Vec<Row>) -> Result<Vec<Row>, CallErrorKind> {
        let mut traps = std::mem::take(&mut self.traps).into_iter();
        match traps.next() {
            None => Ok(rows),
            Some(first) => {
                let refusal = Refusal::new(first, traps.collect(), rows);
                Err(CallErrorKind::Trap(Box::new(refusal)))
            }
        }
    }
}

/// What a call brought.
enum News {
    Row(Row),
    Done(Row),
}

/// The protocol's state machine on a socket.
struct Link {
    wire: Wire,
    connection: Connection,
    started: Instant,
    /// Bytes that the socket took, ever.
    written: u64,
    error: Option<ErrorKind>,
    head: Head,
    /// The read time-out that the socket has.
    armed: Option<Duration>,
    buffer: Box<[u8]>,
}

impl Link {
    fn new(wire: Wire, options: &ConnectOptions) -> Self {
        Self {
            wire,
            connection: Connection::new(options.protocol),
            started: Instant::now(),
            written: 0,
            error: None,
            head: Head::default(),
            armed: None,
            buffer: vec![0; CHUNK].into_boxed_slice(),
        }
    }

    fn now(&self) -> Duration {
        self.started.elapsed()
    }

    fn end(&self) -> Option<End> {
        let reason = self.connection.close_reason()?;
        Some(End::new(Some(reason), self.error))
    }

    fn log_in(&mut self, options: &ConnectOptions, time: Duration) -> Result<(), Failure> {
        let now = self.now();
        let credentials = options.credentials.clone();
        let started = self
            .connection
            .login(credentials, options.login, Some(time), now);
        if started.is_err() {
            return Err(Failure::Closed(CloseReason::Aborted));
        }
        loop {
            let error = self.error;
            while let Some(event) = self.connection.poll_event() {
                match event {
                    Event::LoggedIn => return Ok(()),
                    Event::LoginFailed(refusal) => return Err(Failure::Refused(refusal)),
                    Event::Closed(reason) => {
                        return Err(match error {
                            Some(kind) => Failure::Io(kind),
                            None => Failure::Closed(reason.clone()),
                        });
                    }
                    Event::Call { .. } | Event::Stray(_) => {}
                }
            }
            self.exchange();
        }
    }

    fn submit(&mut self, command: &Command, options: CallOptions) -> Result<Call, CallErrorKind> {
        let now = self.now();
        let submitted = self.connection.submit(command, options, now);
        let id = submitted.map_err(|error| match error {
            SubmitError::Invalid(error) => CallErrorKind::Invalid(error),
            SubmitError::CommandTooLarge { size, limit } => {
                CallErrorKind::CommandTooLarge { size, limit }
            }
            SubmitError::Closed => {
                let end = End::new(self.connection.close_reason(), self.error);
                CallErrorKind::from_end(&end, Effect::None)
            }
            _ => CallErrorKind::Busy,
        })?;
        let queued = u64::try_from(self.connection.poll_transmit().len()).unwrap_or(u64::MAX);
        Ok(Call {
            id,
            end: self.written.saturating_add(queued),
            traps: Vec::new(),
        })
    }

    /// Waits for the next row or the end of a call. Events of others are of calls given up.
    fn next(&mut self, call: &mut Call) -> Result<News, CallErrorKind> {
        loop {
            let (written, error) = (self.written, self.error);
            while let Some(event) = self.connection.poll_event() {
                let Event::Call { id, event } = event else {
                    continue;
                };
                if id != call.id {
                    continue;
                }
                match event {
                    CallEvent::Row(row) => return Ok(News::Row(row.to_owned())),
                    CallEvent::Trap(trap) if call.traps.len() < KEPT_TRAPS => {
                        call.traps.push(trap.to_owned());
                    }
                    CallEvent::Trap(_) | CallEvent::Empty | CallEvent::Unknown(_) => {}
                    CallEvent::Done { attributes, .. } => {
                        return Ok(News::Done(attributes.to_owned()));
                    }
                    CallEvent::Cancelled => return Ok(News::Done(Row::default())),
                    CallEvent::TimedOut => {
                        let effect = effect(written, call.end);
                        return Err(CallErrorKind::TimedOut { effect });
                    }
                    CallEvent::Failed(reason) => {
                        let end = End::new(Some(reason), error);
                        return Err(CallErrorKind::from_end(&end, effect(written, call.end)));
                    }
                }
            }
            if self.connection.close_reason().is_some() {
                let end = End::new(self.connection.close_reason(), self.error);
                return Err(CallErrorKind::from_end(&end, Effect::Unknown));
            }
            self.exchange();
        }
    }

    fn cancel(&mut self, call: &Call) {
        let now = self.now();
        self.connection.cancel(call.id, now);
        self.write();
    }

    fn abandon(&mut self, call: &Call) {
        let now = self.now();
        self.connection.abandon(call.id, now);
        self.write();
    }

    /// Writes what is queued, then reads once or waits until the time is to be told.
    fn exchange(&mut self) {
        let written = self.write();
        if self.error.is_none() && written {
            self.read();
        }
        let now = self.now();
        self.connection.handle_timeout(now);
        if self.error.is_some() && self.connection.close_reason().is_none() {
            self.connection.abort();
        }
    }

    /// Whether all was written: otherwise time ran out or the socket failed.
    fn write(&mut self) -> bool {
        loop {
            if self.connection.poll_transmit().is_empty() {
                return match self.wire.flush() {
                    Ok(()) => true,
                    Err(error) => self.failed(&error),
                };
            }
            if !self.arm() {
                return false;
            }
            match self.wire.write(self.connection.poll_transmit()) {
                Ok(0) => {
                    self.error.get_or_insert(ErrorKind::WriteZero);
                    return false;
                }
                Ok(count) => {
                    self.connection.transmitted(count);
                    let count = u64::try_from(count).unwrap_or(u64::MAX);
                    self.written = self.written.saturating_add(count);
                }
                Err(error) => return self.failed(&error),
            }
        }
    }

    fn read(&mut self) {
        if !self.arm() {
            return;
        }
        match self.wire.read(&mut self.buffer) {
            Ok(0) => self.connection.handle_eof(),
            Ok(count) => {
                let bytes = self.buffer.get(..count).unwrap_or_default();
                self.head.note(bytes);
                let now = self.started.elapsed();
                if self.connection.handle_input(bytes, now).is_err() {
                    // Cannot be: nothing is read before all events were polled.
                    self.connection.abort();
                }
            }
            Err(error) => {
                self.failed(&error);
            }
        }
    }

    /// Always `false`: a time-out is nothing new, anything else is the end.
    fn failed(&mut self, error: &io::Error) -> bool {
        if !is_timeout(error) && error.kind() != ErrorKind::Interrupted {
            self.error.get_or_insert(error.kind());
        }
        false
    }

    /// Bounds the next wait by the next deadline; whether there is time left. The socket is told
    /// only when its time-out is too long, or so short that it would wake for nothing.
    fn arm(&mut self) -> bool {
        let due = self.connection.poll_timeout().unwrap_or(Duration::MAX);
        let left = due.saturating_sub(self.now()).min(LONGEST_WAIT);
        if left.is_zero() {
            return false;
        }
        if self
            .armed
            .is_none_or(|armed| armed > left || armed < left / 2)
        {
            if let Err(error) = self.wire.set_timeout(left) {
                self.error.get_or_insert(error.kind());
                return false;
            }
            self.armed = Some(left);
        }
        true
    }
}

const fn effect(written: u64, end: u64) -> Effect {
    if written < end {
        Effect::None
    } else {
        Effect::Unknown
    }
}

/// The socket, with or without TLS.
enum Wire {
    Plain(TcpStream),
    #[cfg(feature = "blocking-tls")]
    Tls(Box<rustls::StreamOwned<rustls::ClientConnection, TcpStream>>),
}

impl Wire {
    fn set_timeout(&self, timeout: Duration) -> io::Result<()> {
        let tcp = match self {
            Self::Plain(tcp) => tcp,
            #[cfg(feature = "blocking-tls")]
            Self::Tls(stream) => &stream.sock,
        };
        tcp.set_read_timeout(Some(timeout))?;
        tcp.set_write_timeout(Some(timeout))
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(tcp) => tcp.read(buffer),
            #[cfg(feature = "blocking-tls")]
            Self::Tls(stream) => stream.read(buffer),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(tcp) => tcp.write(bytes),
            #[cfg(feature = "blocking-tls")]
            Self::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(tcp) => tcp.flush(),
            #[cfg(feature = "blocking-tls")]
            Self::Tls(stream) => stream.flush(),
        }
    }
}

#[cfg(feature = "blocking-tls")]
mod tls {
    use std::net::TcpStream;
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use rustls::{ClientConnection, StreamOwned};

    use super::{Wire, is_timeout};
    use crate::connect_error::{ConnectError, Diagnosis, Stage};
    use crate::fingerprint::Fingerprint;
    use crate::host::Host;
    use crate::tls::{Trust, client_config, failed, shown};

    pub(super) fn handshake(
        tcp: TcpStream,
        host: &Host,
        trust: &Trust,
        time: Duration,
    ) -> Result<(Wire, Option<Fingerprint>), ConnectError> {
        let started = Instant::now();
        let (config, name) = client_config(host, trust)?;
        let session = ClientConnection::new(Arc::new(config), name);
        let session = session.map_err(|error| failed(std::io::Error::other(error)))?;
        let mut stream = StreamOwned::new(session, tcp);
        while stream.conn.is_handshaking() {
            let left = time.saturating_sub(started.elapsed());
            let timed_out = || ConnectError::new(Stage::Tls, Diagnosis::SpeaksPlain);
            if left.is_zero() {
                return Err(timed_out());
            }
            stream
                .sock
                .set_read_timeout(Some(left))
                .and_then(|()| stream.sock.set_write_timeout(Some(left)))
                .map_err(failed)?;
            match stream.conn.complete_io(&mut stream.sock) {
                Ok(_) => {}
                Err(error) if is_timeout(&error) => return Err(timed_out()),
                Err(error) => return Err(failed(error)),
            }
        }
        let fingerprint = shown(stream.conn.peer_certificates());
        Ok((Wire::Tls(Box::new(stream)), fingerprint))
    }
}
