//! Receiving gateway events: verified and stored before they are acknowledged.

use domain::gateway::GatewayKind;
use domain::ids::TenantId;
use domain::purchase::Purchase;
use domain::tenant::Tenant;
use ports::payments::{EventKeys, EventProof, GatewayEvent, RawEvent};
use ports::security::to_hex;
use ports::store::error::StoreError;
use ports::store::inbox::InboxEntry;
use ports::store::{Scope, UnitOfWork};

use crate::app::App;
use crate::crash::{self, commit};
use crate::error::Failure;
use crate::secrets;

/// What became of an event. Whatever it was, the gateway is told nothing of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// Stored; a worker will read the payment.
    Stored,
    /// Known already.
    Duplicate,
    /// Nothing of ours, forged, or a hint too many.
    Ignored,
}

/// Checks and stores an event. The body is never believed: it only says which payment to read.
///
/// # Errors
/// [`Failure`]: it could not be stored, and the gateway should send it again.
pub async fn receive(
    app: &App,
    gateway: GatewayKind,
    tenant: Option<TenantId>,
    raw: &RawEvent,
) -> Result<Received, Failure> {
    let Some(event) = app.gateway(gateway).parse_event(raw) else {
        return Ok(Received::Ignored);
    };
    let tenant_id = match tenant {
        Some(id) => id,
        None => match owner_of(app, gateway, &event).await? {
            Some(id) => id,
            None => return Ok(Received::Ignored),
        },
    };
    let (tenant, purchase) = app
        .read(Scope::Tenant(tenant_id.clone()), async |uow| {
            let tenant = uow.tenants().find(&tenant_id).await?;
            let purchase = find(&mut **uow, gateway, &event).await?;
            Ok((tenant, purchase))
        })
        .await?;
    let Some(tenant) = tenant else {
        return Ok(Received::Ignored);
    };
    let keys = event_keys(app, &tenant, gateway)?;
    let is_verified = match app.gateway(gateway).prove_event(raw, &keys) {
        EventProof::Verified => true,
        EventProof::Forged => {
            tracing::warn!(tenant = %tenant_id, %gateway, "an event with a wrong signature");
            return Ok(Received::Ignored);
        }
        EventProof::NoKey => false,
    };
    if !is_verified && !hint_counts(app, purchase.as_ref()) {
        return Ok(Received::Ignored);
    }
    store(app, gateway, tenant_id, event, is_verified, raw).await
}

/// The tenant of an event that came to the address that all tenants share.
async fn owner_of(
    app: &App,
    gateway: GatewayKind,
    event: &GatewayEvent,
) -> Result<Option<TenantId>, Failure> {
    let purchase = app
        .read(Scope::Platform, async |uow| {
            find(&mut **uow, gateway, event).await
        })
        .await?;
    Ok(purchase.map(|purchase| purchase.sale().tenant_id.clone()))
}

/// The purchase that an event is about, if it is one of the scope's.
pub(crate) async fn find(
    work: &mut dyn UnitOfWork,
    gateway: GatewayKind,
    event: &GatewayEvent,
) -> Result<Option<Purchase>, StoreError> {
    if let Some(reference) = &event.reference
        && let Some(found) = work
            .purchases()
            .find_by_reference(gateway, reference)
            .await?
    {
        return Ok(Some(found));
    }
    for id in event.order_id.iter().chain(&event.payment_id) {
        if let Some(found) = work.purchases().find_by_gateway_id(gateway, id).await? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

fn event_keys(app: &App, tenant: &Tenant, gateway: GatewayKind) -> Result<EventKeys, Failure> {
    let settings = tenant.gateway(gateway);
    let secret = match &settings.webhook_secret {
        Some(sealed) => Some(
            app.ports
                .secrets
                .open(&secrets::webhook_secret(&tenant.id), sealed)?,
        ),
        None => None,
    };
    Ok(EventKeys {
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
    event: GatewayEvent,
    is_verified: bool,
    raw: &RawEvent,
) -> Result<Received, Failure> {
    let body_hash = to_hex(&app.ports.digests.sha256(&raw.body));
    let context = secrets::event_body(&tenant_id, &body_hash);
    let body = secrets::seal(
        app.ports.secrets.as_ref(),
        &context,
        &String::from_utf8_lossy(&raw.body),
    );
    let entry = InboxEntry {
        id: 0,
        gateway,
        tenant_id: tenant_id.clone(),
        event_id: event.event_id,
        topic: event.topic,
        order_id: event.order_id,
        payment_id: event.payment_id,
        reference: event.reference,
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
