//! RouterOS users that are not in use yet, and checks of routers.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::ids::{RouterId, TenantId};
use domain::router::RouterStatus;
use domain::secret::Sealed;
use ports::store::error::StoreError;
use ports::store::router_care::{CheckOutcome, PendingUser, RouterCheck};

use crate::rows::convert::{RowName, from_sql_time, to_sql_time};
use crate::schema::{credenciales_router, revisiones_router};

/// A user as read and stored.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = credenciales_router, check_for_backend(diesel::pg::Pg))]
pub(crate) struct PendingUserRow {
    usuario: String,
    empresa_id: String,
    router_id: String,
    password_encrypted: String,
    creada_en: NaiveDateTime,
}

impl PendingUserRow {
    /// The user.
    pub(crate) fn into_domain(self) -> Result<PendingUser, StoreError> {
        let name = RowName::new("credenciales_router", &self.usuario);
        Ok(PendingUser {
            tenant_id: name.id(TenantId::parse(&self.empresa_id))?,
            router_id: name.id(RouterId::parse(&self.router_id))?,
            password: Sealed::from_stored(self.password_encrypted),
            created_at: from_sql_time(self.creada_en),
            username: self.usuario,
        })
    }
}

impl From<&PendingUser> for PendingUserRow {
    fn from(user: &PendingUser) -> Self {
        Self {
            usuario: user.username.clone(),
            empresa_id: user.tenant_id.to_string(),
            router_id: user.router_id.to_string(),
            password_encrypted: user.password.as_str().to_owned(),
            creada_en: to_sql_time(user.created_at),
        }
    }
}

/// The checks of a router as read and stored.
#[derive(Queryable, QueryableByName, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = revisiones_router, check_for_backend(diesel::pg::Pg))]
#[diesel(treat_none_as_null = true)]
pub(crate) struct RouterCheckRow {
    router_id: String,
    empresa_id: String,
    estado: Option<String>,
    desde: Option<NaiveDateTime>,
    revisado_en: Option<NaiveDateTime>,
    revisar_en: NaiveDateTime,
}

impl RouterCheckRow {
    /// The checks.
    pub(crate) fn into_domain(self) -> Result<RouterCheck, StoreError> {
        let name = RowName::new("revisiones_router", &self.router_id);
        let outcome = match (self.estado, self.desde, self.revisado_en) {
            (Some(status), Some(since), Some(checked_at)) => Some(CheckOutcome {
                status: name.need(RouterStatus::from_str_name(&status))?,
                since: from_sql_time(since),
                checked_at: from_sql_time(checked_at),
            }),
            _ => None,
        };
        Ok(RouterCheck {
            tenant_id: name.id(TenantId::parse(&self.empresa_id))?,
            router_id: name.id(RouterId::parse(&self.router_id))?,
            outcome,
            due_at: from_sql_time(self.revisar_en),
        })
    }
}

impl From<&RouterCheck> for RouterCheckRow {
    fn from(check: &RouterCheck) -> Self {
        let outcome = check.outcome.as_ref();
        Self {
            router_id: check.router_id.to_string(),
            empresa_id: check.tenant_id.to_string(),
            estado: outcome.map(|one| one.status.as_str().to_owned()),
            desde: outcome.map(|one| to_sql_time(one.since)),
            revisado_en: outcome.map(|one| to_sql_time(one.checked_at)),
            revisar_en: to_sql_time(check.due_at),
        }
    }
}
