//! A router goes.

use domain::ids::{RouterId, TenantId};
use ports::store::Scope;
use ports::store::error::StoreError;
use ports::store::routers::RouterUse;

use crate::app::App;
use crate::caller::SuperAdmin;
use crate::error::{Failure, failures_into};

/// Why a router was not deleted.
#[derive(Debug, thiserror::Error)]
pub enum DeleteRouterError {
    /// No such router, or another tenant's.
    #[error("no such router")]
    NotFound,
    /// It has products or sales: history is kept.
    #[error("the router is in use")]
    InUse(RouterUse),
    /// Could not be done.
    #[error(transparent)]
    Failure(#[from] Failure),
}
failures_into!(DeleteRouterError);

/// Deletes a router that never sold anything, with its API keys.
///
/// # Errors
/// [`DeleteRouterError`].
pub async fn delete_router(
    app: &App,
    admin: &SuperAdmin,
    tenant_id: &TenantId,
    id: &RouterId,
) -> Result<(), DeleteRouterError> {
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    if work
        .routers()
        .find_for_update(tenant_id, id)
        .await?
        .is_none()
    {
        work.rollback().await?;
        return Err(DeleteRouterError::NotFound);
    }
    let in_use = work.routers().count_use(tenant_id, id).await?;
    if in_use != RouterUse::default() {
        work.rollback().await?;
        return Err(DeleteRouterError::InUse(in_use));
    }
    match work.routers().delete(tenant_id, id).await {
        Ok(_) => {}
        // A product or sale came between the count and here.
        Err(StoreError::Reference { .. }) => {
            return Err(DeleteRouterError::InUse(RouterUse {
                products: 1,
                purchases: 0,
            }));
        }
        Err(error) => return Err(error.into()),
    }
    let subject = ("router", id.as_str());
    let entry = admin
        .session()
        .audit(app.now(), "router.delete", Some(tenant_id), subject);
    work.audit().append(&entry).await?;
    work.commit().await?;
    Ok(())
}
