//! Whether the portal's router can be reached.

use ports::hotspot::HotspotError;
use ports::store::Scope;

use crate::app::App;
use crate::caller::Portal;
use crate::error::Failure;
use crate::secrets;

/// What a check of the portal's router found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RouterCheck {
    /// Connected and logged in.
    Reachable,
    /// The operator is switched off.
    TenantInactive,
    /// The router is switched off.
    RouterInactive,
    /// It could not be reached or refused us.
    Unreachable(HotspotError),
}

/// Connects to the portal's router and logs in.
///
/// # Errors
/// [`Failure`].
pub async fn validate_router(app: &App, portal: &Portal) -> Result<RouterCheck, Failure> {
    if !portal.tenant_is_active {
        return Ok(RouterCheck::TenantInactive);
    }
    if !portal.router_is_active {
        return Ok(RouterCheck::RouterInactive);
    }
    let mut work = app
        .ports
        .store
        .begin(Scope::Tenant(portal.tenant_id.clone()))
        .await?;
    let router = work
        .routers()
        .find(&portal.tenant_id, &portal.router_id)
        .await?;
    work.commit().await?;
    let router = router.ok_or(Failure::Inconsistent("a portal's router has vanished"))?;
    let access = secrets::open_router(app.ports.secrets.as_ref(), &router)?;
    Ok(match app.ports.hotspot.probe(&access).await {
        Ok(_) => RouterCheck::Reachable,
        Err(error) => RouterCheck::Unreachable(error),
    })
}
