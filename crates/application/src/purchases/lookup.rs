//! Asking for a purchase again.

use std::sync::Arc;
use std::time::Duration;

use domain::purchase::{Purchase, PurchaseState};
use ports::store::Scope;

use crate::app::App;
use crate::caller::Portal;
use crate::error::Failure;
use crate::purchases::answer::{AutoConnection, PurchaseAnswer, describe};
use crate::purchases::keys;

/// How long a repeated request waits for the first one to finish.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often it looks.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// The purchase with this public token as it is now; `None` unless it is of the portal's router.
///
/// # Errors
/// [`Failure`].
pub async fn find_purchase(
    app: &App,
    portal: &Portal,
    token: &str,
) -> Result<Option<PurchaseAnswer>, Failure> {
    let digest = keys::token_digest(app.ports.digests.as_ref(), token);
    let mut work = app
        .ports
        .store
        .begin(Scope::Tenant(portal.tenant_id.clone()))
        .await?;
    let found = work
        .purchases()
        .find_by_token(&portal.router_id, &digest)
        .await?;
    work.commit().await?;
    found
        .map(|purchase| describe(app, purchase, AutoConnection::NotRequested))
        .transpose()
}

/// The stored state of a purchase that somebody else has moved on.
pub(super) async fn current(app: &App, purchase: &Purchase) -> Result<PurchaseAnswer, Failure> {
    let stored = reload(app, purchase).await?;
    describe(app, stored, AutoConnection::NotRequested)
}

async fn reload(app: &App, purchase: &Purchase) -> Result<Purchase, Failure> {
    let scope = Scope::Tenant(purchase.tenant_id.clone());
    let mut work = app.ports.store.begin(scope).await?;
    let stored = work.purchases().find(purchase.id).await?;
    work.commit().await?;
    stored.ok_or(Failure::Inconsistent("a purchase has vanished"))
}

/// Joins a purchase that was begun before: waits a little while its request is at work, then
/// tells how it is.
pub(super) async fn join(
    app: &Arc<App>,
    mut purchase: Purchase,
) -> Result<PurchaseAnswer, Failure> {
    let deadline = app.now().plus(PATIENCE);
    while matches!(
        purchase.state,
        PurchaseState::Created | PurchaseState::Charging
    ) && app.now() < deadline
    {
        app.ports.clock.sleep(LOOK_EVERY).await;
        purchase = reload(app, &purchase).await?;
    }
    describe(app, purchase, AutoConnection::NotRequested)
}
