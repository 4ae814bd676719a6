//! Looking after routers: users that are not in use yet, and checks.

use std::time::Duration;

use async_trait::async_trait;
use domain::ids::{RouterId, TenantId};
use domain::router::RouterStatus;
use domain::secret::Sealed;
use domain::time::Timestamp;

use crate::store::error::StoreError;

/// So many users are kept for one router; older ones are forgotten.
pub const PENDING_USERS: i64 = 8;

/// A RouterOS user that a set-up script makes and that has not logged in yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingUser {
    /// Name; no two are alike.
    pub username: String,
    /// Owner.
    pub tenant_id: TenantId,
    /// The router.
    pub router_id: RouterId,
    /// Password.
    pub password: Sealed,
    /// When the script was made.
    pub created_at: Timestamp,
}

/// How a router was at its last check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckOutcome {
    /// How it was.
    pub status: RouterStatus,
    /// Since when it is so.
    pub since: Timestamp,
    /// When it was checked.
    pub checked_at: Timestamp,
}

/// The checks of a router.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouterCheck {
    /// Owner.
    pub tenant_id: TenantId,
    /// The router.
    pub router_id: RouterId,
    /// The last one; `None` before the first.
    pub outcome: Option<CheckOutcome>,
    /// When the next one is due.
    pub due_at: Timestamp,
}

/// Looking after routers. Every look-up takes the tenant, except that of the tenant itself.
#[async_trait]
pub trait RouterCareRepository: Send {
    /// Whose router it is, within the scope.
    async fn tenant_of(&mut self, router: &RouterId) -> Result<Option<TenantId>, StoreError>;

    /// Stores a user, and forgets all but the newest [`PENDING_USERS`] of the router.
    async fn add_pending_user(&mut self, user: &PendingUser) -> Result<(), StoreError>;

    /// The router's users, newest first.
    async fn list_pending_users(
        &mut self,
        tenant: &TenantId,
        router: &RouterId,
    ) -> Result<Vec<PendingUser>, StoreError>;

    /// Forgets the router's users that were made at this moment or before.
    async fn forget_pending_users(
        &mut self,
        tenant: &TenantId,
        router: &RouterId,
        up_to: Timestamp,
    ) -> Result<u64, StoreError>;

    /// The checks of a tenant's routers; routers that were never due are left out.
    async fn list_checks(&mut self, tenant: &TenantId) -> Result<Vec<RouterCheck>, StoreError>;

    /// Claims due checks of active routers, those of routers without any included, longest due
    /// first: none of them is due again before the lease ends. Skips what others are claiming.
    async fn claim_checks(
        &mut self,
        now: Timestamp,
        lease: Duration,
        limit: i64,
    ) -> Result<Vec<RouterCheck>, StoreError>;

    /// Writes a check, whether or not there was one.
    async fn save_check(&mut self, check: &RouterCheck) -> Result<(), StoreError>;
}
