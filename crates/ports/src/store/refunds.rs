//! Refunds.

use async_trait::async_trait;
use domain::ids::{PurchaseId, TenantId};
use domain::money::Money;
use domain::refund::Refund;
use domain::time::Timestamp;
use uuid::Uuid;

use crate::store::error::StoreError;

/// A refund to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRefund {
    /// Owner.
    pub tenant_id: TenantId,
    /// The sale.
    pub purchase_id: PurchaseId,
    /// Idempotency key towards the gateway.
    pub key: Uuid,
    /// The caller's idempotency key.
    pub request_key: Option<String>,
    /// How much.
    pub amount: Money,
    /// What had gone back before, in minor units.
    pub refunded_before: i64,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub created_at: Timestamp,
}

/// Refunds.
#[async_trait]
pub trait RefundRepository: Send {
    /// Stores a refund as being sent. MUST answer a conflict on
    /// [`OPEN_REFUND`](crate::store::error::constraints::OPEN_REFUND) while another one of the
    /// purchase is, and on
    /// [`REFUND_REQUEST_KEY`](crate::store::error::constraints::REFUND_REQUEST_KEY) for a request
    /// key used before on this purchase.
    async fn insert(&mut self, new: &NewRefund) -> Result<Refund, StoreError>;

    /// The refund of this purchase that is being sent, if any.
    async fn find_open(&mut self, purchase: PurchaseId) -> Result<Option<Refund>, StoreError>;

    /// Finds a refund by the caller's key.
    async fn find_by_request_key(
        &mut self,
        purchase: PurchaseId,
        key: &str,
    ) -> Result<Option<Refund>, StoreError>;

    /// All refunds of a purchase, oldest first.
    async fn list(&mut self, purchase: PurchaseId) -> Result<Vec<Refund>, StoreError>;

    /// Writes state, gateway id and end.
    async fn save(&mut self, refund: &Refund) -> Result<(), StoreError>;
}
