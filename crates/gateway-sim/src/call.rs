//! Who calls which operation, and what a fault changes in it.

use crate::gateway::Endpoint;

/// Changes that a fault makes to the outcome of a charge itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Twist {
    /// The charge stays pending until decided on the control side.
    pub(crate) stay_pending: bool,
    /// The charge is refused with this code.
    pub(crate) decline: Option<String>,
}

/// One authenticated call.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) endpoint: Endpoint,
    /// Mark of the account.
    pub(crate) account: String,
    /// Whether the key is a live one.
    pub(crate) live: bool,
    /// Mercado Pago's collector id.
    pub(crate) collector: i64,
    pub(crate) now_ms: i64,
    pub(crate) twist: Twist,
}
