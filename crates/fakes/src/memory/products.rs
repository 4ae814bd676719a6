//! Products.

use std::cmp::Reverse;

use async_trait::async_trait;
use domain::ids::{ProductId, RouterId, TenantId};
use domain::product::{Product, ProductDraft};
use domain::time::Timestamp;
use ports::store::error::StoreError;
use ports::store::products::{Offer, ProductRepository};

use crate::memory::rows::{ProductRow, RouterRow, TenantRow};
use crate::memory::store::MemoryUnit;

fn is_of(product: &Product, tenant: &TenantId, router: &RouterId) -> bool {
    product.tenant_id == *tenant && product.router_id == *router
}

#[async_trait]
impl ProductRepository for MemoryUnit {
    async fn insert(
        &mut self,
        tenant: &TenantId,
        draft: &ProductDraft,
        at: Timestamp,
    ) -> Result<Product, StoreError> {
        let mut rows = self.statement("products.insert").await?;
        let draft = draft.clone();
        let product = Product {
            id: ProductId::new(rows.next_number::<ProductRow>()),
            tenant_id: tenant.clone(),
            router_id: draft.router_id,
            profile_id: draft.profile_id,
            profile_name: draft.profile_name,
            sale_name: draft.sale_name,
            description: draft.description,
            image_url: draft.image_url,
            price: draft.price,
            details_json: draft.details_json,
            is_active: draft.is_active,
            display_order: draft.display_order,
            is_featured: draft.is_featured,
            created_at: at,
        };
        let row = ProductRow {
            product: product.clone(),
        };
        rows.insert(&product.id, row).map(|()| product)
    }

    async fn find(
        &mut self,
        tenant: &TenantId,
        id: ProductId,
    ) -> Result<Option<Product>, StoreError> {
        let rows = self.statement("products.find").await?;
        Ok(rows
            .get::<ProductRow>(&id)
            .filter(|row| row.product.tenant_id == *tenant)
            .map(|row| row.product.clone()))
    }

    async fn find_for_update(
        &mut self,
        tenant: &TenantId,
        id: ProductId,
    ) -> Result<Option<Product>, StoreError> {
        let mut rows = self.statement("products.find_for_update").await?;
        let is_theirs = rows
            .get::<ProductRow>(&id)
            .is_some_and(|row| row.product.tenant_id == *tenant);
        if !is_theirs {
            return Ok(None);
        }
        Ok(rows.lock::<ProductRow>(&id).map(|row| row.product))
    }

    async fn list(
        &mut self,
        tenant: &TenantId,
        router: Option<&RouterId>,
    ) -> Result<Vec<Product>, StoreError> {
        let rows = self.statement("products.list").await?;
        let mut products: Vec<Product> = rows
            .rows::<ProductRow>()
            .map(|(_id, row)| &row.product)
            .filter(|product| product.tenant_id == *tenant)
            .filter(|product| router.is_none_or(|router| product.router_id == *router))
            .cloned()
            .collect();
        products.sort_by_key(|product| {
            (
                product.display_order,
                Reverse(product.created_at),
                product.id,
            )
        });
        Ok(products)
    }

    async fn list_for_sale(
        &mut self,
        tenant: &TenantId,
        router: &RouterId,
    ) -> Result<Vec<Product>, StoreError> {
        let rows = self.statement("products.list_for_sale").await?;
        let mut products: Vec<Product> = rows
            .rows::<ProductRow>()
            .map(|(_id, row)| &row.product)
            .filter(|product| is_of(product, tenant, router) && product.is_active)
            .cloned()
            .collect();
        products.sort_by_key(|product| (product.display_order, !product.is_featured, product.id));
        Ok(products)
    }

    async fn find_for_sale(
        &mut self,
        tenant: &TenantId,
        router: &RouterId,
        id: ProductId,
    ) -> Result<Option<Product>, StoreError> {
        let rows = self.statement("products.find_for_sale").await?;
        Ok(rows
            .get::<ProductRow>(&id)
            .map(|row| &row.product)
            .filter(|product| is_of(product, tenant, router) && product.is_active)
            .cloned())
    }

    async fn find_offer(
        &mut self,
        tenant: &TenantId,
        router: &RouterId,
        id: ProductId,
    ) -> Result<Option<Offer>, StoreError> {
        let rows = self.statement("products.find_offer").await?;
        let product = rows
            .get::<ProductRow>(&id)
            .filter(|row| is_of(&row.product, tenant, router));
        let seller = rows.get::<RouterRow>(router);
        let owner = rows.get::<TenantRow>(tenant);
        Ok(match (product, seller, owner) {
            (Some(product), Some(router), Some(tenant)) => Some(Offer {
                product: product.product.clone(),
                router: router.router.clone(),
                tenant: tenant.tenant.clone(),
            }),
            _ => None,
        })
    }

    async fn update(&mut self, product: &Product) -> Result<bool, StoreError> {
        let mut rows = self.statement("products.update").await?;
        rows.update(&product.id, |row: &mut ProductRow| {
            let old = &row.product;
            if old.tenant_id != product.tenant_id {
                return false;
            }
            row.product = Product {
                router_id: old.router_id.clone(),
                profile_id: old.profile_id.clone(),
                profile_name: old.profile_name.clone(),
                created_at: old.created_at,
                ..product.clone()
            };
            true
        })
    }
}
