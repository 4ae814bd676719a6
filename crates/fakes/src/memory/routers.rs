//! Routers.

use async_trait::async_trait;
use domain::ids::{RouterId, TenantId};
use domain::router::Router;
use ports::store::error::StoreError;
use ports::store::routers::{RouterRepository, RouterUse};

use crate::memory::rows::{ApiKeyRow, ProductRow, PurchaseRow, RouterRow};
use crate::memory::tenants::count;
use crate::memory::unit::MemoryUnit;

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
                row.purchase.router_id == *id && row.purchase.tenant_id == *tenant
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
        rows.remove::<RouterRow>(id)
    }
}
