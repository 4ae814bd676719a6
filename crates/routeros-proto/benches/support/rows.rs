//! What both benchmarks measure: rows of a hotspot user, 16 words each, and very large sentences.

use routeros_proto::decoder::Decoder;
use routeros_proto::encoder::SentenceWriter;
use routeros_proto::error::{DecodeError, EncodeError};
use routeros_proto::limits::Limits;
use routeros_proto::reply::{self, ReplyKind, ReplyRef};
use routeros_proto::row::Row;

/// Bytes that a driver reads at a time.
pub(crate) const CHUNK: usize = 8 << 10;

/// The attributes of one row; reply word and tag make 16 words.
pub(crate) const ATTRIBUTES: [(&str, &str); 14] = [
    (".id", "*1F"),
    ("server", "hotspot1"),
    ("name", "PT-V7K2Q"),
    ("password", "83651"),
    ("profile", "plan-1h-5M"),
    ("mac-address", "AA:BB:CC:DD:EE:FF"),
    ("limit-uptime", "1h"),
    ("uptime", "12m44s"),
    ("bytes-in", "57657750"),
    ("bytes-out", "576577503641"),
    ("limit-bytes-total", "0"),
    ("comment", "sold 2026-09-26 at the counter"),
    ("dynamic", "false"),
    ("disabled", "false"),
];

/// Appends one row.
pub(crate) fn encode_row(out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let writer = reply::write(out, ReplyKind::Re, b"17");
    ATTRIBUTES
        .iter()
        .fold(writer, |writer, (name, value)| {
            writer.attribute(name, value)
        })
        .finish()
}

/// A stream of so many rows.
pub(crate) fn stream(rows: usize) -> Result<Vec<u8>, EncodeError> {
    let mut out = Vec::new();
    for _ in 0..rows {
        encode_row(&mut out)?;
    }
    Ok(out)
}

/// One sentence of `size` bytes of content: a single word, or words of 64 bytes.
pub(crate) fn large_sentence(size: usize, single: bool) -> Result<Vec<u8>, EncodeError> {
    let word = "=".repeat(if single { size } else { 64 });
    let mut out = Vec::new();
    let mut writer = SentenceWriter::new(&mut out).word("!re");
    for _ in 0..size / word.len() {
        writer = writer.word(&word);
    }
    writer.finish()?;
    Ok(out)
}

/// Cuts the stream into sentences and looks no further: not all of framing, shown for comparison.
pub(crate) fn sentences(stream: &[u8]) -> Result<usize, DecodeError> {
    let mut decoder = Decoder::new(Limits::client());
    let mut words = 0;
    for piece in stream.chunks(CHUNK) {
        decoder.feed(piece);
        while let Some(sentence) = decoder.next_sentence()? {
            words += sentence.word_count();
        }
    }
    Ok(words)
}

/// Framing: cuts the stream into sentences and these into words, and knows nothing of what a word
/// means.
pub(crate) fn framing(stream: &[u8]) -> Result<usize, DecodeError> {
    let mut decoder = Decoder::new(Limits::client());
    let mut bytes = 0;
    for piece in stream.chunks(CHUNK) {
        decoder.feed(piece);
        while let Some(sentence) = decoder.next_sentence()? {
            for word in sentence.words() {
                bytes += word.len();
            }
        }
    }
    Ok(bytes)
}

/// Borrowed rows: kind, tag, and every name and value of every row.
pub(crate) fn borrowed(stream: &[u8]) -> Result<usize, DecodeError> {
    let mut decoder = Decoder::new(Limits::client());
    let mut bytes = 0;
    for piece in stream.chunks(CHUNK) {
        decoder.feed(piece);
        while let Some(sentence) = decoder.next_sentence()? {
            let Ok(reply) = ReplyRef::parse(sentence) else {
                continue;
            };
            bytes += reply.tag().map_or(0, <[u8]>::len);
            for (name, value) in reply.row() {
                bytes += name.len() + value.as_bytes().len();
            }
        }
    }
    Ok(bytes)
}

/// Owned rows: keeps every row until all are there.
pub(crate) fn owned(stream: &[u8]) -> Result<Vec<Row>, DecodeError> {
    let mut decoder = Decoder::new(Limits::client());
    let mut rows = Vec::new();
    for piece in stream.chunks(CHUNK) {
        decoder.feed(piece);
        while let Some(sentence) = decoder.next_sentence()? {
            let Ok(reply) = ReplyRef::parse(sentence) else {
                continue;
            };
            rows.push(reply.row().to_owned());
        }
    }
    Ok(rows)
}
