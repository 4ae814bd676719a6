//! What a router sells.

use domain::ids::ProductId;
use domain::product::Product;
use ports::store::Scope;

use crate::app::App;
use crate::caller::Portal;
use crate::portal::refusal::{PortalRefusal, require_active_tenant};

/// Active products of the portal's router, in the order of the catalogue.
///
/// # Errors
/// [`PortalRefusal`].
pub async fn list_products(app: &App, portal: &Portal) -> Result<Vec<Product>, PortalRefusal> {
    require_active_tenant(portal)?;
    let mut work = app
        .ports
        .store
        .begin(Scope::Tenant(portal.tenant_id.clone()))
        .await?;
    let products = work
        .products()
        .list_for_sale(&portal.tenant_id, &portal.router_id)
        .await?;
    work.commit().await?;
    Ok(products)
}

/// One active product of the portal's router.
///
/// # Errors
/// [`PortalRefusal`].
pub async fn find_product(
    app: &App,
    portal: &Portal,
    id: ProductId,
) -> Result<Product, PortalRefusal> {
    require_active_tenant(portal)?;
    let mut work = app
        .ports
        .store
        .begin(Scope::Tenant(portal.tenant_id.clone()))
        .await?;
    let product = work
        .products()
        .find_for_sale(&portal.tenant_id, &portal.router_id, id)
        .await?;
    work.commit().await?;
    product.ok_or(PortalRefusal::NotFound)
}
