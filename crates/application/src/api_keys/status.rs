//! How a router's key is doing.

use domain::api_key::ApiKey;
use domain::ids::{RouterId, TenantId};

use crate::api_keys::list::list_keys;
use crate::app::App;
use crate::caller::SuperAdmin;
use crate::routers::error::RouterError;

/// The newest key of a router that is not revoked, expired or not.
///
/// # Errors
/// [`RouterError::NotFound`].
pub async fn newest_key(
    app: &App,
    admin: &SuperAdmin,
    tenant_id: &TenantId,
    router_id: &RouterId,
) -> Result<Option<ApiKey>, RouterError> {
    let keys = list_keys(app, admin, tenant_id, router_id).await?;
    Ok(keys.into_iter().find(|key| key.revoked_at.is_none()))
}
