//! Notices to be sent, written in the transaction that causes them.

use std::time::Duration;

use async_trait::async_trait;
use domain::ids::{PurchaseId, TenantId};
use domain::notice::NoticeKind;
use domain::time::Timestamp;

use crate::store::error::StoreError;

/// A notice to be sent. Holds ids only; the text is rendered when it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxEntry {
    /// Row number; 0 for an entry not yet stored.
    pub id: i64,
    /// Whose operator is told.
    pub tenant_id: TenantId,
    /// About what.
    pub kind: NoticeKind,
    /// About which sale.
    pub purchase_id: Option<PurchaseId>,
    /// When it was written.
    pub created_at: Timestamp,
    /// Fruitless tries.
    pub attempts: i32,
}

/// Notices to be sent.
#[async_trait]
pub trait OutboxRepository: Send {
    /// Stores a notice, due at once.
    async fn push(&mut self, entry: &OutboxEntry) -> Result<(), StoreError>;

    /// Claims due notices nobody holds, oldest first, at most one of each tenant at a time.
    async fn claim(
        &mut self,
        now: Timestamp,
        lease: Duration,
        limit: i64,
    ) -> Result<Vec<OutboxEntry>, StoreError>;

    /// Removes a sent (or undeliverable) notice.
    async fn finish(&mut self, id: i64) -> Result<(), StoreError>;

    /// Counts a fruitless try and sets when to try again.
    async fn retry(&mut self, id: i64, at: Timestamp) -> Result<(), StoreError>;

    /// How many wait, for metrics.
    async fn count(&mut self) -> Result<i64, StoreError>;
}
