//! Notices to operators.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::ids::{PurchaseId, TenantId};
use domain::notice::NoticeKind;
use ports::store::error::StoreError;
use ports::store::outbox::OutboxEntry;

use crate::rows::convert::{RowName, from_sql_time, to_sql_time};
use crate::schema::bandeja_salida;

/// A notice as read.
#[derive(Queryable, Selectable, QueryableByName)]
#[diesel(table_name = bandeja_salida, check_for_backend(diesel::pg::Pg))]
pub(crate) struct OutboxRow {
    id: i64,
    empresa_id: String,
    tipo: String,
    compra_id: Option<i64>,
    creada_en: NaiveDateTime,
    intentos: i32,
}

impl OutboxRow {
    pub(crate) const fn id(&self) -> i64 {
        self.id
    }

    /// The notice.
    pub(crate) fn into_domain(self) -> Result<OutboxEntry, StoreError> {
        let name = RowName::new("bandeja_salida", &self.id);
        Ok(OutboxEntry {
            id: self.id,
            tenant_id: name.id(TenantId::parse(&self.empresa_id))?,
            kind: name.need(NoticeKind::from_str_name(&self.tipo))?,
            purchase_id: self.compra_id.map(PurchaseId::new),
            created_at: from_sql_time(self.creada_en),
            attempts: self.intentos,
        })
    }
}

/// A notice to be stored, due at once.
#[derive(Insertable)]
#[diesel(table_name = bandeja_salida)]
pub(crate) struct NewOutboxRow<'a> {
    empresa_id: &'a str,
    tipo: &'static str,
    compra_id: Option<i64>,
    creada_en: NaiveDateTime,
    intentos: i32,
    proximo_intento_en: NaiveDateTime,
}

impl<'a> From<&'a OutboxEntry> for NewOutboxRow<'a> {
    fn from(entry: &'a OutboxEntry) -> Self {
        Self {
            empresa_id: entry.tenant_id.as_str(),
            tipo: entry.kind.as_str(),
            compra_id: entry.purchase_id.map(PurchaseId::get),
            creada_en: to_sql_time(entry.created_at),
            intentos: entry.attempts,
            proximo_intento_en: to_sql_time(entry.created_at),
        }
    }
}
