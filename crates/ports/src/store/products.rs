//! Products.

use async_trait::async_trait;
use domain::ids::{ProductId, RouterId, TenantId};
use domain::product::{Product, ProductDraft};
use domain::router::Router;
use domain::tenant::Tenant;
use domain::time::Timestamp;

use crate::store::error::StoreError;

/// Everything a sale needs to know, read at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The product, active or not.
    pub product: Product,
    /// Its router.
    pub router: Router,
    /// Its tenant.
    pub tenant: Tenant,
}

/// Products. Every look-up takes the tenant.
#[async_trait]
pub trait ProductRepository: Send {
    /// Stores a product. MUST answer a conflict on
    /// [`PRODUCT_PROFILE`](crate::store::error::constraints::PRODUCT_PROFILE) for a profile that
    /// the router sells already, and a broken reference for another tenant's router.
    async fn insert(
        &mut self,
        tenant: &TenantId,
        draft: &ProductDraft,
        at: Timestamp,
    ) -> Result<Product, StoreError>;

    /// Finds a product.
    async fn find(
        &mut self,
        tenant: &TenantId,
        id: ProductId,
    ) -> Result<Option<Product>, StoreError>;

    /// Finds a product and locks its row until the transaction ends.
    async fn find_for_update(
        &mut self,
        tenant: &TenantId,
        id: ProductId,
    ) -> Result<Option<Product>, StoreError>;

    /// The tenant's products, or one router's: by display order, then newest first, then id.
    async fn list(
        &mut self,
        tenant: &TenantId,
        router: Option<&RouterId>,
    ) -> Result<Vec<Product>, StoreError>;

    /// Active products of a router: by display order, featured first, then id.
    async fn list_for_sale(
        &mut self,
        tenant: &TenantId,
        router: &RouterId,
    ) -> Result<Vec<Product>, StoreError>;

    /// The product if it is active and of this router.
    async fn find_for_sale(
        &mut self,
        tenant: &TenantId,
        router: &RouterId,
        id: ProductId,
    ) -> Result<Option<Product>, StoreError>;

    /// Product, router and tenant in one query; whether they may be sold is the caller's to
    /// judge. `None` if the product is not of this router.
    async fn find_offer(
        &mut self,
        tenant: &TenantId,
        router: &RouterId,
        id: ProductId,
    ) -> Result<Option<Offer>, StoreError>;

    /// Writes all mutable fields; router and profile stay as they are.
    async fn update(&mut self, product: &Product) -> Result<bool, StoreError>;
}
