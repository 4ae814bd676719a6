//! Patience with the database.
//!
//! The server ends statements that run too long, but a server that is paused, or lies behind a
//! cut wire, ends nothing: only the caller's own clock does.

use std::future::Future;
use std::time::Duration;

use diesel::QueryResult;
use ports::store::error::StoreError;

use crate::error::store_error;

/// Waits for an answer of the database, but not for ever. Whether the statement took effect is
/// unknown when time is up, and its connection is of no more use.
///
/// # Errors
/// What the database said; [`StoreError::Unavailable`] when it said nothing in time.
pub(crate) async fn within<T>(
    patience: Duration,
    answer: impl Future<Output = QueryResult<T>>,
) -> Result<T, StoreError> {
    match tokio::time::timeout(patience, answer).await {
        Ok(outcome) => outcome.map_err(store_error),
        Err(_elapsed) => Err(StoreError::Unavailable(
            "the database does not answer".into(),
        )),
    }
}
