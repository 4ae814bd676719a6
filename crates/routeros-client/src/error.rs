//! Why a call did not succeed, and whether it may have had its effect all the same.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

#[cfg(any(feature = "async", feature = "blocking"))]
use routeros_proto::connection::CloseReason;
use routeros_proto::error::{DecodeError, EncodeError};
use routeros_proto::row::Row;
use routeros_proto::text::Value;
use routeros_proto::trap::{Trap, TrapClass};

use crate::connect_error::{ConnectError, Diagnosis};

/// Whether a failed command may have changed something on the router.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The router cannot have executed it: its last byte never left us. Repeating is safe.
    None,
    /// The router answered that it did not do it.
    Refused,
    /// Nobody knows: it was sent, and no answer came. Look before repeating.
    Unknown,
}

/// Why a call did not succeed: what happened, to which command, on which router.
///
/// ```
/// use routeros_client::{CallError, CallErrorKind, Effect};
/// fn report(error: &CallError) {
///     // For example: /ppp/secret/add on 192.168.88.1:8728: no answer in time
///     eprintln!("{error}");
///     if error.effect() == Effect::Unknown {
///         eprintln!("look before sending {} again", error.command());
///     }
///     if let CallErrorKind::Trap(refusal) = error.kind() {
///         eprintln!("the router refused: {:?}", refusal.class());
///     }
/// }
/// ```
#[derive(Clone)]
pub struct CallError(Box<Failed>);

#[derive(Clone)]
struct Failed {
    kind: CallErrorKind,
    command: Box<str>,
    peer: Option<SocketAddr>,
}

impl CallError {
    pub(crate) fn new(kind: CallErrorKind, command: &[u8], peer: Option<SocketAddr>) -> Self {
        Self(Box::new(Failed {
            kind,
            command: Value::new(command).lossy().into(),
            peer,
        }))
    }

    /// What happened.
    #[must_use]
    pub fn kind(&self) -> &CallErrorKind {
        &self.0.kind
    }

    /// The command word, such as `/ppp/secret/add`.
    #[must_use]
    pub fn command(&self) -> &str {
        &self.0.command
    }

    /// The address of the router, where there was a connection to one.
    #[must_use]
    pub fn peer(&self) -> Option<SocketAddr> {
        self.0.peer
    }

    /// Whether the command may have had its effect.
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.0.kind.effect()
    }

    /// The router's refusal, if it is one.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        match &self.0.kind {
            CallErrorKind::Trap(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// What kind of trap it is, if it is one.
    #[must_use]
    pub fn trap_class(&self) -> Option<TrapClass> {
        self.refusal().map(Refusal::class)
    }

    /// What is probably wrong with the router or its settings, where the error suggests anything.
    #[must_use]
    pub fn diagnosis(&self) -> Option<Diagnosis> {
        match &self.0.kind {
            CallErrorKind::Trap(refusal) => match refusal.class() {
                TrapClass::Permission => Some(Diagnosis::MissingPolicy),
                TrapClass::Login => Some(Diagnosis::WrongCredentials),
                _ => None,
            },
            CallErrorKind::Protocol { .. } => Some(Diagnosis::NotRouterOs),
            CallErrorKind::TimedOut { .. } => Some(Diagnosis::Silent),
            CallErrorKind::NotConnected(error) => Some(error.diagnosis().clone()),
            _ => None,
        }
    }

    /// Whether the connection itself failed, so that another one may do better.
    #[must_use]
    pub fn is_connection_lost(&self) -> bool {
        self.0.kind.is_connection_lost()
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failed {
            kind,
            command,
            peer,
        } = &*self.0;
        match peer {
            Some(peer) => write!(f, "{command} on {peer}: {kind}"),
            None => write!(f, "{command}: {kind}"),
        }
    }
}

impl fmt::Debug for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallError")
            .field("command", &self.0.command)
            .field("peer", &self.0.peer)
            .field("kind", &self.0.kind)
            .finish()
    }
}

impl std::error::Error for CallError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.kind {
            CallErrorKind::NotConnected(error) => Some(&**error),
            _ => None,
        }
    }
}

