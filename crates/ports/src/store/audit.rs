//! The audit log.

use async_trait::async_trait;
use domain::audit::AuditEntry;
use domain::ids::TenantId;
use domain::time::Timestamp;

use crate::store::error::StoreError;

/// Which entries to list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditFilter {
    /// Only this tenant's.
    pub tenant_id: Option<TenantId>,
    /// Only actions that start with this.
    pub action: Option<String>,
    /// At or after.
    pub from: Option<Timestamp>,
    /// Before.
    pub to: Option<Timestamp>,
}

/// The audit log: append and read, nothing else. The database refuses changes.
#[async_trait]
pub trait AuditRepository: Send {
    /// Appends an entry (`entry.id` is ignored).
    async fn append(&mut self, entry: &AuditEntry) -> Result<(), StoreError>;

    /// Entries that match, newest first, and how many match in all.
    async fn list(
        &mut self,
        filter: &AuditFilter,
        limit: i64,
        offset: i64,
    ) -> Result<(i64, Vec<AuditEntry>), StoreError>;
}
