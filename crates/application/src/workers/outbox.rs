//! Notices to operators, sent after the transaction that caused them.

use std::time::Duration;

use domain::notice::NoticeKind;
use domain::purchase::{Purchase, PurchaseState};
use domain::secret::Secret;
use domain::tenant::Tenant;
use ports::notify::{NoticeTarget, NotifyError};
use ports::store::Scope;
use ports::store::outbox::OutboxEntry;

use crate::app::App;
use crate::error::Failure;
use crate::secrets;
use crate::workers::notice_text;

/// How long a claim holds: longer than one message may take.
const LEASE: Duration = Duration::from_mins(1);
/// After a day of fruitless tries a notice is dropped; by then it is no news any more.
const NEWS_FOR: Duration = Duration::from_hours(24);
/// What waits for a person's decision waits on.
const DECISIONS_FOR: Duration = Duration::from_hours(7 * 24);

/// Claims up to `limit` notices; each must be handed to [`deliver`] at once.
///
/// # Errors
/// [`Failure`].
pub async fn claim(app: &App, limit: i64) -> Result<Vec<OutboxEntry>, Failure> {
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    let entries = work.outbox().claim(app.now(), LEASE, limit).await?;
    work.commit().await?;
    if !entries.is_empty() {
        fail::fail_point!(crate::crash::OUTBOX_CLAIMED);
    }
    Ok(entries)
}

/// Sends one notice, if its operator wants notices.
///
/// # Errors
/// [`Failure`]; the notice comes up again when its lease ends.
pub async fn deliver(app: &App, entry: OutboxEntry) -> Result<(), Failure> {
    let mut work = app
        .ports
        .store
        .begin(Scope::Tenant(entry.tenant_id.clone()))
        .await?;
    let tenant = work.tenants().find(&entry.tenant_id).await?;
    let purchase = match entry.purchase_id {
        Some(id) => work.purchases().find(id).await?,
        None => None,
    };
    work.commit().await?;
    let Some(tenant) = tenant else {
        return finish(app, &entry).await;
    };
    let Some(target) = target(app, &tenant)? else {
        return finish(app, &entry).await;
    };
    let password = sold_password(app, purchase.as_ref())?;
    let text = notice_text::render(entry.kind, &tenant, purchase.as_ref(), password.as_ref());
    let outcome = app.ports.notifier.send(&target, &text).await;
    fail::fail_point!(crate::crash::OUTBOX_SENT);
    match outcome {
        Ok(()) => finish(app, &entry).await,
        Err(NotifyError::Refused) => {
            tracing::warn!(tenant = %tenant.id, "the messenger refused a notice");
            finish(app, &entry).await
        }
        Err(NotifyError::Unavailable) => retry(app, &entry).await,
    }
}

/// Where the operator wants notices; `None` if nowhere.
fn target(app: &App, tenant: &Tenant) -> Result<Option<NoticeTarget>, Failure> {
    let telegram = &tenant.telegram;
    let (true, Some(token), Some(chat_id)) =
        (telegram.is_enabled, &telegram.bot_token, &telegram.chat_id)
    else {
        return Ok(None);
    };
    let bot_token = app
        .ports
        .secrets
        .open(&secrets::telegram_token(&tenant.id), token)?;
    Ok(Some(NoticeTarget {
        bot_token,
        chat_id: chat_id.clone(),
    }))
}

/// The password of a sale that is still paid.
fn sold_password(app: &App, purchase: Option<&Purchase>) -> Result<Option<Secret>, Failure> {
    let Some(purchase) = purchase.filter(|purchase| purchase.state == PurchaseState::Paid) else {
        return Ok(None);
    };
    let context = secrets::hotspot_password(&purchase.tenant_id, purchase.attempt_id);
    Ok(Some(
        app.ports
            .secrets
            .open(&context, &purchase.hotspot_password)?,
    ))
}

async fn finish(app: &App, entry: &OutboxEntry) -> Result<(), Failure> {
    let mut work = app
        .ports
        .store
        .begin(Scope::Tenant(entry.tenant_id.clone()))
        .await?;
    work.outbox().finish(entry.id).await?;
    work.commit().await?;
    fail::fail_point!(crate::crash::OUTBOX_FINISHED);
    Ok(())
}

async fn retry(app: &App, entry: &OutboxEntry) -> Result<(), Failure> {
    let now = app.now();
    let keep_for = match entry.kind {
        NoticeKind::NeedsDecision => DECISIONS_FOR,
        _ => NEWS_FOR,
    };
    if now.since(entry.created_at) >= keep_for {
        tracing::error!(tenant = %entry.tenant_id, kind = entry.kind.as_str(), "a notice was never sent");
        return finish(app, entry).await;
    }
    let exponent = u32::try_from(entry.attempts.clamp(0, 5)).unwrap_or(0);
    let delay = Duration::from_secs((1_u64 << exponent).min(30));
    let mut work = app
        .ports
        .store
        .begin(Scope::Tenant(entry.tenant_id.clone()))
        .await?;
    work.outbox().retry(entry.id, now.plus(delay)).await?;
    work.commit().await?;
    Ok(())
}
