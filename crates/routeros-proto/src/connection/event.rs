//! What a connection reports and refuses.

use alloc::boxed::Box;
use core::fmt;

use crate::error::{DecodeError, EncodeError};
use crate::login::LoginError;
use crate::reply::ReplyRef;
use crate::row::RowRef;
use crate::text::Value;
use crate::trap::TrapRef;

/// Names one call on one connection. Never used twice on the same connection.
///
/// ```
/// use core::time::Duration;
/// use routeros_proto::command::Command;
/// use routeros_proto::connection::{CallOptions, Config, Connection};
/// let mut connection = Connection::new(Config::default());
/// let mut submit = || {
///     let ping = Command::new("/ping");
///     connection.submit(&ping, CallOptions::default(), Duration::ZERO).unwrap()
/// };
/// assert_eq!((submit().tag(), submit().tag()), (1, 2));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(u64);

impl CallId {
    pub(crate) const fn new(tag: u64) -> Self {
        Self(tag)
    }

    /// The number that goes on the wire as the tag, in decimal.
    #[must_use]
    pub const fn tag(self) -> u64 {
        self.0
    }
}

/// Something happened. Borrows from the connection's buffer; copy what must outlive the next call.
#[derive(Debug)]
pub enum Event<'a> {
    /// The login succeeded; commands may be submitted.
    LoggedIn,
    /// The login failed. After a refusal the connection is open and another may be tried.
    LoginFailed(LoginError),
    /// News of one call.
    Call {
        /// Which call.
        id: CallId,
        /// What happened to it.
        event: CallEvent<'a>,
    },
    /// A reply that belongs to no call: an unknown tag, or none. Tolerated.
    Stray(ReplyRef<'a>),
    /// The connection is over. Comes once, after every call has failed with the same reason; a
    /// login in progress ends with it too.
    Closed(&'a CloseReason),
}

/// News of one call. Exactly one terminal event comes, and nothing after it.
///
/// ```
/// use core::time::Duration;
/// use routeros_proto::command::Command;
/// use routeros_proto::connection::{CallEvent, CallOptions, Config, Connection, Event};
/// let mut connection = Connection::new(Config::default());
/// let now = Duration::ZERO;
/// connection.submit(&Command::new("/a/print"), CallOptions::default(), now).unwrap();
/// // A trap is not the end: `!done` is, and it knows of the trap.
/// connection.handle_input(b"\x05!trap\x06.tag=1\x00\x05!done\x06.tag=1\x00", now).unwrap();
/// let trap = connection.poll_event();
/// assert!(matches!(trap, Some(Event::Call { event: CallEvent::Trap(_), .. })));
/// let end = connection.poll_event();
/// assert!(matches!(end, Some(Event::Call { event: CallEvent::Done { traps: 1, .. }, .. })));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallEvent<'a> {
    /// A row, possibly without attributes.
    Row(RowRef<'a>),
    /// `!empty`: the router says that there are no rows.
    Empty,
    /// An error from the router. Not the end; more may follow, then `Done`.
    Trap(TrapRef<'a>),
    /// A reply word that we do not know.
    Unknown(ReplyRef<'a>),
    /// Terminal: the router ended the call.
    Done {
        /// What the `!done` carried, such as `ret`.
        attributes: RowRef<'a>,
        /// How many `Trap` events came before: the call succeeded only if none did.
        traps: u32,
    },
    /// Terminal: cancelled, and the router confirmed it.
    Cancelled,
    /// Terminal: no `!done` in time, or no confirmation of a cancel. Whether the router executed
    /// the command is unknown. The tag stays reserved until its `!done`.
    TimedOut,
    /// Terminal: the connection ended first. Whether the router executed the command is unknown.
    Failed(&'a CloseReason),
}

impl CallEvent<'_> {
    /// Whether this is the last event of its call.
    ///
    /// ```
    /// use routeros_proto::connection::CallEvent;
    /// use routeros_proto::row::Row;
    /// let row = Row::default();
    /// assert!(!CallEvent::Row(row.view()).is_terminal());
    /// assert!(!CallEvent::Empty.is_terminal());
    /// assert!(CallEvent::Done { attributes: row.view(), traps: 0 }.is_terminal());
    /// ```
    #[must_use]
    pub const fn is_terminal(&self) -> bool {
        matches!(
            self,
            Self::Done { .. } | Self::Cancelled | Self::TimedOut | Self::Failed(_)
        )
    }
}

/// Why a connection ended. Never mixed up with a router's trap.
///
/// ```
/// use routeros_proto::connection::CloseReason;
/// let reason = CloseReason::Fatal((*b"session terminated on request").into());
/// assert_eq!(reason.to_string(), "router closed the connection: session terminated on request");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CloseReason {
    /// The router sent `!fatal`, with this text.
    Fatal(Box<[u8]>),
    /// The peer's bytes are no RouterOS stream.
    Protocol(DecodeError),
    /// The peer sent a sentence that is no reply.
    NotAReply,
    /// The stream ended, inside a sentence or between two.
    Eof {
        /// Whether it ended inside a sentence.
        mid_sentence: bool,
    },
    /// No answer to the login in time; a late one could not be told from others.
    LoginTimedOut,
    /// The driver gave the connection up.
    Aborted,
}

impl fmt::Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fatal(reason) => {
                write!(
                    f,
                    "router closed the connection: {}",
                    Value::new(reason).text()
                )
            }
            Self::Protocol(error) => write!(f, "not a RouterOS stream: {error}"),
            Self::NotAReply => f.write_str("peer sent a sentence that is no reply"),
            Self::Eof { mid_sentence: true } => f.write_str("stream ended inside a sentence"),
            Self::Eof {
                mid_sentence: false,
            } => f.write_str("peer closed the connection"),
            Self::LoginTimedOut => f.write_str("no answer to the login in time"),
            Self::Aborted => f.write_str("connection given up"),
        }
    }
}

