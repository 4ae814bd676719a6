//! Booleans: `true`/`false` from the API, `yes`/`no` from the console and very old versions.

use crate::value::error::ValueError;

/// Reads a boolean in either spelling.
///
/// # Errors
/// [`ValueError`] for any other text.
///
/// ```
/// use routeros_proto::value::parse_boolean;
/// assert_eq!(parse_boolean(b"yes"), Ok(true));
/// assert_eq!(parse_boolean(b"false"), Ok(false));
/// assert!(parse_boolean(b"").is_err());
/// ```
pub const fn parse_boolean(text: &[u8]) -> Result<bool, ValueError> {
    match text {
        b"true" | b"yes" => Ok(true),
        b"false" | b"no" => Ok(false),
        _ => Err(ValueError::new("boolean")),
    }
}

/// The spelling that every version accepts in commands.
///
/// ```
/// assert_eq!(routeros_proto::value::boolean(true), "yes");
/// ```
#[must_use]
pub const fn boolean(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}
