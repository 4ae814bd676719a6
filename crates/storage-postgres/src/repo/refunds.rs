//! Refunds.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
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
        let stored = diesel::insert_into(reembolsos::table)
            .values(NewRefundRow::from(new))
            .returning(RefundRow::as_returning())
            .get_result(self.conn()?)
            .await;
        self.check(stored)?.into_domain()
    }

    async fn find_open(&mut self, purchase: PurchaseId) -> Result<Option<Refund>, StoreError> {
        let found = reembolsos::table
            .filter(reembolsos::compra_id.eq(purchase.get()))
            .filter(reembolsos::estado.eq(RefundState::Sending.as_str()))
            .select(RefundRow::as_select())
            .first(self.conn()?)
            .await
            .optional();
        self.check(found)?.map(RefundRow::into_domain).transpose()
    }

    async fn find_by_request_key(
        &mut self,
        purchase: PurchaseId,
        key: &str,
    ) -> Result<Option<Refund>, StoreError> {
        let found = reembolsos::table
            .filter(reembolsos::compra_id.eq(purchase.get()))
            .filter(reembolsos::clave_solicitud.eq(key))
            .select(RefundRow::as_select())
            .first(self.conn()?)
            .await
            .optional();
        self.check(found)?.map(RefundRow::into_domain).transpose()
    }

    async fn list(&mut self, purchase: PurchaseId) -> Result<Vec<Refund>, StoreError> {
        let found = reembolsos::table
            .filter(reembolsos::compra_id.eq(purchase.get()))
            .order(reembolsos::id)
            .select(RefundRow::as_select())
            .load(self.conn()?)
            .await;
        self.check(found)?
            .into_iter()
            .map(RefundRow::into_domain)
            .collect()
    }

    async fn save(&mut self, refund: &Refund) -> Result<(), StoreError> {
        let stored = reembolsos::table
            .find(refund.id.get())
            .filter(reembolsos::empresa_id.eq(refund.tenant_id.as_str()));
        let changed = diesel::update(stored)
            .set((
                reembolsos::estado.eq(refund.state.as_str()),
                reembolsos::reembolso_pasarela_id
                    .eq(clean_option(refund.gateway_refund_id.as_ref())),
                reembolsos::terminado_en.eq(refund.finished_at.map(to_sql_time)),
            ))
            .execute(self.conn()?)
            .await;
        self.check(changed).map(|_rows| ())
    }
}
