//! Fuzz targets, in the layout of bolero.
//!
//! A normal test run replays the corpus next to this file (`__fuzz__/<target>/corpus`) and tries
//! random inputs for a second per target. For a longer, bounded run on stable give the time of
//! each target in milliseconds: `BOLERO_RANDOM_TEST_TIME_MS=60000 cargo test -p routeros-proto
//! --test it fuzz::`. A failure prints the seed that repeats it (`BOLERO_RANDOM_SEED`). With
//! `cargo-bolero` installed, `cargo bolero test -p routeros-proto fuzz::fuzz_decode -T 60s` runs
//! the same target under libFuzzer and writes new inputs into the corpus.

use bolero::check;
use routeros_proto::decoder::Decoder;
use routeros_proto::encoder::SentenceWriter;
use routeros_proto::error::DecodeError;
use routeros_proto::limits::{LengthForm, Limits};
use routeros_proto::menu::HotspotUserRow;
use routeros_proto::query::Query;
use routeros_proto::query::eval::matches;
use routeros_proto::reply::ReplyRef;
use routeros_proto::request::CommandRef;
use routeros_proto::trap::TrapRef;
use routeros_proto::value::{RateLimit, RouterDuration, Timeout};

use crate::model;
use crate::wire::row;

fn limits(choice: u8) -> Limits {
    let length_form = if choice & 1 == 0 {
        LengthForm::Lenient
    } else {
        LengthForm::Strict
    };
    Limits::client()
        .with_word_bytes(300)
        .with_sentence_bytes(600)
        .with_words(8)
        .with_length_form(length_form)
}

type Outcome = (Vec<Vec<Vec<u8>>>, Result<(), DecodeError>);

fn decode<'a>(limits: Limits, pieces: impl Iterator<Item = &'a [u8]>) -> Outcome {
    let mut decoder = Decoder::new(limits);
    let mut sentences = Vec::new();
    for piece in pieces {
        decoder.feed(piece);
        loop {
            match decoder.next_sentence() {
                Ok(Some(sentence)) => {
                    let words: Vec<_> = sentence.words().map(Vec::from).collect();
                    assert_eq!(words.len(), sentence.word_count());
                    assert!(words.len() <= limits.words && sentence.wire_len() <= 600);
                    sentences.push(words);
                }
                Ok(None) => break,
                Err(error) => return (sentences, Err(error)),
            }
        }
    }
    (sentences, decoder.finish())
}

#[test]
fn fuzz_decode() {
    check!().for_each(|input: &[u8]| {
        let Some((choice, stream)) = input.split_first() else {
            return;
        };
        let limits = limits(*choice);
        let whole = decode(limits, core::iter::once(stream));
        let size = usize::from(*choice / 2).max(1);
        assert_eq!(decode(limits, stream.chunks(size)), whole);
        assert_eq!(decode(limits, stream.chunks(1)), whole);
        // What was decoded encodes to something that decodes to the same.
        let mut again = Vec::new();
        for words in &whole.0 {
            let writer = SentenceWriter::new(&mut again);
            words
                .iter()
                .fold(writer, SentenceWriter::word)
                .finish()
                .unwrap();
        }
        assert_eq!(
            decode(limits, core::iter::once(again.as_slice())),
            (whole.0, Ok(()))
        );
    });
}

#[test]
fn fuzz_reply() {
    check!().for_each(|input: &[u8]| {
        let mut decoder = Decoder::new(Limits::before_login());
        decoder.feed(input);
        while let Ok(Some(sentence)) = decoder.next_sentence() {
            let shown = format!("{sentence:?}");
            if let Ok(command) = CommandRef::parse(sentence) {
                let words = command.attributes().len() + command.queries().count();
                assert!(words < sentence.word_count(), "{shown}");
                let _ = (
                    command.menu_and_verb(),
                    command.proplist().map(Iterator::count),
                );
            }
            let Ok(reply) = ReplyRef::parse(sentence) else {
                continue;
            };
            let row = reply.row();
            let owned = row.to_owned();
            assert_eq!(owned.view(), row);
            assert!(
                row.attributes()
                    .all(|(name, _)| owned.get(name) == row.get(name))
            );
            for (_, value) in row {
                let _ = (value.lossy(), value.text(), value.windows_1252());
            }
            let user = HotspotUserRow::new(row);
            let _ = (user.id(), user.limit_uptime(), user.unknown().count());
            let trap = TrapRef::new(row);
            let _ = (
                trap.class(),
                trap.hotspot_refusal(),
                trap.to_string(),
                reply.reason(),
            );
        }
    });
}

#[test]
fn fuzz_query() {
    let item = row(&[("type", "ether"), ("mtu", "1500"), ("comment", "")]);
    check!().for_each(|input: &[u8]| {
        let words: Vec<_> = input.split(|byte| *byte == b'\n').collect();
        let outcome = matches(words.iter().copied(), &item.view());
        // A repeated question gets a repeated answer, joined by AND.
        if outcome == Ok(false) && !words.iter().any(|word| word.starts_with(b"#")) {
            let twice = words.iter().chain(&words).copied();
            assert_eq!(matches(twice, &item.view()), Ok(false));
        }
        // Any value goes through a query unharmed.
        let query = Query::equal("type", input).or(Query::equal("type", "ether"));
        let sent: Vec<_> = query.words().collect();
        let bare = sent.iter().map(|word| &word[1..]);
        assert_eq!(matches(bare, &item.view()), Ok(true));
    });
}

#[test]
fn fuzz_duration() {
    check!().for_each(|input: &[u8]| {
        if let Ok(duration) = RouterDuration::parse(input) {
            let printed = duration.to_string();
            assert_eq!(
                RouterDuration::parse(printed.as_bytes()),
                Ok(duration),
                "{printed}"
            );
            assert_eq!(Timeout::parse(input), Ok(Timeout::After(duration)));
        }
    });
}

#[test]
fn fuzz_rate_limit() {
    check!().for_each(|input: &[u8]| {
        if let Ok(Some(limit)) = RateLimit::parse(input) {
            let printed = limit.to_string();
            assert_eq!(
                RateLimit::parse(printed.as_bytes()),
                Ok(Some(limit)),
                "{printed}"
            );
        }
    });
}

#[test]
fn fuzz_connection() {
    check!().for_each(|input: &[u8]| model::play(input));
}

#[test]
fn every_target_has_its_corpus() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/__fuzz__");
    for target in [
        "connection",
        "decode",
        "duration",
        "query",
        "rate_limit",
        "reply",
    ] {
        // bolero passes over a folder that is not there in silence.
        let corpus = folder.join(format!("fuzz__{target}/corpus"));
        assert!(corpus.read_dir().unwrap().count() >= 10, "{target}");
    }
}
