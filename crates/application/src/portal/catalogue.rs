//! What a captive portal shows before anything is sold.

use domain::ids::ProductId;
use domain::product::Product;
use domain::router::Router;
use domain::tenant::Tenant;
use ports::store::Scope;

use crate::app::App;
use crate::caller::Portal;
use crate::error::{Failure, failures_into};

/// Active products of the portal's router, in the order of the catalogue.
///
/// # Errors
/// [`PortalRefusal`].
pub async fn list_products(app: &App, portal: &Portal) -> Result<Vec<Product>, PortalRefusal> {
    require_active_tenant(portal)?;
    let products = app
        .read(Scope::Tenant(portal.tenant_id.clone()), async |uow| {
            uow.products()
                .list_for_sale(&portal.tenant_id, &portal.router_id)
                .await
        })
        .await?;
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
    let product = app
        .read(Scope::Tenant(portal.tenant_id.clone()), async |uow| {
            uow.products()
                .find_for_sale(&portal.tenant_id, &portal.router_id, id)
                .await
        })
        .await?;
    product.ok_or(PortalRefusal::NotFound)
}

/// Why a portal's question was refused.
#[derive(Debug, thiserror::Error)]
pub enum PortalRefusal {
    /// The operator is switched off.
    #[error("the tenant is not active")]
    TenantInactive,
    /// No such thing on this router.
    #[error("not found")]
    NotFound,
    /// Could not be done.
    #[error(transparent)]
    Failure(#[from] Failure),
}
failures_into!(PortalRefusal);

/// Refuses portals of switched-off operators.
pub(crate) fn require_active_tenant(portal: &Portal) -> Result<(), PortalRefusal> {
    if portal.tenant_is_active {
        Ok(())
    } else {
        Err(PortalRefusal::TenantInactive)
    }
}

/// The portal's tenant and router.
///
/// # Errors
/// [`PortalRefusal`].
pub async fn public_config(app: &App, portal: &Portal) -> Result<(Tenant, Router), PortalRefusal> {
    require_active_tenant(portal)?;
    let (tenant, router) = app
        .read(Scope::Tenant(portal.tenant_id.clone()), async |uow| {
            let tenant = uow.tenants().find(&portal.tenant_id).await?;
            let router = uow
                .routers()
                .find(&portal.tenant_id, &portal.router_id)
                .await?;
            Ok((tenant, router))
        })
        .await?;
    tenant
        .zip(router)
        .ok_or_else(|| Failure::Inconsistent("a portal's tenant or router has vanished").into())
}
