//! The connection against a reference that does everything the slow and obvious way.
//!
//! A script of bytes drives both: what the caller does, what the router sends, in which pieces it
//! arrives, how time goes by. The events, the bytes sent and the tags in use must agree.

use core::time::Duration;
use std::collections::HashMap;

use proptest::prelude::*;
use routeros_proto::command::Command;
use routeros_proto::connection::{CallEvent, CallOptions, Config, Connection, Event, SubmitError};

use crate::wire::{read, sentence};

const MAX_CALLS: usize = 6;
const GRACE: u64 = 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Live,
    Cancelling,
    Zombie,
    /// The tag of a `/cancel`.
    Cancel,
    Over,
}

#[derive(Clone, Debug)]
struct Tag {
    stage: Stage,
    deadline: Option<u64>,
    idle: Option<u64>,
    last: u64,
    traps: u32,
    interrupted: bool,
}

impl Tag {
    fn due(&self) -> Option<u64> {
        let waits = matches!(self.stage, Stage::Live | Stage::Cancelling);
        let idle = self.idle.map(|idle| self.last + idle);
        self.deadline
            .into_iter()
            .chain(idle)
            .min()
            .filter(|_| waits)
    }
}

/// One thing on its way from the router.
#[derive(Clone, Debug)]
enum Arrival {
    Reply {
        word: &'static str,
        tag: Option<usize>,
        interrupted: bool,
    },
    Fatal,
    Garbage,
}

impl Arrival {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Fatal => sentence(&["!fatal", "bye"]),
            Self::Garbage => vec![0xF9],
            Self::Reply {
                word,
                tag,
                interrupted,
            } => {
                let tag = tag.map(|tag| format!(".tag={tag}"));
                let mut words = vec![*word];
                words.extend(tag.as_deref());
                if *word == "!trap" {
                    words.push(if *interrupted {
                        "=category=2"
                    } else {
                        "=message=busy"
                    });
                }
                sentence(&words)
            }
        }
    }
}

/// The reference. Tags are indexes into `tags`, plus one.
#[derive(Default)]
struct Reference {
    now: u64,
    tags: Vec<Tag>,
    sent: Vec<String>,
    arrived: Vec<Arrival>,
    eof: bool,
    closed: Option<&'static str>,
    reported: bool,
}

impl Reference {
    fn in_use(&self) -> usize {
        self.tags
            .iter()
            .filter(|tag| tag.stage != Stage::Over)
            .count()
    }

    fn submit(&mut self, timeout: Option<u64>, idle: Option<u64>) -> Result<usize, SubmitError> {
        if self.closed.is_some() {
            return Err(SubmitError::Closed);
        }
        if self.in_use() >= MAX_CALLS {
            return Err(SubmitError::TooManyCalls);
        }
        let deadline = timeout.map(|timeout| self.now + timeout);
        self.push(Stage::Live, deadline, idle);
        self.sent.push(format!("/x .tag={}", self.tags.len()));
        Ok(self.tags.len())
    }

    fn push(&mut self, stage: Stage, deadline: Option<u64>, idle: Option<u64>) {
        let (last, traps, interrupted) = (self.now, 0, false);
        self.tags.push(Tag {
            stage,
            deadline,
            idle,
            last,
            traps,
            interrupted,
        });
    }

    fn stage(&self, tag: usize) -> Option<Stage> {
        self.tags.get(tag.wrapping_sub(1)).map(|tag| tag.stage)
    }

    fn send_cancel(&mut self, tag: usize) {
        self.push(Stage::Cancel, None, None);
        // Nothing is sent on a dead connection, but the tag is taken all the same.
        if self.closed.is_none() {
            self.sent
                .push(format!("/cancel =tag={tag} .tag={}", self.tags.len()));
        }
    }

    fn cancel(&mut self, tag: usize) -> bool {
        if self.stage(tag) != Some(Stage::Live) || self.closed.is_some() {
            return false;
        }
        let latest = self.now + GRACE;
        let call = &mut self.tags[tag - 1];
        call.stage = Stage::Cancelling;
        call.deadline = Some(call.deadline.unwrap_or(latest).min(latest));
        call.idle = None;
        self.send_cancel(tag);
        true
    }

    fn abandon(&mut self, tag: usize) {
        match self.stage(tag) {
            Some(Stage::Live) => {
                self.tags[tag - 1].stage = Stage::Zombie;
                if self.closed.is_none() {
                    self.send_cancel(tag);
                }
            }
            Some(Stage::Cancelling) => self.tags[tag - 1].stage = Stage::Zombie,
            _ => {}
        }
    }

    fn next_due(&self) -> Option<u64> {
        self.tags.iter().filter_map(Tag::due).min()
    }

