//! Refunds.

use async_trait::async_trait;
use domain::ids::{PurchaseId, RefundId};
use domain::refund::{Refund, RefundState};
use ports::store::error::StoreError;
use ports::store::refunds::{NewRefund, RefundRepository};

use crate::memory::rows::RefundRow;
use crate::memory::store::MemoryUnit;

#[async_trait]
impl RefundRepository for MemoryUnit {
    async fn insert(&mut self, new: &NewRefund) -> Result<Refund, StoreError> {
        let mut rows = self.statement("refunds.insert").await?;
        let refund = Refund {
            id: RefundId::new(rows.next_number::<RefundRow>()),
            tenant_id: new.tenant_id.clone(),
            purchase_id: new.purchase_id,
            key: new.key,
            request_key: new.request_key.clone(),
            amount: new.amount,
            refunded_before: new.refunded_before,
            reason: new.reason.clone(),
            state: RefundState::Sending,
            gateway_refund_id: None,
            created_at: new.created_at,
            finished_at: None,
        };
        let row = RefundRow {
            refund: refund.clone(),
        };
        rows.insert(&refund.id, row).map(|()| refund)
    }

    async fn find_open(&mut self, purchase: PurchaseId) -> Result<Option<Refund>, StoreError> {
        let rows = self.statement("refunds.find_open").await?;
        Ok(rows
            .rows::<RefundRow>()
            .map(|(_id, row)| &row.refund)
            .find(|refund| refund.purchase_id == purchase && refund.state == RefundState::Sending)
            .cloned())
    }

    async fn find_by_request_key(
        &mut self,
        purchase: PurchaseId,
        key: &str,
    ) -> Result<Option<Refund>, StoreError> {
        let rows = self.statement("refunds.find_by_request_key").await?;
        Ok(rows
            .rows::<RefundRow>()
            .map(|(_id, row)| &row.refund)
            .find(|refund| {
                refund.purchase_id == purchase && refund.request_key.as_deref() == Some(key)
            })
            .cloned())
    }

    async fn list(&mut self, purchase: PurchaseId) -> Result<Vec<Refund>, StoreError> {
        let rows = self.statement("refunds.list").await?;
        let mut refunds: Vec<Refund> = rows
            .rows::<RefundRow>()
            .map(|(_id, row)| &row.refund)
            .filter(|refund| refund.purchase_id == purchase)
            .cloned()
            .collect();
        refunds.sort_by_key(|refund| (refund.created_at, refund.id));
        Ok(refunds)
    }

    async fn save(&mut self, refund: &Refund) -> Result<(), StoreError> {
        let mut rows = self.statement("refunds.save").await?;
        rows.update(&refund.id, |row: &mut RefundRow| {
            row.refund.state = refund.state;
            row.refund
                .gateway_refund_id
                .clone_from(&refund.gateway_refund_id);
            row.refund.finished_at = refund.finished_at;
            true
        })?;
        Ok(())
    }
}
