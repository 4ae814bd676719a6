//! Purchases that their requests left unfinished.

use std::time::Duration;

use domain::purchase::Purchase;
use ports::store::Scope;
use ports::store::purchases::Claim;

use crate::app::App;
use crate::error::Failure;

/// At most this many purchases of one tenant in one claim.
const PER_TENANT: i64 = 4;

/// How long a worker's claim holds: longer than all remote calls of one turn together.
fn lease(app: &App) -> Duration {
    app.settings.purchase_budget() + app.settings.router_timeout * 4 + app.settings.gateway_timeout
}

/// Claims up to `limit` due purchases; each must be handed to
/// [`advance`](crate::purchases::advance::advance) at once.
///
/// # Errors
/// [`Failure`].
pub async fn claim_due(app: &App, limit: i64) -> Result<Vec<Purchase>, Failure> {
    let claim = Claim {
        now: app.now(),
        lease: lease(app),
        limit,
        per_tenant: PER_TENANT,
    };
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    let purchases = work.purchases().claim_due(&claim).await?;
    work.commit().await?;
    Ok(purchases)
}
