//! The inbox of gateways' events and the outbox of notifications to operators.

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;
use domain::ids::TenantId;
use domain::notification::ChannelKind;
use domain::time::Timestamp;
use ports::store::error::StoreError;
use ports::store::inbox::{InboxEntry, InboxRepository};
use ports::store::outbox::{NewNotification, OutboxEntry, OutboxRepository};
use ports::store::purchases::Claim;

use crate::memory::purchases::share_out;
use crate::memory::purchases::to_size;
use crate::memory::rows::{InboxRow, OutboxRow, TenantRow};
use crate::memory::store::MemoryUnit;
use crate::memory::tenants::count;

#[async_trait]
impl InboxRepository for MemoryUnit {
    async fn push(&mut self, entry: &InboxEntry) -> Result<bool, StoreError> {
        let mut rows = self.statement("inbox.push").await?;
        let is_repeated = entry.is_verified
            && rows.rows::<InboxRow>().any(|(_id, row)| {
                row.entry.is_verified
                    && row.entry.gateway == entry.gateway
                    && row.entry.tenant_id == entry.tenant_id
                    && row.entry.event_id == entry.event_id
            });
        if is_repeated {
            return Ok(false);
        }
        let id = rows.next_number::<InboxRow>();
        let row = InboxRow {
            entry: InboxEntry {
                id,
                ..entry.clone()
            },
            due_at: entry.received_at,
            locked_until: None,
            finished_at: None,
        };
        rows.insert(&id, row).map(|()| true)
    }

    async fn claim(&mut self, claim: &Claim) -> Result<Vec<InboxEntry>, StoreError> {
        let now = claim.now;
        let mut rows = self.statement("inbox.claim").await?;
        let is_due = |row: &InboxRow| {
            row.finished_at.is_none()
                && row.due_at <= now
                && row.locked_until.is_none_or(|until| until <= now)
                && !claim.skip.contains(&row.entry.tenant_id)
        };
        let mut due: Vec<InboxEntry> = rows
            .rows::<InboxRow>()
            .filter(|(_id, row)| is_due(row))
            .map(|(_id, row)| row.entry.clone())
            .collect();
        due.sort_by_key(|entry| (entry.received_at, entry.id));
        let claimed = share_out(
            due,
            claim.limit,
            claim.per_tenant,
            |entry| entry.tenant_id.clone(),
            |entry| rows.is_free::<InboxRow>(&entry.id),
        );
        for entry in &claimed {
            rows.update(&entry.id, |row: &mut InboxRow| {
                row.locked_until = Some(now.plus(claim.lease));
                true
            })?;
        }
        Ok(claimed)
    }

    async fn finish(&mut self, id: i64, at: Timestamp) -> Result<(), StoreError> {
        let mut rows = self.statement("inbox.finish").await?;
        rows.update(&id, |row: &mut InboxRow| {
            row.finished_at = Some(at);
            row.locked_until = None;
            true
        })?;
        Ok(())
    }

    async fn retry(&mut self, id: i64, at: Timestamp) -> Result<(), StoreError> {
        let mut rows = self.statement("inbox.retry").await?;
        rows.update(&id, |row: &mut InboxRow| {
            row.entry.attempts += 1;
            row.due_at = at;
            row.locked_until = None;
            true
        })?;
        Ok(())
    }

    async fn purge(
        &mut self,
        before: Timestamp,
        forget_before: Timestamp,
        limit: i64,
    ) -> Result<u64, StoreError> {
        let mut rows = self.statement("inbox.purge").await?;
        let mut old: Vec<i64> = rows
            .rows::<InboxRow>()
            .filter(|(_id, row)| row.finished_at.is_some() && row.entry.received_at < forget_before)
            .map(|(id, _row)| *id)
            .collect();
        old.truncate(to_size(limit));
        let forgotten = rows.remove_where(|id, _row: &InboxRow| old.contains(id))?;
        let mut left = to_size(limit);
        let emptied = rows.update_where(|row: &mut InboxRow| {
            let is_emptied =
                left > 0 && row.entry.received_at < before && row.entry.body.take().is_some();
            left = left.saturating_sub(usize::from(is_emptied));
            is_emptied
        })?;
        Ok(forgotten + emptied)
    }

    async fn count(&mut self) -> Result<i64, StoreError> {
        let rows = self.statement("inbox.count").await?;
        Ok(count(
            rows.rows::<InboxRow>()
                .filter(|(_id, row)| row.finished_at.is_none()),
        ))
    }
}

#[async_trait]
impl OutboxRepository for MemoryUnit {
    async fn push(&mut self, notification: &NewNotification) -> Result<(), StoreError> {
        let mut rows = self.statement("outbox.push").await?;
        let tenant = rows.get::<TenantRow>(&notification.tenant_id);
        let channels = tenant.map_or_else(Vec::new, |row| row.tenant.channels());
        for channel in channels {
            let id = rows.next_number::<OutboxRow>();
            let row = OutboxRow {
                entry: OutboxEntry {
                    id,
                    tenant_id: notification.tenant_id.clone(),
                    channel,
                    kind: notification.kind,
                    purchase_id: notification.purchase_id,
                    created_at: notification.created_at,
                    attempts: 0,
                },
                due_at: notification.created_at,
                locked_until: None,
            };
            rows.insert(&id, row)?;
        }
        Ok(())
    }

    async fn claim(
        &mut self,
        now: Timestamp,
        lease: Duration,
        limit: i64,
    ) -> Result<Vec<OutboxEntry>, StoreError> {
        let mut rows = self.statement("outbox.claim").await?;
        let is_held = |row: &OutboxRow| row.locked_until.is_some_and(|until| until > now);
        let recipient = |entry: &OutboxEntry| (entry.tenant_id.clone(), entry.channel);
        let busy: BTreeSet<(TenantId, ChannelKind)> = rows
            .rows::<OutboxRow>()
            .filter(|(_id, row)| is_held(row))
            .map(|(_id, row)| recipient(&row.entry))
            .collect();
        let mut due: Vec<OutboxEntry> = rows
            .rows::<OutboxRow>()
            .filter(|(_id, row)| row.due_at <= now && !busy.contains(&recipient(&row.entry)))
            .map(|(_id, row)| row.entry.clone())
            .collect();
        due.sort_by_key(|entry| (entry.created_at, entry.id));
        let claimed = share_out(due, limit, 1, recipient, |entry| {
            rows.is_free::<OutboxRow>(&entry.id)
        });
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
