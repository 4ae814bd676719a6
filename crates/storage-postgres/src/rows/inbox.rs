//! Gateway events.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::gateway::GatewayKind;
use domain::ids::TenantId;
use domain::secret::Sealed;
use ports::store::error::StoreError;
use ports::store::inbox::InboxEntry;

use crate::rows::convert::{RowName, clean, clean_option, from_sql_time, to_sql_time};
use crate::schema::bandeja_webhooks;

/// An event as read.
#[derive(Queryable, Selectable, QueryableByName)]
#[diesel(table_name = bandeja_webhooks, check_for_backend(diesel::pg::Pg))]
pub(crate) struct InboxRow {
    id: i64,
    pasarela: String,
    empresa_id: String,
    evento_id: String,
    tema: String,
    orden_id: Option<String>,
    pago_id: Option<String>,
    referencia: Option<String>,
    verificado: bool,
    cuerpo_hash: String,
    cuerpo: Option<String>,
    recibido_en: NaiveDateTime,
    intentos: i32,
}

impl InboxRow {
    pub(crate) const fn id(&self) -> i64 {
        self.id
    }

    /// The event.
    pub(crate) fn into_domain(self) -> Result<InboxEntry, StoreError> {
        let name = RowName::new("bandeja_webhooks", &self.id);
        Ok(InboxEntry {
            id: self.id,
            gateway: name.need(GatewayKind::from_str_name(&self.pasarela))?,
            tenant_id: name.id(TenantId::parse(&self.empresa_id))?,
            event_id: self.evento_id,
            topic: self.tema,
            order_id: self.orden_id,
            payment_id: self.pago_id,
            reference: self.referencia,
            is_verified: self.verificado,
            body_hash: self.cuerpo_hash,
            body: self.cuerpo.map(Sealed::from_stored),
            received_at: from_sql_time(self.recibido_en),
            attempts: self.intentos,
        })
    }
}

/// An event to be stored, due at once.
#[derive(Insertable)]
#[diesel(table_name = bandeja_webhooks)]
pub(crate) struct NewInboxRow<'a> {
    pasarela: &'static str,
    empresa_id: &'a str,
    evento_id: String,
    tema: String,
    orden_id: Option<String>,
    pago_id: Option<String>,
    referencia: Option<String>,
    verificado: bool,
    cuerpo_hash: &'a str,
    cuerpo: Option<&'a str>,
    recibido_en: NaiveDateTime,
    intentos: i32,
    proximo_intento_en: NaiveDateTime,
}

impl<'a> From<&'a InboxEntry> for NewInboxRow<'a> {
    fn from(entry: &'a InboxEntry) -> Self {
        Self {
            pasarela: entry.gateway.as_str(),
            empresa_id: entry.tenant_id.as_str(),
            evento_id: clean(&entry.event_id),
            tema: clean(&entry.topic),
            orden_id: clean_option(entry.order_id.as_ref()),
            pago_id: clean_option(entry.payment_id.as_ref()),
            referencia: clean_option(entry.reference.as_ref()),
            verificado: entry.is_verified,
            cuerpo_hash: &entry.body_hash,
            cuerpo: entry.body.as_ref().map(Sealed::as_str),
            recibido_en: to_sql_time(entry.received_at),
            intentos: entry.attempts,
            proximo_intento_en: to_sql_time(entry.received_at),
        }
    }
}
