//! Processing of stored gateway events by workers.

use std::time::Duration;

use domain::ids::TenantId;
use domain::purchase::Purchase;
use ports::payments::{GatewayEvent, PaymentHandle, ReadError, ReadOutcome};
use ports::store::Scope;
use ports::store::inbox::InboxEntry;
use ports::store::purchases::Claim;

use crate::app::App;
use crate::crash::{self, commit};
use crate::error::Failure;
use crate::gateway_events::receive;
use crate::purchase::engine::{self, gateway};
use crate::purchase::persistence;
use crate::secrets;

/// At most this many events of one tenant in one claim.
const PER_TENANT: i64 = 4;
/// A gateway that was away comes back, or its account is gone.
const GIVE_UP_AFTER: Duration = Duration::from_hours(7 * 24);
const OFTEN_FOR: Duration = Duration::from_hours(1);
const SELDOM: Duration = Duration::from_mins(5);

/// Claims up to `limit` events, none of the tenants to `skip`; each must be handed to
/// [`process`] at once.
///
/// # Errors
/// [`Failure`].
pub async fn claim(app: &App, limit: i64, skip: Vec<TenantId>) -> Result<Vec<InboxEntry>, Failure> {
    let claim = Claim {
        now: app.now(),
        lease: app.settings.purchases.worker_lease(),
        limit,
        per_tenant: PER_TENANT,
        skip,
    };
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    let entries = work.inbox().claim(&claim).await?;
    if entries.is_empty() {
        work.commit().await?;
    } else {
        commit(crash::EVENT_CLAIM, work).await?;
    }
    Ok(entries)
}

/// Processes one event: reads the payment and applies what the gateway says.
///
/// # Errors
/// [`Failure`]; the event comes up again when its lease ends.
pub async fn process(app: &App, entry: InboxEntry) -> Result<(), Failure> {
    let event = GatewayEvent {
        event_id: entry.event_id.clone(),
        topic: entry.topic.clone(),
        order_id: entry.order_id.clone(),
        payment_id: entry.payment_id.clone(),
        reference: entry.reference.clone(),
    };
    let found = app
        .read(Scope::Tenant(entry.tenant_id.clone()), async |uow| {
            receive::find(&mut **uow, entry.gateway, &event).await
        })
        .await?;
    // The payment itself says whose it is only where nothing stored does.
    let is_news = found.is_none();
    let found = match found {
        Some(purchase) => Asked::IsOf(Box::new(purchase)),
        // A payment whose number never reached us, as when the answer to its charge was lost.
        None if entry.is_verified => ask_whose(app, &entry).await?,
        None => Asked::Nobodys,
    };
    let purchase = match found {
        Asked::IsOf(purchase) => purchase,
        Asked::Nobodys => return finish(app, &entry).await,
        Asked::Unanswered => return retry(app, &entry).await,
    };
    match persistence::claim_one(app, purchase.id(), &entry.tenant_id).await? {
        Some(mut claimed) => {
            if is_news {
                claimed.note_payment_id(entry.payment_id.as_deref());
            }
            let answered = engine::refresh(app, claimed).await?;
            if answered {
                finish(app, &entry).await
            } else {
                retry(app, &entry).await
            }
        }
        // Its request or another worker is at it.
        None => retry(app, &entry).await,
    }
}

/// Whose payment an event is about.
enum Asked {
    IsOf(Box<Purchase>),
    Nobodys,
    /// The gateway could not be asked.
    Unanswered,
}

/// Reads the payment that an event names, and finds the purchase by the reference on it.
async fn ask_whose(app: &App, entry: &InboxEntry) -> Result<Asked, Failure> {
    let Some(payment_id) = &entry.payment_id else {
        return Ok(Asked::Nobodys);
    };
    if !app.gateway(entry.gateway).reads_by_payment_id() {
        // It has orders, whose ids are known before anything is charged.
        return Ok(Asked::Nobodys);
    }
    let tenant_id = &entry.tenant_id;
    let tenant = app
        .read(Scope::Tenant(tenant_id.clone()), async |uow| {
            uow.tenants().find(tenant_id).await
        })
        .await?;
    let Some(tenant) = tenant else {
        return Ok(Asked::Nobodys);
    };
    let secrets = app.ports.secrets.as_ref();
    let settings = tenant.gateway(entry.gateway);
    let Some(account) = secrets::open_account(secrets, tenant_id, settings)? else {
        return Ok(Asked::Nobodys);
    };
    let handle = PaymentHandle {
        reference: String::new(),
        order_id: None,
        payment_id: Some(payment_id.clone()),
    };
    let reference = match gateway::read_payment(app, &account, entry.gateway, &handle).await {
        Ok(ReadOutcome::Found(facts)) => facts.reference,
        Err(ReadError::Unavailable | ReadError::Busy) => return Ok(Asked::Unanswered),
        // Not a payment of this account.
        Ok(ReadOutcome::NoCharge) | Err(ReadError::Refused) => None,
    };
    let Some(reference) = reference.filter(|reference| !reference.is_empty()) else {
        return Ok(Asked::Nobodys);
    };
    let found = app
        .read(Scope::Tenant(tenant_id.clone()), async |uow| {
            uow.purchases()
                .find_by_reference(entry.gateway, &reference)
                .await
        })
        .await?;
    Ok(found.map_or(Asked::Nobodys, |purchase| Asked::IsOf(Box::new(purchase))))
}

async fn finish(app: &App, entry: &InboxEntry) -> Result<(), Failure> {
    let mut work = app
        .ports
        .store
        .begin(Scope::Tenant(entry.tenant_id.clone()))
        .await?;
    work.inbox().finish(entry.id, app.now()).await?;
    commit(crash::EVENT_END, work).await?;
    Ok(())
}

/// After 1, 2, 4, 8 seconds, then every 10; after an hour every five minutes, for a week. What
/// no event told is for the daily audit to find.
async fn retry(app: &App, entry: &InboxEntry) -> Result<(), Failure> {
    let now = app.now();
    let age = now.since(entry.received_at);
    if age > GIVE_UP_AFTER {
        tracing::error!(tenant = %entry.tenant_id, event = %entry.event_id, "an event was never processed");
        return finish(app, entry).await;
    }
    let exponent = u32::try_from(entry.attempts.clamp(0, 4)).unwrap_or(0);
    let delay = if age > OFTEN_FOR {
        SELDOM
    } else {
        Duration::from_secs((1_u64 << exponent).min(10))
    };
    app.write(Scope::Tenant(entry.tenant_id.clone()), async |uow| {
        uow.inbox().retry(entry.id, now.plus(delay)).await?;
        Ok(())
    })
    .await
}
