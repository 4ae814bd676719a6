//! Passwords, tokens, digests and secrets at rest.

use async_trait::async_trait;
use domain::gateway::GatewayKind;
use domain::ids::{ApiKeyId, RouterId, TenantId, UserId};
use domain::secret::{Sealed, Secret};
use domain::time::Timestamp;
use uuid::Uuid;

/// A stored password hash in PHC or bcrypt format. No secret by itself, but `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Wraps a stored hash.
    #[must_use]
    pub fn from_stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text to store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(..)")
    }
}

/// What comparing a password with a hash brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordVerdict {
    /// Right.
    Match,
    /// Right, but the hash is of an older kind: store a new one.
    MatchOutdated,
    /// Wrong.
    Mismatch,
}

/// Hashing did not work: the machine is out of threads or memory.
#[derive(Debug, thiserror::Error)]
#[error("password hashing is not available")]
pub struct HashingUnavailable;

/// Hashes passwords, off the async threads and with a bounded number at once.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// Makes a new hash (argon2id) with a random salt.
    async fn hash(&self, password: Secret) -> Result<PasswordHash, HashingUnavailable>;

    /// Compares. With `None` (no such account) MUST do the same work and answer
    /// [`PasswordVerdict::Mismatch`], so that unknown accounts answer no faster. A hash that
    /// cannot be read is a mismatch.
    async fn verify(
        &self,
        password: Secret,
        stored: Option<PasswordHash>,
    ) -> Result<PasswordVerdict, HashingUnavailable>;
}

/// What a session token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionClaims {
    /// The user.
    pub user_id: UserId,
    /// The token's own id, for logging out.
    pub token_id: Uuid,
    /// The user's token version at login.
    pub token_version: i64,
    /// For panels that read the token; never believed by us.
    pub email: String,
    /// For panels that read the token; never believed by us.
    pub name: String,
    /// For panels that read the token; the role is read from the user's row.
    pub role: String,
    /// For panels that read the token.
    pub tenant_id: Option<TenantId>,
    /// Issue time, whole seconds.
    pub issued_at: Timestamp,
    /// End, whole seconds.
    pub expires_at: Timestamp,
}

/// What a router API key says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyClaims {
    /// The key's id.
    pub key_id: ApiKeyId,
    /// The router.
    pub router_id: RouterId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// Issue time, whole seconds.
    pub issued_at: Timestamp,
    /// End, whole seconds.
    pub expires_at: Timestamp,
}

/// Why a token was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not a token, wrong signature, wrong algorithm, wrong kind, missing claim.
    #[error("not a valid token")]
    Invalid,
    /// Genuine, but past its end.
    #[error("the token has expired")]
    Expired,
}

/// Issues and reads tokens. The two kinds have different keys; neither passes for the other.
pub trait TokenIssuer: Send + Sync {
    /// A compact JWT with the claims of docs/reference/http-contract.md, section 2.1.
    fn issue_session(&self, claims: &SessionClaims) -> String;

    /// Checks signature, algorithm, kind and end (no leeway) against `now`.
    ///
    /// # Errors
    /// [`TokenError`]; expired only when everything else is right.
    fn read_session(&self, token: &str, now: Timestamp) -> Result<SessionClaims, TokenError>;

    /// A compact JWT with the claims of docs/reference/http-contract.md, section 2.2, without
    /// the `jwt_` prefix.
    fn issue_api_key(&self, claims: &ApiKeyClaims) -> String;

    /// Checks signature, algorithm, kind and end (no leeway) against `now`. Fractional times
    /// MUST be accepted.
    ///
    /// # Errors
    /// [`TokenError`]; expired only when everything else is right.
    fn read_api_key(&self, token: &str, now: Timestamp) -> Result<ApiKeyClaims, TokenError>;
}

/// Where a sealed secret lives; it opens nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretContext {
    /// Table.
    pub table: &'static str,
    /// Column.
    pub column: &'static str,
    /// Owner.
    pub tenant_id: TenantId,
    /// Key of the row within the table.
    pub row: String,
}

impl SecretContext {
    /// Where a gateway's private key or access token of a tenant lives.
    #[must_use]
    pub fn gateway_secret(tenant_id: &TenantId, kind: GatewayKind) -> Self {
        Self {
            table: "empresas",
            column: match kind {
                GatewayKind::Conekta => "conekta_private_key",
                GatewayKind::MercadoPago => "mercado_pago_access_token",
            },
            tenant_id: tenant_id.clone(),
            row: tenant_id.as_str().to_owned(),
        }
    }
}

/// Why a sealed secret could not be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Sealed with a key that the ring lacks.
    #[error("encryption key {0} is not configured")]
    UnknownKey(String),
    /// Not our ciphertext, tampered with, or moved from another row.
    #[error("not readable with its key")]
    Damaged,
}

/// Encrypts secrets at rest. Never answers with ciphertext as if it were clear text.
pub trait SecretBox: Send + Sync {
    /// Encrypts with the writing key; the text names the key's id.
    fn seal(&self, context: &SecretContext, secret: &Secret) -> Sealed;

    /// Decrypts; MUST fail unless key, text and context all fit.
    ///
    /// # Errors
    /// [`SecretError`].
    fn open(&self, context: &SecretContext, sealed: &Sealed) -> Result<Secret, SecretError>;

    /// The id of the key that sealed this text; `None` if it is not ours.
    fn key_id(&self, sealed: &Sealed) -> Option<String>;

    /// The id of the key that [`SecretBox::seal`] uses.
    fn writing_key_id(&self) -> String;

    /// Ids of all keys that open.
    fn reading_key_ids(&self) -> Vec<String>;
}

/// Plain and keyed digests.
pub trait Digests: Send + Sync {
    /// SHA-256, for API keys: random enough to need no key.
    fn sha256(&self, data: &[u8]) -> [u8; 32];

    /// HMAC-SHA-256 under a key of this installation that is separate for each `purpose`.
    fn keyed(&self, purpose: &str, data: &[u8]) -> [u8; 32];
}

/// Compares in a time that does not depend on where the texts differ.
#[must_use]
pub fn equal_in_constant_time(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len()
        && left
            .iter()
            .zip(right)
            .fold(0_u8, |difference, (a, b)| difference | (a ^ b))
            == 0
}

/// Lower-case hex.
#[must_use]
pub fn to_hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|nibble| DIGITS.get(usize::from(nibble)).copied().map(char::from))
        .collect()
}
