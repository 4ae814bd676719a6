//! Errors of the use cases on routers.

use crate::error::{Failure, failures_into};

/// Why nothing was done to a router.
#[derive(Debug, thiserror::Error)]
pub enum RouterError {
    /// No such tenant.
    #[error("no such tenant")]
    TenantNotFound,
    /// No such router, or another tenant's.
    #[error("no such router")]
    NotFound,
    /// Could not be done.
    #[error(transparent)]
    Failure(#[from] Failure),
}
failures_into!(RouterError);
