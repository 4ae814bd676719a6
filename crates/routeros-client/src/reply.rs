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
}
