//! The connection, case by case.

use core::time::Duration;

use routeros_proto::command::Command;
use routeros_proto::connection::{
    CallEvent, CallId, CallOptions, CloseReason, Config, Connection, Event, InputFull, SubmitError,
};
use routeros_proto::error::{DecodeErrorKind, EncodeError};

use crate::wire::{read, sentence};

/// A connection with its router's side played by hand. Time is in seconds.
struct Bench {
    connection: Connection,
    now: Duration,
}

impl Bench {
    fn new() -> Self {
        Self::with(Config::default())
    }

    fn with(config: Config) -> Self {
        Self {
            connection: Connection::new(config),
            now: Duration::ZERO,
        }
    }

    fn submit(&mut self, path: &str) -> CallId {
        self.submit_with(path, CallOptions::default())
    }

    fn submit_with(&mut self, path: &str, options: CallOptions) -> CallId {
        self.connection
            .submit(&Command::new(path), options, self.now)
            .unwrap()
    }

    fn at(&mut self, seconds: u64) {
        self.now = Duration::from_secs(seconds);
        self.connection.handle_timeout(self.now);
    }

    fn sent(&mut self) -> Vec<String> {
        let sentences = read(self.connection.poll_transmit());
        self.connection.transmitted(usize::MAX);
        sentences
    }

    fn answer(&mut self, words: &[&str]) {
        self.connection
            .handle_input(&sentence(words), self.now)
            .unwrap();
    }

    /// All events, as `tag: event`.
    fn events(&mut self) -> Vec<String> {
        core::iter::from_fn(|| self.connection.poll_event().map(|event| show(&event))).collect()
    }
}

fn show(event: &Event<'_>) -> String {
    let Event::Call { id, event } = event else {
        return format!("{event:?}");
    };
    let tag = id.tag();
    match event {
        CallEvent::Row(row) => format!("{tag}: row {row:?}"),
        CallEvent::Done { attributes, traps } => format!("{tag}: done {attributes:?} {traps}"),
        CallEvent::Trap(trap) => format!("{tag}: trap {trap}"),
        CallEvent::Failed(reason) => format!("{tag}: failed {reason}"),
        other => format!("{tag}: {other:?}"),
    }
}

#[test]
fn replies_interleave_and_find_their_calls() {
    let mut bench = Bench::new();
    bench.submit("/a/print");
    bench.submit("/b/print");
    assert_eq!(bench.sent(), ["/a/print .tag=1", "/b/print .tag=2"]);
    bench.answer(&["!re", ".tag=2", "=name=b"]);
    bench.answer(&["!re", "=name=a", ".tag=1"]);
    bench.answer(&["!re", ".tag=1"]);
    bench.answer(&["!done", ".tag=2", "=ret=*3"]);
    bench.answer(&["!empty", ".tag=1"]);
    bench.answer(&["!done", ".tag=1"]);
    assert_eq!(
        bench.events(),
        [
            "2: row {name: \"b\"}",
            "1: row {name: \"a\"}",
            "1: row {}",
            "2: done {ret: \"*3\"} 0",
            "1: Empty",
            "1: done {} 0",
        ]
    );
    assert_eq!(bench.connection.tags_in_use(), 0);
}

#[test]
fn a_trap_is_not_the_end_and_there_may_be_several() {
    let mut bench = Bench::new();
    bench.submit("/a/print");
    bench.answer(&["!re", ".tag=1"]);
    bench.answer(&["!trap", ".tag=1", "=message=interrupted"]);
    bench.answer(&["!trap", ".tag=1", "=message=failure: 301 Moved Permanently"]);
    assert_eq!(bench.connection.tags_in_use(), 1);
    bench.answer(&["!done", ".tag=1"]);
    assert_eq!(
        bench.events(),
        [
            "1: row {}",
            "1: trap interrupted",
            "1: trap failure: 301 Moved Permanently",
            "1: done {} 2",
        ]
    );
}

