//! Router API keys.

use async_trait::async_trait;
use domain::api_key::ApiKey;
use domain::ids::{ApiKeyId, RouterId, TenantId};
use domain::time::Timestamp;

use crate::store::error::StoreError;

/// A key with what a portal's request must be checked against, read at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortalKey {
    /// The key.
    pub key: ApiKey,
    /// Whether its tenant is active.
    pub tenant_is_active: bool,
    /// Whether its router is active.
    pub router_is_active: bool,
}

/// Uses of one key since the last write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyUse {
    /// The key.
    pub id: ApiKeyId,
    /// How many.
    pub count: i64,
    /// The last one.
    pub last_used_at: Timestamp,
}

/// Router API keys.
#[async_trait]
pub trait ApiKeyRepository: Send {
    /// Stores a key with the SHA-256 (hex) of its token.
    async fn insert(&mut self, key: &ApiKey, hash: &str) -> Result<(), StoreError>;

    /// Finds a key by the SHA-256 (hex) of its token, whatever its state; needs
    /// [`Scope::Platform`](crate::store::Scope).
    async fn find_by_hash(&mut self, hash: &str) -> Result<Option<PortalKey>, StoreError>;

    /// All keys of a router, newest first; on a tie the unrevoked first.
    async fn list(
        &mut self,
        tenant: &TenantId,
        router: &RouterId,
    ) -> Result<Vec<ApiKey>, StoreError>;

    /// Finds one key of a router.
    async fn find(
        &mut self,
        tenant: &TenantId,
        router: &RouterId,
        id: &ApiKeyId,
    ) -> Result<Option<ApiKey>, StoreError>;

    /// Revokes a key; `false` if it was revoked before (or is not there).
    async fn revoke(
        &mut self,
        tenant: &TenantId,
        router: &RouterId,
        id: &ApiKeyId,
        at: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Revokes every key of a router that is not revoked; answers how many.
    async fn revoke_all(
        &mut self,
        tenant: &TenantId,
        router: &RouterId,
        at: Timestamp,
    ) -> Result<u64, StoreError>;

    /// Adds up uses, in one statement; needs [`Scope::Platform`](crate::store::Scope).
    async fn record_uses(&mut self, uses: &[KeyUse]) -> Result<(), StoreError>;
}
