//! What can be wrong with bytes: those that came in and those that should go out.

use core::fmt;

/// Why a byte stream is not a RouterOS stream. The connection cannot go on after it.
///
/// This is never a router's `!trap`: a trap is an answer, this is the absence of one.
///
/// ```
/// use routeros_proto::decoder::Decoder;
/// use routeros_proto::limits::Limits;
/// let mut decoder = Decoder::new(Limits::client());
/// decoder.feed(b"\x03!re\xF9");
/// let error = decoder.next_sentence().unwrap_err();
/// assert_eq!(error.to_string(), "reserved control byte at byte 4 (0xF9)");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodeError {
    kind: DecodeErrorKind,
    offset: u64,
    byte: Option<u8>,
}

impl DecodeError {
    pub(crate) const fn new(kind: DecodeErrorKind, offset: u64, byte: Option<u8>) -> Self {
        Self { kind, offset, byte }
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> DecodeErrorKind {
        self.kind
    }

    /// Position in the stream, in bytes from its start, of the length byte at fault.
    #[must_use]
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// The byte at [`offset`](Self::offset); `None` when the stream ended there.
    #[must_use]
    pub const fn byte(&self) -> Option<u8> {
        self.byte
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.kind, self.offset)?;
        match self.byte {
            Some(byte) => write!(f, " (0x{byte:02X})"),
            None => Ok(()),
        }
    }
}

impl core::error::Error for DecodeError {}

/// The kinds of [`DecodeError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// A first byte of `F8` to `FF`: reserved, and how to go on is unknown.
    ReservedControlByte,
    /// A first byte of `F1` to `F7`: a length above 32 bits, which is not supported.
    OversizedLength,
    /// A length in more bytes than needed, refused because lengths are strict.
    NonMinimalLength,
    /// The word is longer than the limit.
    WordTooLong {
        /// Content bytes announced.
        length: u32,
        /// Content bytes allowed.
        limit: usize,
    },
    /// The sentence would grow over the limit.
    SentenceTooLong {
        /// Wire bytes allowed.
        limit: usize,
    },
    /// The sentence has more words than the limit.
    TooManyWords {
        /// Words allowed.
        limit: usize,
    },
    /// The stream ended inside a sentence.
    Truncated,
}

impl fmt::Display for DecodeErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReservedControlByte => f.write_str("reserved control byte"),
            Self::OversizedLength => f.write_str("word length above 32 bits"),
            Self::NonMinimalLength => f.write_str("word length not in its shortest form"),
            Self::WordTooLong { length, limit } => {
                write!(f, "word of {length} bytes, at most {limit} are accepted")
            }
            Self::SentenceTooLong { limit } => write!(f, "sentence above {limit} bytes"),
            Self::TooManyWords { limit } => write!(f, "sentence of more than {limit} words"),
            Self::Truncated => f.write_str("stream ended inside a sentence"),
        }
    }
}

/// Why a sentence cannot be written. Nothing of it was.
///
/// ```
/// use routeros_proto::command::Command;
/// use routeros_proto::error::EncodeError;
/// let mut out = Vec::new();
/// let outcome = Command::new("/a").encode(Some(b""), &mut out);
/// assert_eq!(outcome, Err(EncodeError::EmptyTag));
/// assert!(out.is_empty());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodeError {
    /// A word without content would end the sentence early.
    EmptyWord,
    /// A word above 32 bits of length.
    WordTooLong,
    /// A command word that does not start with `/` and name something.
    InvalidCommand,
    /// A word that is neither an attribute nor part of a query, such as `.tag=1`: it could change
    /// whose answer this is.
    ReservedWord,
    /// `/login` or `/cancel`, which a connection sends itself: use its methods.
    ReservedCommand,
    /// A value that no attribute can hold, such as a map inside a struct; see the feature `serde`.
    InvalidValue {
        /// The field; empty where it is not known.
        property: &'static str,
    },
    /// A name that is empty, holds a `=`, or would be read as something else.
    InvalidName,
    /// A tag without content means "no tag" on the wire.
    EmptyTag,
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InvalidValue { property } => {
                return write!(f, "value of property `{property}` fits no attribute");
            }
            Self::EmptyWord => "a word without content would end the sentence",
            Self::WordTooLong => "word above 32 bits of length",
            Self::InvalidCommand => "a command starts with a slash and names something",
            Self::ReservedWord => "a word of a command starts with '=' or '?'",
            Self::ReservedCommand => "login and cancel are sent by the connection itself",
            Self::InvalidName => "name is empty, holds '=' or would change its meaning",
            Self::EmptyTag => "a tag without content means no tag",
        })
    }
}

impl core::error::Error for EncodeError {}
