//! Router API keys.

use std::collections::BTreeMap;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text, Timestamp as SqlTimestamp};
use domain::api_key::ApiKey;
use domain::ids::{ApiKeyId, RouterId, TenantId};
use domain::time::Timestamp;
use ports::store::api_keys::{ApiKeyRepository, KeyUse, PortalKey};
use ports::store::error::StoreError;

use crate::rows::api_key::{ApiKeyRow, NewApiKeyRow};
use crate::rows::convert::to_sql_time;
use crate::schema::{api_keys_tracking, empresas, routers};
use crate::unit_of_work::PgUnitOfWork;

#[async_trait]
impl ApiKeyRepository for PgUnitOfWork {
    async fn insert(&mut self, key: &ApiKey, hash: &str) -> Result<(), StoreError> {
        let statement =
            diesel::insert_into(api_keys_tracking::table).values(NewApiKeyRow::new(key, hash));
        self.run(statement).await?;
        Ok(())
    }

    async fn find_by_hash(&mut self, hash: &str) -> Result<Option<PortalKey>, StoreError> {
        let query = api_keys_tracking::table
            .inner_join(routers::table.on(routers::id.eq(api_keys_tracking::router_id)))
            .inner_join(empresas::table.on(empresas::id.eq(api_keys_tracking::empresa_id)))
            .filter(api_keys_tracking::key_hash.eq(hash))
            .select((ApiKeyRow::as_select(), empresas::activa, routers::activo));
        let found = self.row::<(ApiKeyRow, bool, bool), _>(query).await?;
        found
            .map(|(key, tenant_is_active, router_is_active)| {
                Ok(PortalKey {
                    key: key.into_domain()?,
                    tenant_is_active,
                    router_is_active,
                })
            })
            .transpose()
    }

    async fn list(
        &mut self,
        tenant: &TenantId,
        router: &RouterId,
    ) -> Result<Vec<ApiKey>, StoreError> {
        let query = api_keys_tracking::table
            .filter(api_keys_tracking::empresa_id.eq(tenant.as_str()))
            .filter(api_keys_tracking::router_id.eq(router.as_str()))
            .select(ApiKeyRow::as_select())
            .order((
                api_keys_tracking::issued_at.desc(),
                api_keys_tracking::revoked,
                api_keys_tracking::key_id,
            ));
        let found = self.rows(query).await?;
        found.into_iter().map(ApiKeyRow::into_domain).collect()
    }

    async fn find(
        &mut self,
        tenant: &TenantId,
        router: &RouterId,
        id: &ApiKeyId,
    ) -> Result<Option<ApiKey>, StoreError> {
        let query = api_keys_tracking::table
            .find(id.as_str())
            .filter(api_keys_tracking::empresa_id.eq(tenant.as_str()))
            .filter(api_keys_tracking::router_id.eq(router.as_str()))
            .select(ApiKeyRow::as_select());
        let found = self.row(query).await?;
        found.map(ApiKeyRow::into_domain).transpose()
    }

    async fn revoke(
        &mut self,
        tenant: &TenantId,
        router: &RouterId,
        id: &ApiKeyId,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let unrevoked = api_keys_tracking::table
            .find(id.as_str())
            .filter(api_keys_tracking::empresa_id.eq(tenant.as_str()))
            .filter(api_keys_tracking::router_id.eq(router.as_str()))
            .filter(diesel::dsl::not(api_keys_tracking::revoked));
        let statement = diesel::update(unrevoked).set((
            api_keys_tracking::revoked.eq(true),
            api_keys_tracking::revoked_at.eq(to_sql_time(at)),
        ));
        let changed = self.run(statement).await?;
        Ok(changed > 0)
    }

    async fn revoke_all(
        &mut self,
        tenant: &TenantId,
        router: &RouterId,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        let unrevoked = api_keys_tracking::table
            .filter(api_keys_tracking::empresa_id.eq(tenant.as_str()))
            .filter(api_keys_tracking::router_id.eq(router.as_str()))
            .filter(diesel::dsl::not(api_keys_tracking::revoked));
        let statement = diesel::update(unrevoked).set((
            api_keys_tracking::revoked.eq(true),
            api_keys_tracking::revoked_at.eq(to_sql_time(at)),
        ));
        let changed = self.run(statement).await?;
        Ok(changed)
    }

    async fn record_uses(&mut self, uses: &[KeyUse]) -> Result<(), StoreError> {
        // An UPDATE takes one row of each key from its FROM list, so a key may be there once.
        let mut by_key: BTreeMap<&str, (i64, Timestamp)> = BTreeMap::new();
        for used in uses {
            let sum = by_key
                .entry(used.id.as_str())
                .or_insert((0, used.last_used_at));
            sum.0 = sum.0.saturating_add(used.count);
            sum.1 = sum.1.max(used.last_used_at);
        }
        if by_key.is_empty() {
            return Ok(());
        }
        let ids: Vec<&str> = by_key.keys().copied().collect();
        let counts: Vec<i64> = by_key.values().map(|(count, _)| *count).collect();
        let moments: Vec<_> = by_key.values().map(|(_, at)| to_sql_time(*at)).collect();
        // Locked in one order, so that replicas that count the same keys do not deadlock.
        let statement = diesel::sql_query(
            "WITH held AS ( \
                 SELECT key_id FROM api_keys_tracking WHERE key_id = ANY($1) \
                 ORDER BY key_id FOR UPDATE \
             ) \
             UPDATE api_keys_tracking k \
             SET use_count = k.use_count + u.n, last_used = greatest(k.last_used, u.at) \
             FROM held JOIN unnest($1, $2, $3) AS u (key_id, n, at) ON u.key_id = held.key_id \
             WHERE k.key_id = held.key_id",
        )
        .bind::<Array<Text>, _>(ids)
        .bind::<Array<BigInt>, _>(counts)
        .bind::<Array<SqlTimestamp>, _>(moments);
        self.run(statement).await?;
        Ok(())
    }
}
