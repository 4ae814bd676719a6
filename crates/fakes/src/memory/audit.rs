//! The audit log.

use std::cmp::Reverse;

use async_trait::async_trait;
use domain::audit::AuditEntry;
use ports::store::audit::{AuditFilter, AuditRepository};
use ports::store::error::StoreError;

use crate::memory::purchases::to_size;
use crate::memory::rows::AuditRow;
use crate::memory::store::MemoryUnit;
use crate::memory::tenants::count;

fn matches(entry: &AuditEntry, filter: &AuditFilter) -> bool {
    let is_of_tenant = filter
        .tenant_id
        .as_ref()
        .is_none_or(|tenant| entry.tenant_id.as_ref() == Some(tenant));
    let has_action = filter
        .action
        .as_deref()
        .is_none_or(|start| entry.action.starts_with(start));
    is_of_tenant
        && has_action
        && filter.from.is_none_or(|from| entry.at >= from)
        && filter.to.is_none_or(|to| entry.at < to)
}

#[async_trait]
impl AuditRepository for MemoryUnit {
    async fn append(&mut self, entry: &AuditEntry) -> Result<(), StoreError> {
        let mut rows = self.statement("audit.append").await?;
        let id = rows.next_number::<AuditRow>();
        let row = AuditRow {
            entry: AuditEntry {
                id,
                ..entry.clone()
            },
        };
        rows.insert(&id, row)
    }

    async fn list(
        &mut self,
        filter: &AuditFilter,
        limit: i64,
        offset: i64,
    ) -> Result<(i64, Vec<AuditEntry>), StoreError> {
        let rows = self.statement("audit.list").await?;
        let mut found: Vec<AuditEntry> = rows
            .rows::<AuditRow>()
            .map(|(_id, row)| &row.entry)
            .filter(|entry| matches(entry, filter))
            .cloned()
            .collect();
        found.sort_by_key(|entry| Reverse((entry.at, entry.id)));
        let total = count(found.iter());
        let page = found
            .into_iter()
            .skip(to_size(offset))
            .take(to_size(limit))
            .collect();
        Ok((total, page))
    }
}
