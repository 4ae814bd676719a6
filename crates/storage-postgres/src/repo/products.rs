//! Products.

use async_trait::async_trait;
use diesel::prelude::*;
use domain::ids::{ProductId, RouterId, TenantId};
use domain::product::{Product, ProductDraft};
use domain::time::Timestamp;
use ports::store::error::StoreError;
use ports::store::products::{Offer, ProductRepository};

use crate::rows::product::{NewProductRow, ProductChanges, ProductRow};
use crate::rows::router::RouterRow;
use crate::rows::tenant::TenantRow;
use crate::schema::{empresas, productos, routers};
use crate::unit_of_work::PgUnitOfWork;

#[async_trait]
impl ProductRepository for PgUnitOfWork {
    async fn insert(
        &mut self,
        tenant: &TenantId,
        draft: &ProductDraft,
        at: Timestamp,
    ) -> Result<Product, StoreError> {
        let query = diesel::insert_into(productos::table)
            .values(NewProductRow::new(tenant, draft, at)?)
            .returning(ProductRow::as_returning());
        let stored = self.sure_row(query).await?;
        stored.into_domain()
    }

    async fn find(
        &mut self,
        tenant: &TenantId,
        id: ProductId,
    ) -> Result<Option<Product>, StoreError> {
        let query = productos::table
            .find(id.get())
            .filter(productos::empresa_id.eq(tenant.as_str()))
            .select(ProductRow::as_select());
        let found = self.row(query).await?;
        found.map(ProductRow::into_domain).transpose()
    }

    async fn find_for_update(
        &mut self,
        tenant: &TenantId,
        id: ProductId,
    ) -> Result<Option<Product>, StoreError> {
        let query = productos::table
            .find(id.get())
            .filter(productos::empresa_id.eq(tenant.as_str()))
            .select(ProductRow::as_select())
            .for_update();
        let found = self.row(query).await?;
        found.map(ProductRow::into_domain).transpose()
    }

    async fn list(
        &mut self,
        tenant: &TenantId,
        router: Option<&RouterId>,
    ) -> Result<Vec<Product>, StoreError> {
        let mut query = productos::table
            .filter(productos::empresa_id.eq(tenant.as_str()))
            .select(ProductRow::as_select())
            .order((
                productos::orden_visual,
                productos::creado_en.desc(),
                productos::id,
            ))
            .into_boxed();
        if let Some(router) = router {
            query = query.filter(productos::router_id.eq(router.as_str()));
        }
        let found = self.rows(query).await?;
        found.into_iter().map(ProductRow::into_domain).collect()
    }

    async fn list_for_sale(
        &mut self,
        tenant: &TenantId,
        router: &RouterId,
    ) -> Result<Vec<Product>, StoreError> {
        let query = productos::table
            .filter(productos::empresa_id.eq(tenant.as_str()))
            .filter(productos::router_id.eq(router.as_str()))
            .filter(productos::activo)
            .select(ProductRow::as_select())
            .order((
                productos::orden_visual,
                productos::destacado.desc(),
                productos::id,
            ));
        let found = self.rows(query).await?;
        found.into_iter().map(ProductRow::into_domain).collect()
    }

    async fn find_for_sale(
        &mut self,
        tenant: &TenantId,
        router: &RouterId,
        id: ProductId,
    ) -> Result<Option<Product>, StoreError> {
        let query = productos::table
            .find(id.get())
            .filter(productos::empresa_id.eq(tenant.as_str()))
            .filter(productos::router_id.eq(router.as_str()))
            .filter(productos::activo)
            .select(ProductRow::as_select());
        let found = self.row(query).await?;
        found.map(ProductRow::into_domain).transpose()
    }

    async fn find_offer(
        &mut self,
        tenant: &TenantId,
        router: &RouterId,
        id: ProductId,
    ) -> Result<Option<Offer>, StoreError> {
        let query = productos::table
            .inner_join(routers::table.on(routers::id.eq(productos::router_id)))
            .inner_join(empresas::table.on(empresas::id.eq(productos::empresa_id)))
            .filter(productos::id.eq(id.get()))
            .filter(productos::empresa_id.eq(tenant.as_str()))
            .filter(productos::router_id.eq(router.as_str()))
            .select((
                ProductRow::as_select(),
                RouterRow::as_select(),
                TenantRow::as_select(),
            ));
        let found = self
            .row::<(ProductRow, RouterRow, TenantRow), _>(query)
            .await?;
        found
            .map(|(product, router, tenant)| {
                Ok(Offer {
                    product: product.into_domain()?,
                    router: router.into_domain()?,
                    tenant: tenant.into_domain()?,
                })
            })
            .transpose()
    }

    async fn update(&mut self, product: &Product) -> Result<bool, StoreError> {
        let theirs = productos::table
            .find(product.id.get())
            .filter(productos::empresa_id.eq(product.tenant_id.as_str()));
        let statement = diesel::update(theirs).set(ProductChanges::try_from(product)?);
        let changed = self.run(statement).await?;
        Ok(changed > 0)
    }
}
