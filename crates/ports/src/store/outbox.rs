//! Notifications to be sent, written in the transaction that causes them.

use std::time::Duration;

use async_trait::async_trait;
use domain::ids::{PurchaseId, TenantId};
use domain::notification::{ChannelKind, NotificationKind};
use domain::time::Timestamp;

use crate::store::error::StoreError;

/// A notification to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNotification {
    /// Whose operator is told.
    pub tenant_id: TenantId,
    /// About what.
    pub kind: NotificationKind,
    /// About which sale.
    pub purchase_id: Option<PurchaseId>,
    /// When it is written; it is due at once.
    pub created_at: Timestamp,
}

/// A notification to be sent over one channel. Holds ids only; it is filled in and rendered when
/// it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxEntry {
    /// Row number.
    pub id: i64,
    /// Whose operator is told.
    pub tenant_id: TenantId,
    /// Over which channel.
    pub channel: ChannelKind,
    /// About what.
    pub kind: NotificationKind,
    /// About which sale.
    pub purchase_id: Option<PurchaseId>,
    /// When it was written.
    pub created_at: Timestamp,
    /// Tries without success.
    pub attempts: i32,
}

/// Notifications to be sent.
#[async_trait]
pub trait OutboxRepository: Send {
    /// Stores a notification, due at once: one entry for each channel that the tenant has at this
    /// moment ([`Tenant::channels`](domain::tenant::Tenant::channels)), none where it has none.
    async fn push(&mut self, notification: &NewNotification) -> Result<(), StoreError>;

    /// Claims due entries nobody holds, oldest first, at most one of each tenant and channel at a
    /// time.
    async fn claim(
        &mut self,
        now: Timestamp,
        lease: Duration,
        limit: i64,
    ) -> Result<Vec<OutboxEntry>, StoreError>;

    /// Removes a sent (or undeliverable) entry.
    async fn finish(&mut self, id: i64) -> Result<(), StoreError>;

    /// Counts a try without success and sets when to try again.
    async fn retry(&mut self, id: i64, at: Timestamp) -> Result<(), StoreError>;

    /// How many wait, for metrics.
    async fn count(&mut self) -> Result<i64, StoreError>;
}
