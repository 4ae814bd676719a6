//! The tags in use and their deadlines.

use alloc::collections::{BTreeMap, BTreeSet};
use core::time::Duration;

use crate::connection::config::CallOptions;
use crate::reply::{ReplyKind, ReplyRef};
use crate::trap::{TrapClass, TrapRef};

/// What a tag in use stands for.
#[derive(Debug)]
pub(super) enum Entry {
    Call(Call),
    /// The tag of a `/cancel` of ours; only its `!done` matters.
    Cancel,
}

/// One command of the caller's.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) stage: Stage,
    /// Traps reported to the caller.
    traps: u32,
    /// The router said that it stopped because of our cancel.
    interrupted: bool,
    idle_timeout: Option<Duration>,
    deadline: Option<Duration>,
    last_reply: Duration,
    /// The time under which this call stands in the set of timers.
    armed: Option<Duration>,
}

/// What becomes of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is for the caller, who has had this many traps, this one included.
    Deliver { traps: u32 },
    /// It ends a call that the caller cancelled.
    Cancelled,
    /// Nobody waits for it.
    Swallow,
    /// The tag is not in use.
    Unknown,
}

/// How far a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The caller waits for replies.
    Live,
    /// The caller asked to cancel and waits for the end.
    Cancelling,
    /// The caller has had its last event; the tag is reserved until `!done`.
    Zombie,
}

/// All tags in use. Ordered, so that failures come in the order of submission.
#[derive(Debug, Default)]
pub(super) struct Calls {
    entries: BTreeMap<u64, Entry>,
    timers: BTreeSet<(Duration, u64)>,
    last_tag: u64,
}

impl Calls {
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The call of this tag, unless it is a zombie.
    pub(super) fn waiting(&mut self, tag: u64) -> Option<&mut Call> {
        match self.entries.get_mut(&tag)? {
            Entry::Call(call) if call.stage != Stage::Zombie => Some(call),
            _ => None,
        }
    }

    /// A tag that was never used on this connection.
    pub(super) fn next_tag(&mut self) -> u64 {
        self.last_tag = self.last_tag.saturating_add(1);
        self.last_tag
    }

    pub(super) fn insert_call(&mut self, tag: u64, options: CallOptions, now: Duration) {
        let call = Call {
            stage: Stage::Live,
            traps: 0,
            interrupted: false,
            idle_timeout: options.idle_timeout,
            deadline: options.timeout.map(|timeout| now.saturating_add(timeout)),
            last_reply: now,
            armed: None,
        };
        self.entries.insert(tag, Entry::Call(call));
        self.arm(tag);
    }

    pub(super) fn insert_cancel(&mut self, tag: u64) {
        self.entries.insert(tag, Entry::Cancel);
    }

    pub(super) fn remove(&mut self, tag: u64) {
        if let Some(Entry::Call(Call {
            armed: Some(at), ..
        })) = self.entries.remove(&tag)
        {
            self.timers.remove(&(at, tag));
        }
    }

    /// Takes the oldest entry out, for the end of the connection.
    pub(super) fn pop(&mut self) -> Option<(u64, Entry)> {
        self.timers.clear();
        self.entries.pop_first()
    }

    /// Takes note of a reply and says what becomes of it.
    pub(super) fn on_reply(&mut self, tag: u64, reply: &ReplyRef<'_>, now: Duration) -> Verdict {
        let verdict = match self.entries.get_mut(&tag) {
            None => return Verdict::Unknown,
            Some(Entry::Cancel) => Verdict::Swallow,
            Some(Entry::Call(call)) => {
                // The timer stays where it is and is set anew when it fires, so that a row costs
                // no update of the timers.
                call.last_reply = now;
                call.on_reply(reply)
            }
        };
        if reply.kind() == ReplyKind::Done {
            self.remove(tag);
        }
        verdict
    }

    /// Starts cancelling; the end must come within `grace`.
    pub(super) fn cancelling(&mut self, tag: u64, latest: Duration) {
        if let Some(call) = self.waiting(tag) {
            call.stage = Stage::Cancelling;
            call.deadline = Some(
                call.deadline
                    .map_or(latest, |deadline| deadline.min(latest)),
            );
            call.idle_timeout = None;
        }
        self.arm(tag);
    }

    /// Ends the caller's interest; the tag stays reserved.
    pub(super) fn bury(&mut self, tag: u64) {
        if let Some(call) = self.waiting(tag) {
            call.stage = Stage::Zombie;
            call.deadline = None;
            call.idle_timeout = None;
        }
        self.arm(tag);
    }

    /// The time at which [`expired`](Self::expired) should be asked.
    pub(super) fn next_timer(&self) -> Option<Duration> {
        self.timers.first().map(|(at, _)| *at)
    }

    /// A call whose time is over.
    pub(super) fn expired(&mut self, now: Duration) -> Option<u64> {
        while let Some(&(at, tag)) = self.timers.first() {
            if at > now {
                break;
            }
            if self.waiting(tag).and_then(|call| call.due()) == Some(at) {
                return Some(tag);
            }
            // There was progress since the timer was set.
            self.timers.remove(&(at, tag));
            self.arm(tag);
        }
        None
    }

    /// Sets the timer of a call to when it is due.
    fn arm(&mut self, tag: u64) {
        let Some(Entry::Call(call)) = self.entries.get_mut(&tag) else {
            return;
        };
        let due = call.due();
        if let Some(at) = core::mem::replace(&mut call.armed, due) {
            self.timers.remove(&(at, tag));
        }
        if let Some(at) = due {
            self.timers.insert((at, tag));
        }
    }
}

impl Call {
    fn on_reply(&mut self, reply: &ReplyRef<'_>) -> Verdict {
        let interrupted = || TrapRef::new(reply.row()).class() == TrapClass::Interrupted;
        match (self.stage, reply.kind()) {
            (Stage::Zombie, _) => Verdict::Swallow,
            (Stage::Cancelling, ReplyKind::Done) if self.interrupted => Verdict::Cancelled,
            (Stage::Cancelling, ReplyKind::Trap) if interrupted() => {
                self.interrupted = true;
                Verdict::Swallow
            }
            (_, kind) => {
                if kind == ReplyKind::Trap {
                    self.traps = self.traps.saturating_add(1);
                }
                Verdict::Deliver { traps: self.traps }
            }
        }
    }

    fn due(&self) -> Option<Duration> {
        let idle = self
            .idle_timeout
            .map(|timeout| self.last_reply.saturating_add(timeout));
        match (self.deadline, idle) {
            (Some(deadline), Some(idle)) => Some(deadline.min(idle)),
            (deadline, idle) => deadline.or(idle),
        }
    }
}
