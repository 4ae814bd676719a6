//! Refunds.

use async_trait::async_trait;
use diesel::prelude::*;
use domain::ids::PurchaseId;
use domain::refund::{Refund, RefundState};
use ports::store::error::StoreError;
use ports::store::refunds::{NewRefund, RefundRepository};

use crate::rows::convert::{clean_option, to_sql_time};
use crate::rows::refund::{NewRefundRow, RefundRow};
use crate::schema::reembolsos;
use crate::unit_of_work::PgUnitOfWork;

#[async_trait]
impl RefundRepository for PgUnitOfWork {
    async fn insert(&mut self, new: &NewRefund) -> Result<Refund, StoreError> {
        let query = diesel::insert_into(reembolsos::table)
            .values(NewRefundRow::from(new))
            .returning(RefundRow::as_returning());
        let stored = self.sure_row(query).await?;
        stored.into_domain()
    }

    async fn find_open(&mut self, purchase: PurchaseId) -> Result<Option<Refund>, StoreError> {
        let query = reembolsos::table
            .filter(reembolsos::compra_id.eq(purchase.get()))
            .filter(reembolsos::estado.eq(RefundState::Sending.as_str()))
            .select(RefundRow::as_select());
        let found = self.row(query).await?;
        found.map(RefundRow::into_domain).transpose()
    }

    async fn find_by_request_key(
        &mut self,
        purchase: PurchaseId,
        key: &str,
    ) -> Result<Option<Refund>, StoreError> {
        let query = reembolsos::table
            .filter(reembolsos::compra_id.eq(purchase.get()))
            .filter(reembolsos::clave_solicitud.eq(key))
            .select(RefundRow::as_select());
        let found = self.row(query).await?;
        found.map(RefundRow::into_domain).transpose()
    }

    async fn list(&mut self, purchase: PurchaseId) -> Result<Vec<Refund>, StoreError> {
        let query = reembolsos::table
            .filter(reembolsos::compra_id.eq(purchase.get()))
            .order(reembolsos::id)
            .select(RefundRow::as_select());
        let found = self.rows(query).await?;
        found.into_iter().map(RefundRow::into_domain).collect()
    }

    async fn save(&mut self, refund: &Refund) -> Result<(), StoreError> {
        let stored = reembolsos::table
            .find(refund.id.get())
            .filter(reembolsos::empresa_id.eq(refund.tenant_id.as_str()));
        let statement = diesel::update(stored).set((
            reembolsos::estado.eq(refund.state.as_str()),
            reembolsos::reembolso_pasarela_id.eq(clean_option(refund.gateway_refund_id.as_ref())),
            reembolsos::terminado_en.eq(refund.finished_at.map(to_sql_time)),
        ));
        self.run(statement).await?;
        Ok(())
    }
}
