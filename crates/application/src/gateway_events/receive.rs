//! Receiving gateway events: verified and stored before they are acknowledged.

use domain::gateway::GatewayKind;
use domain::ids::TenantId;
use domain::purchase::Purchase;
use domain::tenant::Tenant;
use ports::payments::{Notice, NoticeKeys, NoticeProof, RawNotice};
use ports::security::to_hex;
use ports::store::inbox::InboxEntry;
use ports::store::{Scope, UnitOfWork};

use crate::app::App;
use crate::crash::{self, commit};
use crate::error::Failure;
use crate::secrets;

/// What became of a notice. Whatever it was, the gateway is told nothing of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// Stored; a worker will read the payment.
    Stored,
    /// Known already.
    Duplicate,
    /// Nothing of ours, forged, or a hint too many.
    Ignored,
}

/// Checks and stores a notice. The body is never believed: it only says which payment to read.
///
/// # Errors
/// [`Failure`]: it could not be stored, and the gateway should send it again.
pub async fn receive(
    app: &App,
    gateway: GatewayKind,
    tenant: Option<TenantId>,
    raw: &RawNotice,
) -> Result<Received, Failure> {
    let Some(notice) = app.gateway(gateway).parse_notice(raw) else {
        return Ok(Received::Ignored);
    };
    let tenant_id = match tenant {
        Some(id) => id,
        None => match owner_of(app, gateway, &notice).await? {
            Some(id) => id,
            None => return Ok(Received::Ignored),
        },
    };
    let mut work = app
        .ports
        .store
        .begin(Scope::Tenant(tenant_id.clone()))
        .await?;
    let tenant = work.tenants().find(&tenant_id).await?;
    let purchase = find(work.as_mut(), gateway, &notice).await?;
    work.commit().await?;
    let Some(tenant) = tenant else {
        return Ok(Received::Ignored);
    };
    let keys = notice_keys(app, &tenant, gateway)?;
    let is_verified = match app.gateway(gateway).prove_notice(raw, &keys) {
        NoticeProof::Verified => true,
        NoticeProof::Forged => {
            tracing::warn!(tenant = %tenant_id, %gateway, "a notice with a wrong signature");
            return Ok(Received::Ignored);
        }
        NoticeProof::NoKey => false,
    };
    if !is_verified && !hint_counts(app, purchase.as_ref()) {
        return Ok(Received::Ignored);
    }
    store(app, gateway, tenant_id, notice, is_verified, raw).await
}

/// The tenant of a notice that came to the address that all tenants share.
async fn owner_of(
    app: &App,
    gateway: GatewayKind,
    notice: &Notice,
) -> Result<Option<TenantId>, Failure> {
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    let purchase = find(work.as_mut(), gateway, notice).await?;
    work.commit().await?;
    Ok(purchase.map(|purchase| purchase.sale().tenant_id.clone()))
}

/// The purchase that a notice is about, if it is one of the scope's.
pub(crate) async fn find(
    work: &mut dyn UnitOfWork,
    gateway: GatewayKind,
    notice: &Notice,
) -> Result<Option<Purchase>, Failure> {
    if let Some(reference) = &notice.reference
        && let Some(found) = work
            .purchases()
            .find_by_reference(gateway, reference)
            .await?
    {
        return Ok(Some(found));
    }
    for id in notice.order_id.iter().chain(&notice.payment_id) {
        if let Some(found) = work.purchases().find_by_gateway_id(gateway, id).await? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn notice_keys(app: &App, tenant: &Tenant, gateway: GatewayKind) -> Result<NoticeKeys, Failure> {
    let settings = tenant.gateway(gateway);
    let secret = match &settings.webhook_secret {
        Some(sealed) => Some(
            app.ports
                .secrets
                .open(&secrets::webhook_secret(&tenant.id), sealed)?,
        ),
        None => None,
    };
    Ok(NoticeKeys {
        secret: secret.filter(|secret| !secret.is_empty()),
        public_keys: settings.webhook_public_keys.clone(),
    })
}

fn hint_counts(app: &App, purchase: Option<&Purchase>) -> bool {
    purchase.is_some_and(|purchase| app.hints.lets_through(purchase.id(), app.now()))
}

async fn store(
    app: &App,
    gateway: GatewayKind,
    tenant_id: TenantId,
    notice: Notice,
    is_verified: bool,
    raw: &RawNotice,
) -> Result<Received, Failure> {
    let body_hash = to_hex(&app.ports.digests.sha256(&raw.body));
    let context = secrets::notice_body(&tenant_id, &body_hash);
    let body = secrets::seal(
        app.ports.secrets.as_ref(),
        &context,
        &String::from_utf8_lossy(&raw.body),
    );
    let entry = InboxEntry {
        id: 0,
        gateway,
        tenant_id: tenant_id.clone(),
        event_id: notice.event_id,
        topic: notice.topic,
        order_id: notice.order_id,
        payment_id: notice.payment_id,
        reference: notice.reference,
        is_verified,
        body_hash,
        body: Some(body),
        received_at: app.now(),
        attempts: 0,
    };
    let mut work = app.ports.store.begin(Scope::Tenant(tenant_id)).await?;
    let is_new = work.inbox().push(&entry).await?;
    commit(crash::EVENT, work).await?;
    Ok(if is_new {
        Received::Stored
    } else {
        Received::Duplicate
    })
}
