//! Panel users and ended sessions.

use async_trait::async_trait;
use domain::contact::Email;
use domain::ids::{TenantId, UserId};
use domain::time::Timestamp;
use domain::user::{Role, User};
use uuid::Uuid;

use crate::security::PasswordHash;
use crate::store::error::StoreError;

/// A user to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// Role and tenant.
    pub role: Role,
    /// Login name.
    pub email: Email,
    /// Hash of the password.
    pub password_hash: PasswordHash,
    /// Full name.
    pub name: String,
    /// Creation time.
    pub created_at: Timestamp,
}

/// Which users to list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserFilter {
    /// Only this role: `super_admin` or `cliente_admin`; another word matches nobody.
    pub role: Option<String>,
    /// Only this tenant's; an unknown one matches nobody.
    pub tenant_id: Option<String>,
}

/// What a request's session must be checked against, read at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRecord {
    /// The user as it is now.
    pub user: User,
    /// Whether the user's tenant is active; true for super admins.
    pub tenant_is_active: bool,
    /// Whether this very token was logged out.
    pub is_revoked: bool,
}

/// Panel users and ended sessions.
#[async_trait]
pub trait UserRepository: Send {
    /// Stores a user. MUST answer a conflict on
    /// [`USER_EMAIL`](crate::store::error::constraints::USER_EMAIL) for a taken address.
    async fn insert(&mut self, user: &NewUser) -> Result<User, StoreError>;

    /// Finds a user.
    async fn find(&mut self, id: UserId) -> Result<Option<User>, StoreError>;

    /// Finds a user by login name, with its hash and whether its tenant is active.
    async fn find_login(
        &mut self,
        email: &Email,
    ) -> Result<Option<(User, PasswordHash, bool)>, StoreError>;

    /// The user's password hash.
    async fn find_password_hash(&mut self, id: UserId) -> Result<Option<PasswordHash>, StoreError>;

    /// Users that match the filter, by id.
    async fn list(&mut self, filter: &UserFilter) -> Result<Vec<User>, StoreError>;

    /// Switches a user on or off, and counts its token version up when switching off.
    async fn set_active(&mut self, id: UserId, is_active: bool) -> Result<bool, StoreError>;

    /// Counts the token versions of all users of a tenant up: all their sessions end.
    async fn end_sessions_of(&mut self, tenant: &TenantId) -> Result<u64, StoreError>;

    /// Writes a new password hash and counts the token version up: all sessions end.
    async fn change_password(
        &mut self,
        id: UserId,
        hash: &PasswordHash,
    ) -> Result<bool, StoreError>;

    /// Replaces an outdated hash of the same password; only if it still is `old`. Sessions stay.
    async fn upgrade_password_hash(
        &mut self,
        id: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<(), StoreError>;

    /// Notes a login.
    async fn record_login(&mut self, id: UserId, at: Timestamp) -> Result<(), StoreError>;

    /// What a session token's request must be checked against.
    async fn find_session(
        &mut self,
        id: UserId,
        token_id: Uuid,
    ) -> Result<Option<SessionRecord>, StoreError>;

    /// Ends one session token; repeating is harmless. Kept until `expires_at`.
    async fn revoke_session(
        &mut self,
        token_id: Uuid,
        user_id: UserId,
        expires_at: Timestamp,
    ) -> Result<(), StoreError>;

    /// Forgets revoked tokens that have expired by themselves.
    async fn forget_expired_sessions(&mut self, now: Timestamp) -> Result<u64, StoreError>;

    /// Number of active administrators of a tenant.
    async fn count_tenant_admins(&mut self, tenant: &TenantId) -> Result<i64, StoreError>;
}
