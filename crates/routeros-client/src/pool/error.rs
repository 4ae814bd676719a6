//! Why a pool gives no connection.

use std::sync::Arc;
use std::time::Duration;

use crate::connect_error::ConnectError;

/// Why a pool gives no connection. No command was sent in any case.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PoolError {
    /// Connecting failed.
    #[error("{0}")]
    Connect(Arc<ConnectError>),
    /// The router failed a moment ago, so it was not tried.
    #[error("the router failed a moment ago")]
    Suspended {
        /// How it failed last, if that was while connecting.
        last: Option<Arc<ConnectError>>,
        /// When it will be tried again; `None` while it is being tried.
        retry_in: Option<Duration>,
    },
    /// The caller's time was over before there was a connection.
    #[error("no connection in time")]
    Deadline,
}
