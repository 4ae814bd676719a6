//! Whether a router can be reached with its settings as they are now.

use domain::ids::RouterId;
use domain::router::{Router, TlsMode};
use ports::hotspot::{HotspotError, RouterProbe};
use ports::store::Scope;

use crate::app::App;
use crate::caller::TenantAdmin;
use crate::error::Failure;
use crate::secrets;

/// A router and what connecting to it brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionTest {
    /// The router.
    pub router: Router,
    /// What it said.
    pub outcome: Result<RouterProbe, HotspotError>,
}

/// Connects to one of the operator's routers, active or not; `None` if there is none. Where the
/// certificate is trusted on first use, this is that use: the fingerprint is recorded.
///
/// # Errors
/// [`Failure`].
pub async fn test_connection(
    app: &App,
    admin: &TenantAdmin,
    id: &RouterId,
) -> Result<Option<ConnectionTest>, Failure> {
    let tenant = admin.tenant_id();
    let mut work = app.ports.store.begin(Scope::Tenant(tenant.clone())).await?;
    let found = work.routers().find(tenant, id).await?;
    work.commit().await?;
    let Some(router) = found else { return Ok(None) };
    let access = secrets::open_router(app.ports.secrets.as_ref(), &router)?;
    let outcome = app.ports.hotspot.probe(&access).await;
    if let Ok(RouterProbe {
        fingerprint: Some(fingerprint),
        ..
    }) = &outcome
        && router.tls.mode == TlsMode::FirstUse
        && router.tls.fingerprint.is_none()
    {
        let mut work = app.ports.store.begin(Scope::Tenant(tenant.clone())).await?;
        work.routers()
            .record_fingerprint(tenant, id, router.version, fingerprint)
            .await?;
        work.commit().await?;
    }
    Ok(Some(ConnectionTest { router, outcome }))
}