#[test]
fn unknown_words_and_unknown_tags_are_tolerated() {
    let mut bench = Bench::new();
    bench.submit("/a/print");
    bench.answer(&["!news", ".tag=1", "=a=b"]);
    bench.answer(&["!re", ".tag=77", "=a=b"]);
    bench.answer(&["!done", ".tag=01"]);
    bench.answer(&["!done"]);
    bench.answer(&["!done", ".tag=1"]);
    assert_eq!(
        bench.events(),
        [
            "1: Unknown([!news, .tag=1, =a=b])",
            "Stray([!re, .tag=77, =a=b])",
            "Stray([!done, .tag=01])",
            "Stray([!done])",
            "1: done {} 0",
        ]
    );
}

#[test]
fn a_cancel_is_confirmed_by_the_router_in_any_order() {
    let confirmations: [&[&[&str]]; 2] = [
        &[
            &["!trap", ".tag=1", "=category=2", "=message=interrupted"],
            &["!done", ".tag=2"],
            &["!done", ".tag=1"],
        ],
        &[
            &["!trap", ".tag=1", "=category=2", "=message=interrupted"],
            &["!done", ".tag=1"],
            &["!trap", ".tag=2", "=message=no such item"],
            &["!done", ".tag=2"],
        ],
    ];
    for confirmation in confirmations {
        let mut bench = Bench::new();
        let call = bench.submit("/a/listen");
        bench.sent();
        assert!(bench.connection.cancel(call, bench.now));
        assert!(!bench.connection.cancel(call, bench.now), "once is enough");
        assert_eq!(bench.sent(), ["/cancel =tag=1 .tag=2"]);
        // A row that was on its way is still delivered.
        bench.answer(&["!re", ".tag=1", "=a=b"]);
        for words in confirmation {
            bench.answer(words);
        }
        assert_eq!(bench.events(), ["1: row {a: \"b\"}", "1: Cancelled"]);
        assert_eq!(bench.connection.tags_in_use(), 0);
    }
}

#[test]
fn a_call_that_finished_before_its_cancel_is_done() {
    let mut bench = Bench::new();
    let call = bench.submit("/a/add");
    bench.connection.cancel(call, bench.now);
    bench.answer(&["!done", ".tag=1", "=ret=*7"]);
    bench.answer(&["!done", ".tag=2"]);
    assert_eq!(bench.events(), ["1: done {ret: \"*7\"} 0"]);
    assert!(!bench.connection.cancel(call, bench.now));
}

#[test]
fn an_unconfirmed_cancel_ends_by_the_clock() {
    let mut bench = Bench::new();
    let call = bench.submit("/a/listen");
    bench.connection.cancel(call, bench.now);
    assert_eq!(
        bench.connection.poll_timeout(),
        Some(Duration::from_secs(10))
    );
    bench.sent();
    bench.at(10);
    assert_eq!(bench.events(), ["1: TimedOut"]);
    assert_eq!(bench.sent(), [""; 0], "no second cancel");
}

#[test]
fn an_abandoned_call_is_cancelled_in_silence() {
    let mut bench = Bench::new();
    let call = bench.submit_with("/a/print", CallOptions::timeout(Duration::from_secs(5)));
    bench.sent();
    bench.connection.abandon(call, bench.now);
    bench.connection.abandon(call, bench.now);
    assert_eq!(bench.sent(), ["/cancel =tag=1 .tag=2"]);
    assert_eq!(bench.connection.poll_timeout(), None);
    bench.answer(&["!re", ".tag=1"]);
    bench.answer(&["!trap", ".tag=1", "=category=2"]);
    assert_eq!(bench.connection.tags_in_use(), 2, "reserved until its done");
    bench.answer(&["!done", ".tag=1"]);
    bench.answer(&["!done", ".tag=2"]);
    assert_eq!(bench.events(), [""; 0]);
    assert_eq!(bench.connection.tags_in_use(), 0);
}

