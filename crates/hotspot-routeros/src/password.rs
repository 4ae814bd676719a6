//! Whether a submitted password is the user's.

use domain::secret::Secret;
use subtle::ConstantTimeEq;

/// What is known of a submitted password.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Judgement {
    /// It is right, or the user has none; log in with this one.
    Right(Secret),
    /// It is not the user's.
    Wrong,
    /// The router does not show passwords to us: only its login can tell.
    Unreadable,
}

/// Judges what was submitted for a log-in. `known` is our own record of a user that we sold;
/// `readable` what the router shows, which for lack of the `sensitive` policy may be nothing: an
/// absent password is not an empty one.
pub(crate) fn judge(
    submitted: &Secret,
    known: Option<&Secret>,
    readable: Option<&[u8]>,
) -> Judgement {
    let Some(stored) = known.map(|known| known.expose().as_bytes()).or(readable) else {
        return Judgement::Unreadable;
    };
    if stored.is_empty() {
        // A PIN: whatever was submitted does not matter.
        return Judgement::Right(Secret::new(""));
    }
    if same(submitted.expose().as_bytes(), stored) {
        Judgement::Right(submitted.clone())
    } else {
        Judgement::Wrong
    }
}

/// Compares without telling by the time it takes where the difference is.
pub(crate) fn same(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

#[cfg(test)]
mod tests {
    use domain::secret::Secret;

    use super::{Judgement, judge};

    #[test]
    fn our_own_record_wins_and_absent_is_not_empty() {
        let secret = |text: &str| Secret::new(text);
        let right = |text: &str| Judgement::Right(Secret::new(text));
        let judged = |submitted: &str, known: Option<&str>, readable: Option<&str>| {
            let known = known.map(secret);
            judge(
                &secret(submitted),
                known.as_ref(),
                readable.map(str::as_bytes),
            )
        };
        assert_eq!(judged("a", Some("a"), None), right("a"));
        assert_eq!(judged("a", Some("b"), Some("a")), Judgement::Wrong);
        assert_eq!(judged("a", None, Some("a")), right("a"));
        assert_eq!(judged("a", None, Some("b")), Judgement::Wrong);
        assert_eq!(judged("", None, Some("b")), Judgement::Wrong);
        assert_eq!(judged("any", None, Some("")), right(""));
        assert_eq!(judged("any", Some(""), Some("b")), right(""));
        assert_eq!(judged("", None, None), Judgement::Unreadable);
    }
}
