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
    ///
    /// ```
    /// use routeros_proto::{decoder::Decoder, limits::Limits};
    /// let mut decoder = Decoder::new(Limits::client());
    /// decoder.feed(b"\x03!re\x04=a=b\x00");
    /// let sentence = decoder.next_sentence()?.unwrap();
    /// assert_eq!((sentence.words().count(), sentence.word_count()), (2, 2));
    /// # Ok::<(), routeros_proto::error::DecodeError>(())
    /// ```
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

impl<'a> Iterator for Words<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        let (tail, length) = open_word(self.rest)?;
        let (word, rest) = tail.split_at_checked(length)?;
        self.rest = rest;
        Some(word)
    }
}

/// Everything after the length of the first word, and that length.
#[inline]
pub(crate) fn open_word(wire: &[u8]) -> Option<(&[u8], usize)> {
    match wire {
        [length @ 0..0x80, tail @ ..] => Some((tail, usize::from(*length))),
        _ => open_long_word(wire),
    }
}

/// Kept out of line: nearly all words are short, and their path should stay small.
#[cold]
fn open_long_word(wire: &[u8]) -> Option<(&[u8], usize)> {
    let Header::Complete { length, size, .. } = decode(wire) else {
        return None;
    };
    Some((wire.get(size..)?, usize::try_from(length).ok()?))
}

impl core::iter::FusedIterator for Words<'_> {}

impl fmt::Debug for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.clone().map(Word::parse))
            .finish()
    }
}
