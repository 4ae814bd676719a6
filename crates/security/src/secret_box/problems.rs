//! What can be wrong with configured keys. Says where, never what.

use std::fmt;

/// One problem with the configured keys. Positions count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyProblem {
    /// No `:` in the entry.
    #[error("ENCRYPTION_KEYS, entry {0}: not of the form id:base64")]
    NoId(usize),
    /// The id is empty, too long, reserved, or holds other characters.
    #[error(
        "ENCRYPTION_KEYS, entry {0}: the id must be 1 to 32 of a-z A-Z 0-9 . _ - and neither \
         `fernet` nor start with `derived-`"
    )]
    BadId(usize),
    /// The id is that of an earlier entry.
    #[error("ENCRYPTION_KEYS, entry {0}: the id was used before")]
    RepeatedId(usize),
    /// The key is not base64.
    #[error("ENCRYPTION_KEYS, entry {0}: the key is not base64")]
    NotBase64(usize),
    /// The key does not have 32 bytes.
    #[error("ENCRYPTION_KEYS, entry {0}: the key must have 32 bytes, not {1}")]
    BadLength(usize, usize),
    /// The Fernet key is not 32 bytes of url-safe base64.
    #[error("ENCRYPTION_KEY_MERCADO_PAGO: not a Fernet key (32 bytes of url-safe base64)")]
    BadFernetKey,
}

/// All problems with the configured keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyProblems(pub Vec<KeyProblem>);

impl fmt::Display for KeyProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, problem) in self.0.iter().enumerate() {
            if position > 0 {
                f.write_str("; ")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for KeyProblems {}
