//! What the observer remembers of a run.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::PurchaseId;
use domain::purchase::Purchase;

/// The purchases as last committed.
#[derive(Debug, Default)]
pub(crate) struct Observer {
    pub(crate) purchases: BTreeMap<PurchaseId, Purchase>,
    /// Sales whose charge went on the wire.
    pub(crate) sent: BTreeSet<PurchaseId>,
    /// Card tokens that money was taken from.
    pub(crate) paid_tokens: BTreeMap<String, PurchaseId>,
}
