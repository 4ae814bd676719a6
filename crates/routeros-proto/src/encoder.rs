//! From words to bytes, into a buffer of the caller's.

use alloc::vec::Vec;
use core::fmt;

use crate::error::EncodeError;
use crate::length::EncodedLength;

/// Appends one word whose content is the concatenation of `parts`.
///
/// # Errors
/// [`EncodeError::EmptyWord`] and [`EncodeError::WordTooLong`]; `out` is unchanged then.
#[inline]
pub(crate) fn push_word(out: &mut Vec<u8>, parts: &[&[u8]]) -> Result<(), EncodeError> {
    let length = parts
        .iter()
        .fold(0_usize, |sum, part| sum.saturating_add(part.len()));
    if length == 0 {
        return Err(EncodeError::EmptyWord);
    }
    let Ok(length) = u32::try_from(length) else {
        return Err(EncodeError::WordTooLong);
    };
    match u8::try_from(length) {
        Ok(short @ 0..0x80) => out.push(short),
        _ => out.extend_from_slice(EncodedLength::new(length).as_slice()),
    }
    for part in parts {
        out.extend_from_slice(part);
    }
    Ok(())
}

/// Appends `=name=value`.
///
/// # Errors
/// [`EncodeError::InvalidName`] for a name that is empty or holds `=`, else as [`push_word`].
#[inline]
pub(crate) fn push_attribute(
    out: &mut Vec<u8>,
    name: &[u8],
    value: &[u8],
) -> Result<(), EncodeError> {
    if name.is_empty() || name.contains(&b'=') {
        return Err(EncodeError::InvalidName);
    }
    push_word(out, &[b"=", name, b"=", value])
}

/// Appends `.tag=tag`.
///
/// # Errors
/// [`EncodeError::EmptyTag`], else as [`push_word`].
pub(crate) fn push_tag(out: &mut Vec<u8>, tag: &[u8]) -> Result<(), EncodeError> {
    if tag.is_empty() {
        return Err(EncodeError::EmptyTag);
    }
    push_word(out, &[b".tag=", tag])
}

/// Writes one sentence of any kind, word by word. Mostly used through
/// [`reply::write`](crate::reply::write); a client builds a [`Command`](crate::command::Command).
///
/// Nothing half-written stays in the buffer: unless [`finish`](Self::finish) returns `Ok`, the
/// buffer is as it was before.
///
/// ```
/// use routeros_proto::encoder::SentenceWriter;
/// let mut out = Vec::new();
/// SentenceWriter::new(&mut out).word(b"!re").tag(b"2").attribute("name", "a").finish()?;
/// assert_eq!(out, b"\x03!re\x06.tag=2\x07=name=a\x00");
/// # Ok::<(), routeros_proto::error::EncodeError>(())
/// ```
#[must_use = "a sentence that is not finished is taken back"]
pub struct SentenceWriter<'a> {
    out: &'a mut Vec<u8>,
    start: usize,
    outcome: Result<(), EncodeError>,
    finished: bool,
}

impl<'a> SentenceWriter<'a> {
    /// Starts a sentence at the end of `out`.
    pub const fn new(out: &'a mut Vec<u8>) -> Self {
        let start = out.len();
        Self {
            out,
            start,
            outcome: Ok(()),
            finished: false,
        }
    }

    /// Adds a word as it is.
    ///
    /// ```
    /// # use routeros_proto::encoder::SentenceWriter;
    /// let mut out = Vec::new();
    /// SentenceWriter::new(&mut out).word("!fatal").word("not logged in").finish()?;
    /// assert_eq!(out, b"\x06!fatal\x0dnot logged in\x00");
    /// # Ok::<(), routeros_proto::error::EncodeError>(())
    /// ```
    pub fn word(self, content: impl AsRef<[u8]>) -> Self {
        self.with(|out| push_word(out, &[content.as_ref()]))
    }

    /// Adds `=name=value`.
    ///
    /// ```
    /// # use routeros_proto::encoder::SentenceWriter;
    /// let mut out = Vec::new();
    /// SentenceWriter::new(&mut out).word("!done").attribute("ret", "*3").finish()?;
    /// assert_eq!(out, b"\x05!done\x07=ret=*3\x00");
    /// # Ok::<(), routeros_proto::error::EncodeError>(())
    /// ```
    pub fn attribute(self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        self.with(|out| push_attribute(out, name.as_ref(), value.as_ref()))
    }

    /// Adds `.tag=tag`; nothing for an empty tag, which is no tag.
    ///
    /// ```
    /// # use routeros_proto::encoder::SentenceWriter;
    /// let mut out = Vec::new();
    /// SentenceWriter::new(&mut out).word("!done").tag("").finish()?;
    /// assert_eq!(out, b"\x05!done\x00");
    /// # Ok::<(), routeros_proto::error::EncodeError>(())
    /// ```
    pub fn tag(self, tag: impl AsRef<[u8]>) -> Self {
        let tag = tag.as_ref();
        if tag.is_empty() {
            self
        } else {
            self.with(|out| push_tag(out, tag))
        }
    }

    /// Ends the sentence.
    ///
    /// # Errors
    /// The first [`EncodeError`] of any word, or [`EncodeError::EmptyWord`] for no word at all;
    /// nothing was written then.
    ///
    /// ```
    /// # use routeros_proto::encoder::SentenceWriter;
    /// let mut out = b"before".to_vec();
    /// let outcome = SentenceWriter::new(&mut out).word("!re").attribute("", "x").finish();
    /// assert!(outcome.is_err());
    /// assert_eq!(out, b"before");
    /// ```
    pub fn finish(mut self) -> Result<(), EncodeError> {
        self.outcome?;
        if self.out.len() == self.start {
            return Err(EncodeError::EmptyWord);
        }
        self.out.push(0);
        self.finished = true;
        Ok(())
    }

    fn with(mut self, write: impl FnOnce(&mut Vec<u8>) -> Result<(), EncodeError>) -> Self {
        if self.outcome.is_ok() {
            self.outcome = write(self.out);
        }
        self
    }
}

impl Drop for SentenceWriter<'_> {
    fn drop(&mut self) {
        if !self.finished {
            self.out.truncate(self.start);
        }
    }
}

/// Contents may be secret, so only the length is shown.
impl fmt::Debug for SentenceWriter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let written = self.out.len().saturating_sub(self.start);
        f.debug_struct("SentenceWriter")
            .field("written", &written)
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}
