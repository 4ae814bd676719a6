//! Keys and the API version.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::conekta::error::Refusal;
use crate::wire::Request;

const MEDIA_TYPE: &str = "application/vnd.conekta-v2.3.0+json";

/// The key: `Bearer <key>`, or Basic with the key as user and an empty password.
pub(crate) fn key(request: &Request) -> Option<String> {
    let header = request.header("authorization")?;
    let (scheme, rest) = header.split_once(' ')?;
    let key = if scheme.eq_ignore_ascii_case("bearer") {
        rest.trim().to_owned()
    } else if scheme.eq_ignore_ascii_case("basic") {
        let text = String::from_utf8(STANDARD.decode(rest.trim()).ok()?).ok()?;
        let (user, password) = text.split_once(':')?;
        if !password.is_empty() {
            return None;
        }
        user.to_owned()
    } else {
        return None;
    };
    let shaped = key.len() > "key_".len()
        && key.starts_with("key_")
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    shaped.then_some(key)
}

/// Whether a key is a live one.
pub(crate) fn is_live(key: &str) -> bool {
    key.starts_with("key_live_")
}

/// Refuses a request that does not ask for version 2.3.0.
pub(crate) fn check_version(request: &Request) -> Result<(), Refusal> {
    let accepted = request.header("accept").unwrap_or_default();
    let served = accepted.split(',').any(|one| {
        one.split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .eq_ignore_ascii_case(MEDIA_TYPE)
    });
    if served {
        Ok(())
    } else {
        Err(Refusal::wrong_version())
    }
}
