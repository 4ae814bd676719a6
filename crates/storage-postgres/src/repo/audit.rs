//! The audit log.

use async_trait::async_trait;
use diesel::prelude::*;
use domain::audit::AuditEntry;
use ports::store::audit::{AuditFilter, AuditRepository};
use ports::store::error::StoreError;

use crate::rows::audit::{AuditRow, NewAuditRow};
use crate::rows::convert::{to_limit, to_sql_time};
use crate::schema::auditoria;
use crate::unit_of_work::PgUnitOfWork;

diesel::define_sql_function! {
    /// Whether a text begins with another one, literally.
    fn starts_with(text: diesel::sql_types::Text, prefix: diesel::sql_types::Text)
        -> diesel::sql_types::Bool;
}

/// The filter as conditions. A macro, because count and page are different types of query to
/// diesel.
macro_rules! matching {
    ($query:expr, $filter:expr) => {{
        let filter: &AuditFilter = $filter;
        let mut query = $query.into_boxed();
        if let Some(tenant) = &filter.tenant_id {
            query = query.filter(auditoria::empresa_id.eq(tenant.as_str()));
        }
        if let Some(action) = &filter.action {
            query = query.filter(starts_with(auditoria::accion, action.as_str()));
        }
        if let Some(from) = filter.from {
            query = query.filter(auditoria::creada_en.ge(to_sql_time(from)));
        }
        if let Some(to) = filter.to {
            query = query.filter(auditoria::creada_en.lt(to_sql_time(to)));
        }
        query
    }};
}

#[async_trait]
impl AuditRepository for PgUnitOfWork {
    async fn append(&mut self, entry: &AuditEntry) -> Result<(), StoreError> {
        let statement = diesel::insert_into(auditoria::table).values(NewAuditRow::from(entry));
        self.run(statement).await?;
        Ok(())
    }

    async fn list(
        &mut self,
        filter: &AuditFilter,
        limit: i64,
        offset: i64,
    ) -> Result<(i64, Vec<AuditEntry>), StoreError> {
        let query = matching!(auditoria::table.count(), filter);
        let counted = self.sure_row::<i64, _>(query).await?;
        let total = counted;
        let query = matching!(auditoria::table.select(AuditRow::as_select()), filter)
            .order((auditoria::creada_en.desc(), auditoria::id.desc()))
            .limit(to_limit(limit))
            .offset(to_limit(offset));
        let found = self.rows(query).await?;
        let entries = found
            .into_iter()
            .map(AuditRow::into_domain)
            .collect::<Result<Vec<_>, _>>()?;
        Ok((total, entries))
    }
}
