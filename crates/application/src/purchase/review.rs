//! Decisions of the platform owner on purchases that workers could not finish.

use domain::ids::{PurchaseId, TenantId};
use domain::purchase::{AccessState, Purchase, PurchaseState};
use domain::refund::{Refund, RefundState};
use ports::store::{Scope, UnitOfWork};

use crate::app::App;
use crate::caller::SuperAdmin;
use crate::error::{Failure, failures_into};

/// What a person decides about a purchase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Give the money back, or try again to (`reembolsar`).
    Refund,
    /// Give the access, or try again to (`conceder`).
    Grant,
    /// Leave it as it is: somebody settled it by hand (`cerrar`).
    Close,
}

impl Decision {
    /// Reads the wire's word.
    #[must_use]
    pub fn from_str_name(name: &str) -> Option<Self> {
        match name {
            "reembolsar" => Some(Self::Refund),
            "conceder" => Some(Self::Grant),
            "cerrar" => Some(Self::Close),
            _ => None,
        }
    }

    const fn action(self) -> &'static str {
        match self {
            Self::Refund => "purchase.resolve.refund",
            Self::Grant => "purchase.resolve.grant",
            Self::Close => "purchase.resolve.close",
        }
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
    #[error("the decision does not fit the purchase's state")]
    DoesNotFit,
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
            fail::fail_point!(crate::crash::DECISION_WRITTEN);
            work.commit().await?;
            fail::fail_point!(crate::crash::DECISION_COMMITTED);
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
    if purchase.locked_until.is_some_and(|until| until > now) {
        return Err(ResolveError::Busy);
    }
    let open_refund = work.refunds().find_open(id).await?;
    // Nobody knows whether that money is back already: it cannot be earned at the same time.
    let is_returning = purchase.state == PurchaseState::Refunding && open_refund.is_some();
    if decision == Decision::Grant && is_returning {
        return Err(ResolveError::DoesNotFit);
    }
    apply(&mut purchase, decision, now)?;
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
    let tenant = purchase.tenant_id.clone();
    let subject = ("purchase", id.to_string());
    let mut entry = admin.session().audit(
        now,
        decision.action(),
        Some(&tenant),
        (subject.0, &subject.1),
    );
    entry.detail = Some(reason.to_owned());
    work.audit().append(&entry).await?;
    Ok(purchase)
}

fn apply(
    purchase: &mut Purchase,
    decision: Decision,
    now: domain::time::Timestamp,
) -> Result<(), ResolveError> {
    match (decision, purchase.state) {
        // A part of the money is on its way back: workers try again.
        (Decision::Refund, PurchaseState::Paid) if purchase.parked_reason.is_some() => {
            purchase.unpark(now);
        }
        (Decision::Refund, PurchaseState::Paid | PurchaseState::Mismatch) => {
            purchase
                .begin_refund(now)
                .map_err(|_refused| ResolveError::DoesNotFit)?;
            purchase.unpark(now);
        }
        // Workers try again.
        (Decision::Refund, PurchaseState::Refunding) => purchase.unpark(now),
        (Decision::Grant, PurchaseState::Refunding) if purchase.parked_reason.is_some() => {
            purchase
                .grant_after_refused_refund()
                .map_err(|_refused| ResolveError::DoesNotFit)?;
            // The half hour for the router starts again.
            purchase.paid_at = Some(now);
            purchase.unpark(now);
        }
        (Decision::Grant, PurchaseState::Paid) if purchase.access != AccessState::Active => {
            purchase.access = AccessState::Pending;
            purchase.paid_at = Some(now);
            purchase.unpark(now);
        }
        (Decision::Close, _) if purchase.parked_reason.is_some() => {
            purchase.parked_reason = None;
            purchase.next_attempt_at = None;
        }
        // An open outcome is read again; nothing is decided over the gateway's head.
        (Decision::Close | Decision::Grant | Decision::Refund, _)
            if purchase.parked_reason.is_some() && purchase.state.is_open() =>
        {
            purchase.unpark(now);
        }
        _ => return Err(ResolveError::DoesNotFit),
    }
    Ok(())
}
