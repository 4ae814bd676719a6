//! Making a key.

use domain::api_key::ApiKey;
use domain::ids::{ApiKeyId, RouterId, TenantId};
use domain::secret::Secret;
use domain::time::Timestamp;
use ports::security::{ApiKeyClaims, to_hex};

use crate::app::App;
use crate::auth::portal::KEY_PREFIX;

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
