//! All keys of a router.

use domain::api_key::ApiKey;
use domain::ids::{RouterId, TenantId};
use ports::store::Scope;

use crate::app::App;
use crate::caller::SuperAdmin;
use crate::routers::error::RouterError;

/// All keys of a router, newest first.
///
/// # Errors
/// [`RouterError::NotFound`].
pub async fn list_keys(
    app: &App,
    _admin: &SuperAdmin,
    tenant_id: &TenantId,
    router_id: &RouterId,
) -> Result<Vec<ApiKey>, RouterError> {
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    let known = work.routers().find(tenant_id, router_id).await?.is_some();
    let keys = work.api_keys().list(tenant_id, router_id).await?;
    work.commit().await?;
    if known {
        Ok(keys)
    } else {
        Err(RouterError::NotFound)
    }
}
