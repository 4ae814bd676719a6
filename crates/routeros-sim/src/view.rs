//! What a print or listen wants to see.

use tokio::sync::mpsc;

use crate::schema::Menu;

/// A selection of rows and properties.
#[derive(Clone, Debug)]
pub(crate) struct View {
    pub(crate) menu: &'static Menu,
    /// Tag of the command that asks.
    pub(crate) tag: Vec<u8>,
    /// Properties wanted; all without.
    pub(crate) proplist: Option<Vec<Vec<u8>>>,
    /// Query words without question marks.
    pub(crate) queries: Vec<Vec<u8>>,
    /// Only these items.
    pub(crate) ids: Option<Vec<u64>>,
    /// Whether secrets are shown.
    pub(crate) sensitive: bool,
}

/// Changes that one listener has not been told of; more are taken as a dead listener.
pub(crate) const BACKLOG: usize = 16_384;

/// A listener.
#[derive(Debug)]
pub(crate) struct Feed {
    pub(crate) view: View,
    /// Takes sentences in wire form.
    pub(crate) sender: mpsc::Sender<Vec<u8>>,
}

/// What happened to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// Added, or a property changed.
    Live,
    /// Removed.
    Dead,
}
