//! A key stops working, at the very next request.

use domain::ids::{ApiKeyId, RouterId, TenantId};
use domain::time::Timestamp;
use ports::store::Scope;

use crate::app::App;
use crate::caller::SuperAdmin;
use crate::error::{Failure, failures_into};

/// Why a key was not revoked.
#[derive(Debug, thiserror::Error)]
pub enum RevokeError {
    /// No such router, or another tenant's.
    #[error("no such router")]
    RouterNotFound,
    /// Not a key of this router.
    #[error("no such key")]
    KeyNotFound,
    /// It was revoked before.
    #[error("the key is revoked already")]
    AlreadyRevoked,
    /// Could not be done; the key may still work.
    #[error(transparent)]
    Failure(#[from] Failure),
}
failures_into!(RevokeError);

/// Revokes one key without a replacement; answers when.
///
/// # Errors
/// [`RevokeError`].
pub async fn revoke_key(
    app: &App,
    admin: &SuperAdmin,
    tenant_id: &TenantId,
    router_id: &RouterId,
    key_id: &ApiKeyId,
) -> Result<Timestamp, RevokeError> {
    let now = app.now();
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    let refusal = if work.routers().find(tenant_id, router_id).await?.is_none() {
        Some(RevokeError::RouterNotFound)
    } else if work
        .api_keys()
        .find(tenant_id, router_id, key_id)
        .await?
        .is_none()
    {
        Some(RevokeError::KeyNotFound)
    } else if work
        .api_keys()
        .revoke(tenant_id, router_id, key_id, now)
        .await?
    {
        None
    } else {
        Some(RevokeError::AlreadyRevoked)
    };
    if let Some(refusal) = refusal {
        work.rollback().await?;
        return Err(refusal);
    }
    let subject = ("api_key", key_id.as_str());
    let entry = admin
        .session()
        .audit(now, "api_key.revoke", Some(tenant_id), subject);
    work.audit().append(&entry).await?;
    work.commit().await?;
    Ok(now)
}
