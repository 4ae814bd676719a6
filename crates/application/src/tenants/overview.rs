//! Numbers of the whole platform.

use ports::store::Scope;
use ports::store::tenants::PlatformCounts;

use crate::app::App;
use crate::caller::SuperAdmin;
use crate::error::Failure;

/// Numbers of the whole platform.
///
/// # Errors
/// [`Failure`].
pub async fn platform_overview(app: &App, _admin: &SuperAdmin) -> Result<PlatformCounts, Failure> {
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    let counts = work.tenants().platform_counts().await?;
    work.commit().await?;
    Ok(counts)
}
