//! Loading, claiming and saving purchases: short transactions and a compare-and-set.

use std::time::Duration;

use domain::ids::{PurchaseId, TenantId};
use domain::notice::NoticeKind;
use domain::purchase::Purchase;
use domain::refund::Refund;
use domain::time::Timestamp;
use ports::hotspot::RouterAccess;
use ports::payments::GatewayAccount;
use ports::store::error::StoreError;
use ports::store::outbox::OutboxEntry;
use ports::store::purchases::Claim;
use ports::store::{Scope, UnitOfWork};

use crate::app::App;
use crate::error::Failure;
use crate::secrets;

/// What is written together with the purchase.
#[derive(Debug, Default)]
pub(crate) struct Extras {
    /// Notices to the operator.
    pub(crate) notices: Vec<NoticeKind>,
    /// Whether the purchase's idempotency keys become free again: nothing was charged, and a
    /// repeat may try anew.
    pub(crate) release_keys: bool,
    /// A refund whose end is written.
    pub(crate) refund: Option<Box<Refund>>,
}

impl Extras {
    pub(crate) fn notices(notices: impl IntoIterator<Item = NoticeKind>) -> Self {
        Self {
            notices: notices.into_iter().collect(),
            ..Self::default()
        }
    }
}

/// Saves the purchase if nobody else has changed it since it was read. `false`: somebody has,
/// nothing was written, and the caller must stop working on it.
///
/// # Errors
/// [`Failure`]; whether the write took effect is unknown then, so the caller must stop as well.
pub(crate) async fn save(
    app: &App,
    purchase: &mut Purchase,
    extras: Extras,
) -> Result<bool, Failure> {
    let scope = Scope::Tenant(purchase.tenant_id.clone());
    let mut work = app.ports.store.begin(scope).await?;
    match write(work.as_mut(), purchase, &extras, app.now()).await {
        Ok(true) => {}
        Ok(false) => {
            work.rollback().await?;
            return Ok(false);
        }
        Err(error) => return lost_to_a_concurrent_writer(error),
    }
    fail::fail_point!(crate::crash::SAVE_WRITTEN);
    match work.commit().await {
        Ok(()) => {
            fail::fail_point!(crate::crash::SAVE_COMMITTED);
            Ok(true)
        }
        Err(error) => lost_to_a_concurrent_writer(error),
    }
}

fn lost_to_a_concurrent_writer(error: StoreError) -> Result<bool, Failure> {
    match error {
        StoreError::Serialization => Ok(false),
        other => Err(other.into()),
    }
}

async fn write(
    work: &mut dyn UnitOfWork,
    purchase: &mut Purchase,
    extras: &Extras,
    now: Timestamp,
) -> Result<bool, StoreError> {
    if !work.purchases().save(purchase).await? {
        return Ok(false);
    }
    for kind in &extras.notices {
        let entry = OutboxEntry {
            id: 0,
            tenant_id: purchase.tenant_id.clone(),
            kind: *kind,
            purchase_id: Some(purchase.id),
            created_at: now,
            attempts: 0,
        };
        work.outbox().push(&entry).await?;
    }
    if let Some(refund) = &extras.refund {
        work.refunds().save(refund).await?;
    }
    if extras.release_keys {
        work.purchases().release_keys(purchase.id, None).await?;
    }
    Ok(true)
}

/// The outside world of one purchase.
#[derive(Debug)]
pub(crate) struct Opened {
    /// The router; `None` if it does not exist any more.
    pub(crate) router: Option<RouterAccess>,
    /// The gateway account of the version that the purchase was made with.
    pub(crate) account: Option<GatewayAccount>,
}

/// Loads and opens both.
///
/// # Errors
/// [`Failure`], also when a secret cannot be opened: a missing key is not a missing router.
pub(crate) async fn open(app: &App, purchase: &Purchase) -> Result<Opened, Failure> {
    let tenant = &purchase.tenant_id;
    let mut work = app.ports.store.begin(Scope::Tenant(tenant.clone())).await?;
    let router = work.routers().find(tenant, &purchase.router_id).await?;
    let settings = work
        .tenants()
        .find_gateway_version(tenant, purchase.gateway, purchase.credentials_version)
        .await?;
    work.commit().await?;
    let secrets = app.ports.secrets.as_ref();
    let account = match &settings {
        Some(settings) => secrets::open_account(secrets, tenant, settings)?,
        None => None,
    };
    let router = match &router {
        Some(router) => Some(secrets::open_router(secrets, router)?),
        None => None,
    };
    Ok(Opened { router, account })
}

/// Queues the removal of the purchase's reservation, unless somebody is at work on it: they look
/// at the router themselves.
pub(crate) async fn queue(app: &App, stale: &Purchase) -> Result<(), Failure> {
    let Some(id) = stale.hotspot_id.clone() else {
        return Ok(());
    };
    let Some(mut current) = claim_one(app, stale.id, &stale.tenant_id).await? else {
        return Ok(());
    };
    current.reservation_found_late(id, app.now());
    current.locked_until = None;
    save(app, &mut current, Extras::default()).await?;
    Ok(())
}

/// At most this many purchases of one tenant in one claim.
const PER_TENANT: i64 = 4;

/// How long a worker's claim holds: longer than all remote calls of one turn together.
pub(crate) fn lease(app: &App) -> Duration {
    app.settings.purchase_budget() + app.settings.router_timeout * 4 + app.settings.gateway_timeout
}

/// Claims up to `limit` due purchases, none of the tenants to `skip`; each must be handed to
/// [`advance`](crate::purchase::engine::worker::advance) at once.
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
    if is_held {
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
