//! A complete sentence, borrowed from where it was decoded.

use core::fmt;

use crate::length::{Header, decode};
use crate::word::Word;

/// The words of one sentence, without a copy and without an index.
///
/// ```
/// use routeros_proto::decoder::Decoder;
/// use routeros_proto::limits::Limits;
/// let mut decoder = Decoder::new(Limits::client());
/// decoder.feed(b"\x06/login\x0b=name=admin\x00");
/// let sentence = decoder.next_sentence()?.expect("complete");
/// assert_eq!(sentence.words().collect::<Vec<_>>(), [&b"/login"[..], b"=name=admin"]);
/// # Ok::<(), routeros_proto::error::DecodeError>(())
/// ```
#[derive(Clone, Copy)]
pub struct SentenceRef<'a> {
    raw: &'a [u8],
    count: usize,
}

impl<'a> SentenceRef<'a> {
    /// `raw` holds exactly `count` complete words.
    #[inline]
    pub(crate) const fn from_wire(raw: &'a [u8], count: usize) -> Self {
        Self { raw, count }
    }

    /// The words in order, each without its length.
    #[must_use]
    #[inline]
    pub const fn words(&self) -> Words<'a> {
        Words { rest: self.raw }
    }

    /// How many words there are; at least one in a sentence from a decoder.
    #[must_use]
    pub const fn word_count(&self) -> usize {
        self.count
    }

    /// The first word, which says what the sentence is.
    #[must_use]
    pub fn first(&self) -> &'a [u8] {
        self.words().next().unwrap_or_default()
    }

    /// Bytes on the wire, lengths included and terminator not.
    #[must_use]
    pub const fn wire_len(&self) -> usize {
        self.raw.len()
    }
}

/// Values of secret properties are shown as `***`.
impl fmt::Debug for SentenceRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.words().map(Word::parse))
            .finish()
    }
}

/// Iterator over the words of a [`SentenceRef`].
#[derive(Clone, Default)]
pub struct Words<'a> {
    rest: &'a [u8],
}

impl<'a> Words<'a> {
    /// Words in wire form.
    #[inline]
    pub(crate) const fn new(rest: &'a [u8]) -> Self {
        Self { rest }
    }

    /// The words not yet taken, in wire form.
    #[inline]
    pub(crate) const fn wire(&self) -> &'a [u8] {
        self.rest
    }
}

impl<'a> Words<'a> {
    /// The next word as its length and everything from its content on. Looking at eight bytes at
    /// a time is cheaper when the last ones may lie beyond the word.
    #[inline]
    pub(crate) fn next_open(&mut self) -> Option<(usize, &'a [u8])> {
        let (&first, tail) = self.rest.split_first()?;
        let (length, tail) = if first < 0x80 {
            (usize::from(first), tail)
        } else {
            let Header::Complete { length, size, .. } = decode(self.rest) else {
                return None;
            };
            (usize::try_from(length).ok()?, self.rest.get(size..)?)
        };
        self.rest = tail.get(length..)?;
        Some((length, tail))
    }
}

impl<'a> Iterator for Words<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        let (length, tail) = self.next_open()?;
        tail.get(..length)
    }
}

impl core::iter::FusedIterator for Words<'_> {}

impl fmt::Debug for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.clone().map(Word::parse))
            .finish()
    }
}
