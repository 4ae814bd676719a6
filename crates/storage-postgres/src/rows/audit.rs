//! The audit log.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::audit::{Actor, AuditEntry};
use domain::ids::{TenantId, UserId};
use ports::store::error::StoreError;

use crate::rows::convert::{RowName, from_sql_time, to_sql_time};
use crate::schema::auditoria;

/// An entry as read.
#[derive(Queryable, Selectable)]
#[diesel(table_name = auditoria, check_for_backend(diesel::pg::Pg))]
pub(crate) struct AuditRow {
    id: i64,
    usuario_id: Option<i64>,
    accion: String,
    empresa_id: Option<String>,
    sujeto_tipo: String,
    sujeto_id: String,
    detalle: Option<String>,
    direccion_remota: Option<String>,
    creada_en: NaiveDateTime,
}

impl AuditRow {
    /// The entry.
    pub(crate) fn into_domain(self) -> Result<AuditEntry, StoreError> {
        let name = RowName::new("auditoria", &self.id);
        let tenant = self.empresa_id.as_deref().map(TenantId::parse);
        Ok(AuditEntry {
            id: self.id,
            actor: self
                .usuario_id
                .map_or(Actor::System, |id| Actor::User(UserId::new(id))),
            action: self.accion,
            tenant_id: tenant.map(|id| name.id(id)).transpose()?,
            subject: (self.sujeto_tipo, self.sujeto_id),
            detail: self.detalle,
            remote_address: self.direccion_remota,
            at: from_sql_time(self.creada_en),
        })
    }
}

/// An entry to be appended.
#[derive(Insertable)]
#[diesel(table_name = auditoria)]
pub(crate) struct NewAuditRow<'a> {
    usuario_id: Option<i64>,
    accion: &'a str,
    empresa_id: Option<&'a str>,
    sujeto_tipo: &'a str,
    sujeto_id: &'a str,
    detalle: Option<&'a str>,
    direccion_remota: Option<&'a str>,
    creada_en: NaiveDateTime,
}

impl<'a> From<&'a AuditEntry> for NewAuditRow<'a> {
    fn from(entry: &'a AuditEntry) -> Self {
        let (kind, id) = &entry.subject;
        Self {
            usuario_id: match entry.actor {
                Actor::User(id) => Some(id.get()),
                Actor::System => None,
            },
            accion: &entry.action,
            empresa_id: entry.tenant_id.as_ref().map(TenantId::as_str),
            sujeto_tipo: kind,
            sujeto_id: id,
            detalle: entry.detail.as_deref(),
            direccion_remota: entry.remote_address.as_deref(),
            creada_en: to_sql_time(entry.at),
        }
    }
}
