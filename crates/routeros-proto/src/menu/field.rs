//! One property of a typed row.

use crate::text::Value;
use crate::value::{FromValue, ValueError, parse_counter, parse_size};

/// A property as it stands in a row.
///
/// ```
/// use routeros_proto::menu::{Field, HotspotUserRow};
/// use routeros_proto::row::Row;
/// let row = Row::from_pairs([("name", "V7K2"), ("comment", ""), ("limit-uptime", "soon")])?;
/// let user = HotspotUserRow::new(row.view());
/// assert_eq!(user.name().value().unwrap(), "V7K2");
/// assert!(matches!(user.comment(), Field::Empty));
/// assert!(matches!(user.profile(), Field::Missing));
/// assert!(matches!(user.limit_uptime(), Field::Invalid(text) if text == "soon"));
/// # Ok::<(), routeros_proto::error::EncodeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field<'a, T> {
    /// The row does not have it: not set, not asked for, or not readable with our policies.
    Missing,
    /// The row has it without content.
    Empty,
    /// It has this value.
    Value(T),
    /// It has a content that is not of the type. The text is kept.
    Invalid(Value<'a>),
}

impl<T> Field<'_, T> {
    /// The value, when there is one that can be read.
    ///
    /// ```
    /// use routeros_proto::menu::Field;
    /// assert_eq!(Field::Value(7).value(), Some(7));
    /// assert_eq!(Field::<u64>::Empty.value(), None);
    /// ```
    #[must_use]
    pub fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Missing | Self::Empty | Self::Invalid(_) => None,
        }
    }

    /// Whether the row does not have the property.
    #[must_use]
    pub const fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }
}

impl<'a, T: FromValue<'a>> Field<'a, T> {
    /// Reads a property of a row.
    ///
    /// ```
    /// use routeros_proto::menu::Field;
    /// use routeros_proto::text::Value;
    /// assert_eq!(Field::read(Some(Value::new(b"yes"))), Field::Value(true));
    /// assert_eq!(Field::<bool>::read(None), Field::Missing);
    /// ```
    #[must_use]
    pub fn read(value: Option<Value<'a>>) -> Self {
        match value {
            None => Self::Missing,
            Some(value) if value.is_empty() => Self::Empty,
            Some(value) => T::from_value(value).map_or(Self::Invalid(value), Self::Value),
        }
    }
}

/// A number of bytes that some versions print as `16.0MiB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size(pub u64);

impl FromValue<'_> for Size {
    fn from_value(value: Value<'_>) -> Result<Self, ValueError> {
        parse_size(value.as_bytes()).map(Self)
    }
}

/// How many devices may use one user at a time.
///
/// ```
/// use routeros_proto::menu::{HotspotProfileRow, SharedUsers};
/// use routeros_proto::row::Row;
/// let row = Row::from_pairs([("shared-users", "unlimited")])?;
/// let profile = HotspotProfileRow::new(row.view());
/// assert_eq!(profile.shared_users().value(), Some(SharedUsers::Unlimited));
/// # Ok::<(), routeros_proto::error::EncodeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SharedUsers {
    /// At most so many.
    AtMost(u64),
    /// `unlimited`.
    Unlimited,
}

impl FromValue<'_> for SharedUsers {
    fn from_value(value: Value<'_>) -> Result<Self, ValueError> {
        match value.as_bytes() {
            b"unlimited" => Ok(Self::Unlimited),
            number => parse_counter(number).map(Self::AtMost),
        }
    }
}
