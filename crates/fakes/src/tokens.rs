//! Tokens without cryptography.

use domain::ids::{ApiKeyId, RouterId, TenantId, UserId};
use domain::time::Timestamp;
use ports::security::{ApiKeyClaims, Digests, SessionClaims, TokenError, TokenIssuer, to_hex};
use uuid::Uuid;

use crate::digests::PlainDigests;

/// A [`TokenIssuer`] whose tokens are readable text with a checksum in place of a signature.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlainTokens;

const SESSION: &str = "session";
const API_KEY: &str = "api_key";

fn seal(kind: &str, fields: &[String]) -> String {
    let body = fields.join("\u{1f}");
    let mark = to_hex(&PlainDigests::new(0).keyed(kind, body.as_bytes()));
    format!("{kind}.{}.{mark}", to_hex(body.as_bytes()))
}

fn open(kind: &str, token: &str) -> Option<Vec<String>> {
    let body = token.strip_prefix(kind)?.strip_prefix('.')?;
    let (body, _mark) = body.split_once('.')?;
    let bytes: Option<Vec<u8>> = body
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect();
    let text = String::from_utf8(bytes?).ok()?;
    let fields: Vec<String> = text.split('\u{1f}').map(str::to_owned).collect();
    // Whatever was changed, writing the fields again shows it.
    (seal(kind, &fields) == token).then_some(fields)
}

/// The kept part of a moment: whole seconds.
fn seconds(at: Timestamp) -> String {
    at.unix_seconds().to_string()
}

fn moment(text: &str) -> Option<Timestamp> {
    text.parse().ok().map(Timestamp::from_unix_seconds)
}

fn session_from(fields: &[String]) -> Option<SessionClaims> {
    let [
        user,
        token,
        version,
        email,
        name,
        role,
        tenant,
        issued,
        expires,
    ] = fields
    else {
        return None;
    };
    let tenant_id = match tenant.as_str() {
        "" => None,
        text => Some(TenantId::parse(text).ok()?),
    };
    Some(SessionClaims {
        user_id: UserId::new(user.parse().ok()?),
        token_id: Uuid::parse_str(token).ok()?,
        token_version: version.parse().ok()?,
        email: email.clone(),
        name: name.clone(),
        role: role.clone(),
        tenant_id,
        issued_at: moment(issued)?,
        expires_at: moment(expires)?,
    })
}

fn api_key_from(fields: &[String]) -> Option<ApiKeyClaims> {
    let [key, router, tenant, issued, expires] = fields else {
        return None;
    };
    Some(ApiKeyClaims {
        key_id: ApiKeyId::parse(key).ok()?,
        router_id: RouterId::parse(router).ok()?,
        tenant_id: TenantId::parse(tenant).ok()?,
        issued_at: moment(issued)?,
        expires_at: moment(expires)?,
    })
}

impl TokenIssuer for PlainTokens {
    fn issue_session(&self, claims: &SessionClaims) -> String {
        let tenant = claims.tenant_id.as_ref().map(ToString::to_string);
        let fields = [
            claims.user_id.to_string(),
            claims.token_id.to_string(),
            claims.token_version.to_string(),
            claims.email.clone(),
            claims.name.clone(),
            claims.role.clone(),
            tenant.unwrap_or_default(),
            seconds(claims.issued_at),
            seconds(claims.expires_at),
        ];
        seal(SESSION, &fields)
    }

    fn read_session(&self, token: &str, now: Timestamp) -> Result<SessionClaims, TokenError> {
        let claims = open(SESSION, token)
            .and_then(|fields| session_from(&fields))
            .ok_or(TokenError::Invalid)?;
        if now < claims.expires_at {
            Ok(claims)
        } else {
            Err(TokenError::Expired)
        }
    }

    fn issue_api_key(&self, claims: &ApiKeyClaims) -> String {
        let fields = [
            claims.key_id.to_string(),
            claims.router_id.to_string(),
            claims.tenant_id.to_string(),
            seconds(claims.issued_at),
            seconds(claims.expires_at),
        ];
        seal(API_KEY, &fields)
    }

    fn read_api_key(&self, token: &str, now: Timestamp) -> Result<ApiKeyClaims, TokenError> {
        let claims = open(API_KEY, token)
            .and_then(|fields| api_key_from(&fields))
            .ok_or(TokenError::Invalid)?;
        if now < claims.expires_at {
            Ok(claims)
        } else {
            Err(TokenError::Expired)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const END: Timestamp = Timestamp::from_unix_seconds(200);

    fn session() -> SessionClaims {
        SessionClaims {
            user_id: UserId::new(42),
            token_id: Uuid::from_u128(7),
            token_version: 3,
            email: "ana@x.test".into(),
            name: "Ana".into(),
            role: "super_admin".into(),
            tenant_id: None,
            issued_at: Timestamp::from_unix_seconds(100),
            expires_at: END,
        }
    }

    fn api_key() -> ApiKeyClaims {
        ApiKeyClaims {
            key_id: ApiKeyId::from_random([1; 8]),
            router_id: RouterId::from_random([1; 4]),
            tenant_id: TenantId::from_random([1; 5]),
            issued_at: Timestamp::from_unix_seconds(100),
            expires_at: END,
        }
    }

    #[test]
    fn tokens_come_back_until_their_end() {
        let before = Timestamp::from_unix_seconds(199);
        let session_token = PlainTokens.issue_session(&session());
        let key_token = PlainTokens.issue_api_key(&api_key());
        assert_eq!(
            PlainTokens.read_session(&session_token, before),
            Ok(session())
        );
        assert_eq!(PlainTokens.read_api_key(&key_token, before), Ok(api_key()));
        assert_eq!(
            PlainTokens.read_session(&session_token, END),
            Err(TokenError::Expired)
        );
        assert_eq!(
            PlainTokens.read_api_key(&key_token, END),
            Err(TokenError::Expired)
        );
    }

    #[test]
    fn neither_kind_passes_for_the_other_and_changes_show() {
        let now = Timestamp::from_unix_seconds(150);
        let session_token = PlainTokens.issue_session(&session());
        let key_token = PlainTokens.issue_api_key(&api_key());
        for token in [
            key_token.as_str(),
            "",
            "session",
            "session.zz.0",
            "session.é.",
        ] {
            assert_eq!(
                PlainTokens.read_session(token, now),
                Err(TokenError::Invalid)
            );
        }
        assert_eq!(
            PlainTokens.read_api_key(&session_token, now),
            Err(TokenError::Invalid)
        );
        let changed = session_token.replacen("34", "35", 1);
        assert_ne!(changed, session_token);
        assert_eq!(
            PlainTokens.read_session(&changed, now),
            Err(TokenError::Invalid)
        );
    }
}