/// What happened to a call that did not succeed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum CallErrorKind {
    /// The router answered with an error.
    Trap(Box<Refusal>),
    /// The command was built wrongly; nothing was sent.
    Invalid(EncodeError),
    /// The connection has as many commands or bytes waiting as it may; nothing was sent.
    Busy,
    /// The command is larger than a connection sends; nothing was sent. The limit is
    /// [`Config::max_output`](routeros_proto::connection::Config::max_output).
    CommandTooLarge {
        /// Bytes of the command.
        size: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// No answer in time. On the connection the command was cancelled.
    TimedOut {
        /// What may have become of the command.
        effect: Effect,
    },
    /// There is no connection, and none could be made; nothing was sent.
    NotConnected(Arc<ConnectError>),
    /// The peer's bytes are no RouterOS stream; the connection is over.
    Protocol {
        /// What was wrong.
        fault: ProtocolFault,
        /// What may have become of the command.
        effect: Effect,
    },
    /// The router ended the connection with `!fatal`.
    Fatal {
        /// The router's text.
        reason: String,
        /// What may have become of the command.
        effect: Effect,
    },
    /// The connection is gone.
    Closed {
        /// How it ended.
        cause: Closed,
        /// What may have become of the command.
        effect: Effect,
    },
    /// The answer passed the limit of [`max_reply_bytes`]; it was cancelled. Use a stream.
    ///
    /// [`max_reply_bytes`]: crate::ConnectOptions::max_reply_bytes
    ReplyTooLarge {
        /// The limit.
        limit: usize,
    },
    /// The consumer of a stream was too slow for too long; the call was cancelled.
    Overflow,
    /// An `add` was done, but the answer named no id.
    NoId,
    /// The answer came, but a row is not of the type asked for.
    #[cfg(feature = "serde")]
    UnexpectedRow(routeros_proto::typed::RowError),
}

impl CallErrorKind {
    /// Whether the command may have had its effect.
    #[must_use]
    pub fn effect(&self) -> Effect {
        match self {
            Self::Trap(refusal) => refusal.effect(),
            Self::Invalid(_)
            | Self::Busy
            | Self::CommandTooLarge { .. }
            | Self::NotConnected(_) => Effect::None,
            Self::TimedOut { effect }
            | Self::Protocol { effect, .. }
            | Self::Fatal { effect, .. }
            | Self::Closed { effect, .. } => *effect,
            Self::ReplyTooLarge { .. } | Self::Overflow | Self::NoId => Effect::Unknown,
            #[cfg(feature = "serde")]
            Self::UnexpectedRow(_) => Effect::Unknown,
        }
    }

    /// Whether the connection itself failed, so that another one may do better.
    #[must_use]
    pub const fn is_connection_lost(&self) -> bool {
        matches!(
            self,
            Self::Protocol { .. } | Self::Fatal { .. } | Self::Closed { .. }
        )
    }

    /// The error of a call that was dropped with its connection, which ended so.
    #[cfg(feature = "async")]
    pub(crate) fn lost(end: Option<&End>, effect: Effect) -> Self {
        match end {
            Some(end) => Self::from_end(end, effect),
            None => Self::Closed {
                cause: Closed::RuntimeGone,
                effect,
            },
        }
    }

    #[cfg(any(feature = "async", feature = "blocking"))]
    pub(crate) fn from_end(end: &End, effect: Effect) -> Self {
        match end {
            End::Fatal(reason) => Self::Fatal {
                reason: Value::new(reason).text().into_owned(),
                effect,
            },
            End::Protocol(fault) => Self::Protocol {
                fault: *fault,
                effect,
            },
            End::Closed(cause) => Self::Closed {
                cause: *cause,
                effect,
            },
        }
    }
}

