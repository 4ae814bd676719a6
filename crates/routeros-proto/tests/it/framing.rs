//! Words and sentences: the vectors of the protocol document, every split, every limit.

use routeros_proto::command::Command;
use routeros_proto::decoder::Decoder;
use routeros_proto::encoder::SentenceWriter;
use routeros_proto::error::{DecodeError, DecodeErrorKind, EncodeError};
use routeros_proto::length::{EncodedLength, Header, decode};
use routeros_proto::limits::{LengthForm, Limits};
use routeros_proto::query::Query;

const LENGTHS: [(u32, &[u8]); 20] = [
    (0, &[0x00]),
    (1, &[0x01]),
    (0x7F, &[0x7F]),
    (0x80, &[0x80, 0x80]),
    (0x87, &[0x80, 0x87]),
    (0xFF, &[0x80, 0xFF]),
    (0x100, &[0x81, 0x00]),
    (0x3FFF, &[0xBF, 0xFF]),
    (0x4000, &[0xC0, 0x40, 0x00]),
    (0x4321, &[0xC0, 0x43, 0x21]),
    (0x1F_FFFF, &[0xDF, 0xFF, 0xFF]),
    (0x20_0000, &[0xE0, 0x20, 0x00, 0x00]),
    (0x2A_CDEF, &[0xE0, 0x2A, 0xCD, 0xEF]),
    (0xFFF_FFFF, &[0xEF, 0xFF, 0xFF, 0xFF]),
    (0x1000_0000, &[0xF0, 0x10, 0x00, 0x00, 0x00]),
    (0x1000_0080, &[0xF0, 0x10, 0x00, 0x00, 0x80]),
    (0x7FFF_FFFF, &[0xF0, 0x7F, 0xFF, 0xFF, 0xFF]),
    (0x8000_0000, &[0xF0, 0x80, 0x00, 0x00, 0x00]),
    (0xFFFF_FFFF, &[0xF0, 0xFF, 0xFF, 0xFF, 0xFF]),
    (0xFFFF, &[0xC0, 0xFF, 0xFF]),
];

/// Sentences of the document, as words and as hex.
const SENTENCES: [(&[&str], &str); 10] = [
    (&["/login"], "062f6c6f67696e00"),
    (
        &["/login", "=name=admin", "=password="],
        "062f6c6f67696e0b3d6e616d653d61646d696e0a3d70617373776f72643d00",
    ),
    (&["!done"], "0521646f6e6500"),
    (&["!done", "=ret=*3"], "0521646f6e65073d7265743d2a3300"),
    (&["!empty", ".tag=5"], "0621656d707479062e7461673d3500"),
    (
        &["!fatal", "session terminated on request"],
        "0621666174616c1d73657373696f6e207465726d696e61746564206f6e207265717565737400",
    ),
    (
        &["/cancel", "=tag=2", ".tag=3"],
        "072f63616e63656c063d7461673d32062e7461673d3300",
    ),
    (
        &["/interface/print", "?type=ether", "?type=vlan", "?#|"],
        "102f696e746572666163652f7072696e740b3f747970653d65746865720a3f747970653d766c616e033f237c00",
    ),
    (
        &["!re", ".tag=2", "=.id=*1A", "=name=iu=c3Eeg", "=comment="],
        "03217265062e7461673d32083d2e69643d2a31410e3d6e616d653d69753d6333456567093d636f6d6d656e743d00",
    ),
    (
        &[
            "!trap",
            ".tag=7",
            "=category=1",
            "=message=input does not match any value of profile",
        ],
        "052174726170062e7461673d370b3d63617465676f72793d31323d6d6573736167653d696e70757420646f6573\
         206e6f74206d6174636820616e792076616c7565206f662070726f66696c6500",
    ),
];

pub(crate) fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(16)).collect();
    digits
        .chunks(2)
        .map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap())
        .collect()
}

/// Everything that a decoder says about a stream given in these pieces.
fn decode_all<'a>(
    limits: Limits,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> (Vec<Vec<Vec<u8>>>, Result<(), DecodeError>) {
    let mut decoder = Decoder::new(limits);
    let mut sentences = Vec::new();
    for piece in pieces {
        decoder.feed(piece);
        loop {
            match decoder.next_sentence() {
                Ok(Some(sentence)) => sentences.push(sentence.words().map(Vec::from).collect()),
                Ok(None) => break,
                Err(error) => return (sentences, Err(error)),
            }
        }
    }
    (sentences, decoder.finish())
}

fn encode(words: &[&str]) -> Vec<u8> {
    let mut out = Vec::new();
    let writer = SentenceWriter::new(&mut out);
    words
        .iter()
        .fold(writer, SentenceWriter::word)
        .finish()
        .unwrap();
    out
}

