//! The claims as they stand in the tokens: docs/reference/http-contract.md, sections 2.1 and 2.2.

use domain::ids::{ApiKeyId, RouterId, TenantId, UserId};
use domain::time::Timestamp;
use ports::security::{ApiKeyClaims, SessionClaims};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

const SESSION_TYPE: &str = "access_token";
const API_KEY_TYPE: &str = "router_api_key";
const API_KEY_ISSUER: &str = "mikrotik-payment-api";

/// Claims of a session token. `jti` and `ver` are ours: logging out, and ending all sessions.
#[derive(Serialize, Deserialize)]
pub(super) struct SessionBody {
    sub: String,
    email: String,
    nombre: String,
    rol: String,
    empresa_id: Option<String>,
    iat: serde_json::Number,
    exp: serde_json::Number,
    r#type: String,
    jti: Uuid,
    ver: i64,
}

/// Claims of a router API key.
#[derive(Serialize, Deserialize)]
pub(super) struct ApiKeyBody {
    jti: String,
    iss: String,
    sub: String,
    empresa: String,
    iat: serde_json::Number,
    exp: serde_json::Number,
    r#type: String,
}

/// A number of seconds, whole or fractional; a fraction is cut off, so a token never lives
/// longer than it says.
fn to_moment(seconds: &serde_json::Number) -> Option<Timestamp> {
    let text = seconds.to_string();
    let whole = match text.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|b| b.is_ascii_digit()) => whole,
        Some(_) => return None,
        None => &text,
    };
    whole.parse().ok().map(Timestamp::from_unix_seconds)
}

impl SessionBody {
    pub(super) fn new(claims: &SessionClaims) -> Self {
        Self {
            sub: claims.user_id.to_string(),
            email: claims.email.clone(),
            nombre: claims.name.clone(),
            rol: claims.role.clone(),
            empresa_id: claims.tenant_id.as_ref().map(ToString::to_string),
            iat: claims.issued_at.unix_seconds().into(),
            exp: claims.expires_at.unix_seconds().into(),
            r#type: SESSION_TYPE.to_owned(),
            jti: claims.token_id,
            ver: claims.token_version,
        }
    }

    /// The claims, if they are a session token's.
    pub(super) fn into_claims(self) -> Option<SessionClaims> {
        if self.r#type != SESSION_TYPE {
            return None;
        }
        let tenant_id = match self.empresa_id {
            Some(text) => Some(TenantId::parse(&text).ok()?),
            None => None,
        };
        Some(SessionClaims {
            user_id: UserId::new(self.sub.parse().ok()?),
            token_id: self.jti,
            token_version: self.ver,
            email: self.email,
            name: self.nombre,
            role: self.rol,
            tenant_id,
            issued_at: to_moment(&self.iat)?,
            expires_at: to_moment(&self.exp)?,
        })
    }
}

impl ApiKeyBody {
    pub(super) fn new(claims: &ApiKeyClaims) -> Self {
        Self {
            jti: claims.key_id.to_string(),
            iss: API_KEY_ISSUER.to_owned(),
            sub: claims.router_id.to_string(),
            empresa: claims.tenant_id.to_string(),
            iat: claims.issued_at.unix_seconds().into(),
            exp: claims.expires_at.unix_seconds().into(),
            r#type: API_KEY_TYPE.to_owned(),
        }
    }

    /// The claims, if they are a router API key's.
    pub(super) fn into_claims(self) -> Option<ApiKeyClaims> {
        if self.r#type != API_KEY_TYPE || self.iss != API_KEY_ISSUER {
            return None;
        }
        Some(ApiKeyClaims {
            key_id: ApiKeyId::parse(&self.jti).ok()?,
            router_id: RouterId::parse(&self.sub).ok()?,
            tenant_id: TenantId::parse(&self.empresa).ok()?,
            issued_at: to_moment(&self.iat)?,
            expires_at: to_moment(&self.exp)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(json: &str) -> Option<i64> {
        let number: serde_json::Number = serde_json::from_str(json).unwrap();
        to_moment(&number).map(Timestamp::unix_seconds)
    }

    #[test]
    fn seconds_may_be_fractional_and_are_never_rounded_up() {
        assert_eq!(moment("1772618400"), Some(1_772_618_400));
        assert_eq!(moment("1772618400.999999"), Some(1_772_618_400));
        assert_eq!(moment("1.7726184e9"), Some(1_772_618_400));
    }

    #[test]
    fn numbers_that_are_no_moment_are_refused() {
        for json in ["1e300", "18446744073709551615", "1e19"] {
            assert_eq!(moment(json), None, "{json}");
        }
    }
}
