//! A new product.

use domain::product::{Product, ProductDraft};
use ports::store::Scope;
use ports::store::error::{StoreError, constraints};

use crate::app::App;
use crate::caller::TenantAdmin;
use crate::products::error::ProductError;

/// Adds a product to a router's catalogue. The router is not contacted.
///
/// # Errors
/// [`ProductError::RouterNotFound`] and [`ProductError::Duplicate`].
pub async fn create_product(
    app: &App,
    admin: &TenantAdmin,
    draft: ProductDraft,
) -> Result<Product, ProductError> {
    let tenant = admin.tenant_id();
    let now = app.now();
    let mut work = app.ports.store.begin(Scope::Tenant(tenant.clone())).await?;
    if work
        .routers()
        .find(tenant, &draft.router_id)
        .await?
        .is_none()
    {
        work.rollback().await?;
        return Err(ProductError::RouterNotFound);
    }
    let product = match work.products().insert(tenant, &draft, now).await {
        Ok(product) => product,
        Err(error) if error.is_conflict_on(constraints::PRODUCT_PROFILE) => {
            return Err(ProductError::Duplicate);
        }
        Err(StoreError::Reference { .. }) => return Err(ProductError::RouterNotFound),
        Err(error) => return Err(error.into()),
    };
    let subject = ("product", product.id.to_string());
    let entry = admin
        .session()
        .audit(now, "product.create", Some(tenant), (subject.0, &subject.1));
    work.audit().append(&entry).await?;
    work.commit().await?;
    Ok(product)
}
