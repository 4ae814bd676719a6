//! Decisions of the platform owner on purchases that workers could not finish.

use domain::ids::{PurchaseId, TenantId};
use domain::purchase::{Decision, Purchase, PurchaseState};
use domain::refund::{Refund, RefundState};
use ports::store::{Scope, UnitOfWork};

use crate::app::App;
use crate::caller::SuperAdmin;
use crate::crash::{self, commit};
use crate::error::{Failure, failures_into};

/// How the audit log calls a decision.
const fn action(decision: Decision) -> &'static str {
    match decision {
        Decision::Refund => "purchase.resolve.refund",
        Decision::Grant => "purchase.resolve.grant",
        Decision::Close => "purchase.resolve.close",
    }
}

/// Why a decision was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    /// No such purchase.
    #[error("no such purchase")]
    NotFound,
    /// A worker holds it: try again in a minute.
    #[error("the purchase is being worked on")]
    Busy,
    /// The state machine has no such step from here.
    #[error("the purchase's state does not allow this decision")]
    InvalidTransition,
    /// Could not be done.
    #[error(transparent)]
    Failure(#[from] Failure),
}
failures_into!(ResolveError);

/// Purchases in these states (parked ones if there are none), newest first, at most 500.
///
/// # Errors
/// [`Failure`].
pub async fn list_unfinished(
    app: &App,
    _admin: &SuperAdmin,
    states: &[PurchaseState],
    tenant: Option<&TenantId>,
) -> Result<Vec<Purchase>, Failure> {
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    let purchases = work.purchases().list_by_state(states, tenant, 500).await?;
    work.commit().await?;
    Ok(purchases)
}

/// Carries a decision out: the purchase is moved and handed to the workers.
///
/// # Errors
/// [`ResolveError`].
pub async fn resolve(
    app: &App,
    admin: &SuperAdmin,
    id: PurchaseId,
    decision: Decision,
    reason: &str,
) -> Result<Purchase, ResolveError> {
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    match decide(app, work.as_mut(), admin, id, decision, reason).await {
        Ok(purchase) => {
            commit(crash::DECISION, work).await?;
            Ok(purchase)
        }
        Err(refusal) => {
            work.rollback().await?;
            Err(refusal)
        }
    }
}

async fn decide(
    app: &App,
    work: &mut dyn UnitOfWork,
    admin: &SuperAdmin,
    id: PurchaseId,
    decision: Decision,
    reason: &str,
) -> Result<Purchase, ResolveError> {
    let now = app.now();
    let found = work.purchases().find(id).await?;
    let mut purchase = found.ok_or(ResolveError::NotFound)?;
    if purchase.is_leased(now) {
        return Err(ResolveError::Busy);
    }
    let open_refund = work.refunds().find_open(id).await?;
    purchase
        .decide(
            decision,
            open_refund.is_some(),
            now,
            &app.settings.purchases,
        )
        .map_err(|_refused| ResolveError::InvalidTransition)?;
    if decision == Decision::Close
        && let Some(open) = open_refund
    {
        // Settled by hand: it must not keep later ones waiting.
        let closed = Refund {
            state: RefundState::Refused,
            finished_at: Some(now),
            ..open
        };
        work.refunds().save(&closed).await?;
    }
    if !work.purchases().save(&mut purchase).await? {
        return Err(ResolveError::Busy);
    }
    let tenant = purchase.tenant_id().clone();
    let subject = ("purchase", id.to_string());
    let mut entry = admin.session().audit(
        now,
        action(decision),
        Some(&tenant),
        (subject.0, &subject.1),
    );
    entry.detail = Some(reason.to_owned());
    work.audit().append(&entry).await?;
    Ok(purchase)
}
