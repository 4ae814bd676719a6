//! A router's errors: kept as they came, and told apart by what a caller can do about them.

use core::fmt;

use crate::row::{Row, RowRef};
use crate::text::Value;

mod category;
mod classify;

pub use category::TrapCategory;
pub use classify::{HotspotRefusal, TrapClass};

/// A `!trap`, borrowed. It never ends a command: a `!done` follows.
///
/// ```
/// use routeros_proto::row::Row;
/// use routeros_proto::trap::{TrapClass, TrapRef};
/// let row = Row::from_pairs([
///     ("message", "failure: already have user with this name for this server"),
/// ])?;
/// assert_eq!(TrapRef::new(row.view()).class(), TrapClass::Duplicate);
/// # Ok::<(), routeros_proto::error::EncodeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TrapRef<'a> {
    row: RowRef<'a>,
}

impl<'a> TrapRef<'a> {
    /// Reads the attributes of a `!trap`. Never fails: message and category may both be missing.
    #[must_use]
    pub const fn new(row: RowRef<'a>) -> Self {
        Self { row }
    }

    /// The message as it came; empty when there is none.
    #[must_use]
    pub fn message(&self) -> Value<'a> {
        self.row.get("message").unwrap_or_default()
    }

    /// The category, when there is one and it is a number.
    ///
    /// ```
    /// # use routeros_proto::row::Row;
    /// # use routeros_proto::trap::{HotspotRefusal, TrapCategory, TrapClass, TrapRef};
    /// let row = Row::from_pairs([("category", "99")])?;
    /// assert_eq!(TrapRef::new(row.view()).category(), Some(TrapCategory::Other(99)));
    /// # Ok::<(), routeros_proto::error::EncodeError>(())
    /// ```
    #[must_use]
    pub fn category(&self) -> Option<TrapCategory> {
        let text = self.row.get("category")?.utf8().ok()?;
        text.parse().ok().map(TrapCategory::from_number)
    }

    /// All attributes.
    #[must_use]
    pub const fn row(&self) -> RowRef<'a> {
        self.row
    }

    /// What kind of error it is: by category first, then by message.
    ///
    /// ```
    /// # use routeros_proto::row::Row;
    /// # use routeros_proto::trap::{HotspotRefusal, TrapCategory, TrapClass, TrapRef};
    /// let row = Row::from_pairs([("message", "not enough permissions (9)")])?;
    /// assert_eq!(TrapRef::new(row.view()).class(), TrapClass::Permission);
    /// # Ok::<(), routeros_proto::error::EncodeError>(())
    /// ```
    #[must_use]
    pub fn class(&self) -> TrapClass {
        classify::class(self.category(), self.message().as_bytes())
    }

    /// Why the hotspot refused a login, when the message is one of those.
    ///
    /// ```
    /// # use routeros_proto::row::Row;
    /// # use routeros_proto::trap::{HotspotRefusal, TrapCategory, TrapClass, TrapRef};
    /// let row = Row::from_pairs([("message", "unknown host IP 10.5.50.9")])?;
    /// let trap = TrapRef::new(row.view());
    /// assert_eq!(trap.hotspot_refusal(), Some(HotspotRefusal::UnknownHost));
    /// # Ok::<(), routeros_proto::error::EncodeError>(())
    /// ```
    #[must_use]
    pub fn hotspot_refusal(&self) -> Option<HotspotRefusal> {
        classify::hotspot(self.message().as_bytes())
    }

    /// A copy that outlives the decoder's buffer.
    ///
    /// ```
    /// use routeros_proto::row::Row;
    /// use routeros_proto::trap::TrapRef;
    /// let row = Row::from_pairs([("message", "no such item")])?;
    /// let trap = TrapRef::new(row.view()).to_owned();
    /// drop(row);
    /// assert_eq!(trap.to_string(), "no such item");
    /// # Ok::<(), routeros_proto::error::EncodeError>(())
    /// ```
    #[must_use]
    pub fn to_owned(&self) -> Trap {
        Trap {
            row: self.row.to_owned(),
        }
    }
}

impl fmt::Display for TrapRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = self.message();
        if message.is_empty() {
            f.write_str("no message")
        } else {
            f.write_str(&message.text())
        }
    }
}

impl fmt::Debug for TrapRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Trap").field(&self.row).finish()
    }
}

/// An owned `!trap`, usable as an error.
///
/// ```
/// use routeros_proto::row::Row;
/// use routeros_proto::trap::{Trap, TrapCategory};
/// let row = Row::from_pairs([("category", "0"), ("message", "no such item")])?;
/// let trap = Trap::from(row.view());
/// assert_eq!(trap.view().category(), Some(TrapCategory::Missing));
/// assert_eq!(trap.to_string(), "no such item");
/// # Ok::<(), routeros_proto::error::EncodeError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Trap {
    row: Row,
}

impl Trap {
    /// The trap as a borrowed one, which has all the views.
    #[must_use]
    pub const fn view(&self) -> TrapRef<'_> {
        TrapRef::new(self.row.view())
    }

    /// What kind of error it is.
    #[must_use]
    pub fn class(&self) -> TrapClass {
        self.view().class()
    }
}

impl From<RowRef<'_>> for Trap {
    fn from(row: RowRef<'_>) -> Self {
        Self {
            row: row.to_owned(),
        }
    }
}

impl fmt::Display for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view().fmt(f)
    }
}

impl fmt::Debug for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.view(), f)
    }
}

impl core::error::Error for Trap {}
