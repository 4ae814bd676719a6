//! The operator's routers.

use domain::router::Router;
use ports::store::Scope;

use crate::app::App;
use crate::caller::TenantAdmin;
use crate::error::Failure;

/// The operator's routers, oldest first.
///
/// # Errors
/// [`Failure`].
pub async fn list_own_routers(app: &App, admin: &TenantAdmin) -> Result<Vec<Router>, Failure> {
    let tenant = admin.tenant_id();
    let mut work = app.ports.store.begin(Scope::Tenant(tenant.clone())).await?;
    let routers = work.routers().list(tenant).await?;
    work.commit().await?;
    Ok(routers)
}
