//! Panel users and ended sessions.

use async_trait::async_trait;
use diesel::prelude::*;
use domain::contact::Email;
use domain::ids::{TenantId, UserId};
use domain::time::Timestamp;
use domain::user::User;
use ports::security::PasswordHash;
use ports::store::error::StoreError;
use ports::store::users::{NewUser, SessionRecord, UserFilter, UserRepository};
use uuid::Uuid;

use crate::rows::convert::to_sql_time;
use crate::rows::user::{NewUserRow, TENANT_ADMIN, UserRow};
use crate::schema::{empresas, sesiones_revocadas, usuarios};
use crate::unit_of_work::PgUnitOfWork;

#[async_trait]
impl UserRepository for PgUnitOfWork {
    async fn insert(&mut self, user: &NewUser) -> Result<User, StoreError> {
        let query = diesel::insert_into(usuarios::table)
            .values(NewUserRow::from(user))
            .returning(UserRow::as_returning());
        let stored = self.sure_row(query).await?;
        stored.into_domain()
    }

    async fn find(&mut self, id: UserId) -> Result<Option<User>, StoreError> {
        let query = usuarios::table.find(id.get()).select(UserRow::as_select());
        let found = self.row(query).await?;
        found.map(UserRow::into_domain).transpose()
    }

    async fn find_login(
        &mut self,
        email: &Email,
    ) -> Result<Option<(User, PasswordHash, bool)>, StoreError> {
        let query = usuarios::table
            .left_join(empresas::table.on(empresas::id.nullable().eq(usuarios::empresa_id)))
            .filter(usuarios::email.eq(email.as_str()))
            .select((
                UserRow::as_select(),
                usuarios::password_hash,
                empresas::activa.nullable(),
            ));
        let found = self
            .row::<(UserRow, String, Option<bool>), _>(query)
            .await?;
        found
            .map(|(user, hash, tenant_is_active)| {
                let hash = PasswordHash::from_stored(hash);
                Ok((user.into_domain()?, hash, tenant_is_active.unwrap_or(true)))
            })
            .transpose()
    }

    async fn find_password_hash(&mut self, id: UserId) -> Result<Option<PasswordHash>, StoreError> {
        let query = usuarios::table
            .find(id.get())
            .select(usuarios::password_hash);
        let found = self.row::<String, _>(query).await?;
        Ok(found.map(PasswordHash::from_stored))
    }

    async fn list(&mut self, filter: &UserFilter) -> Result<Vec<User>, StoreError> {
        let mut query = usuarios::table
            .select(UserRow::as_select())
            .order(usuarios::id)
            .into_boxed();
        if let Some(role) = &filter.role {
            query = query.filter(usuarios::rol.eq(role));
        }
        if let Some(tenant) = &filter.tenant_id {
            query = query.filter(usuarios::empresa_id.eq(tenant));
        }
        let found = self.rows(query).await?;
        found.into_iter().map(UserRow::into_domain).collect()
    }

    async fn set_active(&mut self, id: UserId, is_active: bool) -> Result<bool, StoreError> {
        let ended = i64::from(!is_active);
        let statement = diesel::update(usuarios::table.find(id.get())).set((
            usuarios::activo.eq(is_active),
            usuarios::token_version.eq(usuarios::token_version + ended),
        ));
        let changed = self.run(statement).await?;
        Ok(changed > 0)
    }

    async fn end_sessions_of(&mut self, tenant: &TenantId) -> Result<u64, StoreError> {
        let users = usuarios::table.filter(usuarios::empresa_id.eq(tenant.as_str()));
        let statement =
            diesel::update(users).set(usuarios::token_version.eq(usuarios::token_version + 1));
        self.run(statement).await
    }

    async fn change_password(
        &mut self,
        id: UserId,
        hash: &PasswordHash,
    ) -> Result<bool, StoreError> {
        let statement = diesel::update(usuarios::table.find(id.get())).set((
            usuarios::password_hash.eq(hash.as_str()),
            usuarios::token_version.eq(usuarios::token_version + 1),
        ));
        let changed = self.run(statement).await?;
        Ok(changed > 0)
    }

    async fn upgrade_password_hash(
        &mut self,
        id: UserId,
        old: &PasswordHash,
        new: &PasswordHash,
    ) -> Result<(), StoreError> {
        let unchanged = usuarios::table
            .find(id.get())
            .filter(usuarios::password_hash.eq(old.as_str()));
        let statement = diesel::update(unchanged).set(usuarios::password_hash.eq(new.as_str()));
        self.run(statement).await?;
        Ok(())
    }

    async fn record_login(&mut self, id: UserId, at: Timestamp) -> Result<(), StoreError> {
        let statement = diesel::update(usuarios::table.find(id.get()))
            .set(usuarios::ultimo_login.eq(to_sql_time(at)));
        self.run(statement).await?;
        Ok(())
    }

    async fn find_session(
        &mut self,
        id: UserId,
        token_id: Uuid,
    ) -> Result<Option<SessionRecord>, StoreError> {
        let query = usuarios::table
            .left_join(empresas::table.on(empresas::id.nullable().eq(usuarios::empresa_id)))
            .left_join(sesiones_revocadas::table.on(sesiones_revocadas::jti.eq(token_id)))
            .filter(usuarios::id.eq(id.get()))
            .select((
                UserRow::as_select(),
                empresas::activa.nullable(),
                sesiones_revocadas::jti.nullable().is_not_null(),
            ));
        let found = self.row::<(UserRow, Option<bool>, bool), _>(query).await?;
        found
            .map(|(user, tenant_is_active, is_revoked)| {
                Ok(SessionRecord {
                    user: user.into_domain()?,
                    tenant_is_active: tenant_is_active.unwrap_or(true),
                    is_revoked,
                })
            })
            .transpose()
    }

    async fn revoke_session(
        &mut self,
        token_id: Uuid,
        user_id: UserId,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        let statement = diesel::insert_into(sesiones_revocadas::table)
            .values((
                sesiones_revocadas::jti.eq(token_id),
                sesiones_revocadas::usuario_id.eq(user_id.get()),
                sesiones_revocadas::expira_en.eq(to_sql_time(expires_at)),
            ))
            .on_conflict(sesiones_revocadas::jti)
            .do_nothing();
        self.run(statement).await?;
        Ok(())
    }

    async fn forget_expired_sessions(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        let expired = sesiones_revocadas::expira_en.le(to_sql_time(now));
        let statement = diesel::delete(sesiones_revocadas::table.filter(expired));
        let removed = self.run(statement).await?;
        Ok(removed)
    }

    async fn count_tenant_admins(&mut self, tenant: &TenantId) -> Result<i64, StoreError> {
        let query = usuarios::table
            .filter(usuarios::empresa_id.eq(tenant.as_str()))
            .filter(usuarios::rol.eq(TENANT_ADMIN))
            .filter(usuarios::activo)
            .count();
        self.sure_row(query).await
    }
}
