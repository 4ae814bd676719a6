//! What a command that does not end waits for.

use std::time::Duration;

use tokio::sync::mpsc;

use crate::replies::Replies;
use crate::view::View;

/// Where the rows after the first ones come from.
#[derive(Debug)]
pub(crate) enum Watch {
    /// From changes. Closed when the listener was too slow to be told of all.
    Changes(mpsc::Receiver<Vec<u8>>),
    /// These rows, over and over: the first now, then one per period.
    Rows {
        /// One sentence each.
        rows: Vec<Replies>,
        /// How often.
        period: Duration,
        /// When the first was due, in the clock's milliseconds.
        since: u64,
    },
    /// The same print again and again.
    Every {
        /// What to print.
        view: View,
        /// How often.
        period: Duration,
        /// When the first round was, in the clock's milliseconds.
        since: u64,
    },
}