impl fmt::Display for CallErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Trap(refusal) => write!(f, "the router refused: {refusal}"),
            Self::Invalid(error) => write!(f, "invalid command: {error}"),
            Self::Busy => f.write_str("the connection is overloaded"),
            Self::CommandTooLarge { size, limit } => write!(
                f,
                "a command of {size} bytes is too large, at most {limit} can be sent"
            ),
            Self::TimedOut { .. } => f.write_str("no answer in time"),
            Self::NotConnected(_) => f.write_str("no connection"),
            Self::Protocol { fault, .. } => write!(f, "not a RouterOS stream: {fault}"),
            Self::Fatal { reason, .. } => write!(f, "the router closed the connection: {reason}"),
            Self::Closed { cause, .. } => write!(f, "connection closed: {cause}"),
            Self::ReplyTooLarge { limit } => {
                write!(f, "the answer is larger than {limit} bytes")
            }
            Self::Overflow => f.write_str("the rows were not taken in time"),
            Self::NoId => f.write_str("the router named no id"),
            #[cfg(feature = "serde")]
            Self::UnexpectedRow(error) => error.fmt(f),
        }
    }
}

/// The traps that ended a call; never empty.
#[derive(Clone, Debug)]
pub struct Refusal {
    first: Trap,
    others: Vec<Trap>,
    rows: Vec<Row>,
}

impl Refusal {
    #[cfg(any(feature = "async", feature = "blocking"))]
    pub(crate) const fn new(first: Trap, others: Vec<Trap>, rows: Vec<Row>) -> Self {
        Self {
            first,
            others,
            rows,
        }
    }

    /// The first trap, which says what went wrong.
    #[must_use]
    pub const fn trap(&self) -> &Trap {
        &self.first
    }

    /// The traps after the first; at most a handful is kept.
    #[must_use]
    pub fn others(&self) -> &[Trap] {
        &self.others
    }

    /// Rows that came before the trap.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// What kind of error it is.
    #[must_use]
    pub fn class(&self) -> TrapClass {
        self.first.class()
    }

    /// A router that gave up half-way did not say that nothing happened.
    fn effect(&self) -> Effect {
        match self.class() {
            TrapClass::Interrupted | TrapClass::Transient => Effect::Unknown,
            _ => Effect::Refused,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.first.fmt(f)
    }
}

/// What was wrong with the peer's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProtocolFault {
    /// They are not words and sentences.
    Decode(DecodeError),
    /// A sentence was no reply.
    NotAReply,
}

impl fmt::Display for ProtocolFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decode(error) => error.fmt(f),
            Self::NotAReply => f.write_str("a sentence is no reply"),
        }
    }
}

/// How a connection went away without a reason from the router.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Closed {
    /// The router closed its side.
    Eof {
        /// Whether it closed inside a sentence.
        mid_sentence: bool,
    },
    /// The operating system reported an error.
    Io(io::ErrorKind),
    /// We closed it.
    ByUs,
    /// The runtime on which it lived was shut down.
    RuntimeGone,
}

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Eof { mid_sentence: true } => "end of stream inside a sentence",
            Self::Eof {
                mid_sentence: false,
            } => "end of stream",
            Self::Io(kind) => return kind.fmt(f),
            Self::ByUs => "closed here",
            Self::RuntimeGone => "its runtime was shut down",
        })
    }
}

/// How a connection ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum End {
    /// The router said why.
    Fatal(Box<[u8]>),
    /// The peer's bytes are no RouterOS stream.
    Protocol(ProtocolFault),
    /// It just went away.
    Closed(Closed),
}

impl End {
    /// From the protocol's reason and the error of the operating system, if there was one.
    #[cfg(any(feature = "async", feature = "blocking"))]
    pub(crate) fn new(reason: Option<&CloseReason>, io: Option<io::ErrorKind>) -> Self {
        match (reason, io) {
            (Some(CloseReason::Fatal(text)), _) => Self::Fatal(text.clone()),
            (Some(CloseReason::Protocol(error)), _) => {
                Self::Protocol(ProtocolFault::Decode(*error))
            }
            (Some(CloseReason::NotAReply), _) => Self::Protocol(ProtocolFault::NotAReply),
            (_, Some(kind)) => Self::Closed(Closed::Io(kind)),
            (Some(CloseReason::Eof { mid_sentence }), None) => Self::Closed(Closed::Eof {
                mid_sentence: *mid_sentence,
            }),
            _ => Self::Closed(Closed::ByUs),
        }
    }
}
