//! Switching a router on and off.

use domain::ids::{RouterId, TenantId};
use ports::store::Scope;

use crate::app::App;
use crate::caller::SuperAdmin;
use crate::routers::error::RouterError;

/// Flips whether a router is active and answers what it is now. A switched-off router sells
/// nothing; what it has sold is still served.
///
/// # Errors
/// [`RouterError::NotFound`].
pub async fn toggle_router(
    app: &App,
    admin: &SuperAdmin,
    tenant_id: &TenantId,
    id: &RouterId,
) -> Result<bool, RouterError> {
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    let Some(router) = work.routers().find_for_update(tenant_id, id).await? else {
        work.rollback().await?;
        return Err(RouterError::NotFound);
    };
    let is_active = !router.is_active;
    work.routers().set_active(tenant_id, id, is_active).await?;
    let action = if is_active {
        "router.activate"
    } else {
        "router.deactivate"
    };
    let subject = ("router", id.as_str());
    let entry = admin
        .session()
        .audit(app.now(), action, Some(tenant_id), subject);
    work.audit().append(&entry).await?;
    work.commit().await?;
    Ok(is_active)
}
