//! Numbers of one tenant.

use domain::ids::TenantId;
use domain::tenant::Tenant;
use ports::store::Scope;
use ports::store::tenants::TenantCounts;

use crate::app::App;
use crate::caller::SuperAdmin;
use crate::error::Failure;

/// A tenant with its numbers; `None` if there is none.
///
/// # Errors
/// [`Failure`].
pub async fn tenant_stats(
    app: &App,
    _admin: &SuperAdmin,
    id: &TenantId,
) -> Result<Option<(Tenant, TenantCounts)>, Failure> {
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    let found = match work.tenants().find(id).await? {
        Some(tenant) => Some((tenant, work.tenants().counts(id, app.now()).await?)),
        None => None,
    };
    work.commit().await?;
    Ok(found)
}
