//! Purchases that their requests left unfinished.

use std::time::Duration;

use domain::ids::{PurchaseId, TenantId};
use domain::purchase::Purchase;
use ports::store::Scope;
use ports::store::error::StoreError;
use ports::store::purchases::Claim;

use crate::app::App;
use crate::error::Failure;
use crate::sabotage::Sabotage;

/// At most this many purchases of one tenant in one claim.
const PER_TENANT: i64 = 4;

/// How long a worker's claim holds: longer than all remote calls of one turn together.
pub(crate) fn lease(app: &App) -> Duration {
    app.settings.purchase_budget() + app.settings.router_timeout * 4 + app.settings.gateway_timeout
}

/// Claims up to `limit` due purchases, none of the tenants to `skip`; each must be handed to
/// [`advance`](crate::purchases::advance::advance) at once.
///
/// # Errors
/// [`Failure`].
pub async fn claim_due(
    app: &App,
    limit: i64,
    skip: Vec<TenantId>,
) -> Result<Vec<Purchase>, Failure> {
    let mut now = app.now();
    if app.has(Sabotage::NoLease) {
        // By this clock every lease is long over, and everything is due.
        now = now.plus(lease(app) * 2);
    }
    let claim = Claim {
        now,
        lease: lease(app),
        limit,
        per_tenant: PER_TENANT,
        skip,
    };
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    let purchases = work.purchases().claim_due(&claim).await?;
    work.commit().await?;
    if !purchases.is_empty() {
        fail::fail_point!(crate::crash::TURN_CLAIMED);
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
    let Some(mut purchase) = work.purchases().find(id).await? else {
        work.commit().await?;
        return Ok(None);
    };
    let is_held = purchase.locked_until.is_some_and(|until| until > now);
    if is_held && !app.has(Sabotage::NoLease) {
        work.commit().await?;
        return Ok(None);
    }
    let until = now.plus(lease(app));
    purchase.locked_until = Some(until);
    // Should this worker die, another goes on when the lease ends.
    purchase.next_attempt_at.get_or_insert(until);
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