#[test]
fn a_deadline_ends_the_call_now_and_the_tag_stays_reserved() {
    let mut bench = Bench::new();
    bench.submit_with("/a/print", CallOptions::timeout(Duration::from_secs(5)));
    bench.submit_with("/b/print", CallOptions::timeout(Duration::from_secs(8)));
    bench.sent();
    bench.at(4);
    bench.answer(&["!re", ".tag=1"]);
    assert_eq!(
        bench.events(),
        ["1: row {}"],
        "a row does not move this deadline"
    );
    assert_eq!(
        bench.connection.poll_timeout(),
        Some(Duration::from_secs(5))
    );
    bench.at(5);
    assert_eq!(bench.events(), ["1: TimedOut"]);
    assert_eq!(bench.sent(), ["/cancel =tag=1 .tag=3"]);
    assert_eq!(
        bench.connection.poll_timeout(),
        Some(Duration::from_secs(8))
    );
    // Whatever comes late is nobody's, and no other call takes the tag.
    bench.answer(&["!re", ".tag=1"]);
    bench.answer(&["!done", ".tag=3"]);
    assert_eq!(bench.submit("/c/print").tag(), 4);
    bench.answer(&["!done", ".tag=1"]);
    bench.answer(&["!done", ".tag=4"]);
    assert_eq!(bench.events(), ["4: done {} 0"]);
}

#[test]
fn an_idle_timeout_starts_anew_with_each_reply() {
    let mut bench = Bench::new();
    bench.submit_with(
        "/a/print",
        CallOptions::idle_timeout(Duration::from_secs(10)),
    );
    for seconds in [9, 18, 27] {
        bench.at(seconds);
        bench.answer(&["!re", ".tag=1"]);
        assert_eq!(bench.events(), ["1: row {}"]);
    }
    bench.at(36);
    assert_eq!(bench.events(), [""; 0]);
    assert_eq!(
        bench.connection.poll_timeout(),
        Some(Duration::from_secs(37))
    );
    bench.at(37);
    assert_eq!(bench.events(), ["1: TimedOut"]);
}

#[test]
fn an_answer_that_arrived_is_in_time() {
    let mut bench = Bench::new();
    bench.submit_with("/a/print", CallOptions::timeout(Duration::from_secs(5)));
    bench.answer(&["!done", ".tag=1"]);
    bench.at(60);
    assert_eq!(bench.events(), ["1: done {} 0"]);
}

#[test]
fn a_fatal_fails_everything_once_with_its_reason() {
    let mut bench = Bench::new();
    bench.submit("/a/print");
    let abandoned = bench.submit("/b/print");
    bench.submit("/c/print");
    bench.connection.abandon(abandoned, bench.now);
    bench.answer(&["!re", ".tag=1"]);
    bench.answer(&["!fatal", "session terminated on request"]);
    bench.answer(&["!done", ".tag=1"]);
    let reason = "router closed the connection: session terminated on request";
    assert_eq!(
        bench.events(),
        [
            "1: row {}".to_owned(),
            format!("1: failed {reason}"),
            format!("3: failed {reason}"),
            "Closed(Fatal([115, 101, 115, 115, 105, 111, 110, 32, 116, 101, 114, 109, 105, 110, \
             97, 116, 101, 100, 32, 111, 110, 32, 114, 101, 113, 117, 101, 115, 116]))"
                .to_owned(),
        ]
    );
    assert_eq!(bench.events(), [""; 0]);
    let late = bench
        .connection
        .submit(&Command::new("/a"), CallOptions::default(), bench.now);
    assert_eq!(late, Err(SubmitError::Closed));
    assert!(bench.connection.poll_transmit().is_empty());
}

