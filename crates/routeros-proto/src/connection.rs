//! One connection to a router, without I/O: many commands at once, matched by tag.

use core::fmt;
use core::time::Duration;

use crate::command::Command;
use crate::decoder::Decoder;
use crate::error::EncodeError;
use crate::login::{Credentials, Login, LoginError, LoginMethod};

mod calls;
mod config;
mod event;
mod outgoing;
mod phase;
mod progress;
mod tag;

pub use config::{CallOptions, Config};
pub use event::{CallEvent, CallId, CloseReason, Event, InputFull, SubmitError};

use calls::{Calls, Entry, Stage};
use outgoing::Outgoing;
use phase::{Phase, Step};
use tag::Tag;

/// Bytes that tag and terminator add to a command.
const TAG_OVERHEAD: usize = 32;

/// The state of one connection.
///
/// Time is a [`Duration`] since any moment the driver likes, as long as it never runs backwards.
///
/// A driver loops: give what was read to [`handle_input`](Self::handle_input), or the end to
/// [`handle_eof`](Self::handle_eof), or the time to [`handle_timeout`](Self::handle_timeout); take
/// [`poll_event`](Self::poll_event) until it is `None`; write [`poll_transmit`](Self::poll_transmit)
/// and report it with [`transmitted`](Self::transmitted); sleep until
/// [`poll_timeout`](Self::poll_timeout). Rows are never dropped: while events wait, input is
/// refused, so a driver that cannot place a row stops reading and TCP slows the router down.
///
/// ```
/// use core::time::Duration;
/// use routeros_proto::command::Command;
/// use routeros_proto::connection::{CallEvent, CallOptions, Config, Connection, Event};
///
/// let mut connection = Connection::new(Config::default());
/// let now = Duration::ZERO;
/// let add = Command::new("/ip/hotspot/user/add").attribute("name", "V7K2");
/// let id = connection.submit(&add, CallOptions::timeout(Duration::from_secs(30)), now).unwrap();
/// let sent = connection.poll_transmit().len();
/// connection.transmitted(sent);
///
/// connection.handle_input(b"\x05!done\x06.tag=1\x08=ret=*1F\x00", now).unwrap();
/// match connection.poll_event() {
///     Some(Event::Call { id: done, event: CallEvent::Done { attributes, traps: 0 } }) => {
///         assert_eq!(done, id);
///         assert_eq!(attributes.get("ret").unwrap(), "*1F");
///     }
///     other => panic!("{other:?}"),
/// }
/// ```
pub struct Connection {
    config: Config,
    decoder: Decoder,
    outgoing: Outgoing,
    calls: Calls,
    phase: Phase,
    now: Duration,
    /// All complete sentences were polled.
    drained: bool,
    eof: bool,
}

impl Connection {
    /// A connection on a fresh stream, nobody logged in.
    ///
    /// ```
    /// use routeros_proto::connection::{Config, Connection};
    /// let connection = Connection::new(Config::default());
    /// assert!(connection.poll_transmit().is_empty() && connection.close_reason().is_none());
    /// ```
    #[must_use]
    pub fn new(config: Config) -> Self {
        Self {
            decoder: Decoder::new(config.limits),
            config,
            outgoing: Outgoing::default(),
            calls: Calls::default(),
            phase: Phase::Open,
            now: Duration::ZERO,
            drained: true,
            eof: false,
        }
    }

    /// Starts a login; [`Event::LoggedIn`] or [`Event::LoginFailed`] tells how it went.
    ///
    /// # Errors
    /// [`SubmitError::LoginPending`] during another one, [`SubmitError::Closed`] afterwards.
    ///
    /// ```
    /// # use core::time::Duration;
    /// # use routeros_proto::command::Command;
    /// # use routeros_proto::connection::{CallEvent, CallOptions, CloseReason, Config, Connection, Event};
    /// # let mut connection = Connection::new(Config::default());
    /// # let now = Duration::ZERO;
    /// use routeros_proto::login::{Credentials, LoginMethod};
    /// let limit = Some(Duration::from_secs(10));
    /// connection.login(Credentials::new("api", "secret"), LoginMethod::Automatic, limit, now).unwrap();
    /// // ... transmit, then:
    /// connection.handle_input(b"\x05!done\x00", now).unwrap();
    /// assert!(matches!(connection.poll_event(), Some(Event::LoggedIn)));
    /// ```
    pub fn login(
        &mut self,
        credentials: Credentials,
        method: LoginMethod,
        timeout: Option<Duration>,
        now: Duration,
    ) -> Result<(), SubmitError> {
        self.advance_clock(now);
        self.check_open()?;
        let (login, command) = Login::start(credentials, method);
        self.send(&command, None)?;
        let deadline = timeout.map(|timeout| self.now.saturating_add(timeout));
        self.phase = Phase::LoggingIn { login, deadline };
        Ok(())
    }

