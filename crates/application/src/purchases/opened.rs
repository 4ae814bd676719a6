//! Loading what a worker needs for a purchase: its router and the very credentials it was
//! charged with. Works for switched-off tenants and routers too.

use domain::purchase::Purchase;
use ports::hotspot::RouterAccess;
use ports::payments::GatewayAccount;
use ports::store::Scope;

use crate::app::App;
use crate::error::Failure;
use crate::secrets;

/// The outside world of one purchase.
#[derive(Debug)]
pub(super) struct Opened {
    /// The router; `None` if it does not exist any more.
    pub(super) router: Option<RouterAccess>,
    /// The gateway account of the version that the purchase was made with.
    pub(super) account: Option<GatewayAccount>,
}

/// Loads and opens both.
///
/// # Errors
/// [`Failure`], also when a secret cannot be opened: a missing key is not a missing router.
pub(super) async fn open(app: &App, purchase: &Purchase) -> Result<Opened, Failure> {
    let tenant = &purchase.tenant_id;
    let mut work = app.ports.store.begin(Scope::Tenant(tenant.clone())).await?;
    let router = work.routers().find(tenant, &purchase.router_id).await?;
    let settings = work
        .tenants()
        .find_gateway_version(tenant, purchase.gateway, purchase.credentials_version)
        .await?;
    work.commit().await?;
    let secrets = app.ports.secrets.as_ref();
    let account = match &settings {
        Some(settings) => secrets::open_account(secrets, tenant, settings)?,
        None => None,
    };
    let router = match &router {
        Some(router) => Some(secrets::open_router(secrets, router)?),
        None => None,
    };
    Ok(Opened { router, account })
}
