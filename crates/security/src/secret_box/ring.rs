//! The keys that seal and open.

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use domain::secret::Secret;
use ports::security::to_hex;
use zeroize::Zeroizing;

use crate::derive::derive_key;
use crate::secret_box::problems::KeyProblem;

/// Start of the ids of derived keys.
const DERIVED: &str = "derived-";
/// The id that stands for old Fernet values.
pub(super) const FERNET_ID: &str = "fernet";
/// Longest id.
const MAX_ID: usize = 32;

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// A key with its name.
pub(super) struct RingKey {
    pub(super) id: String,
    pub(super) cipher: XChaCha20Poly1305,
}

/// Base64 of either alphabet, padded or not.
pub(super) fn decode_base64(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    [&STANDARD, &URL_SAFE]
        .into_iter()
        .find_map(|alphabet| GeneralPurpose::new(alphabet, LENIENT).decode(text).ok())
        .map(Zeroizing::new)
}

/// Reads `id:base64,id:base64`; blanks and empty entries do not count. The first key writes.
pub(super) fn parse_keys(text: &Secret, problems: &mut Vec<KeyProblem>) -> Vec<RingKey> {
    let mut keys: Vec<RingKey> = Vec::new();
    let entries = text.expose().split(',').map(str::trim);
    for (position, entry) in (1..).zip(entries.filter(|entry| !entry.is_empty())) {
        match parse_key(position, entry) {
            Ok(key) if keys.iter().any(|known| known.id == key.id) => {
                problems.push(KeyProblem::RepeatedId(position));
            }
            Ok(key) => keys.push(key),
            Err(problem) => problems.push(problem),
        }
    }
    keys
}

fn parse_key(position: usize, entry: &str) -> Result<RingKey, KeyProblem> {
    let (id, key) = entry.split_once(':').ok_or(KeyProblem::NoId(position))?;
    let (id, key) = (id.trim(), key.trim());
    let is_well_formed = !id.is_empty()
        && id.len() <= MAX_ID
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    if !is_well_formed || id.starts_with(DERIVED) || id == FERNET_ID {
        return Err(KeyProblem::BadId(position));
    }
    let key = decode_base64(key).ok_or(KeyProblem::NotBase64(position))?;
    let cipher = XChaCha20Poly1305::new_from_slice(&key)
        .map_err(|_wrong_length| KeyProblem::BadLength(position, key.len()))?;
    Ok(RingKey {
        id: id.to_owned(),
        cipher,
    })
}

/// The key that stands in for configured ones, derived from the session secret. Its id holds a
/// fingerprint that says nothing of the key or the secret.
pub(super) fn derived_key(session_secret: &Secret) -> RingKey {
    let key = derive_key(session_secret, "secret box key");
    let fingerprint = derive_key(session_secret, "secret box key fingerprint");
    let short: String = to_hex(&*fingerprint).chars().take(8).collect();
    RingKey {
        id: format!("{DERIVED}{short}"),
        cipher: XChaCha20Poly1305::new((&*key).into()),
    }
}
