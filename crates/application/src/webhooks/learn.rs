//! Whose a payment is that a notice names by nothing but its own id.
//!
//! Mercado Pago's notices do so. Where the answer to the charge was lost we do not know that id,
//! so the payment itself is asked for our reference.

use domain::gateway::GatewayKind;
use domain::purchase::Purchase;
use ports::payments::{GatewayAccount, PaymentHandle, ReadError, ReadOutcome};
use ports::store::Scope;
use ports::store::inbox::InboxEntry;

use crate::app::App;
use crate::error::Failure;
use crate::secrets;

/// What the payment told.
#[derive(Debug)]
pub(crate) enum Learned {
    /// It is this purchase's.
    Purchase(Box<Purchase>),
    /// It is none of ours, or the account does not show it.
    Nothing,
    /// The gateway could not be asked.
    NotNow,
}

/// Reads the payment of a notice for its reference, with the account's present credentials. Only
/// verified notices are worth a read: others could be anybody's guesses.
///
/// # Errors
/// [`Failure`].
pub(crate) async fn purchase_of(app: &App, entry: &InboxEntry) -> Result<Learned, Failure> {
    let names_payment_alone = entry.gateway == GatewayKind::MercadoPago
        && entry.is_verified
        && entry.payment_id.is_some()
        && entry.reference.is_none();
    if !names_payment_alone {
        return Ok(Learned::Nothing);
    }
    let Some(account) = account(app, entry).await? else {
        return Ok(Learned::Nothing);
    };
    let now = app.now();
    if !app
        .breaker
        .lets_through(&entry.tenant_id, entry.gateway, now)
    {
        return Ok(Learned::NotNow);
    }
    let handle = PaymentHandle {
        reference: String::new(),
        order_id: None,
        payment_id: entry.payment_id.clone(),
    };
    let outcome = app.gateway(entry.gateway).read(&account, &handle).await;
    let is_up = !matches!(outcome, Err(ReadError::Unavailable | ReadError::Busy));
    app.breaker
        .note(&entry.tenant_id, entry.gateway, is_up, app.now());
    match outcome {
        Ok(ReadOutcome::Found(facts)) => match facts.reference {
            Some(reference) => find(app, entry, &reference).await,
            None => Ok(Learned::Nothing),
        },
        Ok(ReadOutcome::NoCharge) => Ok(Learned::Nothing),
        Err(_) if is_up => Ok(Learned::Nothing),
        Err(_) => Ok(Learned::NotNow),
    }
}

async fn account(app: &App, entry: &InboxEntry) -> Result<Option<GatewayAccount>, Failure> {
    let mut work = app
        .ports
        .store
        .begin(Scope::Tenant(entry.tenant_id.clone()))
        .await?;
    let tenant = work.tenants().find(&entry.tenant_id).await?;
    work.commit().await?;
    let Some(tenant) = tenant else {
        return Ok(None);
    };
    Ok(secrets::open_account(
        app.ports.secrets.as_ref(),
        &tenant.id,
        tenant.gateway(entry.gateway),
    )?)
}

async fn find(app: &App, entry: &InboxEntry, reference: &str) -> Result<Learned, Failure> {
    let mut work = app
        .ports
        .store
        .begin(Scope::Tenant(entry.tenant_id.clone()))
        .await?;
    let found = work
        .purchases()
        .find_by_reference(entry.gateway, reference)
        .await?;
    work.commit().await?;
    Ok(found.map_or(Learned::Nothing, |purchase| {
        Learned::Purchase(Box::new(purchase))
    }))
}
