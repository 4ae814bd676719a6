//! Router API keys.

use std::cmp::Reverse;

use async_trait::async_trait;
use domain::api_key::ApiKey;
use domain::ids::{ApiKeyId, RouterId, TenantId};
use domain::time::Timestamp;
use ports::store::api_keys::{ApiKeyRepository, KeyUse, PortalKey};
use ports::store::error::StoreError;

use crate::memory::rows::{ApiKeyRow, RouterRow, TenantRow};
use crate::memory::unit::MemoryUnit;

fn is_of(key: &ApiKey, tenant: &TenantId, router: &RouterId) -> bool {
    key.tenant_id == *tenant && key.router_id == *router
}

#[async_trait]
impl ApiKeyRepository for MemoryUnit {
    async fn insert(&mut self, key: &ApiKey, hash: &str) -> Result<(), StoreError> {
        let mut rows = self.statement("api_keys.insert").await?;
        let row = ApiKeyRow {
            key: key.clone(),
            hash: hash.to_owned(),
        };
        rows.insert(&key.id, row)
    }

    async fn find_by_hash(&mut self, hash: &str) -> Result<Option<PortalKey>, StoreError> {
        let rows = self.statement("api_keys.find_by_hash").await?;
        let found = rows.rows::<ApiKeyRow>().find(|(_id, row)| row.hash == hash);
        Ok(found.map(|(_id, row)| PortalKey {
            key: row.key.clone(),
            tenant_is_active: rows
                .get::<TenantRow>(&row.key.tenant_id)
                .is_some_and(|tenant| tenant.tenant.is_active),
            router_is_active: rows
                .get::<RouterRow>(&row.key.router_id)
                .is_some_and(|router| router.router.is_active),
        }))
    }

    async fn list(
        &mut self,
        tenant: &TenantId,
        router: &RouterId,
    ) -> Result<Vec<ApiKey>, StoreError> {
        let rows = self.statement("api_keys.list").await?;
        let mut keys: Vec<ApiKey> = rows
            .rows::<ApiKeyRow>()
            .map(|(_id, row)| &row.key)
            .filter(|key| is_of(key, tenant, router))
            .cloned()
            .collect();
        keys.sort_by_key(|key| (Reverse(key.issued_at), key.revoked_at.is_some()));
        Ok(keys)
    }

    async fn find(
        &mut self,
        tenant: &TenantId,
        router: &RouterId,
        id: &ApiKeyId,
    ) -> Result<Option<ApiKey>, StoreError> {
        let rows = self.statement("api_keys.find").await?;
        Ok(rows
            .get::<ApiKeyRow>(id)
            .map(|row| &row.key)
            .filter(|key| is_of(key, tenant, router))
            .cloned())
    }

    async fn revoke(
        &mut self,
        tenant: &TenantId,
        router: &RouterId,
        id: &ApiKeyId,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut rows = self.statement("api_keys.revoke").await?;
        rows.update(id, |row: &mut ApiKeyRow| {
            let was_revoked = row.key.revoked_at.replace(at).is_some();
            is_of(&row.key, tenant, router) && !was_revoked
        })
    }

    async fn revoke_all(
        &mut self,
        tenant: &TenantId,
        router: &RouterId,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        let mut rows = self.statement("api_keys.revoke_all").await?;
        rows.update_where(|row: &mut ApiKeyRow| {
            let was_revoked = row.key.revoked_at.replace(at).is_some();
            is_of(&row.key, tenant, router) && !was_revoked
        })
    }

    async fn record_uses(&mut self, uses: &[KeyUse]) -> Result<(), StoreError> {
        let mut rows = self.statement("api_keys.record_uses").await?;
        for used in uses {
            rows.update(&used.id, |row: &mut ApiKeyRow| {
                row.key.use_count += used.count;
                row.key.last_used_at = row.key.last_used_at.max(Some(used.last_used_at));
                true
            })?;
        }
        Ok(())
    }
}