    /// Registers a call and queues its command, in this order: no reply can come too early.
    ///
    /// # Errors
    /// [`SubmitError`]; nothing was queued then.
    ///
    /// ```
    /// # use core::time::Duration;
    /// # use routeros_proto::command::Command;
    /// # use routeros_proto::connection::{CallEvent, CallOptions, CloseReason, Config, Connection, Event};
    /// # let mut connection = Connection::new(Config::default());
    /// # let now = Duration::ZERO;
    /// let print = Command::new("/system/identity/print");
    /// let call = connection.submit(&print, CallOptions::timeout(Duration::from_secs(30)), now).unwrap();
    /// assert_eq!(call.tag(), 1);
    /// assert!(connection.poll_transmit().ends_with(b"\x06.tag=1\x00"));
    /// ```
    pub fn submit(
        &mut self,
        command: &Command,
        options: CallOptions,
        now: Duration,
    ) -> Result<CallId, SubmitError> {
        self.advance_clock(now);
        self.check_open()?;
        if self.calls.len() >= self.config.max_calls {
            return Err(SubmitError::TooManyCalls);
        }
        if let Some(error) = command.error() {
            return Err(SubmitError::Invalid(error));
        }
        if command.is_reserved() {
            return Err(SubmitError::Invalid(EncodeError::ReservedCommand));
        }
        let size = command.wire_len().saturating_add(TAG_OVERHEAD);
        let limit = self.config.max_output;
        if size > limit {
            return Err(SubmitError::CommandTooLarge { size, limit });
        }
        if self.outgoing.pending().len().saturating_add(size) > limit {
            return Err(SubmitError::OutputFull);
        }
        let tag = self.calls.next_tag();
        self.calls.insert_call(tag, options, self.now);
        match self.send(command, Some(tag)) {
            Ok(()) => Ok(CallId::new(tag)),
            Err(error) => {
                self.calls.remove(tag);
                Err(error)
            }
        }
    }

    /// Cancels a call on the router. Replies go on until the router confirms: then comes
    /// [`CallEvent::Cancelled`], or [`CallEvent::Done`] if the call was faster.
    ///
    /// Returns `false` when there is nothing to cancel.
    ///
    /// ```
    /// # use core::time::Duration;
    /// # use routeros_proto::command::Command;
    /// # use routeros_proto::connection::{CallEvent, CallOptions, CloseReason, Config, Connection, Event};
    /// # let mut connection = Connection::new(Config::default());
    /// # let now = Duration::ZERO;
    /// let listen = Command::new("/ip/hotspot/active/listen");
    /// let call = connection.submit(&listen, CallOptions::default(), now).unwrap();
    /// assert!(connection.cancel(call, now));
    /// let confirmed = b"\x05!trap\x06.tag=1\x0b=category=2\x00\x05!done\x06.tag=1\x00";
    /// connection.handle_input(confirmed, now).unwrap();
    /// assert!(matches!(connection.poll_event(), Some(Event::Call { event: CallEvent::Cancelled, .. })));
    /// ```
    pub fn cancel(&mut self, id: CallId, now: Duration) -> bool {
        self.advance_clock(now);
        let closed = self.is_closed();
        match self.calls.waiting(id.tag()) {
            Some(call) if call.stage == Stage::Live && !closed => {
                let latest = self.now.saturating_add(self.config.cancel_grace);
                self.calls.cancelling(id.tag(), latest);
                self.send_cancel(id.tag());
                true
            }
            _ => false,
        }
    }

