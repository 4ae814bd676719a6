//! Refusals that the use cases of products share.

use crate::error::{Failure, failures_into};

/// Why nothing was done to a product.
#[derive(Debug, thiserror::Error)]
pub enum ProductError {
    /// No such product, or another tenant's.
    #[error("no such product")]
    NotFound,
    /// No such router, or another tenant's.
    #[error("no such router")]
    RouterNotFound,
    /// The router sells this profile already.
    #[error("the router sells this profile already")]
    Duplicate,
    /// Could not be done.
    #[error(transparent)]
    Failure(#[from] Failure),
}
failures_into!(ProductError);
