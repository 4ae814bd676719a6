//! Taking over what a gateway says, with one more read where the answer leaves a doubt.

use domain::gateway::{GatewayKind, PaymentFacts};
use domain::purchase::{Applied, FactSource, Purchase};
use domain::time::Timestamp;
use ports::payments::{GatewayAccount, PaymentHandle, ReadError, ReadOutcome};

use crate::app::App;

/// What taking facts over brought.
#[derive(Debug)]
pub(super) enum Taken {
    /// The purchase changed its state.
    Moved,
    /// Nothing new.
    Unchanged,
    /// The facts do not suffice to decide.
    Undecided,
    /// Money came after the purchase had ended unpaid.
    Late(Box<PaymentFacts>),
}

/// How to find the purchase's payment at its gateway.
pub(super) fn handle_of(purchase: &Purchase) -> PaymentHandle {
    PaymentHandle {
        reference: purchase.reference.clone(),
        order_id: purchase.order_id.clone(),
        payment_id: purchase.payment_id.clone(),
    }
}

/// Reads the purchase's payment, unless the account's gateway has just been failing.
pub(super) async fn read(
    app: &App,
    account: &GatewayAccount,
    purchase: &Purchase,
) -> Result<ReadOutcome, ReadError> {
    read_handle(app, account, purchase.gateway, &handle_of(purchase)).await
}

/// Reads the payment that a handle means, unless the account's gateway has just been failing.
pub(crate) async fn read_handle(
    app: &App,
    account: &GatewayAccount,
    gateway: GatewayKind,
    handle: &PaymentHandle,
) -> Result<ReadOutcome, ReadError> {
    let tenant = &account.tenant_id;
    if !app.breaker.lets_through(tenant, gateway, app.now()) {
        return Err(ReadError::Unavailable);
    }
    let outcome = app.gateway(gateway).read(account, handle).await;
    let is_up = !matches!(outcome, Err(ReadError::Unavailable | ReadError::Busy));
    app.breaker.note(tenant, gateway, is_up, app.now());
    outcome
}

/// Applies facts from the answer to a charge. An answer that proves too little is followed by
/// one read.
pub(super) async fn take_answer(
    app: &App,
    account: &GatewayAccount,
    purchase: &mut Purchase,
    facts: &PaymentFacts,
) -> Taken {
    match apply(
        account,
        purchase,
        facts,
        FactSource::ChargeAnswer,
        app.now(),
    ) {
        Some(Applied::NeedsRead) => {
            // Remember what was said, so that the read finds the payment.
            if purchase.payment_id.is_none() {
                purchase.payment_id.clone_from(&facts.payment_id);
            }
            match read(app, account, purchase).await {
                Ok(ReadOutcome::Found(facts)) => take_read(app, account, purchase, facts),
                Ok(ReadOutcome::NoCharge) | Err(_) => Taken::Undecided,
            }
        }
        other => taken(other, facts),
    }
}

/// Applies facts from a fresh read.
pub(super) fn take_read(
    app: &App,
    account: &GatewayAccount,
    purchase: &mut Purchase,
    facts: Box<PaymentFacts>,
) -> Taken {
    match apply(account, purchase, &facts, FactSource::Read, app.now()) {
        Some(Applied::LateMoney) => Taken::Late(facts),
        other => taken(other, &facts),
    }
}

fn taken(applied: Option<Applied>, facts: &PaymentFacts) -> Taken {
    match applied {
        Some(Applied::Moved(_)) => Taken::Moved,
        Some(Applied::Unchanged) => Taken::Unchanged,
        Some(Applied::NeedsRead) | None => Taken::Undecided,
        Some(Applied::LateMoney) => Taken::Late(Box::new(facts.clone())),
    }
}

fn apply(
    account: &GatewayAccount,
    purchase: &mut Purchase,
    facts: &PaymentFacts,
    source: FactSource,
    now: Timestamp,
) -> Option<Applied> {
    let expected = purchase.expected_payment(account.collector.clone());
    purchase
        .apply_facts(facts, &expected, source, now)
        .inspect_err(|error| {
            tracing::error!(purchase = %purchase.id, %error, "the gateway's word does not fit");
        })
        .ok()
}