impl core::error::Error for CloseReason {}

/// Why a command was not taken. Nothing of it was sent.
///
/// ```
/// use core::time::Duration;
/// use routeros_proto::command::Command;
/// use routeros_proto::connection::{CallOptions, Config, Connection, SubmitError};
/// let mut connection = Connection::new(Config::default().with_max_calls(1));
/// let mut submit = |path| {
///     connection.submit(&Command::new(path), CallOptions::default(), Duration::ZERO)
/// };
/// assert!(matches!(submit("ping"), Err(SubmitError::Invalid(_))));
/// assert!(submit("/ping").is_ok());
/// assert_eq!(submit("/ping"), Err(SubmitError::TooManyCalls));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SubmitError {
    /// The command was built wrongly.
    Invalid(EncodeError),
    /// A login is in progress.
    LoginPending,
    /// As many tags are in use as the settings allow.
    TooManyCalls,
    /// Too much waits to be transmitted.
    OutputFull,
    /// The command alone is larger than may wait to be transmitted.
    CommandTooLarge {
        /// Bytes of the command.
        size: usize,
        /// Bytes allowed: [`Config::max_output`](crate::connection::Config::max_output).
        limit: usize,
    },
    /// The connection is over.
    Closed,
}

impl fmt::Display for SubmitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(error) => write!(f, "invalid command: {error}"),
            Self::LoginPending => f.write_str("login in progress"),
            Self::TooManyCalls => f.write_str("too many calls in flight"),
            Self::OutputFull => f.write_str("too much waits to be sent"),
            Self::CommandTooLarge { size, limit } => {
                write!(f, "command of {size} bytes, at most {limit} can be sent")
            }
            Self::Closed => f.write_str("connection closed"),
        }
    }
}

impl core::error::Error for SubmitError {}

/// Input was not taken, because earlier input waits to be polled. Poll, then offer it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InputFull;

impl fmt::Display for InputFull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("earlier input waits to be polled")
    }
}

impl core::error::Error for InputFull {}
