//! Gateway events, stored before they are answered.

use async_trait::async_trait;
use domain::gateway::GatewayKind;
use domain::ids::TenantId;
use domain::secret::Sealed;
use domain::time::Timestamp;

use crate::store::error::StoreError;
use crate::store::purchases::Claim;

/// An event as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxEntry {
    /// Row number; 0 for an entry not yet stored.
    pub id: i64,
    /// Who sent it.
    pub gateway: GatewayKind,
    /// Whose it is.
    pub tenant_id: TenantId,
    /// The gateway's id of the event.
    pub event_id: String,
    /// The gateway's word for the event.
    pub topic: String,
    /// Order concerned.
    pub order_id: Option<String>,
    /// Payment concerned.
    pub payment_id: Option<String>,
    /// Our reference, when the body carried it.
    pub reference: Option<String>,
    /// Whether the signature was right; unverified events are hints.
    pub is_verified: bool,
    /// Hex SHA-256 of the body.
    pub body_hash: String,
    /// The raw body, sealed; dropped after 30 days.
    pub body: Option<Sealed>,
    /// When it came.
    pub received_at: Timestamp,
    /// Fruitless tries.
    pub attempts: i32,
}

/// Gateway events.
#[async_trait]
pub trait InboxRepository: Send {
    /// Stores an event, due at once. A verified event whose event id of this gateway and tenant
    /// was stored as verified before is not stored again: `false`.
    async fn push(&mut self, entry: &InboxEntry) -> Result<bool, StoreError>;

    /// Claims due events nobody holds, oldest first.
    async fn claim(&mut self, claim: &Claim) -> Result<Vec<InboxEntry>, StoreError>;

    /// Marks an event as processed; kept for de-duplication.
    async fn finish(&mut self, id: i64, at: Timestamp) -> Result<(), StoreError>;

    /// Counts a fruitless try and sets when to try again.
    async fn retry(&mut self, id: i64, at: Timestamp) -> Result<(), StoreError>;

    /// Drops up to `limit` raw bodies received before `before`, and up to `limit` whole processed
    /// events received before `forget_before`; answers how many rows changed.
    async fn purge(
        &mut self,
        before: Timestamp,
        forget_before: Timestamp,
        limit: i64,
    ) -> Result<u64, StoreError>;

    /// How many wait, for metrics.
    async fn count(&mut self) -> Result<i64, StoreError>;
}
