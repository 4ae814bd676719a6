//! Who holds a router API key.

use ports::security::{TokenError, to_hex};
use ports::store::Scope;

use crate::app::App;
use crate::caller::Portal;
use crate::error::{Failure, failures_into};

/// What every router API key starts with.
pub const KEY_PREFIX: &str = "jwt_";

/// Why a router API key opens nothing.
#[derive(Debug, thiserror::Error)]
pub enum PortalError {
    /// Does not start with `jwt_`.
    #[error("not in the format of an API key")]
    Format,
    /// Not a token of ours.
    #[error("the API key is not valid")]
    Invalid,
    /// Past its end.
    #[error("the API key has expired")]
    Expired,
    /// Genuine, but revoked or not known here.
    #[error("the API key is revoked or unknown")]
    Revoked,
    /// Could not be checked.
    #[error(transparent)]
    Failure(#[from] Failure),
}
failures_into!(PortalError);

/// Checks a router API key. Whether tenant and router are active is told by the result: what
/// follows from it differs between use cases.
///
/// # Errors
/// [`PortalError`].
pub async fn authenticate(app: &App, credential: &str) -> Result<Portal, PortalError> {
    let now = app.now();
    let token = credential
        .strip_prefix(KEY_PREFIX)
        .ok_or(PortalError::Format)?;
    let claims = app
        .ports
        .tokens
        .read_api_key(token, now)
        .map_err(|error| match error {
            TokenError::Invalid => PortalError::Invalid,
            TokenError::Expired => PortalError::Expired,
        })?;
    let hash = to_hex(&app.ports.digests.sha256(token.as_bytes()));
    let found = app
        .read(Scope::Platform, async |uow| {
            uow.api_keys().find_by_hash(&hash).await
        })
        .await?;
    let found = found.ok_or(PortalError::Revoked)?;
    let consistent = found.key.id == claims.key_id
        && found.key.router_id == claims.router_id
        && found.key.tenant_id == claims.tenant_id;
    if !consistent || !found.key.is_usable(now) {
        return Err(PortalError::Revoked);
    }
    app.key_usage.note(&found.key.id, now);
    Ok(Portal {
        key_id: found.key.id,
        tenant_id: found.key.tenant_id,
        router_id: found.key.router_id,
        tenant_is_active: found.tenant_is_active,
        router_is_active: found.router_is_active,
    })
}
