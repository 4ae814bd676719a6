//! What Telegram's response means.

use ports::notify::NotifyError;
use serde::Deserialize;

/// Every response of the Bot API is an object with `ok`.
#[derive(Deserialize)]
struct Body {
    ok: bool,
}

/// Reads a response. `body` is `None` when it was cut off or larger than allowed.
///
/// # Errors
/// [`NotifyError::Refused`] when repeating cannot help, else [`NotifyError::Unavailable`].
pub(crate) fn judge(status: u16, body: Option<&[u8]>) -> Result<(), NotifyError> {
    match status {
        200..=299 => match body.map(serde_json::from_slice::<Body>) {
            Some(Ok(Body { ok: true })) => Ok(()),
            Some(Ok(Body { ok: false })) => Err(NotifyError::Refused),
            // Somebody else answered, a proxy or a portal.
            Some(Err(_)) | None => Err(NotifyError::Unavailable),
        },
        408 | 425 | 429 => Err(NotifyError::Unavailable),
        400..=499 => Err(NotifyError::Refused),
        _ => Err(NotifyError::Unavailable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_ok_is_a_success() {
        let ok = Some(&br#"{"ok":true,"result":{"message_id":1}}"#[..]);
        assert_eq!(judge(200, ok), Ok(()));
        assert_eq!(
            judge(200, Some(br#"{"ok":false}"#)),
            Err(NotifyError::Refused)
        );
        for body in [
            None,
            Some(&b"<html>"[..]),
            Some(b""),
            Some(br#"{"ok":"true"}"#),
        ] {
            assert_eq!(judge(200, body), Err(NotifyError::Unavailable));
        }
    }

    #[test]
    fn what_may_pass_is_tried_again() {
        let ok = Some(&br#"{"ok":true}"#[..]);
        for status in [400, 401, 403, 404, 410, 413] {
            assert_eq!(judge(status, ok), Err(NotifyError::Refused), "{status}");
        }
        for status in [100, 302, 408, 429, 500, 502, 503, 504] {
            assert_eq!(judge(status, ok), Err(NotifyError::Unavailable), "{status}");
        }
    }
}
