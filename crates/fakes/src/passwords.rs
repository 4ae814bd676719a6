//! Password hashing without hashing.

use async_trait::async_trait;
use domain::secret::Secret;
use ports::security::{HashingUnavailable, PasswordHash, PasswordHasher, PasswordVerdict};

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
