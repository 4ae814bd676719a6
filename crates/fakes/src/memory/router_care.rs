//! RouterOS users that are not in use yet, and checks of routers.

use std::cmp::Reverse;
use std::time::Duration;

use async_trait::async_trait;
use domain::ids::{RouterId, TenantId};
use domain::time::Timestamp;
use ports::store::error::StoreError;
use ports::store::router_care::{PENDING_USERS, PendingUser, RouterCareRepository, RouterCheck};

use crate::memory::purchases::to_size;
use crate::memory::rows::{PendingUserRow, RouterCheckRow, RouterRow};
use crate::memory::statement::Statement;
use crate::memory::store::MemoryUnit;

/// The router's users, newest first.
fn pending_of(rows: &Statement<'_>, tenant: &TenantId, router: &RouterId) -> Vec<PendingUser> {
    let mut found: Vec<PendingUser> = rows
        .rows::<PendingUserRow>()
        .map(|(_name, row)| row.user.clone())
        .filter(|user| user.tenant_id == *tenant && user.router_id == *router)
        .collect();
    found.sort_by_key(|user| Reverse((user.created_at, user.username.clone())));
    found
}

#[async_trait]
impl RouterCareRepository for MemoryUnit {
    async fn tenant_of(&mut self, router: &RouterId) -> Result<Option<TenantId>, StoreError> {
        let rows = self.statement("router_care.tenant_of").await?;
        let found = rows.get::<RouterRow>(router);
        Ok(found.map(|row| row.router.tenant_id.clone()))
    }

    async fn add_pending_user(&mut self, user: &PendingUser) -> Result<(), StoreError> {
        let mut rows = self.statement("router_care.add_pending_user").await?;
        let row = PendingUserRow { user: user.clone() };
        rows.insert(&user.username, row)?;
        let all = pending_of(&rows, &user.tenant_id, &user.router_id);
        for old in all.iter().skip(to_size(PENDING_USERS)) {
            rows.remove::<PendingUserRow>(&old.username)?;
        }
        Ok(())
    }

    async fn list_pending_users(
        &mut self,
        tenant: &TenantId,
        router: &RouterId,
    ) -> Result<Vec<PendingUser>, StoreError> {
        let rows = self.statement("router_care.list_pending_users").await?;
        Ok(pending_of(&rows, tenant, router))
    }

    async fn forget_pending_users(
        &mut self,
        tenant: &TenantId,
        router: &RouterId,
        up_to: Timestamp,
    ) -> Result<u64, StoreError> {
        let mut rows = self.statement("router_care.forget_pending_users").await?;
        let mut forgotten = 0;
        for user in pending_of(&rows, tenant, router) {
            if user.created_at <= up_to && rows.remove::<PendingUserRow>(&user.username)? {
                forgotten += 1;
            }
        }
        Ok(forgotten)
    }

    async fn list_checks(&mut self, tenant: &TenantId) -> Result<Vec<RouterCheck>, StoreError> {
        let rows = self.statement("router_care.list_checks").await?;
        Ok(rows
            .rows::<RouterCheckRow>()
            .map(|(_id, row)| row.check.clone())
            .filter(|check| check.tenant_id == *tenant)
            .collect())
    }

    async fn claim_checks(
        &mut self,
        now: Timestamp,
        lease: Duration,
        limit: i64,
    ) -> Result<Vec<RouterCheck>, StoreError> {
        let mut rows = self.statement("router_care.claim_checks").await?;
        let mut due: Vec<RouterCheck> = Vec::new();
        for (id, row) in rows.rows::<RouterRow>() {
            if !row.router.is_active {
                continue;
            }
            let check = rows.get::<RouterCheckRow>(id).map_or_else(
                || RouterCheck {
                    tenant_id: row.router.tenant_id.clone(),
                    router_id: id.clone(),
                    outcome: None,
                    due_at: now,
                },
                |row| row.check.clone(),
            );
            if check.due_at <= now {
                due.push(check);
            }
        }
        due.sort_by_key(|check| (check.due_at, check.router_id.clone()));
        due.truncate(to_size(limit));
        for check in &mut due {
            check.due_at = now.plus(lease);
            let row = RouterCheckRow {
                check: check.clone(),
            };
            rows.put(&check.router_id, row)?;
        }
        Ok(due)
    }

    async fn save_check(&mut self, check: &RouterCheck) -> Result<(), StoreError> {
        let mut rows = self.statement("router_care.save_check").await?;
        let row = RouterCheckRow {
            check: check.clone(),
        };
        rows.put(&check.router_id, row)
    }
}
