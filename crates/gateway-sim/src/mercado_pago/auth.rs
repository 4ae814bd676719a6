//! Access tokens.

use crate::account::number_of;
use crate::wire::Request;

/// The access token of `Authorization: Bearer`, if it looks like one.
pub(crate) fn key(request: &Request) -> Option<String> {
    let (scheme, token) = request.header("authorization")?.split_once(' ')?;
    let token = token.trim();
    let rest = token
        .strip_prefix("APP_USR-")
        .or_else(|| token.strip_prefix("TEST-"))?;
    let shaped = !rest.is_empty()
        && rest
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    (scheme.eq_ignore_ascii_case("bearer") && shaped).then(|| token.to_owned())
}

/// Whether an access token is a live one.
pub(crate) fn is_live(key: &str) -> bool {
    !key.starts_with("TEST-")
}

/// The seller's user id: real access tokens end with it; for others it is derived from the
/// token.
pub(crate) fn collector(key: &str) -> i64 {
    let last = key.rsplit('-').next().unwrap_or_default();
    let digits = (4..=12).contains(&last.len()) && last.bytes().all(|byte| byte.is_ascii_digit());
    last.parse()
        .ok()
        .filter(|_| digits)
        .unwrap_or_else(|| number_of(key))
}
