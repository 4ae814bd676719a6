//! A new key in place of all present ones.

use domain::ids::{RouterId, TenantId};
use ports::store::Scope;

use crate::api_keys::issue::{IssuedKey, issue};
use crate::app::App;
use crate::caller::SuperAdmin;
use crate::error::{Failure, failures_into};

/// Why no key was issued.
#[derive(Debug, thiserror::Error)]
pub enum RegenerateError {
    /// No such router, or another tenant's.
    #[error("no such router")]
    NotFound,
    /// The router is switched off.
    #[error("the router is not active")]
    RouterInactive,
    /// Could not be done; the present key still works.
    #[error(transparent)]
    Failure(#[from] Failure),
}
failures_into!(RegenerateError);

/// Revokes every present key of a router and issues a new one, in one transaction; answers
/// whether there was one to revoke.
///
/// # Errors
/// [`RegenerateError`].
pub async fn regenerate_key(
    app: &App,
    admin: &SuperAdmin,
    tenant_id: &TenantId,
    router_id: &RouterId,
) -> Result<(IssuedKey, bool), RegenerateError> {
    let key = issue(app, tenant_id, router_id);
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    let router = work.routers().find_for_update(tenant_id, router_id).await?;
    let refusal = match &router {
        None => Some(RegenerateError::NotFound),
        Some(router) if !router.is_active => Some(RegenerateError::RouterInactive),
        Some(_) => None,
    };
    if let Some(refusal) = refusal {
        work.rollback().await?;
        return Err(refusal);
    }
    let now = app.now();
    let revoked = work
        .api_keys()
        .revoke_all(tenant_id, router_id, now)
        .await?;
    work.api_keys().insert(&key.record, &key.hash).await?;
    work.routers()
        .set_key_hash(tenant_id, router_id, &key.hash)
        .await?;
    let subject = ("router", router_id.as_str());
    let entry = admin
        .session()
        .audit(now, "api_key.regenerate", Some(tenant_id), subject);
    work.audit().append(&entry).await?;
    work.commit().await?;
    Ok((key, revoked > 0))
}
