//! The whole answer to a command.

use routeros_proto::row::Row;
use routeros_proto::text::Value;

/// The answer to a command that succeeded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    rows: Vec<Row>,
    done: Row,
}

impl Reply {
    #[cfg(any(feature = "async", feature = "blocking"))]
    pub(crate) const fn new(rows: Vec<Row>, done: Row) -> Self {
        Self { rows, done }
    }

    /// The rows in the order they came. A row without attributes counts.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The rows, owned.
    #[must_use]
    pub fn into_rows(self) -> Vec<Row> {
        self.rows
    }

    /// The attributes of `!done`.
    #[must_use]
    pub const fn done(&self) -> &Row {
        &self.done
    }

    /// The attribute `ret` of `!done`: the id of an `add`, the number of a `count-only`.
    #[must_use]
    pub fn ret(&self) -> Option<Value<'_>> {
        self.done.get("ret")
    }

    /// The id that an `add` returned, unless the answer named none.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        let id = self.done.get("ret")?;
        id.utf8().ok().filter(|id| !id.is_empty())
    }

    /// The rows as a type of the caller's; see [`typed`](routeros_proto::typed).
    ///
    /// # Errors
    /// [`RowError`](routeros_proto::typed::RowError), which names the property.
    #[cfg(feature = "serde")]
    pub fn rows_as<'a, T: serde_core::Deserialize<'a>>(
        &'a self,
    ) -> Result<Vec<T>, routeros_proto::typed::RowError> {
        self.rows.iter().map(Row::read).collect()
    }
}
