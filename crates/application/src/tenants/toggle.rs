//! Switching a tenant on and off.

use domain::ids::TenantId;
use ports::store::Scope;

use crate::app::App;
use crate::caller::SuperAdmin;
use crate::error::Failure;

/// Flips whether a tenant is active and answers what it is now; `None` if there is none. A
/// switched-off tenant sells nothing, and its administrators' sessions stop working; what it has
/// sold is still served and reconciled.
///
/// # Errors
/// [`Failure`].
pub async fn toggle_tenant(
    app: &App,
    admin: &SuperAdmin,
    id: &TenantId,
) -> Result<Option<bool>, Failure> {
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    let Some(tenant) = work.tenants().find_for_update(id).await? else {
        work.commit().await?;
        return Ok(None);
    };
    let is_active = !tenant.is_active;
    work.tenants().set_active(id, is_active).await?;
    let action = if is_active {
        "tenant.activate"
    } else {
        "tenant.deactivate"
    };
    let entry = admin
        .session()
        .audit(app.now(), action, Some(id), ("tenant", id.as_str()));
    work.audit().append(&entry).await?;
    work.commit().await?;
    Ok(Some(is_active))
}
