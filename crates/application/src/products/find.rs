//! One product.

use domain::ids::ProductId;
use domain::product::Product;
use ports::store::Scope;

use crate::app::App;
use crate::caller::TenantAdmin;
use crate::products::error::ProductError;

/// One of the operator's products.
///
/// # Errors
/// [`ProductError::NotFound`].
pub async fn find_product(
    app: &App,
    admin: &TenantAdmin,
    id: ProductId,
) -> Result<Product, ProductError> {
    let tenant = admin.tenant_id();
    let mut work = app.ports.store.begin(Scope::Tenant(tenant.clone())).await?;
    let product = work.products().find(tenant, id).await?;
    work.commit().await?;
    product.ok_or(ProductError::NotFound)
}
