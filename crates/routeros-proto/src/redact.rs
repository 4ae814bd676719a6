//! Which words must never be shown.

/// Whether a property of this name holds a secret, so that `Debug` output leaves its value out.
///
/// ```
/// use routeros_proto::redact::is_secret;
/// assert!(is_secret(b"password") && is_secret(b"otp-secret") && !is_secret(b"name"));
/// ```
#[must_use]
pub fn is_secret(name: &[u8]) -> bool {
    const PARTS: [&[u8]; 5] = [
        b"password",
        b"secret",
        b"passphrase",
        b"private-key",
        b"pre-shared-key",
    ];
    name == b"response"
        || PARTS.iter().any(|part| {
            name.windows(part.len())
                .any(|window| window.eq_ignore_ascii_case(part))
        })
}