#[test]
fn lengths_encode_and_decode_as_documented() {
    for (length, bytes) in LENGTHS {
        assert_eq!(EncodedLength::new(length).as_slice(), bytes, "{length:#x}");
        let complete = Header::Complete {
            length,
            size: bytes.len(),
            minimal: true,
        };
        assert_eq!(decode(bytes), complete, "{length:#x}");
        for cut in 0..bytes.len() {
            assert_eq!(
                decode(&bytes[..cut]),
                Header::Incomplete,
                "{length:#x} cut at {cut}"
            );
        }
    }
}

#[test]
fn first_bytes_above_f0_are_refused_with_their_place() {
    for first in 0xF1..=0xFF_u8 {
        let kind = if first < 0xF8 {
            DecodeErrorKind::OversizedLength
        } else {
            DecodeErrorKind::ReservedControlByte
        };
        let stream = [b"\x05!done\x00\x03!re".as_slice(), &[first, 1, 2, 3]].concat();
        let (sentences, outcome) = decode_all(Limits::client(), [stream.as_slice()]);
        assert_eq!(sentences, [vec![b"!done".to_vec()]]);
        let error = outcome.unwrap_err();
        assert_eq!(
            (error.kind(), error.offset(), error.byte()),
            (kind, 11, Some(first))
        );
    }
}

#[test]
fn sentences_encode_and_decode_as_documented() {
    for (words, hex) in SENTENCES {
        let bytes = unhex(hex);
        assert_eq!(encode(words), bytes, "{words:?}");
        let (sentences, outcome) = decode_all(Limits::client(), [bytes.as_slice()]);
        assert_eq!(
            sentences,
            [words
                .iter()
                .map(|w| w.as_bytes().to_vec())
                .collect::<Vec<_>>()]
        );
        assert_eq!(outcome, Ok(()));
    }
}

#[test]
fn every_split_of_the_stream_gives_the_same_result() {
    let mut stream = vec![0, 0];
    for (_, hex) in SENTENCES {
        stream.extend(unhex(hex));
    }
    stream.extend(encode(&["!re", &format!("=long={}", "x".repeat(300))]));
    let whole = decode_all(Limits::client(), [stream.as_slice()]);
    assert_eq!(whole.0.len(), SENTENCES.len() + 1);
    for cut in 0..=stream.len() {
        let (left, right) = stream.split_at(cut);
        assert_eq!(
            decode_all(Limits::client(), [left, right]),
            whole,
            "cut at {cut}"
        );
    }
    for size in 1..20 {
        assert_eq!(
            decode_all(Limits::client(), stream.chunks(size)),
            whole,
            "pieces of {size}"
        );
    }
}

#[test]
fn every_split_of_a_faulty_stream_gives_the_same_error() {
    let faults: [&[u8]; 4] = [
        b"\xFF",
        b"\xF3\x00",
        b"\xC0\x00\x01a",
        b"\xF0\x7F\xFF\xFF\xFF",
    ];
    let limits = Limits::client().with_length_form(LengthForm::Strict);
    for fault in faults {
        let stream = [b"\x05!done\x07=ret=*3\x00\x03!re".as_slice(), fault].concat();
        let whole = decode_all(limits, [stream.as_slice()]);
        assert_eq!(whole.1.unwrap_err().offset(), 19);
        for cut in 0..=stream.len() {
            let (left, right) = stream.split_at(cut);
            assert_eq!(
                decode_all(limits, [left, right]),
                whole,
                "{fault:?} cut at {cut}"
            );
        }
    }
}

#[test]
fn long_spellings_are_accepted_unless_strict() {
    let spellings: [&[u8]; 4] = [
        b"\x80\x03!re\x00",
        b"\xC0\x00\x03!re\x00",
        b"\xE0\x00\x00\x03!re\x00",
        b"\xF0\x00\x00\x00\x03!re\x00",
    ];
    let strict = Limits::client().with_length_form(LengthForm::Strict);
    for bytes in spellings {
        assert_eq!(
            decode_all(Limits::client(), [bytes]).0,
            [vec![b"!re".to_vec()]]
        );
        let error = decode_all(strict, [bytes]).1.unwrap_err();
        assert_eq!(error.kind(), DecodeErrorKind::NonMinimalLength);
        assert_eq!((error.offset(), error.byte()), (0, Some(bytes[0])));
    }
}

#[test]
fn zero_ends_the_sentence_however_it_is_spelled() {
    for zero in [
        &[0][..],
        &[0x80, 0],
        &[0xC0, 0, 0],
        &[0xE0, 0, 0, 0],
        &[0xF0, 0, 0, 0, 0],
    ] {
        let stream = [b"\x03!re", zero, b"\x05!done", zero].concat();
        let (sentences, outcome) = decode_all(Limits::client(), stream.chunks(1));
        assert_eq!(sentences, [vec![b"!re".to_vec()], vec![b"!done".to_vec()]]);
        assert_eq!(outcome, Ok(()));
    }
}

