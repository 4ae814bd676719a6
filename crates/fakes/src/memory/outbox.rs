//! Notices to be sent.

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;
use domain::ids::TenantId;
use domain::time::Timestamp;
use ports::store::error::StoreError;
use ports::store::outbox::{OutboxEntry, OutboxRepository};

use crate::memory::purchases::share_out;
use crate::memory::rows::OutboxRow;
use crate::memory::tenants::count;
use crate::memory::unit::MemoryUnit;

#[async_trait]
impl OutboxRepository for MemoryUnit {
    async fn push(&mut self, entry: &OutboxEntry) -> Result<(), StoreError> {
        let mut rows = self.statement("outbox.push").await?;
        let id = rows.next_number::<OutboxRow>();
        let row = OutboxRow {
            entry: OutboxEntry {
                id,
                ..entry.clone()
            },
            due_at: entry.created_at,
            locked_until: None,
        };
        rows.insert(&id, row)
    }

    async fn claim(
        &mut self,
        now: Timestamp,
        lease: Duration,
        limit: i64,
    ) -> Result<Vec<OutboxEntry>, StoreError> {
        let mut rows = self.statement("outbox.claim").await?;
        let is_held = |row: &OutboxRow| row.locked_until.is_some_and(|until| until > now);
        let busy: BTreeSet<TenantId> = rows
            .rows::<OutboxRow>()
            .filter(|(_id, row)| is_held(row))
            .map(|(_id, row)| row.entry.tenant_id.clone())
            .collect();
        let mut due: Vec<OutboxEntry> = rows
            .rows::<OutboxRow>()
            .filter(|(_id, row)| row.due_at <= now && !busy.contains(&row.entry.tenant_id))
            .map(|(_id, row)| row.entry.clone())
            .collect();
        due.sort_by_key(|entry| (entry.created_at, entry.id));
        let claimed = share_out(
            due,
            limit,
            1,
            |entry| entry.tenant_id.clone(),
            |entry| rows.is_free::<OutboxRow>(&entry.id),
        );
        for entry in &claimed {
            rows.update(&entry.id, |row: &mut OutboxRow| {
                row.locked_until = Some(now.plus(lease));
                true
            })?;
        }
        Ok(claimed)
    }

    async fn finish(&mut self, id: i64) -> Result<(), StoreError> {
        let mut rows = self.statement("outbox.finish").await?;
        rows.remove::<OutboxRow>(&id).map(|_was_there| ())
    }

    async fn retry(&mut self, id: i64, at: Timestamp) -> Result<(), StoreError> {
        let mut rows = self.statement("outbox.retry").await?;
        rows.update(&id, |row: &mut OutboxRow| {
            row.entry.attempts += 1;
            row.due_at = at;
            row.locked_until = None;
            true
        })?;
        Ok(())
    }

    async fn count(&mut self) -> Result<i64, StoreError> {
        let rows = self.statement("outbox.count").await?;
        Ok(count(rows.rows::<OutboxRow>()))
    }
}
