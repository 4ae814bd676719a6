//! Queries: an expression on the client, stack words on the wire, an evaluator for servers.

use alloc::vec::Vec;

use core::fmt;

use crate::encoder::push_word;
use crate::error::EncodeError;
use crate::redact::is_secret;
use crate::word::Word;

pub mod eval;

/// A condition on the properties of an item, for `print`.
///
/// Built as an expression and sent as the stack words of the protocol. Parts combine by value and
/// the whole is kept flat, so neither depth nor dropping can exhaust the stack.
///
/// ```
/// use routeros_proto::query::Query;
/// let query = Query::equal("type", "ether").or(Query::equal("type", "vlan"));
/// let words: Vec<_> = query.words().collect();
/// assert_eq!(words, [&b"?=type=ether"[..], b"?=type=vlan", b"?#|"]);
/// ```
#[derive(Clone, PartialEq, Eq)]
#[must_use]
pub struct Query {
    /// Operands before their operator.
    steps: Vec<Step>,
    error: Option<EncodeError>,
    secret: bool,
}

#[derive(Clone, PartialEq, Eq)]
enum Step {
    /// A word that pushes one value, question mark included.
    Test(Vec<u8>),
    /// One of `&`, `|`, `!`.
    Operator(u8),
}

impl Query {
    /// The item has a value for `name`. The name must not start with `-`, `<`, `>`, `=` or `#`,
    /// which would change the meaning.
    ///
    /// ```
    /// # use routeros_proto::query::Query;
    /// # let words = |query: &Query| -> Vec<Vec<u8>> { query.words().collect() };
    /// assert_eq!(words(&Query::has("comment")), [b"?comment"]);
    /// ```
    pub fn has(name: impl AsRef<[u8]>) -> Self {
        Self::test(b"?", name.as_ref(), None)
    }

    /// The item has no value for `name`.
    ///
    /// ```
    /// # use routeros_proto::query::Query;
    /// # let words = |query: &Query| -> Vec<Vec<u8>> { query.words().collect() };
    /// assert_eq!(words(&Query::lacks("comment")), [b"?-comment"]);
    /// ```
    pub fn lacks(name: impl AsRef<[u8]>) -> Self {
        Self::test(b"?-", name.as_ref(), None)
    }

    /// The property equals `value`, which may hold any bytes. For booleans use
    /// [`is_true`](Self::is_true) and [`is_false`](Self::is_false): `yes` and `no` match nothing.
    ///
    /// ```
    /// # use routeros_proto::query::Query;
    /// # let words = |query: &Query| -> Vec<Vec<u8>> { query.words().collect() };
    /// assert_eq!(words(&Query::equal("name", "-x")), [b"?=name=-x"]);
    /// ```
    pub fn equal(name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        Self::test(b"?=", name.as_ref(), Some(value.as_ref()))
    }

    /// The property is `true`. Booleans are compared in the spelling that the API prints: a router
    /// asked for `disabled=yes` finds nothing and says nothing.
    ///
    /// ```
    /// # use routeros_proto::query::Query;
    /// # let words = |query: &Query| -> Vec<Vec<u8>> { query.words().collect() };
    /// assert_eq!(words(&Query::is_true("disabled")), [b"?=disabled=true"]);
    /// ```
    pub fn is_true(name: impl AsRef<[u8]>) -> Self {
        Self::equal(name, b"true")
    }

    /// The property is `false`. An item without the property does not match; ask for
    /// `!Query::is_true(name)` to have those too.
    ///
    /// ```
    /// # use routeros_proto::query::Query;
    /// # let words = |query: &Query| -> Vec<Vec<u8>> { query.words().collect() };
    /// assert_eq!(words(&Query::is_false("disabled")), [b"?=disabled=false"]);
    /// ```
    pub fn is_false(name: impl AsRef<[u8]>) -> Self {
        Self::equal(name, b"false")
    }

    /// The property is less than `value`, in the order of the property's own type.
    ///
    /// ```
    /// # use routeros_proto::query::Query;
    /// # let words = |query: &Query| -> Vec<Vec<u8>> { query.words().collect() };
    /// assert_eq!(words(&Query::less("mtu", "1500")), [b"?<mtu=1500"]);
    /// ```
    pub fn less(name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        Self::test(b"?<", name.as_ref(), Some(value.as_ref()))
    }

