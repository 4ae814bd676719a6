//! Routers.

use async_trait::async_trait;
use domain::ids::{RouterId, TenantId};
use domain::router::Router;

use crate::store::error::StoreError;

/// What stands in the way of deleting a router.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RouterUse {
    /// Products, inactive ones included.
    pub products: i64,
    /// Purchases.
    pub purchases: i64,
}

/// Routers. Every look-up takes the tenant: a router of another one is not found.
#[async_trait]
pub trait RouterRepository: Send {
    /// Stores a router; `key_hash` is the SHA-256 (hex) of its present API key.
    async fn insert(&mut self, router: &Router, key_hash: &str) -> Result<(), StoreError>;

    /// Finds a router.
    async fn find(
        &mut self,
        tenant: &TenantId,
        id: &RouterId,
    ) -> Result<Option<Router>, StoreError>;

    /// Finds a router and locks its row until the transaction ends.
    async fn find_for_update(
        &mut self,
        tenant: &TenantId,
        id: &RouterId,
    ) -> Result<Option<Router>, StoreError>;

    /// The tenant's routers, by creation time, then id.
    async fn list(&mut self, tenant: &TenantId) -> Result<Vec<Router>, StoreError>;

    /// Writes all fields but the id, owner and creation time, and counts the version up.
    async fn update(&mut self, router: &Router) -> Result<bool, StoreError>;

    /// Switches a router on or off.
    async fn set_active(
        &mut self,
        tenant: &TenantId,
        id: &RouterId,
        is_active: bool,
    ) -> Result<bool, StoreError>;

    /// Notes the SHA-256 (hex) of the present API key.
    async fn set_key_hash(
        &mut self,
        tenant: &TenantId,
        id: &RouterId,
        key_hash: &str,
    ) -> Result<bool, StoreError>;

    /// Records the certificate seen at the first successful login: only if none is recorded and
    /// the version is still this one. The version does not change.
    async fn record_fingerprint(
        &mut self,
        tenant: &TenantId,
        id: &RouterId,
        version: i64,
        fingerprint: &str,
    ) -> Result<bool, StoreError>;

    /// What stands in the way of deleting the router.
    async fn count_use(
        &mut self,
        tenant: &TenantId,
        id: &RouterId,
    ) -> Result<RouterUse, StoreError>;

    /// Deletes the router and its API keys.
    async fn delete(&mut self, tenant: &TenantId, id: &RouterId) -> Result<bool, StoreError>;
}
