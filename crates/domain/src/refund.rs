//! Money on its way back.

use uuid::Uuid;

use crate::ids::{PurchaseId, RefundId, TenantId};
use crate::money::Money;
use crate::time::Timestamp;

/// How far a refund has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefundState {
    /// Committed; the request may or may not have reached the gateway. Only reading the payment
    /// tells.
    Sending,
    /// The gateway confirmed it.
    Done,
    /// The gateway refused it; no money moved.
    Refused,
}

impl RefundState {
    const NAMES: [(Self, &'static str); 3] = [
        (Self::Sending, "sending"),
        (Self::Done, "done"),
        (Self::Refused, "refused"),
    ];

    /// The stable name used in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(state, _)| *state == self)
            .map_or("sending", |(_, name)| name)
    }

    /// Reads the stable name.
    #[must_use]
    pub fn from_str_name(name: &str) -> Option<Self> {
        Self::NAMES
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(state, _)| *state)
    }
}

/// One refund of one sale. At most one per sale is in flight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// Row number.
    pub id: RefundId,
    /// Owner.
    pub tenant_id: TenantId,
    /// The sale.
    pub purchase_id: PurchaseId,
    /// Idempotency key towards the gateway.
    pub key: Uuid,
    /// The caller's idempotency key, if the caller was a person.
    pub request_key: Option<String>,
    /// How much goes back.
    pub amount: Money,
    /// What had gone back before this refund, in minor units: after a lost answer the payment's
    /// refunded total is compared with it.
    pub refunded_before: i64,
    /// Why, for people.
    pub reason: Option<String>,
    /// How far it has come.
    pub state: RefundState,
    /// The gateway's id of it.
    pub gateway_refund_id: Option<String>,
    /// When it was ordered.
    pub created_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}