    fn poll(&mut self) -> Vec<String> {
        let mut events = Vec::new();
        let arrived = std::mem::take(&mut self.arrived);
        for arrival in arrived {
            if self.closed.is_some() {
                break;
            }
            match arrival {
                Arrival::Fatal => self.close("fatal"),
                Arrival::Garbage => self.close("protocol"),
                Arrival::Reply {
                    word,
                    tag,
                    interrupted,
                } => {
                    events.extend(self.reply(word, tag, interrupted));
                }
            }
        }
        while self.closed.is_none() {
            let now = self.now;
            let due = self
                .tags
                .iter()
                .enumerate()
                .filter_map(|(at, tag)| Some((tag.due()?, at)));
            let Some((_, at)) = due.filter(|(due, _)| *due <= now).min() else {
                break;
            };
            let live = self.tags[at].stage == Stage::Live;
            self.tags[at].stage = Stage::Zombie;
            if live {
                self.send_cancel(at + 1);
            }
            events.push(format!("{} deadline", at + 1));
        }
        if self.eof {
            self.close("eof");
        }
        if let Some(reason) = self.closed
            && !self.reported
        {
            for (at, tag) in self.tags.iter_mut().enumerate() {
                if matches!(tag.stage, Stage::Live | Stage::Cancelling) {
                    events.push(format!("{} failed {reason}", at + 1));
                }
                tag.stage = Stage::Over;
            }
            self.reported = true;
            events.push(format!("closed {reason}"));
        }
        events
    }

    fn close(&mut self, reason: &'static str) {
        if self.closed.is_none() {
            self.closed = Some(reason);
            self.sent.clear();
        }
    }

    fn reply(&mut self, word: &str, tag: Option<usize>, interrupted: bool) -> Option<String> {
        let now = self.now;
        let known = tag.and_then(|tag| Some((tag, self.tags.get_mut(tag.wrapping_sub(1))?)));
        let Some((tag, call)) = known.filter(|(_, call)| call.stage != Stage::Over) else {
            return Some(format!("stray {word}"));
        };
        call.last = now;
        let stage = call.stage;
        if word == "!done" {
            call.stage = Stage::Over;
        }
        match (stage, word) {
            (Stage::Zombie | Stage::Cancel | Stage::Over, _) => None,
            (Stage::Cancelling, "!done") if call.interrupted => Some(format!("{tag} cancelled")),
            (Stage::Cancelling, "!trap") if interrupted => {
                call.interrupted = true;
                None
            }
            (_, "!done") => Some(format!("{tag} done {}", call.traps)),
            (_, "!trap") => {
                call.traps += 1;
                Some(format!("{tag} !trap"))
            }
            (_, word) => Some(format!("{tag} {word}")),
        }
    }
}

