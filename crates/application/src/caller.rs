//! Who calls. A use case takes the caller that it is for as an argument; values of these types
//! are made by [`auth`](crate::auth) alone, so a use case cannot be reached by anybody else.

use domain::audit::{Actor, AuditEntry};
use domain::ids::{ApiKeyId, RouterId, TenantId};
use domain::time::Timestamp;
use domain::user::{Role, User};
use uuid::Uuid;

/// Where a request came from, for the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// The caller's address.
    pub remote_address: Option<String>,
}

/// Somebody with a valid session.
#[derive(Debug, Clone)]
pub struct Session {
    pub(crate) user: User,
    pub(crate) token_id: Uuid,
    pub(crate) expires_at: Timestamp,
    pub(crate) origin: Origin,
}

/// A caller without the role that an operation needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrongRole {
    /// Only super admins may do this.
    #[error("a super admin is required")]
    SuperAdminRequired,
    /// Only tenant administrators may do this.
    #[error("a tenant administrator is required")]
    TenantAdminRequired,
}

impl Session {
    /// The user.
    #[must_use]
    pub const fn user(&self) -> &User {
        &self.user
    }

    /// The same session as the platform owner's.
    ///
    /// # Errors
    /// [`WrongRole::SuperAdminRequired`].
    pub fn into_super_admin(self) -> Result<SuperAdmin, WrongRole> {
        match self.user.role {
            Role::SuperAdmin => Ok(SuperAdmin(self)),
            Role::TenantAdmin(_) => Err(WrongRole::SuperAdminRequired),
        }
    }

    /// The same session as an operator's.
    ///
    /// # Errors
    /// [`WrongRole::TenantAdminRequired`], also for super admins: the roles are disjoint.
    pub fn into_tenant_admin(self) -> Result<TenantAdmin, WrongRole> {
        match self.user.role.clone() {
            Role::TenantAdmin(tenant_id) => Ok(TenantAdmin {
                session: self,
                tenant_id,
            }),
            Role::SuperAdmin => Err(WrongRole::TenantAdminRequired),
        }
    }

    /// An audit entry of this caller's doing.
    pub(crate) fn audit(
        &self,
        now: Timestamp,
        action: &str,
        tenant_id: Option<&TenantId>,
        subject: (&str, &str),
    ) -> AuditEntry {
        AuditEntry {
            id: 0,
            actor: Actor::User(self.user.id),
            action: action.to_owned(),
            tenant_id: tenant_id.cloned(),
            subject: (subject.0.to_owned(), subject.1.to_owned()),
            detail: None,
            remote_address: self.origin.remote_address.clone(),
            at: now,
        }
    }
}

/// The platform owner.
#[derive(Debug, Clone)]
pub struct SuperAdmin(Session);

impl SuperAdmin {
    /// The session.
    #[must_use]
    pub const fn session(&self) -> &Session {
        &self.0
    }
}

/// An operator: administrator of exactly one tenant.
#[derive(Debug, Clone)]
pub struct TenantAdmin {
    session: Session,
    tenant_id: TenantId,
}

impl TenantAdmin {
    /// The session.
    #[must_use]
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// The operator's own tenant: the only one this caller ever touches.
    #[must_use]
    pub const fn tenant_id(&self) -> &TenantId {
        &self.tenant_id
    }
}

/// The captive portal of one router, by its API key. Tenant and router come from the key, never
/// from the request.
#[derive(Debug, Clone)]
pub struct Portal {
    pub(crate) key_id: ApiKeyId,
    pub(crate) tenant_id: TenantId,
    pub(crate) router_id: RouterId,
    pub(crate) tenant_is_active: bool,
    pub(crate) router_is_active: bool,
}

impl Portal {
    /// The key.
    #[must_use]
    pub const fn key_id(&self) -> &ApiKeyId {
        &self.key_id
    }

    /// The key's tenant.
    #[must_use]
    pub const fn tenant_id(&self) -> &TenantId {
        &self.tenant_id
    }

    /// The key's router.
    #[must_use]
    pub const fn router_id(&self) -> &RouterId {
        &self.router_id
    }

    /// Whether the tenant is active.
    #[must_use]
    pub const fn tenant_is_active(&self) -> bool {
        self.tenant_is_active
    }

    /// Whether the router is active.
    #[must_use]
    pub const fn router_is_active(&self) -> bool {
        self.router_is_active
    }
}
