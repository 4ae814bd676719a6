//! RouterOS users that are not in use yet, and checks of routers.

use std::time::Duration;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamp as SqlTimestamp};
use domain::ids::{RouterId, TenantId};
use domain::time::Timestamp;
use ports::store::error::StoreError;
use ports::store::router_care::{PENDING_USERS, PendingUser, RouterCareRepository, RouterCheck};

use crate::rows::convert::{RowName, to_limit, to_sql_time};
use crate::rows::router_care::{PendingUserRow, RouterCheckRow};
use crate::schema::{credenciales_router, revisiones_router, routers};
use crate::unit_of_work::PgUnitOfWork;

#[async_trait]
impl RouterCareRepository for PgUnitOfWork {
    async fn tenant_of(&mut self, router: &RouterId) -> Result<Option<TenantId>, StoreError> {
        let query = routers::table
            .find(router.as_str())
            .select(routers::empresa_id);
        let found = self.row::<String, _>(query).await?;
        let name = RowName::new("routers", router);
        found.map(|id| name.id(TenantId::parse(&id))).transpose()
    }

    async fn add_pending_user(&mut self, user: &PendingUser) -> Result<(), StoreError> {
        let row = PendingUserRow::from(user);
        self.run(diesel::insert_into(credenciales_router::table).values(row))
            .await?;
        let statement = diesel::sql_query(
            "DELETE FROM credenciales_router WHERE usuario IN ( \
                 SELECT usuario FROM credenciales_router \
                 WHERE empresa_id = $1 AND router_id = $2 \
                 ORDER BY creada_en DESC, usuario DESC OFFSET $3 \
             )",
        )
        .bind::<Text, _>(user.tenant_id.as_str())
        .bind::<Text, _>(user.router_id.as_str())
        .bind::<BigInt, _>(PENDING_USERS);
        self.run(statement).await?;
        Ok(())
    }

    async fn list_pending_users(
        &mut self,
        tenant: &TenantId,
        router: &RouterId,
    ) -> Result<Vec<PendingUser>, StoreError> {
        let query = credenciales_router::table
            .filter(credenciales_router::empresa_id.eq(tenant.as_str()))
            .filter(credenciales_router::router_id.eq(router.as_str()))
            .select(PendingUserRow::as_select())
            .order((
                credenciales_router::creada_en.desc(),
                credenciales_router::usuario.desc(),
            ));
        let found = self.rows(query).await?;
        found.into_iter().map(PendingUserRow::into_domain).collect()
    }

    async fn forget_pending_users(
        &mut self,
        tenant: &TenantId,
        router: &RouterId,
        up_to: Timestamp,
    ) -> Result<u64, StoreError> {
        let of_router = credenciales_router::table
            .filter(credenciales_router::empresa_id.eq(tenant.as_str()))
            .filter(credenciales_router::router_id.eq(router.as_str()))
            .filter(credenciales_router::creada_en.le(to_sql_time(up_to)));
        self.run(diesel::delete(of_router)).await
    }

    async fn list_checks(&mut self, tenant: &TenantId) -> Result<Vec<RouterCheck>, StoreError> {
        let query = revisiones_router::table
            .filter(revisiones_router::empresa_id.eq(tenant.as_str()))
            .select(RouterCheckRow::as_select())
            .order(revisiones_router::router_id);
        let found = self.rows(query).await?;
        found.into_iter().map(RouterCheckRow::into_domain).collect()
    }

    async fn claim_checks(
        &mut self,
        now: Timestamp,
        lease: Duration,
        limit: i64,
    ) -> Result<Vec<RouterCheck>, StoreError> {
        let first = diesel::sql_query(
            "INSERT INTO revisiones_router (router_id, empresa_id, revisar_en) \
             SELECT r.id, r.empresa_id, $1 FROM routers r \
             WHERE r.activo AND NOT EXISTS ( \
                 SELECT 1 FROM revisiones_router v WHERE v.router_id = r.id \
             ) ORDER BY r.id LIMIT $2 ON CONFLICT DO NOTHING",
        )
        .bind::<SqlTimestamp, _>(to_sql_time(now))
        .bind::<BigInt, _>(to_limit(limit));
        self.run(first).await?;
        let query = diesel::sql_query(
            "WITH picked AS ( \
                 SELECT v.router_id FROM revisiones_router v JOIN routers r ON r.id = v.router_id \
                 WHERE v.revisar_en <= $1 AND r.activo \
                 ORDER BY v.revisar_en, v.router_id LIMIT $2 \
                 FOR UPDATE OF v SKIP LOCKED \
             ) \
             UPDATE revisiones_router v SET revisar_en = $3 \
             FROM picked WHERE v.router_id = picked.router_id RETURNING v.*",
        )
        .bind::<SqlTimestamp, _>(to_sql_time(now))
        .bind::<BigInt, _>(to_limit(limit))
        .bind::<SqlTimestamp, _>(to_sql_time(now.plus(lease)));
        let claimed = self.rows::<RouterCheckRow, _>(query).await?;
        claimed
            .into_iter()
            .map(RouterCheckRow::into_domain)
            .collect()
    }

    async fn save_check(&mut self, check: &RouterCheck) -> Result<(), StoreError> {
        let statement = diesel::insert_into(revisiones_router::table)
            .values(RouterCheckRow::from(check))
            .on_conflict(revisiones_router::router_id)
            .do_update()
            .set(RouterCheckRow::from(check));
        self.run(statement).await?;
        Ok(())
    }
}
