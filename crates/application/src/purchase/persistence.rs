//! Claiming and saving purchases: short transactions and a compare-and-set.

use domain::ids::{PurchaseId, TenantId};
use domain::notification::NotificationKind;
use domain::purchase::Purchase;
use domain::refund::Refund;
use ports::store::error::StoreError;
use ports::store::outbox::NewNotification;
use ports::store::purchases::Claim;
use ports::store::{Scope, UnitOfWork};

use crate::app::App;
use crate::crash::{self, Points, commit};
use crate::error::Failure;

/// At most this many purchases of one tenant in one claim.
const PER_TENANT: i64 = 4;

/// What is written together with the purchase.
#[derive(Debug, Default)]
pub(crate) struct SaveEffects {
    /// Notifications to the operator.
    pub(crate) notifications: Vec<NotificationKind>,
    /// Whether the purchase's idempotency keys become free again: nothing was charged, and a
    /// repeat may try anew.
    pub(crate) release_keys: bool,
    /// A refund whose end is written.
    pub(crate) refund: Option<Box<Refund>>,
}

impl SaveEffects {
    pub(crate) fn notify(notifications: impl IntoIterator<Item = NotificationKind>) -> Self {
        Self {
            notifications: notifications.into_iter().collect(),
            ..Self::default()
        }
    }
}

/// What came of a compare-and-set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SaveOutcome {
    Saved,
    /// Somebody else has changed the purchase since it was read: nothing was written, and the
    /// caller must stop working on it.
    LeaseLost,
}

/// Saves the purchase if nobody else has changed it since it was read.
///
/// # Errors
/// [`Failure`]; whether the write took effect is unknown then, so the caller must stop as well.
pub(crate) async fn save(
    app: &App,
    purchase: &mut Purchase,
    effects: SaveEffects,
) -> Result<SaveOutcome, Failure> {
    match write(app, purchase, &effects).await {
        Ok(outcome) => Ok(outcome),
        Err(StoreError::Serialization) => Ok(SaveOutcome::LeaseLost),
        Err(error) => Err(error.into()),
    }
}

async fn write(
    app: &App,
    purchase: &mut Purchase,
    effects: &SaveEffects,
) -> Result<SaveOutcome, StoreError> {
    let scope = Scope::Tenant(purchase.tenant_id().clone());
    let work = app.ports.store.begin(scope).await?;
    write_in(app, work, purchase, effects, crash::SAVE).await
}

/// Writes the purchase and all that goes with it, and ends the unit of work.
pub(crate) async fn write_in(
    app: &App,
    mut work: Box<dyn UnitOfWork>,
    purchase: &mut Purchase,
    effects: &SaveEffects,
    points: Points,
) -> Result<SaveOutcome, StoreError> {
    if !work.purchases().save(purchase).await? {
        work.rollback().await?;
        return Ok(SaveOutcome::LeaseLost);
    }
    for kind in &effects.notifications {
        let notification = NewNotification {
            tenant_id: purchase.tenant_id().clone(),
            kind: *kind,
            purchase_id: Some(purchase.id()),
            created_at: app.now(),
        };
        work.outbox().push(&notification).await?;
    }
    if let Some(refund) = &effects.refund {
        work.refunds().save(refund).await?;
    }
    if effects.release_keys {
        work.purchases().release_keys(purchase.id(), None).await?;
    }
    commit(points, work).await?;
    Ok(SaveOutcome::Saved)
}

/// Queues the removal of a reservation that was made after the lease had ended, unless somebody
/// is at work on the purchase: they look at the router themselves.
pub(crate) async fn remove_orphan(app: &App, stale: &Purchase) -> Result<(), Failure> {
    let Some(user_id) = stale.access().user_id.clone() else {
        return Ok(());
    };
    let Some(mut current) = claim_one(app, stale.id(), stale.tenant_id()).await? else {
        return Ok(());
    };
    current.reservation_found_late(user_id, app.now());
    let next_run = current.work().next_run;
    current.release(next_run);
    save(app, &mut current, SaveEffects::default()).await?;
    Ok(())
}

/// Records a charge whose commit the database has lost (an asynchronous failover): the sender
/// knows of it, the stored purchase does not. A worker then asks the gateway.
pub(crate) async fn restore_charge(app: &App, sent: &Purchase) -> Result<(), Failure> {
    let scope = Scope::Tenant(sent.tenant_id().clone());
    let mut work = app.ports.store.begin(scope).await?;
    let stored = work.purchases().find(sent.id()).await?;
    work.commit().await?;
    let Some(mut stored) = stored else {
        return Ok(());
    };
    if stored.restore_charge(sent).is_ok() {
        tracing::error!(purchase = %sent.id(), "the database lost a committed charge");
        stored.release(Some(app.now()));
        save(app, &mut stored, SaveEffects::default()).await?;
    }
    Ok(())
}

/// Claims up to `limit` due purchases, none of the tenants to `skip`; each must be handed to
/// [`advance`](crate::purchase::engine::advance) at once.
///
/// # Errors
/// [`Failure`].
pub async fn claim_due(
    app: &App,
    limit: i64,
    skip: Vec<TenantId>,
) -> Result<Vec<Purchase>, Failure> {
    let claim = Claim {
        now: app.now(),
        lease: app.settings.purchases.worker_lease(),
        limit,
        per_tenant: PER_TENANT,
        skip,
    };
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    let purchases = work.purchases().claim_due(&claim).await?;
    if purchases.is_empty() {
        work.commit().await?;
    } else {
        commit(crash::CLAIM, work).await?;
    }
    Ok(purchases)
}

/// Claims one purchase; `None` while its request or another worker holds it.
pub(crate) async fn claim_one(
    app: &App,
    id: PurchaseId,
    tenant: &TenantId,
) -> Result<Option<Purchase>, Failure> {
    let now = app.now();
    let mut work = app.ports.store.begin(Scope::Tenant(tenant.clone())).await?;
    let found = work.purchases().find(id).await?;
    let Some(mut purchase) = found.filter(|purchase| !purchase.is_leased(now)) else {
        work.commit().await?;
        return Ok(None);
    };
    purchase.take_lease(now.plus(app.settings.purchases.worker_lease()));
    if !work.purchases().save(&mut purchase).await? {
        work.rollback().await?;
        return Ok(None);
    }
    match work.commit().await {
        Ok(()) => Ok(Some(purchase)),
        Err(StoreError::Serialization) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