fn show(event: &Event<'_>) -> String {
    let reason = |shown: &dyn std::fmt::Debug| {
        let shown = format!("{shown:?}").to_lowercase();
        shown
            .split(|c: char| !c.is_alphabetic())
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    match event {
        Event::Stray(reply) => format!("stray {:?}", reply.kind()),
        Event::Closed(closed) => format!("closed {}", reason(closed)),
        Event::LoggedIn | Event::LoginFailed(_) => panic!("no login here"),
        Event::Call { id, event } => {
            let what = match event {
                CallEvent::Row(_) => "!re".to_owned(),
                CallEvent::Empty => "!empty".to_owned(),
                CallEvent::Trap(_) => "!trap".to_owned(),
                CallEvent::Unknown(reply) => format!("{:?}", reply.kind()),
                CallEvent::Done { traps, .. } => format!("done {traps}"),
                CallEvent::Cancelled => "cancelled".to_owned(),
                CallEvent::TimedOut => "deadline".to_owned(),
                CallEvent::Failed(why) => format!("failed {}", reason(why)),
            };
            format!("{} {what}", id.tag())
        }
    }
}

/// Both sides, and the bytes between router and connection.
struct Run {
    connection: Connection,
    reference: Reference,
    ids: Vec<routeros_proto::connection::CallId>,
    /// Sent by the router, not yet delivered.
    in_flight: Vec<u8>,
    /// What `in_flight` holds, with how many of its bytes are left.
    queue: Vec<(Arrival, usize)>,
    terminals: HashMap<u64, u32>,
}

impl Run {
    fn new() -> Self {
        let cancel_grace = Duration::from_secs(GRACE);
        let config = Config::default()
            .with_max_calls(MAX_CALLS)
            .with_cancel_grace(cancel_grace);
        Self {
            connection: Connection::new(config),
            reference: Reference::default(),
            ids: Vec::new(),
            in_flight: Vec::new(),
            queue: Vec::new(),
            terminals: HashMap::new(),
        }
    }

    fn now(&self) -> Duration {
        Duration::from_secs(self.reference.now)
    }

    fn step(&mut self, action: u8, choice: u8) {
        let number = u64::from(choice);
        let now = self.now();
        match action % 16 {
            0 | 1 => {
                let seconds = number / 4 % 20 + 1;
                let timeout = (choice & 1 != 0).then_some(seconds);
                let idle = (choice & 2 != 0).then_some(seconds / 2 + 1);
                let mut options = CallOptions::unbounded();
                options.timeout = timeout.map(Duration::from_secs);
                options.idle_timeout = idle.map(Duration::from_secs);
                let submitted = self.connection.submit(&Command::new("/x"), options, now);
                let expected = self.reference.submit(timeout, idle);
                assert_eq!(
                    submitted.map(|id| usize::try_from(id.tag()).unwrap()),
                    expected
                );
                self.ids.extend(submitted.ok());
            }
            2 => {
                if let Some(id) = self.pick(choice) {
                    let tag = usize::try_from(id.tag()).unwrap();
                    assert_eq!(self.connection.cancel(id, now), self.reference.cancel(tag));
                }
            }
            3 => {
                if let Some(id) = self.pick(choice) {
                    self.connection.abandon(id, now);
                    self.reference.abandon(usize::try_from(id.tag()).unwrap());
                }
            }
            kind @ 4..=9 => {
                let word =
                    ["!re", "!done", "!trap", "!empty", "!new", "!done"][usize::from(kind - 4)];
                // One beyond the tags in use: a tag that nobody has, for now.
                let tag = usize::from(choice / 2) % (self.reference.tags.len() + 1) + 1;
                let tag = (choice != 255).then_some(tag);
                self.queue_up(Arrival::Reply {
                    word,
                    tag,
                    interrupted: choice & 1 != 0,
                });
            }
            10 => {
                self.reference.now += number % 8;
                self.connection.handle_timeout(self.now());
            }
            11 => self.transmit(),
            12 => self.deliver(usize::from(choice) % 40),
            13 => self.deliver(usize::MAX),
            _ => match choice % 64 {
                0 => self.queue_up(Arrival::Fatal),
                1 => self.queue_up(Arrival::Garbage),
                2 => {
                    self.deliver(usize::MAX);
                    self.connection.handle_eof();
                    self.reference.eof = true;
                }
                3 => {
                    self.connection.abort();
                    self.reference.close("aborted");
                }
                _ => self.poll(),
            },
        }
    }

    fn pick(&self, choice: u8) -> Option<routeros_proto::connection::CallId> {
        self.ids
            .get(usize::from(choice) % self.ids.len().max(1))
            .copied()
    }

    fn queue_up(&mut self, arrival: Arrival) {
        let bytes = arrival.bytes();
        self.queue.push((arrival, bytes.len()));
        self.in_flight.extend(bytes);
    }

    fn deliver(&mut self, count: usize) {
        let mut count = count.min(self.in_flight.len());
        let bytes: Vec<u8> = self.in_flight.drain(..count).collect();
        self.connection.handle_input(&bytes, self.now()).unwrap();
        while let Some((arrival, left)) = self.queue.first_mut() {
            if *left > count {
                *left -= count;
                break;
            }
            count -= *left;
            self.reference.arrived.push(arrival.clone());
            self.queue.remove(0);
        }
    }

    fn transmit(&mut self) {
        assert_eq!(
            read(self.connection.poll_transmit()),
            std::mem::take(&mut self.reference.sent)
        );
        self.connection.transmitted(usize::MAX);
    }

    fn poll(&mut self) {
        let mut events = Vec::new();
        while let Some(event) = self.connection.poll_event() {
            events.push(show(&event));
            if let Event::Call { id, event } = event {
                let terminals = self.terminals.entry(id.tag()).or_default();
                assert_eq!(*terminals, 0, "an event after the last one");
                *terminals += u32::from(event.is_terminal());
            }
        }
        assert_eq!(events, self.reference.poll());
        assert_eq!(self.connection.tags_in_use(), self.reference.in_use());
        if self.reference.closed.is_none()
            && let Some(due) = self.reference.next_due()
        {
            let timeout = self.connection.poll_timeout();
            assert!(
                timeout.is_some_and(|at| at <= Duration::from_secs(due)),
                "{timeout:?} {due}"
            );
        }
    }

    /// Ends the connection: every call must have had exactly one last event, or been abandoned.
    fn finish(mut self) {
        self.deliver(usize::MAX);
        self.poll();
        self.transmit();
        self.connection.abort();
        self.reference.close("aborted");
        self.poll();
        assert_eq!(self.connection.tags_in_use(), 0);
        assert_eq!(self.connection.poll_timeout(), None);
        assert!(self.connection.poll_event().is_none());
    }
}

/// Plays a script of two bytes per step.
pub(crate) fn play(script: &[u8]) {
    let mut run = Run::new();
    for step in script.chunks_exact(2) {
        run.step(step[0], step[1]);
    }
    run.finish();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn the_connection_does_what_the_reference_does(
        script in prop::collection::vec(any::<[u8; 2]>(), 0..120),
    ) {
        play(script.as_flattened());
    }
}
