//! Routers.

use async_trait::async_trait;
use diesel::prelude::*;
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
        let statement =
            diesel::insert_into(routers::table).values(NewRouterRow::new(router, key_hash));
        self.run(statement).await?;
        Ok(())
    }

    async fn find(
        &mut self,
        tenant: &TenantId,
        id: &RouterId,
    ) -> Result<Option<Router>, StoreError> {
        let query = of_tenant(tenant.as_str(), id.as_str()).select(RouterRow::as_select());
        let found = self.row(query).await?;
        found.map(RouterRow::into_domain).transpose()
    }

    async fn find_for_update(
        &mut self,
        tenant: &TenantId,
        id: &RouterId,
    ) -> Result<Option<Router>, StoreError> {
        let query = of_tenant(tenant.as_str(), id.as_str())
            .select(RouterRow::as_select())
            .for_update();
        let found = self.row(query).await?;
        found.map(RouterRow::into_domain).transpose()
    }

    async fn list(&mut self, tenant: &TenantId) -> Result<Vec<Router>, StoreError> {
        let query = routers::table
            .filter(routers::empresa_id.eq(tenant.as_str()))
            .select(RouterRow::as_select())
            .order((routers::creado_en, routers::id));
        let found = self.rows(query).await?;
        found.into_iter().map(RouterRow::into_domain).collect()
    }

    async fn update(&mut self, router: &Router) -> Result<bool, StoreError> {
        let statement = diesel::update(of_tenant(router.tenant_id.as_str(), router.id.as_str()))
            .set((
                RouterChanges::from(router),
                routers::version.eq(routers::version + 1),
            ));
        let changed = self.run(statement).await?;
        Ok(changed > 0)
    }

    async fn set_active(
        &mut self,
        tenant: &TenantId,
        id: &RouterId,
        is_active: bool,
    ) -> Result<bool, StoreError> {
        let statement = diesel::update(of_tenant(tenant.as_str(), id.as_str()))
            .set(routers::activo.eq(is_active));
        let changed = self.run(statement).await?;
        Ok(changed > 0)
    }

    async fn set_key_hash(
        &mut self,
        tenant: &TenantId,
        id: &RouterId,
        key_hash: &str,
    ) -> Result<bool, StoreError> {
        let statement = diesel::update(of_tenant(tenant.as_str(), id.as_str()))
            .set(routers::api_key_hash.eq(key_hash));
        let changed = self.run(statement).await?;
        Ok(changed > 0)
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
        let statement = diesel::update(unseen).set(routers::tls_huella_sha256.eq(fingerprint));
        let changed = self.run(statement).await?;
        Ok(changed > 0)
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
        let query = diesel::select((products.single_value(), purchases.single_value()));
        let counted = self
            .sure_row::<(Option<i64>, Option<i64>), _>(query)
            .await?;
        let (products, purchases) = counted;
        Ok(RouterUse {
            products: products.unwrap_or(0),
            purchases: purchases.unwrap_or(0),
        })
    }

    async fn delete(&mut self, tenant: &TenantId, id: &RouterId) -> Result<bool, StoreError> {
        // Its keys go with it, by the reference.
        let statement = diesel::delete(of_tenant(tenant.as_str(), id.as_str()));
        let removed = self.run(statement).await?;
        Ok(removed > 0)
    }
}
