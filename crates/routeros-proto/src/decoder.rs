//! From bytes in any pieces to sentences.

use alloc::vec::Vec;

use crate::error::{DecodeError, DecodeErrorKind};
use crate::length::{Header, decode};
use crate::limits::{LengthForm, Limits};
use crate::sentence::SentenceRef;

/// Capacity that an idle decoder keeps; what a large sentence took beyond it is given back.
const KEPT_CAPACITY: usize = 64 << 10;

/// Cuts a byte stream into sentences, whatever the pieces it arrives in.
///
/// Every byte is looked at once: the place reached is kept between calls, so a large word that
/// arrives in many pieces costs linear time. Memory grows with what arrived, never with what a
/// length announced. Used by both roles.
///
/// After an error the decoder stays in it, since nothing tells where the next word starts.
///
/// ```
/// use routeros_proto::decoder::Decoder;
/// use routeros_proto::limits::Limits;
///
/// let mut decoder = Decoder::new(Limits::client());
/// decoder.feed(b"\x05!do");
/// assert!(decoder.next_sentence()?.is_none());
/// decoder.feed(b"ne\x00");
/// let sentence = decoder.next_sentence()?.expect("complete");
/// assert_eq!(sentence.first(), b"!done");
/// # Ok::<(), routeros_proto::error::DecodeError>(())
/// ```
#[derive(Clone)]
pub struct Decoder {
    limits: Limits,
    buffer: Vec<u8>,
    /// First byte of the sentence in progress.
    start: usize,
    /// First byte not yet looked at; always the place of a length.
    scan: usize,
    /// Complete words of the sentence in progress.
    words: usize,
    /// Stream offset of `buffer[0]`.
    base: u64,
    error: Option<DecodeError>,
}

/// Where a complete sentence lies in the decoder's buffer. Valid until the next `feed`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    start: usize,
    end: usize,
    words: usize,
}

impl Decoder {
    /// A decoder at the start of a stream.
    #[must_use]
    pub const fn new(limits: Limits) -> Self {
        Self {
            limits,
            buffer: Vec::new(),
            start: 0,
            scan: 0,
            words: 0,
            base: 0,
            error: None,
        }
    }

