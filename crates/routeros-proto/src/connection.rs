//! One connection to a router, without I/O: many commands at once, matched by tag.

use core::fmt;
use core::time::Duration;

use crate::command::Command;
use crate::decoder::{Decoder, Span};
use crate::login::{Credentials, Login, LoginError, LoginMethod, LoginStep};
use crate::reply::{ReplyKind, ReplyRef};
use crate::trap::TrapRef;

mod calls;
mod config;
mod event;
mod outgoing;
mod phase;
mod tag;

pub use config::{CallOptions, Config};
pub use event::{CallEvent, CallId, CloseReason, Event, InputFull, SubmitError};

use calls::{Calls, Entry, Stage, Verdict};
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
        let waiting = self.outgoing.pending().len();
        if waiting > 0 && waiting.saturating_add(command.wire_len()) > self.config.max_output {
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
    pub const fn handle_eof(&mut self) {
        self.eof = true;
    }

    /// Gives the connection up: all calls fail with [`CloseReason::Aborted`].
    pub fn abort(&mut self) {
        self.close(CloseReason::Aborted);
    }

    /// Tells the time. What is due is reported by [`poll_event`](Self::poll_event), after all
    /// input that arrived: an answer in the buffer is in time.
    pub fn handle_timeout(&mut self, now: Duration) {
        self.advance_clock(now);
    }

    /// When to call [`handle_timeout`](Self::handle_timeout) next. May be early, never late.
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
    #[must_use]
    pub fn poll_transmit(&self) -> &[u8] {
        self.outgoing.pending()
    }

    /// Reports that the first `count` bytes of [`poll_transmit`](Self::poll_transmit) were written.
    pub fn transmitted(&mut self, count: usize) {
        self.outgoing.advance(count);
    }

    /// The next event; `None` when nothing more happened.
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
    #[must_use]
    pub fn tags_in_use(&self) -> usize {
        self.calls.len()
    }

    /// Why the connection ended, once it has.
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

    /// What is due, once all input was looked at.
    fn handle_expiry(&mut self) -> Option<Step> {
        if let Phase::LoggingIn {
            deadline: Some(deadline),
            ..
        } = self.phase
            && deadline <= self.now
        {
            self.close(CloseReason::LoginTimedOut);
            return Some(Step::LoginFailed(LoginError::TimedOut));
        }
        let tag = self.calls.expired(self.now)?;
        let live = self
            .calls
            .waiting(tag)
            .is_some_and(|call| call.stage == Stage::Live);
        self.calls.bury(tag);
        if live {
            self.send_cancel(tag);
        }
        Some(Step::DeadlineExceeded(tag))
    }

    fn handle_sentence(&mut self, span: Span) -> Option<Step> {
        let Ok(reply) = ReplyRef::parse(self.decoder.sentence(span)) else {
            self.close(CloseReason::NotAReply);
            return None;
        };
        if reply.kind() == ReplyKind::Fatal {
            let reason = CloseReason::Fatal(reply.reason().as_bytes().into());
            self.close(reason);
            return None;
        }
        match reply.tag() {
            None => match &mut self.phase {
                Phase::LoggingIn { login, .. } => {
                    let step = login.on_reply(&reply);
                    self.handle_login_step(step)
                }
                _ => Some(Step::Stray(span)),
            },
            Some(text) => {
                let Some(tag) = Tag::parse(text) else {
                    return Some(Step::Stray(span));
                };
                match self.calls.on_reply(tag, &reply, self.now) {
                    Verdict::Deliver { traps } => Some(Step::Reply(tag, span, traps)),
                    Verdict::Cancelled => Some(Step::Cancelled(tag)),
                    Verdict::Unknown => Some(Step::Stray(span)),
                    Verdict::Swallow => None,
                }
            }
        }
    }

    fn handle_login_step(&mut self, step: LoginStep) -> Option<Step> {
        match step {
            LoginStep::Wait => None,
            LoginStep::Send(command) => {
                if self.send(&command, None).is_err() {
                    self.close(CloseReason::Aborted);
                }
                None
            }
            LoginStep::Done => {
                self.phase = Phase::Open;
                Some(Step::LoggedIn)
            }
            LoginStep::Failed(error) => {
                self.phase = Phase::Open;
                Some(Step::LoginFailed(error))
            }
        }
    }

    fn render(&self, step: Step) -> Option<Event<'_>> {
        let call = |tag: u64, event| Event::Call {
            id: CallId::new(tag),
            event,
        };
        let parse = |span| ReplyRef::parse(self.decoder.sentence(span)).ok();
        Some(match step {
            Step::LoggedIn => Event::LoggedIn,
            Step::LoginFailed(error) => Event::LoginFailed(error),
            Step::Stray(span) => Event::Stray(parse(span)?),
            Step::Cancelled(tag) => call(tag, CallEvent::Cancelled),
            Step::DeadlineExceeded(tag) => call(tag, CallEvent::DeadlineExceeded),
            Step::Failed(tag) => call(tag, CallEvent::Failed(self.close_reason()?)),
            Step::Closed => Event::Closed(self.close_reason()?),
            Step::Reply(tag, span, traps) => {
                let reply = parse(span)?;
                let attributes = reply.row();
                let event = match reply.kind() {
                    ReplyKind::Re => CallEvent::Row(attributes),
                    ReplyKind::Empty => CallEvent::Empty,
                    ReplyKind::Trap => CallEvent::Trap(TrapRef::new(attributes)),
                    ReplyKind::Done => CallEvent::Done { attributes, traps },
                    ReplyKind::Fatal | ReplyKind::Other(_) => CallEvent::Unknown(reply),
                };
                call(tag, event)
            }
        })
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
