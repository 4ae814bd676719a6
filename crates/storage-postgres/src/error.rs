//! What the driver says, in the words of the port.

use diesel::result::{DatabaseErrorKind, Error};
use ports::store::error::StoreError;

/// Classifies a driver error by what the caller can do about it.
pub(crate) fn store_error(error: Error) -> StoreError {
    let Error::DatabaseError(kind, information) = &error else {
        return match error {
            Error::BrokenTransactionManager => StoreError::Unavailable(Box::new(error)),
            other => StoreError::Internal(Box::new(other)),
        };
    };
    let constraint = || information.constraint_name().unwrap_or_default().to_owned();
    match kind {
        DatabaseErrorKind::UniqueViolation => StoreError::Conflict {
            constraint: constraint(),
        },
        DatabaseErrorKind::ForeignKeyViolation | DatabaseErrorKind::RestrictViolation
            if information.constraint_name().is_some() =>
        {
            StoreError::Reference {
                constraint: constraint(),
            }
        }
        DatabaseErrorKind::SerializationFailure => StoreError::Serialization,
        DatabaseErrorKind::UnableToSendCommand | DatabaseErrorKind::ClosedConnection => {
            StoreError::Unavailable(Box::new(error))
        }
        _ => by_message(information.message())
            .unwrap_or_else(|| StoreError::Internal(Box::new(error))),
    }
}

/// The driver does not pass on the codes of these.
fn by_message(message: &str) -> Option<StoreError> {
    if message == "deadlock detected" {
        return Some(StoreError::Serialization);
    }
    let passing = [
        "canceling statement due to",
        "terminating connection",
        "the database system is",
        "connection to server was lost",
    ];
    passing
        .iter()
        .any(|start| message.starts_with(start))
        .then(|| StoreError::Unavailable(message.to_owned().into()))
}

/// No connection was to be had.
pub(crate) fn unavailable(error: impl std::error::Error + Send + Sync + 'static) -> StoreError {
    StoreError::Unavailable(Box::new(error))
}
