//! Why a call did not succeed, and whether it may have had its effect all the same.

use std::fmt;
use std::io;

use routeros_proto::connection::CloseReason;
use routeros_proto::error::{DecodeError, EncodeError};
use routeros_proto::row::Row;
use routeros_proto::text::Value;
use routeros_proto::trap::{Trap, TrapClass};

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

/// Why a call did not succeed.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The router answered with an error.
    #[error("the router refused: {0}")]
    Trap(Box<Refusal>),
    /// The command was built wrongly; nothing was sent.
    #[error("invalid command: {0}")]
    Invalid(EncodeError),
    /// The connection has as many commands or bytes waiting as it may; nothing was sent.
    #[error("the connection is overloaded")]
    Busy,
    /// The command is larger than a connection sends; nothing was sent. The limit is
    /// [`Config::max_output`](routeros_proto::connection::Config::max_output).
    #[error("a command of {size} bytes is too large, at most {limit} can be sent")]
    CommandTooLarge {
        /// Bytes of the command.
        size: usize,
        /// Bytes allowed.
        limit: usize,
    },
    /// No answer in time. On the connection the command was cancelled.
    #[error("no answer in time")]
    Deadline {
        /// What may have become of the command.
        effect: Effect,
    },
    /// The peer's bytes are no RouterOS stream; the connection is over.
    #[error("not a RouterOS stream: {fault}")]
    Protocol {
        /// What was wrong.
        fault: ProtocolFault,
        /// What may have become of the command.
        effect: Effect,
    },
    /// The router ended the connection with `!fatal`.
    #[error("the router closed the connection: {reason}")]
    Fatal {
        /// The router's text.
        reason: String,
        /// What may have become of the command.
        effect: Effect,
    },
    /// The connection is gone.
    #[error("connection closed: {cause}")]
    Closed {
        /// How it ended.
        cause: Closed,
        /// What may have become of the command.
        effect: Effect,
    },
    /// The answer passed the limit of [`max_reply_bytes`]; it was cancelled. Use a stream.
    ///
    /// [`max_reply_bytes`]: crate::options::ConnectOptions::max_reply_bytes
    #[error("the answer is larger than {limit} bytes")]
    ReplyTooLarge {
        /// The limit.
        limit: usize,
    },
    /// The consumer of a stream was too slow for too long; the call was cancelled.
    #[error("the rows were not taken in time")]
    Overflow,
    /// An `add` was done, but the answer named no id.
    #[error("the router named no id")]
    NoId,
}

impl CallError {
    /// Whether the command may have had its effect.
    #[must_use]
    pub fn effect(&self) -> Effect {
        match self {
            Self::Trap(refusal) => refusal.effect(),
            Self::Invalid(_) | Self::Busy | Self::CommandTooLarge { .. } => Effect::None,
            Self::Deadline { effect }
            | Self::Protocol { effect, .. }
            | Self::Fatal { effect, .. }
            | Self::Closed { effect, .. } => *effect,
            Self::ReplyTooLarge { .. } | Self::Overflow | Self::NoId => Effect::Unknown,
        }
    }

    /// The router's refusal, if it is one.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Trap(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// What kind of trap it is, if it is one.
    #[must_use]
    pub fn trap_class(&self) -> Option<TrapClass> {
        self.refusal().map(Refusal::class)
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
    pub(crate) fn lost(end: Option<&End>, effect: Effect) -> Self {
        match end {
            Some(end) => Self::from_end(end, effect),
            None => Self::Closed {
                cause: Closed::RuntimeGone,
                effect,
            },
        }
    }

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

/// The traps that ended a call; never empty.
#[derive(Clone, Debug)]
pub struct Refusal {
    first: Trap,
    others: Vec<Trap>,
    rows: Vec<Row>,
}

impl Refusal {
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProtocolFault {
    /// They are not words and sentences.
    #[error("{0}")]
    Decode(DecodeError),
    /// A sentence was no reply.
    #[error("a sentence is no reply")]
    NotAReply,
}

/// How a connection went away without a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Closed {
    /// The router closed its side.
    #[error("end of stream{}", if *.mid_sentence { " inside a sentence" } else { "" })]
    Eof {
        /// Whether it closed inside a sentence.
        mid_sentence: bool,
    },
    /// The operating system reported an error.
    #[error("{0}")]
    Io(io::ErrorKind),
    /// We closed it.
    #[error("closed here")]
    ByUs,
    /// The runtime on which it lived was shut down.
    #[error("its runtime was shut down")]
    RuntimeGone,
}

/// How a connection ended.
#[derive(Clone, Debug, PartialEq, Eq)]
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
