//! Delivery of notifications to operators from the outbox.

use std::time::Duration;

use domain::ids::TenantId;
use domain::notification::{Notification, NotificationKind, SaleSummary, SoldCredentials};
use domain::purchase::{Purchase, PurchaseState};
use domain::router::{Router, RouterStatus};
use ports::notify::NotifyError;
use ports::store::Scope;
use ports::store::error::StoreError;
use ports::store::outbox::OutboxEntry;

use crate::app::App;
use crate::crash::{self, commit, remote};
use crate::error::Failure;
use crate::notifications::channels;
use crate::secrets;
use crate::transaction::Transaction;

/// How long a claim holds: longer than one delivery may take.
const LEASE: Duration = Duration::from_mins(1);
/// After a day of tries without success a notification is dropped; by then it is no news.
const NEWS_FOR: Duration = Duration::from_hours(24);
/// What waits for a person's decision waits on.
const DECISIONS_FOR: Duration = Duration::from_hours(7 * 24);

/// Claims up to `limit` entries; each must be handed to [`deliver`] at once.
///
/// # Errors
/// [`Failure`].
pub async fn claim(app: &App, limit: i64) -> Result<Vec<OutboxEntry>, Failure> {
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    let entries = work.outbox().claim(app.now(), LEASE, limit).await?;
    if entries.is_empty() {
        work.commit().await?;
    } else {
        commit(crash::NOTIFICATION_CLAIM, work).await?;
    }
    Ok(entries)
}

/// Sends one notification, if its operator still wants it.
///
/// # Errors
/// [`Failure`]; the entry comes up again when its lease ends.
pub async fn deliver(app: &App, entry: OutboxEntry) -> Result<(), Failure> {
    let is_about_routers = matches!(
        entry.kind,
        NotificationKind::RouterDown | NotificationKind::RouterBack
    );
    let (tenant, purchase, routers_down) = app
        .read(Scope::Tenant(entry.tenant_id.clone()), async |uow| {
            let tenant = uow.tenants().find(&entry.tenant_id).await?;
            let purchase = match entry.purchase_id {
                Some(id) => uow.purchases().find(id).await?,
                None => None,
            };
            let down = if is_about_routers {
                routers_down(uow, &entry.tenant_id).await?
            } else {
                Vec::new()
            };
            Ok((tenant, purchase, down))
        })
        .await?;
    let Some(tenant) = tenant else {
        return finish(app, &entry).await;
    };
    let Some(address) = channels::address(app, &tenant, entry.channel)? else {
        // Switched off since it was written.
        return finish(app, &entry).await;
    };
    let Some(channel) = app.ports.channels.get(entry.channel) else {
        // Another server may have it.
        return retry(app, &entry).await;
    };
    let sale = purchase
        .map(|purchase| summary(app, &purchase))
        .transpose()?;
    let notification = Notification {
        kind: entry.kind,
        tenant_name: tenant.name,
        sale,
        routers_down,
    };
    let call = channel.send(&address, &notification);
    match remote(crash::NOTIFICATION, call).await {
        Ok(()) => finish(app, &entry).await,
        Err(NotifyError::Refused) => {
            let channel = entry.channel.as_str();
            tracing::warn!(tenant = %tenant.id, channel, "the channel refused a notification");
            finish(app, &entry).await
        }
        Err(NotifyError::Unavailable) => retry(app, &entry).await,
    }
}

/// The names of the routers that were down at their last check.
async fn routers_down(uow: &mut Transaction, tenant: &TenantId) -> Result<Vec<String>, StoreError> {
    let checks = uow.router_care().list_checks(tenant).await?;
    let is_down = |router: &Router| {
        checks.iter().any(|check| {
            let outcome = check.outcome;
            check.router_id == router.id
                && outcome.is_some_and(|outcome| outcome.status == RouterStatus::Down)
        })
    };
    let routers = uow.routers().list(tenant).await?;
    let down = routers.into_iter().filter(is_down);
    Ok(down.map(|router| router.name).collect())
}

/// What the operator is told of a sale; its credentials only while it is paid.
fn summary(app: &App, purchase: &Purchase) -> Result<SaleSummary, Failure> {
    let (sale, payment) = (purchase.sale(), purchase.payment());
    let credentials = if purchase.state() == PurchaseState::Paid {
        let context = secrets::hotspot_password(&sale.tenant_id, sale.attempt_id);
        Some(SoldCredentials {
            kind: sale.credential_kind,
            name: purchase.access().name.clone(),
            password: app.ports.secrets.open(&context, &sale.hotspot_password)?,
        })
    } else {
        None
    };
    Ok(SaleSummary {
        sale_name: sale.sale_name.clone(),
        amount: sale.amount,
        customer_name: sale.customer.name.clone(),
        transaction_id: payment
            .order_id
            .clone()
            .or_else(|| payment.payment_id.clone()),
        decline: payment.decline,
        credentials,
    })
}

async fn finish(app: &App, entry: &OutboxEntry) -> Result<(), Failure> {
    let mut work = app
        .ports
        .store
        .begin(Scope::Tenant(entry.tenant_id.clone()))
        .await?;
    work.outbox().finish(entry.id).await?;
    commit(crash::NOTIFICATION_END, work).await?;
    Ok(())
}

async fn retry(app: &App, entry: &OutboxEntry) -> Result<(), Failure> {
    let now = app.now();
    let keep_for = match entry.kind {
        NotificationKind::NeedsDecision => DECISIONS_FOR,
        _ => NEWS_FOR,
    };
    if now.since(entry.created_at) >= keep_for {
        let (channel, kind) = (entry.channel.as_str(), entry.kind.as_str());
        tracing::error!(tenant = %entry.tenant_id, channel, kind, "notification dropped: never delivered");
        return finish(app, entry).await;
    }
    let exponent = u32::try_from(entry.attempts.clamp(0, 5)).unwrap_or(0);
    let delay = Duration::from_secs((1_u64 << exponent).min(30));
    app.write(Scope::Tenant(entry.tenant_id.clone()), async |uow| {
        uow.outbox().retry(entry.id, now.plus(delay)).await?;
        Ok(())
    })
    .await
}
