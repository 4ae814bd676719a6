//! Router API keys: issue, list, revoke, replace, status.

use domain::api_key::ApiKey;
use domain::ids::{ApiKeyId, RouterId, TenantId};
use domain::secret::Secret;
use domain::time::Timestamp;
use ports::security::{ApiKeyClaims, to_hex};
use ports::store::Scope;

use crate::app::App;
use crate::auth::portal::KEY_PREFIX;
use crate::caller::SuperAdmin;
use crate::error::{Failure, failures_into};
use crate::platform::error::RouterError;

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

/// A key fresh from the press: the only moment at which it can be read.
#[derive(Debug, Clone)]
pub struct IssuedKey {
    /// The full key, `jwt_…`.
    pub key: Secret,
    /// Its record.
    pub record: ApiKey,
    /// Hex SHA-256 of the token, for storing.
    pub(crate) hash: String,
}

/// Makes a key for a router; the caller stores it.
pub(crate) fn issue(app: &App, tenant_id: &TenantId, router_id: &RouterId) -> IssuedKey {
    let issued_at = app.now();
    // Tokens count whole seconds; the record and the token end at the same one.
    let whole = Timestamp::from_unix_seconds(issued_at.unix_seconds());
    let expires_at = ApiKey::expiry(whole, app.settings.api_key_lifetime);
    let id = ApiKeyId::from_random(app.random_bytes());
    let token = app.ports.tokens.issue_api_key(&ApiKeyClaims {
        key_id: id.clone(),
        router_id: router_id.clone(),
        tenant_id: tenant_id.clone(),
        issued_at: whole,
        expires_at,
    });
    let hash = to_hex(&app.ports.digests.sha256(token.as_bytes()));
    let record = ApiKey {
        id,
        tenant_id: tenant_id.clone(),
        router_id: router_id.clone(),
        issued_at,
        expires_at,
        revoked_at: None,
        last_used_at: None,
        use_count: 0,
    };
    IssuedKey {
        key: Secret::new(format!("{KEY_PREFIX}{token}")),
        record,
        hash,
    }
}

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
