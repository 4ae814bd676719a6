//! Issuing and reading.

use std::fmt;

use domain::secret::Secret;
use domain::time::Timestamp;
use jsonwebtoken::{DecodingKey, EncodingKey, Header, Validation};
use ports::security::{ApiKeyClaims, SessionClaims, TokenError, TokenIssuer};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::tokens::algorithm::JwtAlgorithm;
use crate::tokens::claims::{ApiKeyBody, SessionBody};
use crate::tokens::provider;

/// Longest token that is looked at; ours have a few hundred bytes.
const MAX_TOKEN: usize = 4096;

/// One kind of token: its key, and what is checked.
struct Kind {
    header: Header,
    signing: EncodingKey,
    verifying: DecodingKey,
    validation: Validation,
}

impl Kind {
    fn new(algorithm: JwtAlgorithm, secret: &Secret) -> Self {
        provider::install();
        let algorithm = algorithm.to_library();
        let mut validation = Validation::new(algorithm);
        // The end is checked against the caller's clock, by us.
        validation.validate_exp = false;
        validation.required_spec_claims.clear();
        Self {
            header: Header::new(algorithm),
            signing: EncodingKey::from_secret(secret.expose().as_bytes()),
            verifying: DecodingKey::from_secret(secret.expose().as_bytes()),
            validation,
        }
    }

    fn issue(&self, body: &impl Serialize) -> String {
        // Texts and numbers under an HMAC key cannot fail; and an empty text opens nothing.
        jsonwebtoken::encode(&self.header, body, &self.signing).unwrap_or_default()
    }

    fn read<B: DeserializeOwned>(&self, token: &str) -> Option<B> {
        if token.len() > MAX_TOKEN {
            return None;
        }
        jsonwebtoken::decode::<B>(token, &self.verifying, &self.validation)
            .ok()
            .map(|data| data.claims)
    }
}

/// A [`TokenIssuer`] of HMAC-signed JSON Web Tokens.
pub struct JwtTokens {
    session: Kind,
    api_key: Kind,
}

impl JwtTokens {
    /// An issuer with `JWT_SESSION_SECRET` and `JWT_APIKEY_SECRET`, which must differ (checked
    /// by the configuration); even equal ones would not make the kinds interchangeable.
    #[must_use]
    pub fn new(algorithm: JwtAlgorithm, session_secret: &Secret, api_key_secret: &Secret) -> Self {
        Self {
            session: Kind::new(algorithm, session_secret),
            api_key: Kind::new(algorithm, api_key_secret),
        }
    }
}

impl fmt::Debug for JwtTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JwtTokens(..)")
    }
}

/// Expired means expired: no leeway.
fn unexpired<C>(claims: C, expires_at: Timestamp, now: Timestamp) -> Result<C, TokenError> {
    if now < expires_at {
        Ok(claims)
    } else {
        Err(TokenError::Expired)
    }
}

impl TokenIssuer for JwtTokens {
    fn issue_session(&self, claims: &SessionClaims) -> String {
        self.session.issue(&SessionBody::new(claims))
    }

    fn read_session(&self, token: &str, now: Timestamp) -> Result<SessionClaims, TokenError> {
        let claims = self
            .session
            .read::<SessionBody>(token)
            .and_then(SessionBody::into_claims)
            .ok_or(TokenError::Invalid)?;
        let end = claims.expires_at;
        unexpired(claims, end, now)
    }

    fn issue_api_key(&self, claims: &ApiKeyClaims) -> String {
        self.api_key.issue(&ApiKeyBody::new(claims))
    }

    fn read_api_key(&self, token: &str, now: Timestamp) -> Result<ApiKeyClaims, TokenError> {
        let claims = self
            .api_key
            .read::<ApiKeyBody>(token)
            .and_then(ApiKeyBody::into_claims)
            .ok_or(TokenError::Invalid)?;
        let end = claims.expires_at;
        unexpired(claims, end, now)
    }
}
