//! Notifications to operators.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::ids::{PurchaseId, TenantId};
use domain::notification::{ChannelKind, NotificationKind};
use ports::store::error::StoreError;
use ports::store::outbox::OutboxEntry;

use crate::rows::convert::{RowName, from_sql_time};
use crate::schema::bandeja_salida;

/// A notification as read.
#[derive(Queryable, Selectable, QueryableByName)]
#[diesel(table_name = bandeja_salida, check_for_backend(diesel::pg::Pg))]
pub(crate) struct OutboxRow {
    id: i64,
    empresa_id: String,
    tipo: String,
    compra_id: Option<i64>,
    creada_en: NaiveDateTime,
    intentos: i32,
    canal: String,
}

impl OutboxRow {
    pub(crate) const fn id(&self) -> i64 {
        self.id
    }

    /// The notification.
    pub(crate) fn into_domain(self) -> Result<OutboxEntry, StoreError> {
        let name = RowName::new("bandeja_salida", &self.id);
        Ok(OutboxEntry {
            id: self.id,
            tenant_id: name.id(TenantId::parse(&self.empresa_id))?,
            channel: name.need(ChannelKind::from_str_name(&self.canal))?,
            kind: name.need(NotificationKind::from_str_name(&self.tipo))?,
            purchase_id: self.compra_id.map(PurchaseId::new),
            created_at: from_sql_time(self.creada_en),
            attempts: self.intentos,
        })
    }
}
