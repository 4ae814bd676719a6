//! What can go wrong with a router, on demand.

pub(crate) mod armed;
pub(crate) mod shape;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::settings::Denial;

/// A fault: what happens, to which commands, how often. One-shot unless told otherwise.
///
/// ```
/// use routeros_sim::{Fault, FaultKind};
/// let lost = Fault::new(FaultKind::CloseBeforeReply).on("/ip/hotspot/user/add");
/// let slow = Fault::new(FaultKind::OneByteAtATime).on("/ip/hotspot/*").always();
/// assert_ne!(lost, slow);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Fault {
    /// What happens.
    pub kind: FaultKind,
    /// Command word it happens to; a `*` at the end stands for any ending. All commands when
    /// missing.
    #[serde(default)]
    pub path: Option<String>,
    /// How often it happens; `null` for always.
    #[serde(default = "once")]
    pub times: Option<u32>,
    /// Matching commands that pass first.
    #[serde(default)]
    pub skip: u32,
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "the shape that the deserialiser asks of a default"
)]
const fn once() -> Option<u32> {
    Some(1)
}

impl Fault {
    /// A fault that happens once, to the next command.
    #[must_use]
    pub const fn new(kind: FaultKind) -> Self {
        Self {
            kind,
            path: None,
            times: Some(1),
            skip: 0,
        }
    }

    /// The user's group lacks the policy: `not enough permissions (9)`, nothing executed.
    #[must_use]
    pub fn wrong_policy() -> Self {
        Self::trap("not enough permissions (9)")
    }

    /// A trap with this message in place of execution.
    #[must_use]
    pub fn trap(message: &str) -> Self {
        Self::new(FaultKind::Trap {
            message: message.to_owned(),
            category: None,
            executed: false,
        })
    }

    /// The connection is cut after this many bytes of the exchange, counted in both directions
    /// from now on (or from its start for a later connection).
    #[must_use]
    pub const fn cut_after(bytes: u64) -> Self {
        Self::new(FaultKind::CloseAfter {
            direction: Direction::Either,
            bytes,
        })
    }

    /// Only commands with this word; a `*` at the end stands for any ending.
    #[must_use]
    pub fn on(mut self, path: &str) -> Self {
        self.path = Some(path.to_owned());
        self
    }

    /// So many times.
    #[must_use]
    pub const fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Until it is cleared.
    #[must_use]
    pub const fn always(mut self) -> Self {
        self.times = None;
        self
    }

    /// Lets so many matching commands pass first.
    #[must_use]
    pub const fn after(mut self, skip: u32) -> Self {
        self.skip = skip;
        self
    }

    /// Whether a command word is one it happens to.
    pub(crate) fn fits(&self, path: &str) -> bool {
        match &self.path {
            None => true,
            Some(wanted) => match wanted.strip_suffix('*') {
                Some(start) => path.starts_with(start),
                None => path == wanted,
            },
        }
    }
}

/// What happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum FaultKind {
    /// The login is refused although the password is right.
    RefuseLogin,
    /// A trap.
    Trap {
        /// Its text.
        message: String,
        /// Its category.
        #[serde(default)]
        category: Option<u32>,
        /// Whether the command was executed all the same.
        #[serde(default)]
        executed: bool,
    },
    /// Nothing more happens until the fault is released.
    Hold(Point),
    /// A pause in real time.
    Delay {
        /// Where.
        at: Point,
        /// How long.
        millis: u64,
    },
    /// Each byte of the answer is sent on its own.
    OneByteAtATime,
    /// Each sentence of the answer is sent on its own.
    SentencePerPacket,
    /// The answer waits for the next one; both leave in one packet.
    WithNextReply,
    /// The answer comes after the one to the next command.
    AfterNextReply,
    /// The connection closes before the command is executed.
    CloseBeforeExecution,
    /// The command is executed, the connection closes without an answer.
    CloseBeforeReply,
    /// The connection closes in the middle of a row, after so many rows; in the middle of the
    /// last sentence when there are fewer.
    CloseMidRow {
        /// Rows sent whole.
        #[serde(default)]
        after_rows: usize,
    },
    /// The connection closes after so many bytes of the answer.
    CloseInReply {
        /// Bytes sent.
        bytes: usize,
    },
    /// Any connection closes after so many bytes, whatever they are. Commands that came whole
    /// are executed. Not bound to a command.
    CloseAfter {
        /// Which bytes count.
        direction: Direction,
        /// How many pass.
        bytes: u64,
    },
    /// Rows, but no `!done`; and not after a `/cancel` either when told so.
    NeverDone {
        /// Whether even `/cancel` brings no `!done`.
        #[serde(default)]
        even_after_cancel: bool,
    },
    /// Two traps before `!done`, nothing executed.
    TwoTraps,
    /// The command is executed, but a trap comes after so many rows.
    TrapAfterRows {
        /// Rows before it.
        rows: usize,
    },
    /// `!fatal` with this reason, then the connection closes; nothing executed.
    Fatal {
        /// The bare word.
        reason: String,
    },
    /// A reply word that no one knows, before `!done`.
    UnknownReplyWord,
    /// A row with a tag that no one sent, before the answer.
    UnknownTag,
    /// `!empty` before `!done`, on any command.
    EmptyBeforeDone,
    /// The tag as the last word of each sentence.
    TagLast,
    /// A reserved control byte in place of the answer.
    ReservedByte,
    /// A length of 4 GiB in place of the answer.
    HugeLength,
    /// A property of each row that is not UTF-8.
    NonUtf8 {
        /// Which.
        property: String,
    },
    /// A new connection is turned away. Not bound to a command.
    Deny(Denial),
}

/// Where a command waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Point {
    /// Before it is executed.
    Execution,
    /// After it is executed, before its answer.
    Reply,
    /// After each row.
    Rows,
    /// In the middle of the first word that is sent.
    Word,
}

/// Whose bytes count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// What the client sends.
    FromClient,
    /// What the router sends.
    ToClient,
    /// Both together.
    Either,
}

impl FaultKind {
    /// A pause in real time, for programs; a test should hold and release.
    #[must_use]
    pub fn delay(at: Point, duration: Duration) -> Self {
        Self::Delay {
            at,
            millis: u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
        }
    }
}
