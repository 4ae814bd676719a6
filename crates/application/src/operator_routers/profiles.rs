//! The hotspot profiles of a router, read live.

use domain::ids::RouterId;
use ports::hotspot::{HotspotError, ProfileRow};
use ports::store::Scope;

use crate::app::App;
use crate::caller::TenantAdmin;
use crate::error::{Failure, failures_into};
use crate::secrets;

/// Why a router's profiles are not shown.
#[derive(Debug, thiserror::Error)]
pub enum ProfilesError {
    /// No such router, or another tenant's.
    #[error("no such router")]
    NotFound,
    /// The router is switched off.
    #[error("the router is not active")]
    Inactive,
    /// The router could not be reached or refused; with its address for the operator.
    #[error("the router could not be read")]
    Router {
        /// `host:port`.
        address: String,
        /// Why.
        #[source]
        error: HotspotError,
    },
    /// Could not be done.
    #[error(transparent)]
    Failure(#[from] Failure),
}
failures_into!(ProfilesError);

/// Reads the hotspot user profiles of one of the operator's routers.
///
/// # Errors
/// [`ProfilesError`].
pub async fn router_profiles(
    app: &App,
    admin: &TenantAdmin,
    id: &RouterId,
) -> Result<Vec<ProfileRow>, ProfilesError> {
    let tenant = admin.tenant_id();
    let mut work = app.ports.store.begin(Scope::Tenant(tenant.clone())).await?;
    let found = work.routers().find(tenant, id).await?;
    work.commit().await?;
    let router = found.ok_or(ProfilesError::NotFound)?;
    if !router.is_active {
        return Err(ProfilesError::Inactive);
    }
    let access = secrets::open_router(app.ports.secrets.as_ref(), &router)?;
    app.ports
        .hotspot
        .profiles(&access)
        .await
        .map_err(|error| ProfilesError::Router {
            address: router.host.with_port(router.port),
            error,
        })
}