    /// The property is greater than `value`. An empty value asks for "not empty".
    ///
    /// ```
    /// # use routeros_proto::query::Query;
    /// # let words = |query: &Query| -> Vec<Vec<u8>> { query.words().collect() };
    /// assert_eq!(words(&Query::greater("comment", "")), [b"?>comment="]);
    /// ```
    pub fn greater(name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        Self::test(b"?>", name.as_ref(), Some(value.as_ref()))
    }

    /// Both hold.
    ///
    /// ```
    /// # use routeros_proto::query::Query;
    /// # let words = |query: &Query| -> Vec<Vec<u8>> { query.words().collect() };
    /// let both = Query::equal("a", "1").and(Query::equal("b", "2"));
    /// assert_eq!(words(&both), [&b"?=a=1"[..], b"?=b=2", b"?#&"]);
    /// ```
    pub fn and(self, other: Self) -> Self {
        self.join(other, b'&')
    }

    /// At least one holds.
    ///
    /// ```
    /// # use routeros_proto::query::Query;
    /// # let words = |query: &Query| -> Vec<Vec<u8>> { query.words().collect() };
    /// let any = Query::has("a").or(Query::has("b")).or(Query::has("c"));
    /// assert_eq!(words(&any), [&b"?a"[..], b"?b", b"?#|", b"?c", b"?#|"]);
    /// ```
    pub fn or(self, other: Self) -> Self {
        self.join(other, b'|')
    }

    /// The first mistake in a name, if any; such a query cannot be sent.
    ///
    /// ```
    /// # use routeros_proto::query::Query;
    /// # let words = |query: &Query| -> Vec<Vec<u8>> { query.words().collect() };
    /// assert!(Query::has("-name").error().is_some(), "it would ask for the contrary");
    /// assert!(Query::equal("-name", "x").error().is_none());
    /// ```
    #[must_use]
    pub const fn error(&self) -> Option<EncodeError> {
        self.error
    }

    /// The words to send, in order and each with its question mark. Operators that follow each
    /// other share a word.
    ///
    /// ```
    /// use routeros_proto::query::Query;
    /// let query = !Query::has("comment").or(Query::equal("disabled", "true"));
    /// let words: Vec<_> = query.words().collect();
    /// assert_eq!(words, [&b"?comment"[..], b"?=disabled=true", b"?#|!"]);
    /// ```
    pub fn words(&self) -> impl Iterator<Item = Vec<u8>> + '_ {
        let mut steps = self.steps.iter().peekable();
        core::iter::from_fn(move || match steps.next()? {
            Step::Test(word) => Some(word.clone()),
            Step::Operator(first) => {
                let mut word = Vec::from([b'?', b'#', *first]);
                while let Some(Step::Operator(next)) =
                    steps.next_if(|step| matches!(step, Step::Operator(_)))
                {
                    word.push(*next);
                }
                Some(word)
            }
        })
    }

    /// Whether a value is compared that must not be shown.
    pub(crate) const fn is_secret(&self) -> bool {
        self.secret
    }

    /// Bytes of all words.
    pub(crate) fn size(&self) -> usize {
        self.words().map(|word| word.len().saturating_add(5)).sum()
    }

    /// Appends the words in wire form.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        self.words().try_for_each(|word| push_word(out, &[&word]))
    }

    fn test(mark: &[u8], name: &[u8], value: Option<&[u8]>) -> Self {
        // With a value the mark is always there and protects the name; without one, a name that
        // starts like a mark would be read as one.
        let ambiguous = mark == b"?" && matches!(name, [b'-' | b'<' | b'>' | b'=' | b'#', ..]);
        let error = if name.is_empty() || name.contains(&b'=') || ambiguous {
            Some(EncodeError::InvalidName)
        } else {
            None
        };
        let mut word = [mark, name].concat();
        if let Some(value) = value {
            word.push(b'=');
            word.extend_from_slice(value);
        }
        Self {
            steps: Vec::from([Step::Test(word)]),
            error,
            secret: value.is_some() && is_secret(name),
        }
    }

    fn join(mut self, other: Self, operator: u8) -> Self {
        self.steps.extend(other.steps);
        self.steps.push(Step::Operator(operator));
        self.error = self.error.or(other.error);
        self.secret |= other.secret;
        self
    }
}

/// The opposite of a query.
impl core::ops::Not for Query {
    type Output = Self;

    fn not(mut self) -> Self {
        self.steps.push(Step::Operator(b'!'));
        self
    }
}

/// Values of secret properties are shown as `***`.
impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut list = f.debug_list();
        for word in self.words() {
            list.entry(&Word::parse(&word));
        }
        list.finish()
    }
}
