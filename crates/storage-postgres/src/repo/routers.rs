//! Routers.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::ids::{RouterId, TenantId};
use domain::router::Router;
use ports::store::error::StoreError;
use ports::store::routers::{RouterRepository, RouterUse};

use crate::rows::router::{NewRouterRow, RouterChanges, RouterRow};
use crate::schema::{productos, routers, transacciones};
use crate::unit_of_work::PgUnitOfWork;

/// The router with this id, if it is this tenant's.
#[diesel::dsl::auto_type(no_type_alias)]
fn of_tenant<'a>(tenant: &'a str, id: &'a str) -> _ {
    let found: diesel::dsl::Find<routers::table, &'a str> = routers::table.find(id);
    found.filter(routers::empresa_id.eq(tenant))
}

#[async_trait]
impl RouterRepository for PgUnitOfWork {
    async fn insert(&mut self, router: &Router, key_hash: &str) -> Result<(), StoreError> {
        let stored = diesel::insert_into(routers::table)
            .values(NewRouterRow::new(router, key_hash))
            .execute(self.conn()?)
            .await;
        self.check(stored).map(|_rows| ())
    }

    async fn find(
        &mut self,
        tenant: &TenantId,
        id: &RouterId,
    ) -> Result<Option<Router>, StoreError> {
        let found = of_tenant(tenant.as_str(), id.as_str())
            .select(RouterRow::as_select())
            .first(self.conn()?)
            .await
            .optional();
        self.check(found)?.map(RouterRow::into_domain).transpose()
    }

    async fn find_for_update(
        &mut self,
        tenant: &TenantId,
        id: &RouterId,
    ) -> Result<Option<Router>, StoreError> {
        let found = of_tenant(tenant.as_str(), id.as_str())
            .select(RouterRow::as_select())
            .for_update()
            .first(self.conn()?)
            .await
            .optional();
        self.check(found)?.map(RouterRow::into_domain).transpose()
    }

    async fn list(&mut self, tenant: &TenantId) -> Result<Vec<Router>, StoreError> {
        let found = routers::table
            .filter(routers::empresa_id.eq(tenant.as_str()))
            .select(RouterRow::as_select())
            .order((routers::creado_en, routers::id))
            .load(self.conn()?)
            .await;
        self.check(found)?
            .into_iter()
            .map(RouterRow::into_domain)
            .collect()
    }

    async fn update(&mut self, router: &Router) -> Result<bool, StoreError> {
        let changed = diesel::update(of_tenant(router.tenant_id.as_str(), router.id.as_str()))
            .set((
                RouterChanges::from(router),
                routers::version.eq(routers::version + 1),
            ))
            .execute(self.conn()?)
            .await;
        Ok(self.check(changed)? > 0)
    }

    async fn set_active(
        &mut self,
        tenant: &TenantId,
        id: &RouterId,
        is_active: bool,
    ) -> Result<bool, StoreError> {
        let changed = diesel::update(of_tenant(tenant.as_str(), id.as_str()))
            .set(routers::activo.eq(is_active))
            .execute(self.conn()?)
            .await;
        Ok(self.check(changed)? > 0)
    }

    async fn set_key_hash(
        &mut self,
        tenant: &TenantId,
        id: &RouterId,
        key_hash: &str,
    ) -> Result<bool, StoreError> {
        let changed = diesel::update(of_tenant(tenant.as_str(), id.as_str()))
            .set(routers::api_key_hash.eq(key_hash))
            .execute(self.conn()?)
            .await;
        Ok(self.check(changed)? > 0)
    }

    async fn record_fingerprint(
        &mut self,
        tenant: &TenantId,
        id: &RouterId,
        version: i64,
        fingerprint: &str,
    ) -> Result<bool, StoreError> {
        let unseen = of_tenant(tenant.as_str(), id.as_str())
            .filter(routers::version.eq(version))
            .filter(routers::tls_huella_sha256.is_null());
        let changed = diesel::update(unseen)
            .set(routers::tls_huella_sha256.eq(fingerprint))
            .execute(self.conn()?)
            .await;
        Ok(self.check(changed)? > 0)
    }

    async fn count_use(
        &mut self,
        tenant: &TenantId,
        id: &RouterId,
    ) -> Result<RouterUse, StoreError> {
        let products = productos::table
            .filter(productos::empresa_id.eq(tenant.as_str()))
            .filter(productos::router_id.eq(id.as_str()))
            .count();
        let purchases = transacciones::table
            .filter(transacciones::empresa_id.eq(tenant.as_str()))
            .filter(transacciones::router_id.eq(id.as_str()))
            .count();
        let counted = diesel::select((products.single_value(), purchases.single_value()))
            .get_result::<(Option<i64>, Option<i64>)>(self.conn()?)
            .await;
        let (products, purchases) = self.check(counted)?;
        Ok(RouterUse {
            products: products.unwrap_or(0),
            purchases: purchases.unwrap_or(0),
        })
    }

    async fn delete(&mut self, tenant: &TenantId, id: &RouterId) -> Result<bool, StoreError> {
        // Its keys go with it, by the reference.
        let removed = diesel::delete(of_tenant(tenant.as_str(), id.as_str()))
            .execute(self.conn()?)
            .await;
        Ok(self.check(removed)? > 0)
    }
}
