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

/// Why nothing was done to a router's keys.
#[derive(Debug, thiserror::Error)]
pub enum ApiKeyError {
    /// No such router, or another tenant's.
    #[error("no such router")]
    RouterNotFound,
    /// The router is switched off and gets no new key.
    #[error("the router is not active")]
    RouterInactive,
    /// Not a key of this router.
    #[error("no such key")]
    KeyNotFound,
    /// It was revoked before.
    #[error("the key is revoked already")]
    AlreadyRevoked,
    /// Could not be done; present keys still work.
    #[error(transparent)]
    Failure(#[from] Failure),
}
failures_into!(ApiKeyError);

/// Revokes every present key of a router and issues a new one, in one transaction; answers
/// whether there was one to revoke.
///
/// # Errors
/// [`ApiKeyError`].
pub async fn regenerate_key(
    app: &App,
    admin: &SuperAdmin,
    tenant_id: &TenantId,
    router_id: &RouterId,
) -> Result<(IssuedKey, bool), ApiKeyError> {
    let key = issue(app, tenant_id, router_id);
    app.write(Scope::Platform, async |uow| {
        let router = uow.routers().find_for_update(tenant_id, router_id).await?;
        let refusal = match &router {
            None => Some(ApiKeyError::RouterNotFound),
            Some(router) if !router.is_active => Some(ApiKeyError::RouterInactive),
            Some(_) => None,
        };
        if let Some(refusal) = refusal {
            return Err(refusal);
        }
        let now = app.now();
        let revoked = uow.api_keys().revoke_all(tenant_id, router_id, now).await?;
        uow.api_keys().insert(&key.record, &key.hash).await?;
        uow.routers()
            .set_key_hash(tenant_id, router_id, &key.hash)
            .await?;
        let subject = ("router", router_id.as_str());
        let entry = admin
            .session()
            .audit(now, "api_key.regenerate", Some(tenant_id), subject);
        uow.audit().append(&entry).await?;
        Ok((key, revoked > 0))
    })
    .await
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
/// [`ApiKeyError::RouterNotFound`].
pub async fn list_keys(
    app: &App,
    _admin: &SuperAdmin,
    tenant_id: &TenantId,
    router_id: &RouterId,
) -> Result<Vec<ApiKey>, ApiKeyError> {
    let (known, keys) = app
        .read(Scope::Platform, async |uow| {
            let known = uow.routers().find(tenant_id, router_id).await?.is_some();
            let keys = uow.api_keys().list(tenant_id, router_id).await?;
            Ok((known, keys))
        })
        .await?;
    if known {
        Ok(keys)
    } else {
        Err(ApiKeyError::RouterNotFound)
    }
}

/// Revokes one key without a replacement; answers when.
///
/// # Errors
/// [`ApiKeyError`].
pub async fn revoke_key(
    app: &App,
    admin: &SuperAdmin,
    tenant_id: &TenantId,
    router_id: &RouterId,
    key_id: &ApiKeyId,
) -> Result<Timestamp, ApiKeyError> {
    let now = app.now();
    app.write(Scope::Platform, async |uow| {
        let refusal = if uow.routers().find(tenant_id, router_id).await?.is_none() {
            Some(ApiKeyError::RouterNotFound)
        } else if uow
            .api_keys()
            .find(tenant_id, router_id, key_id)
            .await?
            .is_none()
        {
            Some(ApiKeyError::KeyNotFound)
        } else if uow
            .api_keys()
            .revoke(tenant_id, router_id, key_id, now)
            .await?
        {
            None
        } else {
            Some(ApiKeyError::AlreadyRevoked)
        };
        if let Some(refusal) = refusal {
            return Err(refusal);
        }
        let subject = ("api_key", key_id.as_str());
        let entry = admin
            .session()
            .audit(now, "api_key.revoke", Some(tenant_id), subject);
        uow.audit().append(&entry).await?;
        Ok(now)
    })
    .await
}

/// The newest key of a router that is not revoked, expired or not.
///
/// # Errors
/// [`ApiKeyError::RouterNotFound`].
pub async fn newest_key(
    app: &App,
    admin: &SuperAdmin,
    tenant_id: &TenantId,
    router_id: &RouterId,
) -> Result<Option<ApiKey>, ApiKeyError> {
    let keys = list_keys(app, admin, tenant_id, router_id).await?;
    Ok(keys.into_iter().find(|key| key.revoked_at.is_none()))
}
