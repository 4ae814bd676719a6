//! Helpers: the router's side of a connection.

use routeros_proto::decoder::Decoder;
use routeros_proto::encoder::SentenceWriter;
use routeros_proto::limits::Limits;
use routeros_proto::row::Row;

/// A row from names and values.
pub(crate) fn row(pairs: &[(&str, &str)]) -> Row {
    Row::from_pairs(pairs.iter().copied()).unwrap()
}

/// One sentence on the wire.
pub(crate) fn sentence(words: &[&str]) -> Vec<u8> {
    let mut out = Vec::new();
    words
        .iter()
        .fold(SentenceWriter::new(&mut out), SentenceWriter::word)
        .finish()
        .unwrap();
    out
}

/// The sentences of a stream, words joined by spaces.
pub(crate) fn read(bytes: &[u8]) -> Vec<String> {
    let mut decoder = Decoder::new(Limits::client());
    decoder.feed(bytes);
    let mut sentences = Vec::new();
    while let Some(sentence) = decoder.next_sentence().unwrap() {
        let words: Vec<_> = sentence.words().map(String::from_utf8_lossy).collect();
        sentences.push(words.join(" "));
    }
    decoder.finish().unwrap();
    sentences
}
