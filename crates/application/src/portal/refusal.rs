//! Why a portal is told nothing.

use crate::caller::Portal;
use crate::error::{Failure, failures_into};

/// Why a portal's question was refused.
#[derive(Debug, thiserror::Error)]
pub enum PortalRefusal {
    /// The operator is switched off.
    #[error("the tenant is not active")]
    TenantInactive,
    /// No such thing on this router.
    #[error("not found")]
    NotFound,
    /// Could not be done.
    #[error(transparent)]
    Failure(#[from] Failure),
}
failures_into!(PortalRefusal);

/// Refuses portals of switched-off operators.
pub(crate) fn require_active_tenant(portal: &Portal) -> Result<(), PortalRefusal> {
    if portal.tenant_is_active {
        Ok(())
    } else {
        Err(PortalRefusal::TenantInactive)
    }
}
