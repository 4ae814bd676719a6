//! The operator's products.

use domain::ids::RouterId;
use domain::product::Product;
use ports::store::Scope;

use crate::app::App;
use crate::caller::TenantAdmin;
use crate::products::error::ProductError;

/// All products, or one router's; inactive ones included.
///
/// # Errors
/// [`ProductError::RouterNotFound`].
pub async fn list_products(
    app: &App,
    admin: &TenantAdmin,
    router: Option<&RouterId>,
) -> Result<Vec<Product>, ProductError> {
    let tenant = admin.tenant_id();
    let mut work = app.ports.store.begin(Scope::Tenant(tenant.clone())).await?;
    if let Some(id) = router
        && work.routers().find(tenant, id).await?.is_none()
    {
        work.rollback().await?;
        return Err(ProductError::RouterNotFound);
    }
    let products = work.products().list(tenant, router).await?;
    work.commit().await?;
    Ok(products)
}
