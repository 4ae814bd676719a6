//! Queries: an expression on the client, stack words on the wire, an evaluator for servers.

use alloc::vec::Vec;

use crate::encoder::push_word;
use crate::error::EncodeError;

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
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Query {
    /// Operands before their operator.
    steps: Vec<Step>,
    error: Option<EncodeError>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// A word that pushes one value, question mark included.
    Test(Vec<u8>),
    /// One of `&`, `|`, `!`.
    Operator(u8),
}

impl Query {
    /// The item has a value for `name`. The name must not start with `-`, `<`, `>`, `=` or `#`,
    /// which would change the meaning.
    pub fn has(name: impl AsRef<[u8]>) -> Self {
        Self::test(b"?", name.as_ref(), None)
    }

    /// The item has no value for `name`.
    pub fn lacks(name: impl AsRef<[u8]>) -> Self {
        Self::test(b"?-", name.as_ref(), None)
    }

    /// The property equals `value`, which may hold any bytes.
    pub fn equal(name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        Self::test(b"?=", name.as_ref(), Some(value.as_ref()))
    }

    /// The property is less than `value`, in the order of the property's own type.
    pub fn less(name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        Self::test(b"?<", name.as_ref(), Some(value.as_ref()))
    }

    /// The property is greater than `value`. An empty value asks for "not empty".
    pub fn greater(name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        Self::test(b"?>", name.as_ref(), Some(value.as_ref()))
    }

    /// Both hold.
    pub fn and(self, other: Self) -> Self {
        self.join(other, b'&')
    }

    /// At least one holds.
    pub fn or(self, other: Self) -> Self {
        self.join(other, b'|')
    }

    /// The first mistake in a name, if any; such a query cannot be sent.
    #[must_use]
    pub const fn error(&self) -> Option<EncodeError> {
        self.error
    }

    /// The words to send, in order and each with its question mark. Operators that follow each
    /// other share a word.
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
        }
    }

    fn join(mut self, other: Self, operator: u8) -> Self {
        self.steps.extend(other.steps);
        self.steps.push(Step::Operator(operator));
        self.error = self.error.or(other.error);
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
