//! What a portal page needs to know before it shows anything.

use domain::router::Router;
use domain::tenant::Tenant;
use ports::store::Scope;

use crate::app::App;
use crate::caller::Portal;
use crate::error::Failure;
use crate::portal::refusal::{PortalRefusal, require_active_tenant};

/// The portal's tenant and router.
///
/// # Errors
/// [`PortalRefusal`].
pub async fn public_config(app: &App, portal: &Portal) -> Result<(Tenant, Router), PortalRefusal> {
    require_active_tenant(portal)?;
    let mut work = app
        .ports
        .store
        .begin(Scope::Tenant(portal.tenant_id.clone()))
        .await?;
    let tenant = work.tenants().find(&portal.tenant_id).await?;
    let router = work
        .routers()
        .find(&portal.tenant_id, &portal.router_id)
        .await?;
    work.commit().await?;
    tenant
        .zip(router)
        .ok_or_else(|| Failure::Inconsistent("a portal's tenant or router has vanished").into())
}