#[test]
fn a_protocol_error_is_no_trap() {
    let mut bench = Bench::new();
    bench.submit("/a/print");
    bench
        .connection
        .handle_input(b"\x03!re\x06.tag=1\x00\xF8", bench.now)
        .unwrap();
    let events = bench.events();
    assert_eq!(events[0], "1: row {}");
    assert_eq!(
        events[1],
        "1: failed not a RouterOS stream: reserved control byte at byte 12 (0xF8)"
    );
    match bench.connection.close_reason() {
        Some(CloseReason::Protocol(error)) => {
            assert_eq!(error.kind(), DecodeErrorKind::ReservedControlByte);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_peer_that_does_not_reply_is_no_router() {
    let mut bench = Bench::new();
    bench.submit("/a/print");
    bench.answer(&["HTTP/1.1"]);
    assert_eq!(
        bench.events(),
        [
            "1: failed peer sent a sentence that is no reply",
            "Closed(NotAReply)"
        ]
    );
}

#[test]
fn the_end_of_the_stream_comes_after_what_arrived() {
    for (tail, mid_sentence) in [(&b""[..], false), (b"\x05!do", true)] {
        let mut bench = Bench::new();
        bench.submit("/a/print");
        bench.submit("/b/print");
        bench.answer(&["!done", ".tag=1"]);
        bench.connection.handle_input(tail, bench.now).unwrap();
        bench.connection.handle_eof();
        assert_eq!(bench.events()[0], "1: done {} 0");
        assert_eq!(
            bench.connection.close_reason(),
            Some(&CloseReason::Eof { mid_sentence })
        );
    }
}

#[test]
fn an_abort_fails_all_calls() {
    let mut bench = Bench::new();
    bench.submit("/a/print");
    bench.connection.abort();
    assert_eq!(
        bench.events(),
        ["1: failed connection given up", "Closed(Aborted)"]
    );
}

#[test]
fn everything_is_bounded_and_refusals_change_nothing() {
    let config = Config::default()
        .with_max_calls(2)
        .with_max_output(150)
        .with_max_input(32);
    let mut bench = Bench::with(config);
    let huge = Command::new("/a/set").attribute("comment", "x".repeat(200));
    let huge = bench
        .connection
        .submit(&huge, CallOptions::default(), bench.now);
    assert!(matches!(
        huge,
        Err(SubmitError::CommandTooLarge { limit: 150, .. })
    ));
    for path in ["/login", "/cancel"] {
        let reserved = Command::new(path);
        let reserved = bench
            .connection
            .submit(&reserved, CallOptions::default(), bench.now);
        let error = EncodeError::ReservedCommand;
        assert_eq!(reserved, Err(SubmitError::Invalid(error)));
    }
    assert_eq!(bench.connection.tags_in_use(), 0);
    assert!(bench.connection.poll_transmit().is_empty());
    let long = Command::new("/a/set").attribute("comment", "x".repeat(100));
    bench
        .connection
        .submit(&long, CallOptions::default(), bench.now)
        .unwrap();
    let full = bench
        .connection
        .submit(&Command::new("/b"), CallOptions::default(), bench.now);
    assert_eq!(full, Err(SubmitError::OutputFull));
    bench.sent();
    let invalid = Command::new("/b").attribute("", "");
    let invalid = bench
        .connection
        .submit(&invalid, CallOptions::default(), bench.now);
    assert_eq!(invalid, Err(SubmitError::Invalid(EncodeError::InvalidName)));
    assert!(bench.connection.poll_transmit().is_empty());
    assert_eq!(bench.connection.tags_in_use(), 1);
    let second = bench.submit("/b/print");
    let full = bench
        .connection
        .submit(&Command::new("/c"), CallOptions::default(), bench.now);
    assert_eq!(full, Err(SubmitError::TooManyCalls));

    // Events wait: input is refused whole, then taken once they were polled.
    let row = sentence(&["!re", &format!(".tag={}", second.tag()), "=a=b"]);
    bench.connection.handle_input(&row, bench.now).unwrap();
    assert_eq!(
        bench.connection.handle_input(&row.repeat(2), bench.now),
        Err(InputFull)
    );
    assert_eq!(bench.events().len(), 1);
    bench
        .connection
        .handle_input(&row.repeat(2), bench.now)
        .unwrap();
    assert_eq!(bench.events().len(), 2);
    // A sentence larger than the bound still gets through piece by piece.
    let long = sentence(&[
        "!re",
        &format!(".tag={}", second.tag()),
        &format!("={:0200}=", 0),
    ]);
    for piece in long.chunks(10) {
        assert_eq!(bench.events().len(), 0);
        bench.connection.handle_input(piece, bench.now).unwrap();
    }
    assert_eq!(bench.events().len(), 1);
}
