//! What a router answers: read by clients, written by servers.

use alloc::vec::Vec;
use core::fmt;

use crate::encoder::SentenceWriter;
use crate::row::RowRef;
use crate::sentence::{SentenceRef, Words};
use crate::text::Value;
use crate::word::Word;

/// The first word of a reply.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReplyKind<'a> {
    /// `!re`: one row or one progress report.
    Re,
    /// `!done`: the only normal end of a command; may carry attributes such as `ret`.
    Done,
    /// `!trap`: an error. Not the end: a `!done` follows, and more traps may come before it.
    Trap,
    /// `!empty`: no data, from 7.18 on. Not the end: a `!done` follows.
    Empty,
    /// `!fatal`: the router closes the connection, all commands on it end.
    Fatal,
    /// A reply word that we do not know, mark included. Ends nothing.
    Other(&'a [u8]),
}

impl<'a> ReplyKind<'a> {
    /// The kind of a reply word; `None` when it is not one.
    ///
    /// ```
    /// use routeros_proto::reply::ReplyKind;
    /// assert_eq!(ReplyKind::parse(b"!done"), Some(ReplyKind::Done));
    /// assert_eq!(ReplyKind::parse(b"!new"), Some(ReplyKind::Other(b"!new")));
    /// assert_eq!(ReplyKind::parse(b"HTTP/1.1"), None);
    /// ```
    #[must_use]
    pub fn parse(word: &'a [u8]) -> Option<Self> {
        Some(match word {
            b"!re" => Self::Re,
            b"!done" => Self::Done,
            b"!trap" => Self::Trap,
            b"!empty" => Self::Empty,
            b"!fatal" => Self::Fatal,
            [b'!', ..] => Self::Other(word),
            _ => return None,
        })
    }

    /// The word on the wire.
    #[must_use]
    pub const fn as_bytes(self) -> &'a [u8] {
        match self {
            Self::Re => b"!re",
            Self::Done => b"!done",
            Self::Trap => b"!trap",
            Self::Empty => b"!empty",
            Self::Fatal => b"!fatal",
            Self::Other(word) => word,
        }
    }
}

impl fmt::Debug for ReplyKind<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.as_bytes().escape_ascii())
    }
}

/// A reply, borrowed from the decoder's buffer.
///
/// ```
/// use routeros_proto::{decoder::Decoder, limits::Limits, reply::{ReplyKind, ReplyRef}};
/// let mut decoder = Decoder::new(Limits::client());
/// decoder.feed(b"\x05!done\x07=ret=*3\x06.tag=9\x00");
/// let reply = ReplyRef::parse(decoder.next_sentence()?.unwrap()).unwrap();
/// assert_eq!(reply.kind(), ReplyKind::Done);
/// assert_eq!(reply.tag(), Some(&b"9"[..]));
/// assert_eq!(reply.row().get("ret").unwrap(), "*3");
/// # Ok::<(), routeros_proto::error::DecodeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ReplyRef<'a> {
    kind: ReplyKind<'a>,
    tag: Option<&'a [u8]>,
    row: RowRef<'a>,
}

impl<'a> ReplyRef<'a> {
    /// Reads a sentence as a reply.
    ///
    /// # Errors
    /// [`NotAReply`] when the first word does not start with `!`: the peer is no router.
    ///
    /// ```
    /// # use routeros_proto::{decoder::Decoder, limits::Limits, reply::{NotAReply, ReplyRef}};
    /// let mut decoder = Decoder::new(Limits::client());
    /// decoder.feed(b"\x06/login\x00");
    /// assert_eq!(ReplyRef::parse(decoder.next_sentence()?.unwrap()), Err(NotAReply));
    /// # Ok::<(), routeros_proto::error::DecodeError>(())
    /// ```
    #[inline]
    pub fn parse(sentence: SentenceRef<'a>) -> Result<Self, NotAReply> {
        let mut words = sentence.words();
        let kind = words.next().and_then(ReplyKind::parse).ok_or(NotAReply)?;
        let row = RowRef::from_wire(words.wire());
        Ok(Self {
            kind,
            tag: find_tag(words),
            row,
        })
    }

    /// What kind of reply it is.
    #[must_use]
    pub const fn kind(&self) -> ReplyKind<'a> {
        self.kind
    }

    /// The tag, wherever in the sentence it stood. An empty tag is none.
    #[must_use]
    pub const fn tag(&self) -> Option<&'a [u8]> {
        self.tag
    }

    /// The attributes, which every kind may carry.
    #[must_use]
    pub const fn row(&self) -> RowRef<'a> {
        self.row
    }

    /// The reason of a `!fatal`: its first word that is neither attribute nor tag, else its
    /// `message`, else empty.
    ///
    /// ```
    /// # use routeros_proto::{decoder::Decoder, limits::Limits, reply::ReplyRef};
    /// let mut decoder = Decoder::new(Limits::client());
    /// decoder.feed(b"\x06!fatal\x0dnot logged in\x00");
    /// let reply = ReplyRef::parse(decoder.next_sentence()?.unwrap()).unwrap();
    /// assert_eq!(reply.reason(), "not logged in");
    /// # Ok::<(), routeros_proto::error::DecodeError>(())
    /// ```
    #[must_use]
    pub fn reason(&self) -> Value<'a> {
        let is_text =
            |word: &&[u8]| !matches!(Word::parse(word), Word::Attribute { .. } | Word::Tag(_));
        let bare = self.row.words().find(is_text).map(Value::new);
        bare.or_else(|| self.row.get("message")).unwrap_or_default()
    }
}

/// Values of secret properties are shown as `***`.
impl fmt::Debug for ReplyRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut list = f.debug_list();
        list.entry(&self.kind)
            .entries(self.row.words().map(Word::parse))
            .finish()
    }
}

/// The first non-empty tag among `words`.
#[inline]
pub(crate) fn find_tag(mut words: Words<'_>) -> Option<&[u8]> {
    words.find_map(|word| word.strip_prefix(b".tag=").filter(|tag| !tag.is_empty()))
}

/// A sentence that should be a reply but is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAReply;

impl fmt::Display for NotAReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sentence does not start with a reply word")
    }
}

impl core::error::Error for NotAReply {}

/// Starts a reply in `out`, for servers; `tag` is the one of the command, empty for none.
///
/// ```
/// use routeros_proto::reply::{ReplyKind, write};
/// let mut out = Vec::new();
/// write(&mut out, ReplyKind::Trap, b"7").attribute("category", "1").finish()?;
/// write(&mut out, ReplyKind::Done, b"7").finish()?;
/// # Ok::<(), routeros_proto::error::EncodeError>(())
/// ```
pub fn write<'a>(out: &'a mut Vec<u8>, kind: ReplyKind<'_>, tag: &[u8]) -> SentenceWriter<'a> {
    SentenceWriter::new(out).word(kind.as_bytes()).tag(tag)
}
