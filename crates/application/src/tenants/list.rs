//! All tenants.

use domain::tenant::Tenant;
use ports::store::Scope;

use crate::app::App;
use crate::caller::SuperAdmin;
use crate::error::Failure;

/// All tenants, oldest first.
///
/// # Errors
/// [`Failure`].
pub async fn list_tenants(app: &App, _admin: &SuperAdmin) -> Result<Vec<Tenant>, Failure> {
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    let tenants = work.tenants().list().await?;
    work.commit().await?;
    Ok(tenants)
}