    /// Cancels a call that nobody waits for any more: no further event of it comes.
    ///
    /// ```
    /// # use core::time::Duration;
    /// # use routeros_proto::command::Command;
    /// # use routeros_proto::connection::{CallEvent, CallOptions, CloseReason, Config, Connection, Event};
    /// # let mut connection = Connection::new(Config::default());
    /// # let now = Duration::ZERO;
    /// let call = connection.submit(&Command::new("/ping"), CallOptions::default(), now).unwrap();
    /// connection.abandon(call, now);
    /// assert!(connection.poll_transmit().ends_with(b"\x07/cancel\x06=tag=1\x06.tag=2\x00"));
    /// connection.handle_input(b"\x03!re\x06.tag=1\x00", now).unwrap();
    /// assert!(connection.poll_event().is_none(), "nobody waits for it");
    /// ```
    pub fn abandon(&mut self, id: CallId, now: Duration) {
        self.advance_clock(now);
        let Some(call) = self.calls.waiting(id.tag()) else {
            return;
        };
        let cancel_sent = call.stage == Stage::Cancelling;
        self.calls.bury(id.tag());
        if !cancel_sent {
            self.send_cancel(id.tag());
        }
    }

    /// Takes bytes from the router.
    ///
    /// # Errors
    /// [`InputFull`] when events wait and the buffer is full; no byte was taken.
    ///
    /// ```
    /// # use core::time::Duration;
    /// # use routeros_proto::command::Command;
    /// # use routeros_proto::connection::{CallEvent, CallOptions, CloseReason, Config, Connection, Event};
    /// # let mut connection = Connection::new(Config::default());
    /// # let now = Duration::ZERO;
    /// connection.submit(&Command::new("/a/print"), CallOptions::default(), now).unwrap();
    /// // In whatever pieces it arrives.
    /// connection.handle_input(b"\x03!re\x06.t", now).unwrap();
    /// assert!(connection.poll_event().is_none());
    /// connection.handle_input(b"ag=1\x04=a=b\x00", now).unwrap();
    /// assert!(matches!(connection.poll_event(), Some(Event::Call { event: CallEvent::Row(_), .. })));
    /// ```
    pub fn handle_input(&mut self, bytes: &[u8], now: Duration) -> Result<(), InputFull> {
        self.advance_clock(now);
        if self.is_closed() {
            return Ok(());
        }
        let held = self.decoder.buffered();
        if !self.drained && held.saturating_add(bytes.len()) > self.config.max_input {
            return Err(InputFull);
        }
        self.decoder.feed(bytes);
        self.drained = false;
        Ok(())
    }

    /// The router closed its side. What arrived before still counts.
    ///
    /// ```
    /// # use core::time::Duration;
    /// # use routeros_proto::command::Command;
    /// # use routeros_proto::connection::{CallEvent, CallOptions, CloseReason, Config, Connection, Event};
    /// # let mut connection = Connection::new(Config::default());
    /// # let now = Duration::ZERO;
    /// connection.submit(&Command::new("/a/add"), CallOptions::default(), now).unwrap();
    /// connection.handle_eof();
    /// // First the call fails, then the connection is over.
    /// assert!(matches!(connection.poll_event(), Some(Event::Call { event: CallEvent::Failed(_), .. })));
    /// let reason = CloseReason::Eof { mid_sentence: false };
    /// assert!(matches!(connection.poll_event(), Some(Event::Closed(found)) if *found == reason));
    /// ```
    pub const fn handle_eof(&mut self) {
        self.eof = true;
    }

    /// Gives the connection up: all calls fail with [`CloseReason::Aborted`].
    ///
    /// ```
    /// # use core::time::Duration;
    /// # use routeros_proto::command::Command;
    /// # use routeros_proto::connection::{CallEvent, CallOptions, CloseReason, Config, Connection, Event};
    /// # let mut connection = Connection::new(Config::default());
    /// # let now = Duration::ZERO;
    /// connection.abort();
    /// assert_eq!(connection.close_reason(), Some(&CloseReason::Aborted));
    /// ```
    pub fn abort(&mut self) {
        self.close(CloseReason::Aborted);
    }

