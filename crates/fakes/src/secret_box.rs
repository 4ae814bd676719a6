//! Sealing that hides nothing but keeps the rules.

use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::secret::{Sealed, Secret};
use ports::security::{SecretBox, SecretContext, SecretError, to_hex};

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
