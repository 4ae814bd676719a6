//! Sealing and opening.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::XNonce;
use chacha20poly1305::aead::{Aead, Payload};
use domain::secret::{Sealed, Secret};
use ports::security::{SecretBox, SecretContext, SecretError};
use ports::system::{SecureRandom, random_bytes};
use zeroize::Zeroizing;

use crate::secret_box::context::associated_data;
use crate::secret_box::fernet::FernetKey;
use crate::secret_box::keys::SecretBoxKeys;
use crate::secret_box::problems::{KeyProblem, KeyProblems};
use crate::secret_box::ring::{FERNET_ID, RingKey, derived_key, parse_keys};

const NONCE: usize = 24;
/// How every Fernet token starts: version 0x80 and a time before the year 2106.
const FERNET_START: &str = "gAAAAA";

/// A [`SecretBox`] of XChaCha20-Poly1305 with a ring of keys. Nonces are random: 192 bits leave
/// no room for repeats.
pub struct XChaChaSecretBox {
    writing: RingKey,
    also_reading: Vec<RingKey>,
    fernet: Option<FernetKey>,
    writes_with_derived_key: bool,
    random: Arc<dyn SecureRandom>,
}

impl XChaChaSecretBox {
    /// A box with the configured keys.
    ///
    /// # Errors
    /// [`KeyProblems`]: everything that is wrong with them, and nothing of the keys themselves.
    pub fn new(
        keys: SecretBoxKeys<'_>,
        random: Arc<dyn SecureRandom>,
    ) -> Result<Self, KeyProblems> {
        let mut problems = Vec::new();
        let configured = keys
            .encryption_keys
            .map_or_else(Vec::new, |text| parse_keys(text, &mut problems));
        let fernet = keys
            .fernet_key
            .filter(|text| !text.expose().trim().is_empty())
            .and_then(|text| {
                let key = FernetKey::parse(text.expose());
                if key.is_none() {
                    problems.push(KeyProblem::BadFernetKey);
                }
                key
            });
        if !problems.is_empty() {
            return Err(KeyProblems(problems));
        }
        let derived = derived_key(keys.session_secret);
        let mut configured = configured.into_iter();
        let (writing, also_reading, writes_with_derived_key) = match configured.next() {
            Some(first) => (first, configured.chain([derived]).collect(), false),
            None => (derived, Vec::new(), true),
        };
        Ok(Self {
            writing,
            also_reading,
            fernet,
            writes_with_derived_key,
            random,
        })
    }

    /// Whether no key was configured, so that whoever changes `JWT_SESSION_SECRET` loses every
    /// stored secret: worth a warning at start.
    #[must_use]
    pub const fn writes_with_derived_key(&self) -> bool {
        self.writes_with_derived_key
    }

    fn keys(&self) -> impl Iterator<Item = &RingKey> {
        std::iter::once(&self.writing).chain(&self.also_reading)
    }

    fn open_fernet(&self, token: &str) -> Result<Secret, SecretError> {
        let key = self
            .fernet
            .as_ref()
            .ok_or_else(|| SecretError::UnknownKey(FERNET_ID.to_owned()))?;
        key.open(token)
            .and_then(|clear| to_secret(&clear))
            .ok_or(SecretError::Damaged)
    }
}

fn to_secret(clear: &[u8]) -> Option<Secret> {
    std::str::from_utf8(clear).ok().map(Secret::new)
}

/// The token in a stored Fernet value, with or without our `fernet:` before it.
fn fernet_token(stored: &str) -> Option<&str> {
    match stored.split_once(':') {
        Some((FERNET_ID, token)) => Some(token),
        Some(_) => None,
        None => stored.starts_with(FERNET_START).then_some(stored),
    }
}

impl fmt::Debug for XChaChaSecretBox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("XChaChaSecretBox")
            .field("keys", &self.reading_key_ids())
            .finish_non_exhaustive()
    }
}

impl SecretBox for XChaChaSecretBox {
    fn seal(&self, context: &SecretContext, secret: &Secret) -> Sealed {
        let nonce = random_bytes::<NONCE>(&*self.random);
        let payload = Payload {
            msg: secret.expose().as_bytes(),
            aad: &associated_data(context),
        };
        let sealed = self.writing.cipher.encrypt(&XNonce::from(nonce), payload);
        // The cipher refuses texts of more than 256 GiB and nothing else. To go on with less
        // than a ciphertext would lose the secret.
        let Ok(ciphertext) = sealed else {
            std::process::abort()
        };
        let text = STANDARD.encode([&nonce[..], &ciphertext].concat());
        Sealed::from_stored(format!("{}:{text}", self.writing.id))
    }

    fn open(&self, context: &SecretContext, sealed: &Sealed) -> Result<Secret, SecretError> {
        if let Some(token) = fernet_token(sealed.as_str()) {
            return self.open_fernet(token);
        }
        let (id, text) = sealed
            .as_str()
            .split_once(':')
            .ok_or(SecretError::Damaged)?;
        let key = self
            .keys()
            .find(|key| key.id == id)
            .ok_or_else(|| SecretError::UnknownKey(id.to_owned()))?;
        let bytes = STANDARD
            .decode(text)
            .map_err(|_not_base64| SecretError::Damaged)?;
        let (nonce, ciphertext) = bytes
            .split_first_chunk::<NONCE>()
            .ok_or(SecretError::Damaged)?;
        let payload = Payload {
            msg: ciphertext,
            aad: &associated_data(context),
        };
        let clear = key
            .cipher
            .decrypt(&XNonce::from(*nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_not_authentic| SecretError::Damaged)?;
        to_secret(&clear).ok_or(SecretError::Damaged)
    }

    fn key_id(&self, sealed: &Sealed) -> Option<String> {
        if fernet_token(sealed.as_str()).is_some() {
            return Some(FERNET_ID.to_owned());
        }
        sealed
            .as_str()
            .split_once(':')
            .map(|(id, _text)| id.to_owned())
    }

    fn writing_key_id(&self) -> String {
        self.writing.id.clone()
    }

    fn reading_key_ids(&self) -> Vec<String> {
        let fernet = self.fernet.as_ref().map(|_key| FERNET_ID.to_owned());
        self.keys()
            .map(|key| key.id.clone())
            .chain(fernet)
            .collect()
    }
}
