//! Panel users and ended sessions.

use async_trait::async_trait;
use domain::contact::Email;
use domain::ids::{TenantId, UserId};
use domain::time::Timestamp;
use domain::user::{Role, User};
use ports::security::PasswordHash;
use ports::store::error::StoreError;
use ports::store::users::{NewUser, SessionRecord, UserFilter, UserRepository};
use uuid::Uuid;

use crate::memory::rows::{EndedSessionRow, TenantRow, UserRow};
use crate::memory::statement::Statement;
use crate::memory::store::MemoryUnit;
use crate::memory::tenants::count;

const fn role_name(role: &Role) -> &'static str {
    match role {
        Role::SuperAdmin => "super_admin",
        Role::TenantAdmin(_) => "cliente_admin",
    }
}

fn tenant_is_active(rows: &Statement<'_>, user: &User) -> bool {
    user.role.tenant().is_none_or(|tenant| {
        rows.get::<TenantRow>(tenant)
            .is_some_and(|row| row.tenant.is_active)
    })
}

#[async_trait]
impl UserRepository for MemoryUnit {
    async fn insert(&mut self, user: &NewUser) -> Result<User, StoreError> {
        let mut rows = self.statement("users.insert").await?;
        let id = UserId::new(rows.next_number::<UserRow>());
        let stored = User {
            id,
            role: user.role.clone(),
            email: user.email.clone(),
            name: user.name.clone(),
            is_active: true,
            token_version: 0,
            last_login_at: None,
            created_at: user.created_at,
        };
        let row = UserRow {
            user: stored.clone(),
            hash: user.password_hash.clone(),
        };
        rows.insert(&id, row).map(|()| stored)
    }

    async fn find(&mut self, id: UserId) -> Result<Option<User>, StoreError> {
        let rows = self.statement("users.find").await?;
        Ok(rows.get::<UserRow>(&id).map(|row| row.user.clone()))
    }

    async fn find_login(
        &mut self,
        email: &Email,
    ) -> Result<Option<(User, PasswordHash, bool)>, StoreError> {
        let rows = self.statement("users.find_login").await?;
        let found = rows
            .rows::<UserRow>()
            .find(|(_id, row)| row.user.email == *email);
        Ok(found.map(|(_id, row)| {
            let is_active = tenant_is_active(&rows, &row.user);
            (row.user.clone(), row.hash.clone(), is_active)
        }))
    }

    async fn find_password_hash(&mut self, id: UserId) -> Result<Option<PasswordHash>, StoreError> {
        let rows = self.statement("users.find_password_hash").await?;
        Ok(rows.get::<UserRow>(&id).map(|row| row.hash.clone()))
    }

    async fn list(&mut self, filter: &UserFilter) -> Result<Vec<User>, StoreError> {
        let rows = self.statement("users.list").await?;
        let has_role = |user: &User| {
            filter
                .role
                .as_deref()
                .is_none_or(|role| role == role_name(&user.role))
        };
        let has_tenant = |user: &User| {
            filter.tenant_id.as_deref().is_none_or(|tenant| {
                user.role
                    .tenant()
                    .is_some_and(|theirs| theirs.as_str() == tenant)
            })
        };
        Ok(rows
            .rows::<UserRow>()
            .map(|(_id, row)| &row.user)
            .filter(|user| has_role(user) && has_tenant(user))
            .cloned()
            .collect())
    }

    async fn set_active(&mut self, id: UserId, is_active: bool) -> Result<bool, StoreError> {
        let mut rows = self.statement("users.set_active").await?;
        rows.update(&id, |row: &mut UserRow| {
            row.user.is_active = is_active;
            row.user.token_version += i64::from(!is_active);
            true
        })
    }

    async fn end_sessions_of(&mut self, tenant: &TenantId) -> Result<u64, StoreError> {
        let mut rows = self.statement("users.end_sessions_of").await?;
        let of_tenant: Vec<UserId> = rows
            .rows::<UserRow>()
            .filter(|(_id, row)| row.user.role.tenant() == Some(tenant))
            .map(|(id, _row)| *id)
            .collect();
        let mut ended = 0;
        for id in of_tenant {
            let found = rows.update(&id, |row: &mut UserRow| {
                row.user.token_version += 1;
                true
            })?;
            ended += u64::from(found);
        }
        Ok(ended)
    }

    async fn change_password(
        &mut self,
        id: UserId,
        hash: &PasswordHash,
    ) -> Result<bool, StoreError> {
        let mut rows = self.statement("users.change_password").await?;
        rows.update(&id, |row: &mut UserRow| {
            row.hash = hash.clone();
            row.user.token_version += 1;
            true
        })
    }

    async fn upgrade_password_hash(
        &mut self,
        id: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<(), StoreError> {
        let mut rows = self.statement("users.upgrade_password_hash").await?;
        rows.update(&id, |row: &mut UserRow| {
            let is_same = row.hash == *old;
            if is_same {
                row.hash = new.clone();
            }
            is_same
        })?;
        Ok(())
    }

    async fn record_login(&mut self, id: UserId, at: Timestamp) -> Result<(), StoreError> {
        let mut rows = self.statement("users.record_login").await?;
        rows.update(&id, |row: &mut UserRow| {
            row.user.last_login_at = Some(at);
            true
        })?;
        Ok(())
    }

    async fn find_session(
        &mut self,
        id: UserId,
        token_id: Uuid,
    ) -> Result<Option<SessionRecord>, StoreError> {
        let rows = self.statement("users.find_session").await?;
        Ok(rows.get::<UserRow>(&id).map(|row| SessionRecord {
            user: row.user.clone(),
            tenant_is_active: tenant_is_active(&rows, &row.user),
            is_revoked: rows.get::<EndedSessionRow>(&token_id).is_some(),
        }))
    }

    async fn revoke_session(
        &mut self,
        token_id: Uuid,
        user_id: UserId,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut rows = self.statement("users.revoke_session").await?;
        if rows.get::<EndedSessionRow>(&token_id).is_some() {
            return Ok(());
        }
        let tenant_id = rows
            .get::<UserRow>(&user_id)
            .and_then(|row| row.user.role.tenant().cloned());
        let row = EndedSessionRow {
            tenant_id,
            user_id,
            expires_at,
        };
        rows.put(&token_id, row)
    }

    async fn forget_expired_sessions(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        let mut rows = self.statement("users.forget_expired_sessions").await?;
        rows.remove_where(|_id, row: &EndedSessionRow| row.expires_at <= now)
    }

    async fn count_tenant_admins(&mut self, tenant: &TenantId) -> Result<i64, StoreError> {
        let rows = self.statement("users.count_tenant_admins").await?;
        Ok(count(rows.rows::<UserRow>().filter(|(_id, row)| {
            row.user.is_active && row.user.role.tenant() == Some(tenant)
        })))
    }
}
