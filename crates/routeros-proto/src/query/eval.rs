//! The stack machine that a router runs over the query words, for simulators.

use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;

use crate::row::RowRef;

/// An item as the stack machine sees it.
///
/// ```
/// use routeros_proto::query::eval::{QueryItem, matches};
/// struct Port(&'static [u8]);
/// impl QueryItem for Port {
///     fn property(&self, name: &[u8]) -> Option<&[u8]> {
///         (name == b"name").then_some(self.0)
///     }
/// }
/// assert_eq!(matches([&b"=name=ether1"[..]], &Port(b"ether1")), Ok(true));
/// assert_eq!(matches([&b"-name"[..]], &Port(b"ether1")), Ok(false));
/// ```
pub trait QueryItem {
    /// The text of a property; `None` when the item has none.
    fn property(&self, name: &[u8]) -> Option<&[u8]>;

    /// Orders a stored value against a wanted one for `?<` and `?>`.
    ///
    /// A router compares by the type of the property. Without such knowledge: as numbers when both
    /// are decimal numbers, as bytes otherwise.
    fn order(&self, _name: &[u8], stored: &[u8], wanted: &[u8]) -> Ordering {
        match (decimal(stored), decimal(wanted)) {
            (Some(stored), Some(wanted)) => stored.cmp(&wanted),
            _ => stored.cmp(wanted),
        }
    }

    /// Whether a stored value equals a wanted one for `?=`. By default byte for byte.
    fn equals(&self, _name: &[u8], stored: &[u8], wanted: &[u8]) -> bool {
        stored == wanted
    }
}

impl QueryItem for RowRef<'_> {
    fn property(&self, name: &[u8]) -> Option<&[u8]> {
        self.get(name).map(crate::text::Value::as_bytes)
    }
}

/// Whether an item passes the query `words`, given without their question marks, as
/// [`CommandRef::queries`](crate::request::CommandRef::queries) yields them.
///
/// # Errors
/// [`QueryError`] for an operator that does not exist.
///
/// ```
/// use routeros_proto::query::eval::matches;
/// use routeros_proto::row::Row;
/// let item = Row::from_pairs([("type", "vlan"), ("mtu", "1500")])?;
/// let words = [&b"type=ether"[..], b"type=vlan", b"#|", b">mtu=900"];
/// assert_eq!(matches(words, &item.view()), Ok(true));
/// # Ok::<(), routeros_proto::error::EncodeError>(())
/// ```
pub fn matches<'w>(
    words: impl IntoIterator<Item = &'w [u8]>,
    item: &impl QueryItem,
) -> Result<bool, QueryError> {
    let mut stack = Stack::default();
    for word in words {
        match word {
            [b'#', operators @ ..] => stack.run(operators)?,
            _ => stack.push(test(word, item)),
        }
    }
    Ok(stack.0.iter().all(|value| *value))
}

/// The value that a word without operators pushes.
fn test(word: &[u8], item: &impl QueryItem) -> bool {
    let compare = |rest: &[u8], wanted_order: Ordering| {
        let (name, wanted) = split(rest);
        item.property(name).is_some_and(|stored| {
            item.order(name, stored, wanted.unwrap_or_default()) == wanted_order
        })
    };
    let equal = |name: &[u8], wanted: &[u8]| {
        item.property(name)
            .is_some_and(|stored| item.equals(name, stored, wanted))
    };
    match word {
        [b'-', name @ ..] => item.property(name).is_none(),
        [b'<', rest @ ..] => compare(rest, Ordering::Less),
        [b'>', rest @ ..] => compare(rest, Ordering::Greater),
        [b'=', rest @ ..] => {
            let (name, wanted) = split(rest);
            equal(name, wanted.unwrap_or_default())
        }
        _ => match split(word) {
            (name, Some(wanted)) => equal(name, wanted),
            (name, None) => item.property(name).is_some(),
        },
    }
}

fn split(rest: &[u8]) -> (&[u8], Option<&[u8]>) {
    let mut parts = rest.splitn(2, |byte| *byte == b'=');
    (parts.next().unwrap_or_default(), parts.next())
}

fn decimal(text: &[u8]) -> Option<u64> {
    core::str::from_utf8(text).ok()?.parse().ok()
}

/// Values pushed so far; below them lies an endless supply of `true`.
#[derive(Default)]
struct Stack(Vec<bool>);

impl Stack {
    fn push(&mut self, value: bool) {
        self.0.push(value);
    }

    fn pop(&mut self) -> bool {
        self.0.pop().unwrap_or(true)
    }

    /// The value at `index` from the top.
    fn peek(&self, index: usize) -> bool {
        self.0.iter().rev().nth(index).copied().unwrap_or(true)
    }

    fn run(&mut self, operators: &[u8]) -> Result<(), QueryError> {
        let mut index: Option<usize> = None;
        for operator in operators {
            if operator.is_ascii_digit() {
                let digit = usize::from(operator - b'0');
                index = Some(index.unwrap_or(0).saturating_mul(10).saturating_add(digit));
                continue;
            }
            let indexed = index.take();
            if let Some(index) = indexed {
                self.push(self.peek(index));
            }
            match operator {
                b'!' => {
                    let top = self.pop();
                    self.push(!top);
                }
                b'&' => {
                    let (a, b) = (self.pop(), self.pop());
                    self.push(a && b);
                }
                b'|' => {
                    let (a, b) = (self.pop(), self.pop());
                    self.push(a || b);
                }
                b'.' if indexed.is_some() => {}
                b'.' => self.push(self.peek(0)),
                other => return Err(QueryError { operator: *other }),
            }
        }
        if let Some(index) = index {
            let value = self.peek(index);
            self.0.clear();
            self.push(value);
        }
        Ok(())
    }
}

/// An operator that the stack machine does not have.
///
/// ```
/// use routeros_proto::query::eval::matches;
/// use routeros_proto::row::Row;
/// let item = Row::default();
/// let error = matches([&b"#&x"[..]], &item.view()).unwrap_err();
/// assert_eq!(error.operator(), b'x');
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueryError {
    operator: u8,
}

impl QueryError {
    /// The byte that is no operator.
    #[must_use]
    pub const fn operator(&self) -> u8 {
        self.operator
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "unknown query operator '{}'",
            self.operator.escape_ascii()
        )
    }
}

impl core::error::Error for QueryError {}
