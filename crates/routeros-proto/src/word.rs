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
    #[must_use]
    pub fn parse(content: &'a [u8]) -> Self {
        match content {
            [b'/', ..] => Self::Command(content),
            [b'!', ..] => Self::Reply(content),
            [b'=', rest @ ..] => {
                let (name, value) = split_attribute(rest);
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

/// Splits `name=value` at the first `=`; all of it is the name when there is none.
#[inline]
pub(crate) fn split_attribute(rest: &[u8]) -> (&[u8], &[u8]) {
    match rest.iter().position(|byte| *byte == b'=') {
        Some(at) => {
            let (name, value) = rest.split_at_checked(at).unwrap_or_default();
            (name, value.get(1..).unwrap_or_default())
        }
        None => (rest, &[]),
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
