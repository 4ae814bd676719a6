//! One word and what its first byte makes of it.

use core::fmt;

use crate::redact::is_secret;
use crate::text::Value;

/// A word, told apart by its first byte.
///
/// ```
/// use routeros_proto::text::Value;
/// use routeros_proto::word::Word;
/// assert_eq!(Word::parse(b"=name=a=b"), Word::Attribute { name: b"name", value: Value::new(b"a=b") });
/// assert_eq!(Word::parse(b".tag=7"), Word::Tag(b"7"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Word<'a> {
    /// `/path/verb`: the whole word, slash included.
    Command(&'a [u8]),
    /// `!re` and its kind: the whole word, mark included.
    Reply(&'a [u8]),
    /// `=name=value`. The name ends at the second `=`; without one the value is empty.
    Attribute {
        /// What stands between the first and the second `=`.
        name: &'a [u8],
        /// Everything after the second `=`, whatever it holds.
        value: Value<'a>,
    },
    /// `.tag=value`, the value only.
    Tag(&'a [u8]),
    /// `?...`: a query word, without the question mark.
    Query(&'a [u8]),
    /// Anything else, such as the reason of a `!fatal`.
    Bare(&'a [u8]),
}

impl<'a> Word<'a> {
    /// Tells what kind of word `content` is. Never fails.
    ///
    /// ```
    /// use routeros_proto::word::Word;
    /// assert_eq!(Word::parse(b"/login"), Word::Command(b"/login"));
    /// assert_eq!(Word::parse(b"?#|"), Word::Query(b"#|"));
    /// assert_eq!(Word::parse(b"not logged in"), Word::Bare(b"not logged in"));
    /// ```
    #[must_use]
    pub fn parse(content: &'a [u8]) -> Self {
        match content {
            [b'/', ..] => Self::Command(content),
            [b'!', ..] => Self::Reply(content),
            [b'=', ..] => {
                let (name, value) = split_attribute(content).unwrap_or_default();
                Self::Attribute {
                    name,
                    value: Value::new(value),
                }
            }
            [b'.', b't', b'a', b'g', b'=', tag @ ..] => Self::Tag(tag),
            [b'?', query @ ..] => Self::Query(query),
            _ => Self::Bare(content),
        }
    }
}

/// Splits an attribute word at its second `=`; all of it is the name when there is none. `None`
/// for a word of another kind.
#[inline]
pub(crate) fn split_attribute(word: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = word.strip_prefix(b"=")?;
    let found = rest.iter().position(|byte| *byte == b'=');
    Some(cut(word, found.map_or(word.len(), |found| found + 1)))
}

/// As [`split_attribute`], for a word known to start with `=`. The eight bytes after that one are
/// in `block`, even where they lie beyond the word: looking at all of them at once is cheaper than
/// one by one.
#[inline]
pub(crate) fn split_with_block(word: &[u8], block: [u8; 8]) -> (&[u8], &[u8]) {
    match mark_equals(u64::from_le_bytes(block)) {
        0 => cut(word, find_later(word)),
        marks => cut(word, 1 + first_marked(marks)),
    }
}

/// The place of the first `=` after the mark and eight bytes, or the length.
#[inline]
fn find_later(word: &[u8]) -> usize {
    let mut at = 9;
    while let Some(block) = word.get(at..).and_then(<[u8]>::first_chunk) {
        let marks = mark_equals(u64::from_le_bytes(*block));
        if marks != 0 {
            return at + first_marked(marks);
        }
        at += block.len();
    }
    let rest = word.get(at..).unwrap_or_default();
    at + rest
        .iter()
        .position(|byte| *byte == b'=')
        .unwrap_or(rest.len())
}

/// The index of the lowest byte that is marked.
#[inline]
fn first_marked(marks: u64) -> usize {
    usize::try_from(marks.trailing_zeros() / 8).unwrap_or_default()
}

/// Marks the bytes equal to `=` in a number, the lowest one for sure.
#[inline]
const fn mark_equals(block: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // Equal bytes become zero; subtracting borrows from the first zero byte on.
    let zeros = block ^ (ONES * 0x3D);
    zeros.wrapping_sub(ONES) & !zeros & HIGH
}

/// The name from the first byte to `at` and the value after it. No value, and all of it name, when
/// `at` lies beyond the word.
#[inline]
fn cut(word: &[u8], at: usize) -> (&[u8], &[u8]) {
    match word.split_at_checked(at) {
        Some(([_, name @ ..], [_, value @ ..])) => (name, value),
        _ => (word.get(1..).unwrap_or_default(), &[]),
    }
}

/// Values of secret properties are shown as `***`.
impl fmt::Debug for Word<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Command(word) | Self::Reply(word) | Self::Bare(word) => {
                write!(f, "{}", word.escape_ascii())
            }
            Self::Attribute { name, .. } if is_secret(name) => {
                write!(f, "={}=***", name.escape_ascii())
            }
            Self::Attribute { name, value } => {
                write!(
                    f,
                    "={}={}",
                    name.escape_ascii(),
                    value.as_bytes().escape_ascii()
                )
            }
            Self::Tag(tag) => write!(f, ".tag={}", tag.escape_ascii()),
            Self::Query(query) if is_secret(query) => f.write_str("?***"),
            Self::Query(query) => write!(f, "?{}", query.escape_ascii()),
        }
    }
}
