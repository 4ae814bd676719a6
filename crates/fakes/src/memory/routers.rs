//! Routers and their API keys.

use std::cmp::Reverse;

use async_trait::async_trait;
use domain::api_key::ApiKey;
use domain::ids::{ApiKeyId, RouterId, TenantId};
use domain::router::Router;
use domain::time::Timestamp;
use ports::store::api_keys::{ApiKeyRepository, KeyUse, PortalKey};
use ports::store::error::StoreError;
use ports::store::routers::{RouterRepository, RouterUse};

use crate::memory::rows::{
    ApiKeyRow, PendingUserRow, ProductRow, PurchaseRow, RouterCheckRow, RouterRow, TenantRow,
};
use crate::memory::store::MemoryUnit;
use crate::memory::tenants::count;

#[async_trait]
impl RouterRepository for MemoryUnit {
    async fn insert(&mut self, router: &Router, key_hash: &str) -> Result<(), StoreError> {
        let mut rows = self.statement("routers.insert").await?;
        let row = RouterRow {
            router: router.clone(),
            key_hash: key_hash.to_owned(),
        };
        rows.insert(&router.id, row)
    }

    async fn find(
        &mut self,
        tenant: &TenantId,
        id: &RouterId,
    ) -> Result<Option<Router>, StoreError> {
        let rows = self.statement("routers.find").await?;
        Ok(rows
            .get::<RouterRow>(id)
            .filter(|row| row.router.tenant_id == *tenant)
            .map(|row| row.router.clone()))
    }

    async fn find_for_update(
        &mut self,
        tenant: &TenantId,
        id: &RouterId,
    ) -> Result<Option<Router>, StoreError> {
        let mut rows = self.statement("routers.find_for_update").await?;
        let is_theirs = rows
            .get::<RouterRow>(id)
            .is_some_and(|row| row.router.tenant_id == *tenant);
        if !is_theirs {
            return Ok(None);
        }
        Ok(rows.lock::<RouterRow>(id).map(|row| row.router))
    }

    async fn list(&mut self, tenant: &TenantId) -> Result<Vec<Router>, StoreError> {
        let rows = self.statement("routers.list").await?;
        let mut routers: Vec<Router> = rows
            .rows::<RouterRow>()
            .map(|(_id, row)| &row.router)
            .filter(|router| router.tenant_id == *tenant)
            .cloned()
            .collect();
        routers.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        Ok(routers)
    }

    async fn update(&mut self, router: &Router) -> Result<bool, StoreError> {
        let mut rows = self.statement("routers.update").await?;
        rows.update(&router.id, |row: &mut RouterRow| {
            let old = &row.router;
            if old.tenant_id != router.tenant_id {
                return false;
            }
            row.router = Router {
                created_at: old.created_at,
                version: old.version + 1,
                ..router.clone()
            };
            true
        })
    }

    async fn set_active(
        &mut self,
        tenant: &TenantId,
        id: &RouterId,
        is_active: bool,
    ) -> Result<bool, StoreError> {
        let mut rows = self.statement("routers.set_active").await?;
        rows.update(id, |row: &mut RouterRow| {
            row.router.is_active = is_active;
            row.router.tenant_id == *tenant
        })
    }

    async fn set_key_hash(
        &mut self,
        tenant: &TenantId,
        id: &RouterId,
        key_hash: &str,
    ) -> Result<bool, StoreError> {
        let mut rows = self.statement("routers.set_key_hash").await?;
        rows.update(id, |row: &mut RouterRow| {
            key_hash.clone_into(&mut row.key_hash);
            row.router.tenant_id == *tenant
        })
    }

    async fn record_fingerprint(
        &mut self,
        tenant: &TenantId,
        id: &RouterId,
        version: i64,
        fingerprint: &str,
    ) -> Result<bool, StoreError> {
        let mut rows = self.statement("routers.record_fingerprint").await?;
        rows.update(id, |row: &mut RouterRow| {
            let router = &mut row.router;
            let is_unseen = router.tls.fingerprint.is_none();
            router.tls.fingerprint = Some(fingerprint.to_owned());
            is_unseen && router.version == version && router.tenant_id == *tenant
        })
    }

    async fn count_use(
        &mut self,
        tenant: &TenantId,
        id: &RouterId,
    ) -> Result<RouterUse, StoreError> {
        let rows = self.statement("routers.count_use").await?;
        Ok(RouterUse {
            products: count(rows.rows::<ProductRow>().filter(|(_id, row)| {
                row.product.router_id == *id && row.product.tenant_id == *tenant
            })),
            purchases: count(rows.rows::<PurchaseRow>().filter(|(_id, row)| {
                row.purchase.sale().router_id == *id && row.purchase.sale().tenant_id == *tenant
            })),
        })
    }

    async fn delete(&mut self, tenant: &TenantId, id: &RouterId) -> Result<bool, StoreError> {
        let mut rows = self.statement("routers.delete").await?;
        let is_theirs = rows
            .get::<RouterRow>(id)
            .is_some_and(|row| row.router.tenant_id == *tenant);
        if !is_theirs {
            return Ok(false);
        }
        rows.remove_where(|_key, row: &ApiKeyRow| row.key.router_id == *id)?;
        rows.remove_where(|_key, row: &PendingUserRow| row.user.router_id == *id)?;
        rows.remove_where(|_key, row: &RouterCheckRow| row.check.router_id == *id)?;
        rows.remove::<RouterRow>(id)
    }
}

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
