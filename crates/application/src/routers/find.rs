//! One router.

use domain::ids::{RouterId, TenantId};
use domain::router::Router;
use ports::store::Scope;

use crate::app::App;
use crate::caller::SuperAdmin;
use crate::routers::error::RouterError;

/// One router of a tenant.
///
/// # Errors
/// [`RouterError::NotFound`], also for another tenant's.
pub async fn find_router(
    app: &App,
    _admin: &SuperAdmin,
    tenant_id: &TenantId,
    id: &RouterId,
) -> Result<Router, RouterError> {
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    let router = work.routers().find(tenant_id, id).await?;
    work.commit().await?;
    router.ok_or(RouterError::NotFound)
}
