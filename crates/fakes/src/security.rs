//! Passwords, digests, tokens and sealed secrets without cryptography: they keep the rules and
//! protect nothing.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use domain::ids::{ApiKeyId, RouterId, TenantId, UserId};
use domain::secret::{Sealed, Secret};
use domain::time::Timestamp;
use ports::security::{
    ApiKeyClaims, Digests, HashingUnavailable, PasswordHash, PasswordHasher, PasswordVerdict,
    SecretBox, SecretContext, SecretError, SessionClaims, TokenError, TokenIssuer, to_hex,
};
use uuid::Uuid;

use crate::system::{STEP, mix};

/// A [`PasswordHasher`] for tests: `plain:<password>` is a present hash, `old:<password>` one of
/// an older kind.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlainPasswords;

#[async_trait]
impl PasswordHasher for PlainPasswords {
    async fn hash(&self, password: Secret) -> Result<PasswordHash, HashingUnavailable> {
        Ok(PasswordHash::from_stored(format!(
            "plain:{}",
            password.expose()
        )))
    }

    async fn verify(
        &self,
        password: Secret,
        stored: Option<PasswordHash>,
    ) -> Result<PasswordVerdict, HashingUnavailable> {
        let stored = stored.as_ref().map_or("", PasswordHash::as_str);
        Ok(match stored.split_once(':') {
            Some(("plain", text)) if text == password.expose() => PasswordVerdict::Match,
            Some(("old", text)) if text == password.expose() => PasswordVerdict::MatchOutdated,
            _ => PasswordVerdict::Mismatch,
        })
    }
}

/// [`Digests`] that tell inputs apart and protect nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlainDigests {
    key: u64,
}

impl PlainDigests {
    /// Digests of another installation for each key.
    #[must_use]
    pub const fn new(key: u64) -> Self {
        Self { key }
    }
}

/// Four independent lanes of 64 bits over all parts, lengths included.
fn digest(seed: u64, parts: &[&[u8]]) -> [u8; 32] {
    let mut lanes = [seed, !seed, seed.rotate_left(17), seed.rotate_left(43)];
    for (number, lane) in (1_u64..).zip(&mut lanes) {
        *lane = mix(lane.wrapping_add(number.wrapping_mul(STEP)));
        for part in parts {
            for byte in *part {
                *lane = mix(lane.wrapping_add(STEP) ^ u64::from(*byte));
            }
            *lane = mix(*lane
                ^ u64::try_from(part.len())
                    .unwrap_or(u64::MAX)
                    .wrapping_mul(STEP));
        }
    }
    let mut bytes = [0_u8; 32];
    bytes
        .iter_mut()
        .zip(lanes.iter().flat_map(|lane| lane.to_le_bytes()))
        .for_each(|(byte, new)| *byte = new);
    bytes
}

impl Digests for PlainDigests {
    fn sha256(&self, data: &[u8]) -> [u8; 32] {
        digest(0, &[data])
    }

    fn keyed(&self, purpose: &str, data: &[u8]) -> [u8; 32] {
        digest(self.key.wrapping_add(1), &[purpose.as_bytes(), data])
    }
}

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

/// A time in whole seconds.
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

/// A [`SecretBox`] that writes secret and context side by side in hex: it refuses to open what
/// was sealed elsewhere, and remembers what it sealed and opened.
#[derive(Debug)]
pub struct PlainSecretBox {
    writing: String,
    reading: Vec<String>,
    seen: Mutex<Vec<SecretContext>>,
}

impl PlainSecretBox {
    /// A box with the single key `plain`.
    #[must_use]
    pub fn new() -> Self {
        Self::with_keys("plain", &[])
    }

    /// A box that writes with one key and also reads with others.
    #[must_use]
    pub fn with_keys(writing: &str, also_reading: &[&str]) -> Self {
        let reading = std::iter::once(&writing)
            .chain(also_reading)
            .map(|id| (*id).to_owned())
            .collect();
        Self {
            writing: writing.to_owned(),
            reading,
            seen: Mutex::new(Vec::new()),
        }
    }

