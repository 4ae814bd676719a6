//! Failures that every use case shares.

use ports::security::{HashingUnavailable, SecretError};
use ports::store::error::StoreError;

/// Something below the use case failed; nothing that a caller did wrong. The cause is for logs.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The database.
    #[error("the store failed")]
    Store(#[from] StoreError),
    /// A stored secret could not be opened.
    #[error("a stored secret could not be opened")]
    Secret(#[from] SecretError),
    /// No capacity to hash passwords.
    #[error(transparent)]
    Hashing(#[from] HashingUnavailable),
    /// Stored data contradicts itself; the text says where.
    #[error("inconsistent data: {0}")]
    Inconsistent(&'static str),
}

impl Failure {
    /// Whether trying again soon may help (503 rather than 500).
    #[must_use]
    pub const fn is_temporary(&self) -> bool {
        matches!(
            self,
            Self::Store(StoreError::Unavailable(_) | StoreError::Serialization) | Self::Hashing(_)
        )
    }
}

/// Lets `?` turn the ports' errors into a use case's error, by way of its `Failure` variant.
macro_rules! failures_into {
    ($($error:ty),+ $(,)?) => {$(
        impl From<ports::store::error::StoreError> for $error {
            fn from(error: ports::store::error::StoreError) -> Self {
                Self::Failure($crate::error::Failure::from(error))
            }
        }
        impl From<ports::security::SecretError> for $error {
            fn from(error: ports::security::SecretError) -> Self {
                Self::Failure($crate::error::Failure::from(error))
            }
        }
        impl From<ports::security::HashingUnavailable> for $error {
            fn from(error: ports::security::HashingUnavailable) -> Self {
                Self::Failure($crate::error::Failure::from(error))
            }
        }
    )+};
}
pub(crate) use failures_into;
