//! Allocations are counted, not timed: these are promises.

use core::time::Duration;

use allocation_counter::measure;
use routeros_proto::command::Command;
use routeros_proto::connection::{CallOptions, Config, Connection, Event};
use routeros_proto::decoder::Decoder;
use routeros_proto::encoder::SentenceWriter;
use routeros_proto::limits::Limits;
use routeros_proto::menu::HotspotUserRow;
use routeros_proto::reply::ReplyRef;

use crate::wire::sentence;

/// Hotspot rows that fill many words of many lengths.
fn rows(count: usize) -> Vec<u8> {
    let long = format!("=comment={}", "x".repeat(200));
    let words = [
        "!re",
        ".tag=1",
        "=.id=*1F",
        "=name=V7K2",
        "=limit-uptime=1h",
        &long,
    ];
    sentence(&words).repeat(count)
}

#[test]
fn a_borrowed_row_costs_no_allocation() {
    let mut decoder = Decoder::new(Limits::client());
    decoder.feed(&rows(100));
    let mut attributes = 0;
    let info = measure(|| {
        while let Ok(Some(sentence)) = decoder.next_sentence() {
            let reply = ReplyRef::parse(sentence).unwrap();
            attributes += reply
                .row()
                .attributes()
                .filter(|(_, value)| !value.is_empty())
                .count();
            let user = HotspotUserRow::new(reply.row());
            attributes += usize::from(user.limit_uptime().value().is_some());
        }
    });
    assert_eq!(attributes, 500);
    assert_eq!(info.count_total, 0);
}

#[test]
fn an_owned_row_costs_one_allocation() {
    let mut decoder = Decoder::new(Limits::client());
    decoder.feed(&rows(100));
    let mut owned = Vec::with_capacity(100);
    let info = measure(|| {
        while let Ok(Some(sentence)) = decoder.next_sentence() {
            owned.push(ReplyRef::parse(sentence).unwrap().row().to_owned());
        }
    });
    assert_eq!(owned.len(), 100);
    assert_eq!(info.count_total, 100);
}

#[test]
fn a_row_through_the_connection_costs_no_allocation() {
    let now = Duration::ZERO;
    let mut connection = Connection::new(Config::default());
    let options = CallOptions::idle_timeout(Duration::from_secs(1));
    connection
        .submit(&Command::new("/ip/hotspot/user/print"), options, now)
        .unwrap();
    connection.handle_input(&rows(100), now).unwrap();
    let mut events = 0;
    let info = measure(|| {
        while let Some(Event::Call { .. }) = connection.poll_event() {
            events += 1;
        }
    });
    assert_eq!(events, 100);
    assert_eq!(info.count_total, 0);
}

#[test]
fn encoding_into_a_buffer_with_room_costs_no_allocation() {
    let mut out = Vec::with_capacity(4096);
    let command = Command::new("/ip/hotspot/user/add").attribute("name", "V7K2");
    let info = measure(|| {
        command.encode(Some(b"7"), &mut out).unwrap();
        SentenceWriter::new(&mut out)
            .word("!re")
            .tag("7")
            .attribute("a", "b")
            .finish()
            .unwrap();
    });
    assert_eq!(info.count_total, 0);
}

#[test]
fn memory_follows_what_arrived_not_what_was_announced() {
    let mut decoder = Decoder::new(Limits::client());
    // A word of 16 MiB is announced, ten bytes of it arrive.
    let info = measure(|| {
        decoder.feed(b"\xE1\x00\x00\x00=name=abcd");
        assert!(decoder.next_sentence().unwrap().is_none());
    });
    assert!(info.bytes_max < 1024, "{}", info.bytes_max);
}

#[test]
fn a_large_sentence_grows_its_buffer_few_times() {
    let word = sentence(&["!re", &format!("=on-login={}", "x".repeat(8 << 20))]);
    let small = format!("={}", "y".repeat(63));
    let words: Vec<&str> = core::iter::repeat_n(small.as_str(), 128 << 10).collect();
    for stream in [word, sentence(&words)] {
        let mut decoder = Decoder::new(Limits::client());
        let mut found = 0;
        let info = measure(|| {
            for piece in stream.chunks(8 << 10) {
                decoder.feed(piece);
                found += usize::from(decoder.next_sentence().unwrap().is_some());
            }
        });
        assert_eq!(found, 1);
        assert!(info.count_total <= 16, "{}", info.count_total);
        // Doubling: all buffers together are at most twice the last, which is at most twice the need.
        let taken = usize::try_from(info.bytes_total).unwrap();
        assert!(taken <= 4 * stream.len(), "{taken}");
    }
}