#[test]
fn limits_hold_as_soon_as_the_length_is_known() {
    let limits = Limits::client()
        .with_word_bytes(10)
        .with_sentence_bytes(24)
        .with_words(3);
    let kind = |bytes: &[u8]| decode_all(limits, [bytes]).1.unwrap_err().kind();
    // Only the length has arrived, none of the content.
    assert_eq!(
        kind(&[11]),
        DecodeErrorKind::WordTooLong {
            length: 11,
            limit: 10
        }
    );
    assert_eq!(
        kind(&[0xF0, 0xFF, 0xFF, 0xFF, 0xFF]),
        DecodeErrorKind::WordTooLong {
            length: u32::MAX,
            limit: 10
        }
    );
    assert_eq!(
        kind(b"\x0a0123456789\x0a0123456789\x02"),
        DecodeErrorKind::SentenceTooLong { limit: 24 }
    );
    assert_eq!(
        kind(b"\x01a\x01b\x01c\x01"),
        DecodeErrorKind::TooManyWords { limit: 3 }
    );
    // At the limit is allowed, and counts start anew with each sentence.
    let exact = b"\x0a0123456789\x0a0123456789\x01c\x00\x01a\x01b\x01c\x00";
    assert_eq!(decode_all(limits, [exact.as_slice()]).0.len(), 2);
}

#[test]
fn the_end_of_the_stream_inside_a_sentence_is_an_error() {
    let bytes = b"\x03!re\x00\x05!do";
    let error = decode_all(Limits::client(), [bytes.as_slice()])
        .1
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.offset(), error.byte()),
        (DecodeErrorKind::Truncated, 9, None)
    );
}

#[test]
fn an_error_stays() {
    let mut decoder = Decoder::new(Limits::client());
    decoder.feed(b"\xF8");
    let error = decoder.next_sentence().unwrap_err();
    decoder.feed(b"\x05!done\x00");
    assert_eq!(decoder.next_sentence().unwrap_err(), error);
    assert_eq!(decoder.finish(), Err(error));
}

#[test]
fn memory_of_a_large_sentence_is_given_back() {
    let mut decoder = Decoder::new(Limits::client());
    decoder.feed(&encode(&[
        "!re",
        &format!("=on-login={}", "x".repeat(1 << 20)),
    ]));
    assert!(decoder.next_sentence().unwrap().is_some());
    assert!(decoder.capacity() > 1 << 20);
    assert!(decoder.next_sentence().unwrap().is_none());
    assert_eq!(decoder.buffered(), 0);
    assert!(decoder.capacity() <= 64 << 10, "{}", decoder.capacity());
}

#[test]
fn nothing_malformed_can_be_written() {
    let mut out = b"before".to_vec();
    let cases = [
        (Command::new(""), EncodeError::InvalidCommand),
        (Command::new("/"), EncodeError::InvalidCommand),
        (Command::new("login"), EncodeError::InvalidCommand),
        (
            Command::new("/a").attribute("", "x"),
            EncodeError::InvalidName,
        ),
        (
            Command::new("/a").attribute("a=b", "x"),
            EncodeError::InvalidName,
        ),
        (
            Command::new("/a").query_equal("a=b", "x"),
            EncodeError::InvalidName,
        ),
        (Command::new("/a").word(""), EncodeError::EmptyWord),
    ];
    for (command, error) in cases {
        assert_eq!(
            command.encode(Some(b"1"), &mut out),
            Err(error),
            "{command:?}"
        );
        assert_eq!(out, b"before");
    }
    assert_eq!(
        Command::new("/a").encode(Some(b""), &mut out),
        Err(EncodeError::EmptyTag)
    );
    assert_eq!(
        SentenceWriter::new(&mut out).finish(),
        Err(EncodeError::EmptyWord)
    );
    drop(SentenceWriter::new(&mut out).word("!re"));
    assert_eq!(out, b"before");
}

#[test]
fn secrets_are_not_shown() {
    let command = Command::new("/login")
        .attribute("name", "admin")
        .attribute("password", "hunter2");
    assert_eq!(
        format!("{command:?}"),
        "[/login, =name=admin, =password=***]"
    );
    let raw = Command::new("/login").word("=password=hunter2");
    let query = Query::equal("name", "eva").and(Query::equal("password", "hunter2"));
    assert_eq!(format!("{query:?}"), "[?=name=eva, ?***, ?#&]");
    let asked = Command::new("/ip/hotspot/user/print").query(&query);
    for command in [&raw, &asked] {
        assert!(command.is_secret());
        assert!(!format!("{command:?}").contains("hunter2"));
    }
    let mut out = Vec::new();
    command.encode(None, &mut out).unwrap();
    let mut decoder = Decoder::new(Limits::client());
    decoder.feed(&out);
    assert!(!format!("{decoder:?}").contains("hunter2"));
    let sentence = decoder.next_sentence().unwrap().unwrap();
    assert!(!format!("{sentence:?}").contains("hunter2"));
}
