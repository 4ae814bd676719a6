//! What is not finished, in numbers. No tenant and no customer shows in them.

use std::sync::atomic::Ordering;

use ports::store::Scope;
use ports::store::purchases::OpenWork;

use crate::app::App;
use crate::error::Failure;

/// Numbers for the operator's dashboards and alarms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Metrics {
    /// Purchases that are not finished.
    pub work: OpenWork,
    /// Notifications to operators that wait.
    pub outbox: i64,
    /// Gateways' events that wait.
    pub inbox: i64,
    /// Gateway accounts that this replica has stopped calling for a moment.
    pub open_breakers: usize,
    /// What this replica's last audit found for a person to look at.
    pub audit_alerts: u64,
}

/// The numbers as they are now.
///
/// # Errors
/// [`Failure`].
pub async fn metrics(app: &App) -> Result<Metrics, Failure> {
    let (open, outbox, inbox) = app
        .read(Scope::Platform, async |uow| {
            let open = uow.purchases().open_work().await?;
            let outbox = uow.outbox().count().await?;
            let inbox = uow.inbox().count().await?;
            Ok((open, outbox, inbox))
        })
        .await?;
    Ok(Metrics {
        work: open,
        outbox,
        inbox,
        open_breakers: app.breaker.open_count(),
        audit_alerts: app.audit_alerts.load(Ordering::Relaxed),
    })
}
