//! Stored notices of gateways: each leads to one read of the payment it points at.

use std::time::Duration;

use ports::payments::Notice;
use ports::store::Scope;
use ports::store::inbox::InboxEntry;

use crate::app::App;
use crate::error::Failure;
use crate::purchases::advance;
use crate::sabotage::{self, Sabotage};
use crate::webhooks::learn::{self, Learned};
use crate::webhooks::receive;
use crate::workers::purchases;

/// At most this many notices of one tenant in one claim.
const PER_TENANT: i64 = 4;
/// A gateway that was away comes back, or its account is gone.
const GIVE_UP_AFTER: Duration = Duration::from_hours(7 * 24);
const OFTEN_FOR: Duration = Duration::from_hours(1);
const SELDOM: Duration = Duration::from_mins(5);

/// Claims up to `limit` notices; each must be handed to [`process`] at once.
///
/// # Errors
/// [`Failure`].
pub async fn claim(app: &App, limit: i64) -> Result<Vec<InboxEntry>, Failure> {
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    let lease = purchases::lease(app);
    let entries = work
        .inbox()
        .claim(app.now(), lease, limit, PER_TENANT)
        .await?;
    work.commit().await?;
    if !entries.is_empty() {
        fail::fail_point!(crate::crash::INBOX_CLAIMED);
    }
    Ok(entries)
}

/// Processes one notice: reads the payment and applies what the gateway says.
///
/// # Errors
/// [`Failure`]; the notice comes up again when its lease ends.
pub async fn process(app: &App, entry: InboxEntry) -> Result<(), Failure> {
    let notice = Notice {
        event_id: entry.event_id.clone(),
        topic: entry.topic.clone(),
        order_id: entry.order_id.clone(),
        payment_id: entry.payment_id.clone(),
        reference: entry.reference.clone(),
    };
    let mut work = app
        .ports
        .store
        .begin(Scope::Tenant(entry.tenant_id.clone()))
        .await?;
    let found = receive::find(work.as_mut(), entry.gateway, &notice).await?;
    work.commit().await?;
    let mut learned_id = None;
    let purchase = match found {
        Some(purchase) => purchase,
        None => match learn::purchase_of(app, &entry).await? {
            Learned::Purchase(purchase) => {
                learned_id.clone_from(&entry.payment_id);
                *purchase
            }
            // Not of ours (any more).
            Learned::Nothing => return finish(app, &entry).await,
            Learned::NotNow => return retry(app, &entry).await,
        },
    };
    match purchases::claim_one(app, purchase.id, &entry.tenant_id).await? {
        Some(mut claimed) => {
            fail::fail_point!(crate::crash::INBOX_HELD);
            if app.has(Sabotage::TrustNotices) && entry.topic == "paid" {
                sabotage::believe(&mut claimed, app.now());
            }
            // The gateway itself said that this payment is ours, and a search may not show it yet.
            claimed.payment_id = claimed.payment_id.or(learned_id);
            let answered = advance::refresh(app, claimed).await?;
            fail::fail_point!(crate::crash::INBOX_PROCESSED);
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

async fn finish(app: &App, entry: &InboxEntry) -> Result<(), Failure> {
    let mut work = app
        .ports
        .store
        .begin(Scope::Tenant(entry.tenant_id.clone()))
        .await?;
    work.inbox().finish(entry.id, app.now()).await?;
    work.commit().await?;
    fail::fail_point!(crate::crash::INBOX_FINISHED);
    Ok(())
}

/// After 1, 2, 4, 8 seconds, then every 10; after an hour every five minutes, for a week. What
/// no notice told is for the daily audit to find.
async fn retry(app: &App, entry: &InboxEntry) -> Result<(), Failure> {
    let now = app.now();
    let age = now.since(entry.received_at);
    if age > GIVE_UP_AFTER {
        tracing::error!(tenant = %entry.tenant_id, event = %entry.event_id, "a notice was never processed");
        return finish(app, entry).await;
    }
    let exponent = u32::try_from(entry.attempts.clamp(0, 4)).unwrap_or(0);
    let delay = if age > OFTEN_FOR {
        SELDOM
    } else {
        Duration::from_secs((1_u64 << exponent).min(10))
    };
    let mut work = app
        .ports
        .store
        .begin(Scope::Tenant(entry.tenant_id.clone()))
        .await?;
    work.inbox().retry(entry.id, now.plus(delay)).await?;
    work.commit().await?;
    Ok(())
}
