//! Refunds requested by an operator.

use std::sync::Arc;

use domain::ids::PurchaseId;
use domain::money::Money;
use domain::purchase::{Purchase, PurchaseState};
use domain::refund::Refund;
use futures::channel::oneshot;
use ports::store::error::{StoreError, constraints};
use ports::store::refunds::NewRefund;
use ports::store::{Scope, UnitOfWork};
use ports::system::Task;

use crate::app::App;
use crate::caller::TenantAdmin;
use crate::crash::{self, commit};
use crate::error::{Failure, failures_into};
use crate::purchase::engine;

/// What the operator wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestRefund {
    /// How much, in minor units; `None`: all that is left.
    pub amount_minor: Option<i64>,
    /// Why, for the records.
    pub reason: Option<String>,
    /// The caller's idempotency key; required for a part of the money.
    pub idempotency_key: Option<String>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundAnswer {
    /// The refund as it is now.
    pub refund: Refund,
    /// The purchase as it is now.
    pub purchase: Purchase,
}

/// Why nothing was refunded.
#[derive(Debug, thiserror::Error)]
pub enum RequestRefundError {
    /// Not a purchase of this tenant.
    #[error("no such purchase")]
    NotFound,
    /// Not paid, or all of it went back already.
    #[error("the purchase cannot be refunded")]
    NotRefundable,
    /// More than what is left.
    #[error("more than what is left")]
    TooMuch,
    /// A part of the money needs an idempotency key.
    #[error("a partial refund needs an idempotency key")]
    KeyRequired,
    /// The key was used for another amount.
    #[error("the key was used with another amount")]
    KeyReused,
    /// Another refund of this purchase is under way, or its sale is still being served.
    #[error("the purchase is being worked on")]
    Busy,
    /// Could not be done.
    #[error(transparent)]
    Failure(#[from] Failure),
}
failures_into!(RequestRefundError);

/// Refunds all or part of a sale through its gateway, once per key. A full refund ends access.
///
/// # Errors
/// [`RequestRefundError`].
pub async fn request_refund(
    app: &Arc<App>,
    admin: &TenantAdmin,
    id: PurchaseId,
    command: RequestRefund,
) -> Result<RefundAnswer, RequestRefundError> {
    let (purchase, refund) = match order(app, admin, id, &command).await? {
        Ordered::Before(answer) => return Ok(*answer),
        Ordered::Now(both) => *both,
    };
    run_detached(app, purchase.clone()).await;
    let scope = Scope::Tenant(admin.tenant_id().clone());
    let mut work = app.ports.store.begin(scope).await?;
    let purchase = work
        .purchases()
        .find(purchase.id())
        .await?
        .unwrap_or(purchase);
    let all = work.refunds().list(purchase.id()).await?;
    work.commit().await?;
    let refund = all
        .into_iter()
        .find(|row| row.id == refund.id)
        .unwrap_or(refund);
    Ok(RefundAnswer { refund, purchase })
}

/// Works on the purchase as a worker would, in a task that outlives the request.
async fn run_detached(app: &Arc<App>, purchase: Purchase) {
    let (sender, receiver) = oneshot::channel();
    let task: Task = {
        let app = Arc::clone(app);
        Box::pin(async move {
            if let Err(error) = engine::advance(&app, purchase).await {
                tracing::error!(%error, "a refund was left to the workers");
            }
            // Nobody may be waiting any more.
            let _unheard = sender.send(());
        })
    };
    app.ports.spawner.spawn(task);
    // A task that died leaves the refund to the workers, like one that did not finish.
    let _finished = receiver.await;
}

enum Ordered {
    Before(Box<RefundAnswer>),
    Now(Box<(Purchase, Refund)>),
}

/// Commits to the refund: one transaction.
async fn order(
    app: &App,
    admin: &TenantAdmin,
    id: PurchaseId,
    command: &RequestRefund,
) -> Result<Ordered, RequestRefundError> {
    let mut work = app
        .ports
        .store
        .begin(Scope::Tenant(admin.tenant_id().clone()))
        .await?;
    match decide(app, work.as_mut(), admin, id, command).await {
        Ok(ordered) => match commit(crash::REFUND_REQUEST, work).await {
            Ok(()) => Ok(ordered),
            Err(StoreError::Serialization) => Err(RequestRefundError::Busy),
            Err(error) => Err(error.into()),
        },
        Err(refusal) => {
            work.rollback().await?;
            Err(refusal)
        }
    }
}

async fn decide(
    app: &App,
    work: &mut dyn UnitOfWork,
    admin: &TenantAdmin,
    id: PurchaseId,
    command: &RequestRefund,
) -> Result<Ordered, RequestRefundError> {
    let found = work.purchases().find(id).await?;
    let own = found.filter(|purchase| purchase.tenant_id() == admin.tenant_id());
    let mut purchase = own.ok_or(RequestRefundError::NotFound)?;
    if let Some(key) = &command.idempotency_key
        && let Some(refund) = work.refunds().find_by_request_key(id, key).await?
    {
        // Without an amount: all that was left when the key was used.
        let left_then = purchase.charged().minor() - refund.refunded_before;
        let asked = command.amount_minor.unwrap_or(left_then);
        return if asked == refund.amount.minor() {
            Ok(Ordered::Before(Box::new(RefundAnswer { refund, purchase })))
        } else {
            Err(RequestRefundError::KeyReused)
        };
    }
    if work.refunds().find_open(id).await?.is_some() {
        return Err(RequestRefundError::Busy);
    }
    let left = purchase.refundable().minor();
    if purchase.state() != PurchaseState::Paid || left < 1 {
        return Err(RequestRefundError::NotRefundable);
    }
    let now = app.now();
    if purchase.is_leased(now) {
        return Err(RequestRefundError::Busy);
    }
    let minor = command.amount_minor.unwrap_or(left);
    if minor > left {
        return Err(RequestRefundError::TooMuch);
    }
    if minor < left && command.idempotency_key.is_none() {
        return Err(RequestRefundError::KeyRequired);
    }
    let new = NewRefund {
        tenant_id: purchase.tenant_id().clone(),
        purchase_id: id,
        key: uuid::Builder::from_random_bytes(app.random_bytes()).into_uuid(),
        request_key: command.idempotency_key.clone(),
        amount: Money::from_minor(minor, purchase.sale().amount.currency()),
        refunded_before: purchase.payment().refunded_minor,
        reason: command.reason.clone(),
        created_at: now,
    };
    if minor == left {
        purchase
            .begin_refund(now)
            .map_err(|_refused| RequestRefundError::NotRefundable)?;
    }
    purchase.take_lease(now.plus(app.settings.purchases.worker_lease()));
    purchase.schedule_now(now);
    if !work.purchases().save(&mut purchase).await? {
        return Err(RequestRefundError::Busy);
    }
    let refund = match work.refunds().insert(&new).await {
        Ok(refund) => refund,
        Err(error)
            if error.is_conflict_on(constraints::OPEN_REFUND)
                || error.is_conflict_on(constraints::REFUND_REQUEST_KEY) =>
        {
            return Err(RequestRefundError::Busy);
        }
        Err(error) => return Err(error.into()),
    };
    let mut entry = admin.session().audit(
        now,
        "purchase.refund",
        Some(admin.tenant_id()),
        ("purchase", &id.to_string()),
    );
    entry.detail = Some(format!("{}", refund.amount));
    work.audit().append(&entry).await?;
    Ok(Ordered::Now(Box::new((purchase, refund))))
}