    /// Tells the time. What is due is reported by [`poll_event`](Self::poll_event), after all
    /// input that arrived: an answer in the buffer is in time.
    ///
    /// ```
    /// # use core::time::Duration;
    /// # use routeros_proto::command::Command;
    /// # use routeros_proto::connection::{CallEvent, CallOptions, CloseReason, Config, Connection, Event};
    /// # let mut connection = Connection::new(Config::default());
    /// # let now = Duration::ZERO;
    /// let second = Duration::from_secs(1);
    /// connection.submit(&Command::new("/ping"), CallOptions::timeout(second), now).unwrap();
    /// assert_eq!(connection.poll_timeout(), Some(second));
    /// connection.handle_timeout(second);
    /// assert!(matches!(
    ///     connection.poll_event(),
    ///     Some(Event::Call { event: CallEvent::TimedOut, .. })
    /// ));
    /// ```
    pub fn handle_timeout(&mut self, now: Duration) {
        self.advance_clock(now);
    }

    /// When to call [`handle_timeout`](Self::handle_timeout) next. May be early, never late.
    ///
    /// ```
    /// # use core::time::Duration;
    /// # use routeros_proto::command::Command;
    /// # use routeros_proto::connection::{CallEvent, CallOptions, CloseReason, Config, Connection, Event};
    /// # let mut connection = Connection::new(Config::default());
    /// # let now = Duration::ZERO;
    /// assert_eq!(connection.poll_timeout(), None, "nothing to wait for");
    /// let options = CallOptions::timeout(Duration::from_secs(30));
    /// connection.submit(&Command::new("/ping"), options, now).unwrap();
    /// assert_eq!(connection.poll_timeout(), Some(Duration::from_secs(30)));
    /// ```
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Duration> {
        match &self.phase {
            Phase::LoggingIn {
                deadline: Some(login),
                ..
            } => Some(
                self.calls
                    .next_timer()
                    .map_or(*login, |timer| timer.min(*login)),
            ),
            Phase::Closed { .. } => None,
            _ => self.calls.next_timer(),
        }
    }

    /// Bytes to write to the router; empty when there are none.
    ///
    /// ```
    /// # use core::time::Duration;
    /// # use routeros_proto::command::Command;
    /// # use routeros_proto::connection::{CallEvent, CallOptions, CloseReason, Config, Connection, Event};
    /// # let mut connection = Connection::new(Config::default());
    /// # let now = Duration::ZERO;
    /// connection.submit(&Command::new("/quit"), CallOptions::default(), now).unwrap();
    /// assert_eq!(connection.poll_transmit(), b"\x05/quit\x06.tag=1\x00");
    /// ```
    #[must_use]
    pub fn poll_transmit(&self) -> &[u8] {
        self.outgoing.pending()
    }

    /// Reports that the first `count` bytes of [`poll_transmit`](Self::poll_transmit) were written.
    ///
    /// ```
    /// # use core::time::Duration;
    /// # use routeros_proto::command::Command;
    /// # use routeros_proto::connection::{CallEvent, CallOptions, CloseReason, Config, Connection, Event};
    /// # let mut connection = Connection::new(Config::default());
    /// # let now = Duration::ZERO;
    /// connection.submit(&Command::new("/quit"), CallOptions::default(), now).unwrap();
    /// connection.transmitted(6);
    /// assert_eq!(connection.poll_transmit(), b"\x06.tag=1\x00");
    /// ```
    pub fn transmitted(&mut self, count: usize) {
        self.outgoing.advance(count);
    }

