//! A tenant's routers.

use domain::ids::TenantId;
use domain::router::Router;
use ports::store::Scope;

use crate::app::App;
use crate::caller::SuperAdmin;
use crate::routers::error::RouterError;

/// A tenant's routers, oldest first.
///
/// # Errors
/// [`RouterError::TenantNotFound`].
pub async fn list_routers(
    app: &App,
    _admin: &SuperAdmin,
    tenant_id: &TenantId,
) -> Result<Vec<Router>, RouterError> {
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    let known = work.tenants().find(tenant_id).await?.is_some();
    let routers = work.routers().list(tenant_id).await?;
    work.commit().await?;
    if known {
        Ok(routers)
    } else {
        Err(RouterError::TenantNotFound)
    }
}