    /// Replaces the limits, for example once a peer has logged in. Applies to words not yet seen.
    ///
    /// ```
    /// # use routeros_proto::decoder::Decoder;
    /// # use routeros_proto::limits::Limits;
    /// let mut decoder = Decoder::new(Limits::before_login());
    /// // The peer has logged in: now it may send more.
    /// decoder.set_limits(Limits::client());
    /// decoder.feed(b"\xC1\x00\x01");
    /// assert!(decoder.next_sentence()?.is_none(), "a word of 64 KiB and one byte may come");
    /// # Ok::<(), routeros_proto::error::DecodeError>(())
    /// ```
    pub const fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
    }

    /// Appends bytes from the stream.
    ///
    /// Take all sentences with [`next_sentence`](Self::next_sentence) before the next call: the
    /// limits bound a sentence in progress, not the ones that nobody takes.
    ///
    /// ```
    /// # use routeros_proto::decoder::Decoder;
    /// # use routeros_proto::limits::Limits;
    /// let mut decoder = Decoder::new(Limits::client());
    /// for byte in b"\x05!done\x00" {
    ///     assert!(decoder.next_sentence()?.is_none());
    ///     decoder.feed(&[*byte]);
    /// }
    /// assert!(decoder.next_sentence()?.is_some());
    /// # Ok::<(), routeros_proto::error::DecodeError>(())
    /// ```
    pub fn feed(&mut self, bytes: &[u8]) {
        self.compact();
        self.buffer.extend_from_slice(bytes);
    }

    /// The next complete sentence, or `None` when more bytes are needed.
    ///
    /// Empty sentences are skipped, as the manual asks of both sides.
    ///
    /// # Errors
    /// [`DecodeError`] for a byte that cannot be there or a limit passed; the same one again on
    /// every later call. Sentences before the fault are all delivered first.
    ///
    /// ```
    /// # use routeros_proto::decoder::Decoder;
    /// # use routeros_proto::limits::Limits;
    /// use routeros_proto::error::DecodeErrorKind;
    /// let mut decoder = Decoder::new(Limits::client());
    /// decoder.feed(b"\x05!done\x00\xFFrubbish");
    /// assert_eq!(decoder.next_sentence()?.unwrap().first(), b"!done");
    /// let error = decoder.next_sentence().unwrap_err();
    /// assert_eq!(error.kind(), DecodeErrorKind::ReservedControlByte);
    /// assert_eq!((error.offset(), error.byte()), (7, Some(0xFF)));
    /// # Ok::<(), routeros_proto::error::DecodeError>(())
    /// ```
    pub fn next_sentence(&mut self) -> Result<Option<SentenceRef<'_>>, DecodeError> {
        let span = self.next_span()?;
        Ok(span.map(|span| self.sentence(span)))
    }

    /// Tells the decoder that the stream ended.
    ///
    /// # Errors
    /// [`DecodeErrorKind::Truncated`] when it ended inside a sentence, or the earlier error.
    ///
    /// ```
    /// # use routeros_proto::decoder::Decoder;
    /// # use routeros_proto::limits::Limits;
    /// let mut decoder = Decoder::new(Limits::client());
    /// decoder.feed(b"\x05!do");
    /// assert!(decoder.next_sentence()?.is_none());
    /// assert!(decoder.finish().is_err(), "the stream ended inside a sentence");
    /// # Ok::<(), routeros_proto::error::DecodeError>(())
    /// ```
    pub fn finish(&self) -> Result<(), DecodeError> {
        match self.error {
            Some(error) => Err(error),
            None if self.start < self.buffer.len() => {
                let end = self.base.saturating_add(wide(self.buffer.len()));
                Err(DecodeError::new(DecodeErrorKind::Truncated, end, None))
            }
            None => Ok(()),
        }
    }

    /// Bytes held: sentences not yet taken and the one in progress.
    ///
    /// ```
    /// # use routeros_proto::decoder::Decoder;
    /// # use routeros_proto::limits::Limits;
    /// let mut decoder = Decoder::new(Limits::client());
    /// decoder.feed(b"\x05!do");
    /// assert_eq!(decoder.buffered(), 4);
    /// ```
    #[must_use]
    pub const fn buffered(&self) -> usize {
        self.buffer.len().saturating_sub(self.start)
    }

    /// Bytes of memory taken for the buffer.
    #[must_use]
    pub const fn capacity(&self) -> usize {
        self.buffer.capacity()
    }

    /// Finds the next sentence without borrowing it.
    #[inline]
    pub(crate) fn next_span(&mut self) -> Result<Option<Span>, DecodeError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let held = self.buffer.len();
        let (mut scan, mut words) = (self.scan, self.words);
        let outcome = loop {
            let Some(rest) = self.buffer.get(scan..) else {
                break Ok(None);
            };
            let (length, size) = match *rest {
                [] => break Ok(None),
                [short @ 0..0x80, ..] => (usize::from(short), 1),
                [first, ..] => match self.long_header(rest) {
                    Ok(Some(header)) => header,
                    Ok(None) => break Ok(None),
                    Err(kind) => break Err((kind, first)),
                },
            };
            if length == 0 {
                let found = Span {
                    start: self.start,
                    end: scan,
                    words,
                };
                scan += size;
                self.start = scan;
                if words > 0 {
                    words = 0;
                    break Ok(Some(found));
                }
                continue;
            }
            let next = scan.saturating_add(size).saturating_add(length);
            if length > self.limits.word_bytes
                || words >= self.limits.words
                || next - self.start > self.limits.sentence_bytes
            {
                let first = rest.first().copied().unwrap_or_default();
                break Err((self.passed_limit(length, words), first));
            }
            if next > held {
                break Ok(None);
            }
            scan = next;
            words += 1;
        };
        self.scan = scan;
        self.words = words;
        match outcome {
            Ok(None) => {
                self.release();
                Ok(None)
            }
            Ok(found) => Ok(found),
            Err((kind, byte)) => {
                let offset = self.base.saturating_add(wide(scan));
                let error = DecodeError::new(kind, offset, Some(byte));
                self.error = Some(error);
                Err(error)
            }
        }
    }

    /// The sentence at `span`.
    #[inline]
    pub(crate) fn sentence(&self, span: Span) -> SentenceRef<'_> {
        let raw = self.buffer.get(span.start..span.end).unwrap_or_default();
        SentenceRef::from_wire(raw, span.words)
    }

    fn long_header(&self, rest: &[u8]) -> Result<Option<(usize, usize)>, DecodeErrorKind> {
        match decode(rest) {
            Header::Incomplete => Ok(None),
            Header::Oversized => Err(DecodeErrorKind::OversizedLength),
            Header::Reserved => Err(DecodeErrorKind::ReservedControlByte),
            Header::Complete { minimal: false, .. }
                if self.limits.length_form == LengthForm::Strict =>
            {
                Err(DecodeErrorKind::NonMinimalLength)
            }
            Header::Complete { length, size, .. } => {
                Ok(Some((usize::try_from(length).unwrap_or(usize::MAX), size)))
            }
        }
    }

    #[cold]
    fn passed_limit(&self, length: usize, words: usize) -> DecodeErrorKind {
        if length > self.limits.word_bytes {
            let length = u32::try_from(length).unwrap_or(u32::MAX);
            DecodeErrorKind::WordTooLong {
                length,
                limit: self.limits.word_bytes,
            }
        } else if words >= self.limits.words {
            DecodeErrorKind::TooManyWords {
                limit: self.limits.words,
            }
        } else {
            DecodeErrorKind::SentenceTooLong {
                limit: self.limits.sentence_bytes,
            }
        }
    }

    /// Drops what was taken, moving at most as many bytes as were dropped, so that it stays linear.
    fn compact(&mut self) {
        let taken = self.start;
        if taken == 0 || taken < self.buffer.len() - taken {
            return;
        }
        self.buffer.drain(..taken);
        self.base = self.base.saturating_add(wide(taken));
        self.scan -= taken;
        self.start = 0;
    }

    /// Gives the memory of a large sentence back once nothing is held.
    fn release(&mut self) {
        if self.start == self.buffer.len() && self.buffer.capacity() > KEPT_CAPACITY {
            self.base = self.base.saturating_add(wide(self.start));
            self.buffer = Vec::new();
            self.start = 0;
            self.scan = 0;
        }
    }
}

/// Contents may hold passwords, so only the counts are shown.
impl core::fmt::Debug for Decoder {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Decoder")
            .field("limits", &self.limits)
            .field("buffered", &self.buffered())
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

fn wide(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
