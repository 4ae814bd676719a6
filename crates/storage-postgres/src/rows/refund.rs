//! Refunds.

use bigdecimal::BigDecimal;
use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::ids::{PurchaseId, RefundId, TenantId};
use domain::money::{Currency, Money};
use domain::refund::{Refund, RefundState};
use ports::store::error::StoreError;
use ports::store::refunds::NewRefund;
use uuid::Uuid;

use crate::rows::convert::{RowName, from_sql_time, to_minor, to_numeric, to_sql_time};
use crate::schema::reembolsos;

/// A refund as read.
#[derive(Queryable, Selectable)]
#[diesel(table_name = reembolsos, check_for_backend(diesel::pg::Pg))]
pub(crate) struct RefundRow {
    id: i64,
    empresa_id: String,
    compra_id: i64,
    llave: Uuid,
    clave_solicitud: Option<String>,
    monto: BigDecimal,
    moneda: String,
    reembolsado_antes: BigDecimal,
    motivo: Option<String>,
    estado: String,
    reembolso_pasarela_id: Option<String>,
    creado_en: NaiveDateTime,
    terminado_en: Option<NaiveDateTime>,
}

impl RefundRow {
    /// The refund.
    pub(crate) fn into_domain(self) -> Result<Refund, StoreError> {
        let name = RowName::new("reembolsos", &self.id);
        let currency = name.need(Currency::from_code(&self.moneda))?;
        Ok(Refund {
            id: RefundId::new(self.id),
            tenant_id: name.id(TenantId::parse(&self.empresa_id))?,
            purchase_id: PurchaseId::new(self.compra_id),
            key: self.llave,
            request_key: self.clave_solicitud,
            amount: Money::from_minor(name.need(to_minor(&self.monto))?, currency),
            refunded_before: name.need(to_minor(&self.reembolsado_antes))?,
            reason: self.motivo,
            state: name.need(RefundState::from_str_name(&self.estado))?,
            gateway_refund_id: self.reembolso_pasarela_id,
            created_at: from_sql_time(self.creado_en),
            finished_at: self.terminado_en.map(from_sql_time),
        })
    }
}

/// A refund to be stored, as being sent.
#[derive(Insertable)]
#[diesel(table_name = reembolsos)]
pub(crate) struct NewRefundRow<'a> {
    empresa_id: &'a str,
    compra_id: i64,
    llave: Uuid,
    clave_solicitud: Option<&'a str>,
    monto: BigDecimal,
    moneda: &'static str,
    reembolsado_antes: BigDecimal,
    motivo: Option<&'a str>,
    estado: &'static str,
    creado_en: NaiveDateTime,
}

impl<'a> From<&'a NewRefund> for NewRefundRow<'a> {
    fn from(new: &'a NewRefund) -> Self {
        Self {
            empresa_id: new.tenant_id.as_str(),
            compra_id: new.purchase_id.get(),
            llave: new.key,
            clave_solicitud: new.request_key.as_deref(),
            monto: to_numeric(new.amount.minor()),
            moneda: new.amount.currency().code(),
            reembolsado_antes: to_numeric(new.refunded_before),
            motivo: new.reason.as_deref(),
            estado: RefundState::Sending.as_str(),
            creado_en: to_sql_time(new.created_at),
        }
    }
}
