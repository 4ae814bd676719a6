//! Faults that change what an answer says.

use routeros_proto::decoder::Decoder;
use routeros_proto::encoder::SentenceWriter;
use routeros_proto::limits::Limits;
use routeros_proto::reply::ReplyKind;

use crate::fault::FaultKind;
use crate::refusal::Refusal;
use crate::replies::{Part, Replies};

/// Bytes of windows-1252 that are no UTF-8.
const NOT_UTF8: &[u8] = b"Caf\xE9 \xFF";

/// First byte of no length: reserved.
const RESERVED: &[u8] = &[0xF8];

/// The length of a word of 4 GiB.
const HUGE: &[u8] = &[0xF0, 0xFF, 0xFF, 0xFF, 0xFF];

/// The answer as the fault leaves it.
pub(crate) fn shape(kind: &FaultKind, tag: &[u8], replies: Replies) -> Replies {
    match kind {
        FaultKind::TwoTraps => two_traps(tag),
        FaultKind::TrapAfterRows { rows } => trap_after_rows(tag, *rows, &replies),
        FaultKind::NeverDone { .. } => without_done(&replies),
        FaultKind::UnknownReplyWord => before_done(&replies, tag, ReplyKind::Other(b"!progress")),
        FaultKind::EmptyBeforeDone => before_done(&replies, tag, ReplyKind::Empty),
        FaultKind::UnknownTag => {
            let mut shaped = Replies::default();
            shaped.push(ReplyKind::Re, b"nobodys-tag", [("name", "stray")]);
            shaped.extend(&replies);
            shaped
        }
        FaultKind::TagLast => rewritten(&replies, |words| {
            words.sort_by_key(|word| word.starts_with(b".tag="));
        }),
        FaultKind::NonUtf8 { property } => rewritten_rows(&replies, property),
        FaultKind::ReservedByte => raw(RESERVED),
        FaultKind::HugeLength => raw(HUGE),
        _ => replies,
    }
}

fn raw(bytes: &[u8]) -> Replies {
    let mut replies = Replies::default();
    replies.raw(bytes);
    replies
}

fn two_traps(tag: &[u8]) -> Replies {
    let mut replies = Replies::default();
    replies.trap(tag, &Refusal::interrupted());
    replies.trap(tag, &Refusal::plain("failure: 301 Moved Permanently"));
    replies.done(tag);
    replies
}

fn trap_after_rows(tag: &[u8], rows: usize, replies: &Replies) -> Replies {
    let mut shaped = Replies::default();
    for (sentence, part) in replies
        .sentences()
        .filter(|(_, part)| *part == Part::Row)
        .take(rows)
    {
        shaped.append(sentence, part);
    }
    shaped.trap(tag, &Refusal::plain("std failure: timeout (13)"));
    shaped.done(tag);
    shaped
}

fn without_done(replies: &Replies) -> Replies {
    let mut shaped = Replies::default();
    for (sentence, part) in replies.sentences().filter(|(_, part)| *part != Part::Done) {
        shaped.append(sentence, part);
    }
    shaped
}

fn before_done(replies: &Replies, tag: &[u8], kind: ReplyKind<'_>) -> Replies {
    let mut shaped = Replies::default();
    for (sentence, part) in replies.sentences() {
        if part == Part::Done {
            shaped.bare(kind, tag);
        }
        shaped.append(sentence, part);
    }
    shaped
}

fn rewritten_rows(replies: &Replies, property: &str) -> Replies {
    let name = format!("={property}=").into_bytes();
    let mut shaped = Replies::default();
    for (sentence, part) in replies.sentences() {
        if part == Part::Row {
            let mut words = words_of(sentence);
            words.retain(|word| !word.starts_with(&name));
            words.push([&name, NOT_UTF8].concat());
            shaped.append(&sentence_of(&words), part);
        } else {
            shaped.append(sentence, part);
        }
    }
    shaped
}

fn rewritten(replies: &Replies, change: impl Fn(&mut Vec<Vec<u8>>)) -> Replies {
    let mut shaped = Replies::default();
    for (sentence, part) in replies.sentences() {
        let mut words = words_of(sentence);
        change(&mut words);
        shaped.append(&sentence_of(&words), part);
    }
    shaped
}

fn words_of(sentence: &[u8]) -> Vec<Vec<u8>> {
    let mut decoder = Decoder::new(Limits::client());
    decoder.feed(sentence);
    match decoder.next_sentence() {
        Ok(Some(sentence)) => sentence.words().map(<[u8]>::to_vec).collect(),
        _ => Vec::new(),
    }
}

fn sentence_of(words: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = SentenceWriter::new(&mut bytes);
    for word in words {
        writer = writer.word(word);
    }
    // The words were decoded just before, so they can be written again.
    match writer.finish() {
        Ok(()) => bytes,
        Err(_) => Vec::new(),
    }
}
