//! Who calls. A use case takes the caller that it is for as an argument; values of these types
//! are made by [`auth`](crate::auth) alone, so a use case cannot be reached by anybody else.

use domain::audit::{Actor, AuditEntry};
use domain::ids::{ApiKeyId, RouterId, TenantId};
use domain::time::Timestamp;
use domain::user::{Role, User};
use ports::store::Scope;
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

/// A tenant that the caller has no business with. Told like one that does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the caller does not administer this tenant")]
pub struct NotOwner;

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

    /// The same session as that of somebody who administers this tenant: its own administrator,
    /// or a super admin.
    ///
    /// # Errors
    /// [`NotOwner`] for the administrators of every other tenant.
    pub fn into_owner_of(self, tenant_id: &TenantId) -> Result<Owner, NotOwner> {
        match &self.user.role {
            Role::TenantAdmin(own) if own != tenant_id => Err(NotOwner),
            Role::TenantAdmin(_) | Role::SuperAdmin => Ok(Owner {
                session: self,
                tenant_id: tenant_id.clone(),
            }),
        }
    }

    /// Whether this caller may see rows of this tenant.
    pub(crate) fn may_see(&self, tenant_id: &TenantId) -> bool {
        match &self.user.role {
            Role::TenantAdmin(own) => own == tenant_id,
            Role::SuperAdmin => true,
        }
    }

    /// Whose rows this caller may see.
    pub(crate) fn scope(&self) -> Scope {
        match &self.user.role {
            Role::TenantAdmin(own) => Scope::Tenant(own.clone()),
            Role::SuperAdmin => Scope::Platform,
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

/// Somebody who administers one tenant: its own administrator, or a super admin on its behalf.
#[derive(Debug, Clone)]
pub struct Owner {
    session: Session,
    tenant_id: TenantId,
}

impl Owner {
    /// The session.
    #[must_use]
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// The tenant: the only one this caller touches. For a super admin it need not exist.
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

#[cfg(test)]
mod tests {
    use domain::contact::Email;
    use domain::ids::UserId;

    use super::*;

    fn session(role: Role) -> Session {
        let at = Timestamp::from_unix_seconds(0);
        Session {
            user: User {
                id: UserId::new(1),
                role,
                email: Email::from_stored("a@b.test"),
                name: "A".to_owned(),
                is_active: true,
                token_version: 0,
                last_login_at: None,
                created_at: at,
            },
            token_id: Uuid::nil(),
            expires_at: at,
            origin: Origin::default(),
        }
    }

    #[test]
    fn a_tenant_is_administered_by_its_own_and_by_the_platform() {
        let own = TenantId::from_random([1; 5]);
        let other = TenantId::from_random([2; 5]);
        let admin = session(Role::TenantAdmin(own.clone()));
        let owner = admin.clone().into_owner_of(&own).unwrap();
        assert_eq!(owner.tenant_id(), &own);
        assert_eq!(admin.clone().into_owner_of(&other).unwrap_err(), NotOwner);
        assert_eq!(admin.scope(), Scope::Tenant(own));
        let platform = session(Role::SuperAdmin);
        assert_eq!(
            platform.clone().into_owner_of(&other).unwrap().tenant_id(),
            &other
        );
        assert_eq!(platform.scope(), Scope::Platform);
    }
}