    /// The next event; `None` when nothing more happened.
    ///
    /// ```
    /// # use core::time::Duration;
    /// # use routeros_proto::command::Command;
    /// # use routeros_proto::connection::{CallEvent, CallOptions, CloseReason, Config, Connection, Event};
    /// # let mut connection = Connection::new(Config::default());
    /// # let now = Duration::ZERO;
    /// connection.handle_input(b"\x06!fatal\x0dnot logged in\x00", now).unwrap();
    /// let Some(Event::Closed(CloseReason::Fatal(reason))) = connection.poll_event() else { panic!() };
    /// assert_eq!(&reason[..], b"not logged in");
    /// ```
    pub fn poll_event(&mut self) -> Option<Event<'_>> {
        let step = loop {
            match &mut self.phase {
                Phase::Closed { reported: true, .. } => return None,
                Phase::Closed { reported, .. } => match self.calls.pop() {
                    Some((tag, Entry::Call(call))) if call.stage != Stage::Zombie => {
                        break Step::Failed(tag);
                    }
                    Some(_) => {}
                    None => {
                        *reported = true;
                        break Step::Closed;
                    }
                },
                Phase::Open | Phase::LoggingIn { .. } => match self.decoder.next_span() {
                    Ok(Some(span)) => {
                        if let Some(step) = self.handle_sentence(span) {
                            break step;
                        }
                    }
                    Ok(None) => {
                        self.drained = true;
                        if let Some(step) = self.handle_expiry() {
                            break step;
                        }
                        if !self.eof {
                            return None;
                        }
                        if let Some(trap) = self.refusal_without_end() {
                            break Step::LoginFailed(LoginError::Refused(trap));
                        }
                        let mid_sentence = self.decoder.finish().is_err();
                        self.close(CloseReason::Eof { mid_sentence });
                    }
                    Err(error) => self.close(CloseReason::Protocol(error)),
                },
            }
        };
        self.render(step)
    }

    /// Tags in use: calls in flight, those that ended before their `!done`, and cancels.
    ///
    /// ```
    /// # use core::time::Duration;
    /// # use routeros_proto::command::Command;
    /// # use routeros_proto::connection::{CallEvent, CallOptions, CloseReason, Config, Connection, Event};
    /// # let mut connection = Connection::new(Config::default());
    /// # let now = Duration::ZERO;
    /// let call = connection.submit(&Command::new("/ping"), CallOptions::default(), now).unwrap();
    /// connection.abandon(call, now);
    /// assert_eq!(connection.tags_in_use(), 2, "the call's and the cancel's, until their `!done`");
    /// ```
    #[must_use]
    pub fn tags_in_use(&self) -> usize {
        self.calls.len()
    }

    /// Why the connection ended, once it has.
    ///
    /// ```
    /// # use core::time::Duration;
    /// # use routeros_proto::command::Command;
    /// # use routeros_proto::connection::{CallEvent, CallOptions, CloseReason, Config, Connection, Event};
    /// # let mut connection = Connection::new(Config::default());
    /// # let now = Duration::ZERO;
    /// assert!(connection.close_reason().is_none());
    /// connection.handle_input(b"\xF8", now).unwrap();
    /// assert!(matches!(connection.poll_event(), Some(Event::Closed(CloseReason::Protocol(_)))));
    /// assert!(connection.close_reason().is_some());
    /// ```
    #[must_use]
    pub const fn close_reason(&self) -> Option<&CloseReason> {
        match &self.phase {
            Phase::Closed { reason, .. } => Some(reason),
            _ => None,
        }
    }

    /// Bytes of memory taken for input that is not yet polled.
    #[must_use]
    pub const fn input_capacity(&self) -> usize {
        self.decoder.capacity()
    }

    const fn is_closed(&self) -> bool {
        matches!(self.phase, Phase::Closed { .. })
    }

    fn advance_clock(&mut self, now: Duration) {
        self.now = self.now.max(now);
    }

    const fn check_open(&self) -> Result<(), SubmitError> {
        match self.phase {
            Phase::Open => Ok(()),
            Phase::LoggingIn { .. } => Err(SubmitError::LoginPending),
            Phase::Closed { .. } => Err(SubmitError::Closed),
        }
    }

    fn send(&mut self, command: &Command, tag: Option<u64>) -> Result<(), SubmitError> {
        let room = command.wire_len().saturating_add(TAG_OVERHEAD);
        let out = self.outgoing.writer(room, command.is_secret());
        let tag = tag.map(Tag::new);
        command
            .encode(tag.as_ref().map(Tag::as_bytes), out)
            .map_err(SubmitError::Invalid)
    }

    /// Queues a `/cancel`. Bounded, since every call is cancelled at most once.
    fn send_cancel(&mut self, target: u64) {
        if self.is_closed() {
            return;
        }
        let tag = self.calls.next_tag();
        self.calls.insert_cancel(tag);
        let command = Command::new("/cancel").attribute("tag", Tag::new(target).as_bytes());
        let sent = self.send(&command, Some(tag));
        debug_assert!(sent.is_ok(), "a cancel is always well-formed");
    }

    fn close(&mut self, reason: CloseReason) {
        if !self.is_closed() {
            self.outgoing.clear();
            self.phase = Phase::Closed {
                reason,
                reported: false,
            };
        }
    }
}

/// Only counts: buffers may hold secrets.
impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("tags_in_use", &self.calls.len())
            .field("close_reason", &self.close_reason())
            .finish_non_exhaustive()
    }
}
