//! The audit log, whole or of one tenant.

use domain::audit::AuditEntry;
use domain::time::Timestamp;
use ports::store::Scope;
use ports::store::audit::AuditFilter;

use crate::app::App;
use crate::caller::{SuperAdmin, TenantAdmin};
use crate::error::Failure;

/// What to look for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditQuery {
    /// Only actions that start with this.
    pub action: Option<String>,
    /// At or after.
    pub from: Option<Timestamp>,
    /// Before.
    pub to: Option<Timestamp>,
    /// Page size.
    pub limit: i64,
    /// Entries to skip.
    pub offset: i64,
}

/// Number of matching entries, and a page of them, newest first.
pub type AuditPage = (i64, Vec<AuditEntry>);

/// The log of the whole platform, or of one tenant.
///
/// # Errors
/// [`Failure`].
pub async fn platform_log(
    app: &App,
    _admin: &SuperAdmin,
    tenant_id: Option<domain::ids::TenantId>,
    query: AuditQuery,
) -> Result<AuditPage, Failure> {
    let AuditQuery {
        action,
        from,
        to,
        limit,
        offset,
    } = query;
    let filter = AuditFilter {
        tenant_id,
        action,
        from,
        to,
    };
    list(app, Scope::Platform, &filter, limit, offset).await
}

/// The log of the operator's own tenant.
///
/// # Errors
/// [`Failure`].
pub async fn tenant_log(
    app: &App,
    admin: &TenantAdmin,
    query: AuditQuery,
) -> Result<AuditPage, Failure> {
    let AuditQuery {
        action,
        from,
        to,
        limit,
        offset,
    } = query;
    let tenant_id = admin.tenant_id().clone();
    let filter = AuditFilter {
        tenant_id: Some(tenant_id.clone()),
        action,
        from,
        to,
    };
    list(app, Scope::Tenant(tenant_id), &filter, limit, offset).await
}

async fn list(
    app: &App,
    scope: Scope,
    filter: &AuditFilter,
    limit: i64,
    offset: i64,
) -> Result<AuditPage, Failure> {
    let page = app
        .read(scope, async |uow| {
            uow.audit().list(filter, limit, offset).await
        })
        .await?;
    Ok(page)
}