    /// Every context that something was sealed or opened in, in order.
    #[must_use]
    pub fn contexts(&self) -> Vec<SecretContext> {
        self.seen().clone()
    }

    fn seen(&self) -> MutexGuard<'_, Vec<SecretContext>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for PlainSecretBox {
    fn default() -> Self {
        Self::new()
    }
}

fn context_text(context: &SecretContext) -> String {
    let parts = [
        context.table,
        context.column,
        context.tenant_id.as_str(),
        &context.row,
    ];
    parts.map(|part| to_hex(part.as_bytes())).join("/")
}

fn from_hex(text: &str) -> Option<String> {
    let bytes: Option<Vec<u8>> = text
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect();
    String::from_utf8(bytes?).ok()
}

impl SecretBox for PlainSecretBox {
    fn seal(&self, context: &SecretContext, secret: &Secret) -> Sealed {
        self.seen().push(context.clone());
        let clear = to_hex(secret.expose().as_bytes());
        let text = format!("{}:{}:{clear}", self.writing, context_text(context));
        Sealed::from_stored(text)
    }

    fn open(&self, context: &SecretContext, sealed: &Sealed) -> Result<Secret, SecretError> {
        self.seen().push(context.clone());
        let mut parts = sealed.as_str().splitn(3, ':');
        let (id, place, clear) = (parts.next(), parts.next(), parts.next());
        let (Some(id), Some(place), Some(clear)) = (id, place, clear) else {
            return Err(SecretError::Damaged);
        };
        if !self.reading.iter().any(|known| known == id) {
            return Err(SecretError::UnknownKey(id.to_owned()));
        }
        if place != context_text(context) {
            return Err(SecretError::Damaged);
        }
        from_hex(clear).map(Secret::new).ok_or(SecretError::Damaged)
    }

    fn key_id(&self, sealed: &Sealed) -> Option<String> {
        sealed
            .as_str()
            .split_once(':')
            .map(|(id, _text)| id.to_owned())
    }

    fn writing_key_id(&self) -> String {
        self.writing.clone()
    }

    fn reading_key_ids(&self) -> Vec<String> {
        self.reading.clone()
    }
}

#[cfg(test)]
mod tests {
    use domain::ids::TenantId;

    use super::*;

    #[test]
    fn different_inputs_have_different_digests() {
        let digests = PlainDigests::default();
        let all = [
            digests.sha256(b""),
            digests.sha256(b"a"),
            digests.keyed("", b"a"),
            digests.keyed("a", b""),
            digests.keyed("a", b"b"),
            PlainDigests::new(1).keyed("a", b"b"),
        ];
        for (position, one) in all.iter().enumerate() {
            assert!(!all[position + 1..].contains(one), "{position}");
        }
        assert_eq!(digests.keyed("a", b"b"), digests.keyed("a", b"b"));
    }

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

    fn context(row: &str) -> SecretContext {
        SecretContext {
            table: "routers",
            column: "password_encrypted",
            tenant_id: TenantId::from_random([1; 5]),
            row: row.to_owned(),
        }
    }

    #[test]
    fn a_secret_opens_in_its_own_place_only() {
        let secrets = PlainSecretBox::new();
        let sealed = secrets.seal(&context("a"), &Secret::new("contraseña"));
        assert_eq!(
            secrets.open(&context("a"), &sealed),
            Ok(Secret::new("contraseña"))
        );
        assert_eq!(
            secrets.open(&context("b"), &sealed),
            Err(SecretError::Damaged)
        );
        assert_eq!(
            secrets.contexts(),
            [context("a"), context("a"), context("b")]
        );
    }

    #[test]
    fn a_key_that_is_not_read_with_is_named() {
        let sealed = PlainSecretBox::with_keys("old", &[]).seal(&context("a"), &Secret::new("x"));
        let ring = PlainSecretBox::with_keys("new", &["old"]);
        assert_eq!(ring.open(&context("a"), &sealed), Ok(Secret::new("x")));
        assert_eq!(ring.key_id(&sealed).as_deref(), Some("old"));
        let other = PlainSecretBox::new();
        assert_eq!(
            other.open(&context("a"), &sealed),
            Err(SecretError::UnknownKey("old".into()))
        );
    }
}
