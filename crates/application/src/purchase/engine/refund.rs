//! Giving money back, once.
//!
//! A refund row is committed before its request is sent. After a lost answer the payment is read
//! and its refunded total compared with what it was before: that, not the request, tells whether
//! the money went back.

use domain::gateway::PaymentStatus;
use domain::money::Money;
use domain::purchase::{Purchase, PurchaseState};
use domain::refund::{Refund, RefundState};
use ports::payments::{GatewayAccount, ReadOutcome, RefundOutcome, RefundRequest};
use ports::store::Scope;
use ports::store::error::{StoreError, constraints};
use ports::store::refunds::NewRefund;

use crate::app::App;
use crate::error::Failure;
use crate::purchase::engine::access::lease_covers;
use crate::purchase::engine::charge::{Taken, handle_of, read, take_read};
use crate::purchase::engine::schedule::refund_is_dead_after;

/// What came of one try to give money back. A closed refund row is to be written together with
/// the purchase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Returned {
    /// The money is back.
    Yes(Box<Refund>),
    /// Not known, or not this time.
    NotYet,
    /// Not known for so long that a person must look; it stays under way.
    Overdue,
    /// Other money went back meanwhile: this refund is closed, and one of the rest, if any is
    /// left, must follow.
    Outdated(Box<Refund>),
    /// The gateway will not give it back: a person must decide.
    Refused(Box<Refund>),
}

/// The refund in flight of a purchase.
pub(crate) async fn find_open(app: &App, purchase: &Purchase) -> Result<Option<Refund>, Failure> {
    let mut work = app
        .ports
        .store
        .begin(Scope::Tenant(purchase.tenant_id.clone()))
        .await?;
    let open = work.refunds().find_open(purchase.id).await?;
    work.commit().await?;
    Ok(open)
}

/// Tries to give back everything that is left of a purchase in state refunding.
pub(crate) async fn give_all_back(
    app: &App,
    account: &GatewayAccount,
    purchase: &mut Purchase,
) -> Result<Returned, Failure> {
    if let Some(refund) = find_open(app, purchase).await? {
        return Ok(pursue(app, account, purchase, refund, true).await);
    }
    let refund = order_all(app, purchase).await?;
    Ok(pursue(app, account, purchase, refund, false).await)
}

/// Tries to finish one refund. `may_be_sent`: an earlier try may have reached the gateway, so
/// the payment is read before anything is sent.
pub(crate) async fn pursue(
    app: &App,
    account: &GatewayAccount,
    purchase: &mut Purchase,
    refund: Refund,
    may_be_sent: bool,
) -> Returned {
    let ordered_at = refund.created_at;
    match attempt(app, account, purchase, refund, may_be_sent).await {
        Returned::NotYet if app.now().since(ordered_at) >= app.settings.park_after => {
            Returned::Overdue
        }
        outcome => outcome,
    }
}

async fn attempt(
    app: &App,
    account: &GatewayAccount,
    purchase: &mut Purchase,
    refund: Refund,
    may_be_sent: bool,
) -> Returned {
    if may_be_sent {
        match look(app, account, purchase, &refund).await {
            Shown::Back(all) => return finished(app, purchase, refund, None, all),
            Shown::NotBack => {}
            Shown::TakenByBank => return outdated(app, refund),
            Shown::Nothing => return Returned::NotYet,
        }
    }
    // Whoever comes after this lease reads the payment first: by then this refund must show.
    let span = app.settings.gateway_timeout + refund_is_dead_after(&app.settings);
    if !lease_covers(app, purchase, span) {
        return Returned::NotYet;
    }
    let charged = purchase.charged_minor.unwrap_or(purchase.amount.minor());
    let request = RefundRequest {
        handle: handle_of(purchase),
        key: refund.key,
        amount: refund.amount,
        is_full: refund.refunded_before == 0 && refund.amount.minor() == charged,
    };
    fail::fail_point!(crate::crash::REFUND_SENDING);
    let outcome = app
        .gateway(purchase.gateway)
        .refund(account, &request)
        .await;
    fail::fail_point!(crate::crash::REFUND_ANSWERED);
    match outcome {
        RefundOutcome::Done { refund_id } => finished(app, purchase, refund, refund_id, false),
        RefundOutcome::Refused(code) => {
            tracing::warn!(purchase = %purchase.id, code, "the gateway refused a refund");
            // It may be refused because the money is back already, or more of it than we knew.
            match look(app, account, purchase, &refund).await {
                Shown::Back(all) => finished(app, purchase, refund, None, all),
                Shown::TakenByBank => outdated(app, refund),
                Shown::NotBack
                    if purchase.state == PurchaseState::Refunding
                        && purchase.refunded_minor > refund.refunded_before =>
                {
                    outdated(app, refund)
                }
                Shown::NotBack => {
                    Returned::Refused(Box::new(closed(app, refund, RefundState::Refused, None)))
                }
                Shown::Nothing => Returned::NotYet,
            }
        }
        RefundOutcome::NotSent | RefundOutcome::Unknown => Returned::NotYet,
    }
}

/// Commits a refund of all that is left, if the purchase is still ours to work on.
async fn order_all(app: &App, purchase: &mut Purchase) -> Result<Refund, Failure> {
    let new = NewRefund {
        tenant_id: purchase.tenant_id.clone(),
        purchase_id: purchase.id,
        key: uuid::Builder::from_random_bytes(app.random_bytes()).into_uuid(),
        request_key: None,
        amount: Money::from_minor(purchase.refundable_minor(), purchase.amount.currency()),
        refunded_before: purchase.refunded_minor,
        reason: None,
        created_at: app.now(),
    };
    let mut work = app
        .ports
        .store
        .begin(Scope::Tenant(purchase.tenant_id.clone()))
        .await?;
    if !work.purchases().save(purchase).await? {
        work.rollback().await?;
        return Err(StoreError::Serialization.into());
    }
    match work.refunds().insert(&new).await {
        Ok(refund) => {
            work.commit().await?;
            fail::fail_point!(crate::crash::REFUND_ORDERED);
            Ok(refund)
        }
        Err(error) if error.is_conflict_on(constraints::OPEN_REFUND) => {
            Err(StoreError::Serialization.into())
        }
        Err(error) => Err(error.into()),
    }
}

/// What the payment shows of a refund.
enum Shown {
    /// The money is back, and whether all of the payment is.
    Back(bool),
    /// It is not.
    NotBack,
    /// The customer's bank took all of it back; noted in the purchase.
    TakenByBank,
    /// That cannot be read now.
    Nothing,
}

/// Reads whether this refund's money is back. While everything is to go back, what went back
/// besides is noted.
async fn look(
    app: &App,
    account: &GatewayAccount,
    purchase: &mut Purchase,
    refund: &Refund,
) -> Shown {
    let Ok(ReadOutcome::Found(facts)) = read(app, account, purchase).await else {
        return Shown::Nothing;
    };
    let total = facts.refunded_minor.unwrap_or(0);
    match facts.status {
        PaymentStatus::Refunded => Shown::Back(true),
        PaymentStatus::ChargedBack => match take_read(app, account, purchase, facts) {
            Taken::Moved => Shown::TakenByBank,
            _ => Shown::Nothing,
        },
        _ if total >= refund.refunded_before.saturating_add(refund.amount.minor()) => {
            Shown::Back(false)
        }
        _ => {
            if purchase.state == PurchaseState::Refunding {
                purchase.refunded_minor = purchase.refunded_minor.max(total);
            }
            Shown::NotBack
        }
    }
}

/// Closes the refund that was under way when the money was found to be back, or taken back.
pub(crate) async fn close_open(
    app: &App,
    purchase: &Purchase,
) -> Result<Option<Box<Refund>>, Failure> {
    let state = match purchase.state {
        PurchaseState::Refunded => RefundState::Done,
        PurchaseState::ChargedBack => RefundState::Refused,
        _ => return Ok(None),
    };
    let open = find_open(app, purchase).await?;
    Ok(open.map(|refund| Box::new(closed(app, refund, state, None))))
}

fn finished(
    app: &App,
    purchase: &mut Purchase,
    refund: Refund,
    refund_id: Option<String>,
    all: bool,
) -> Returned {
    let total = refund.refunded_before.saturating_add(refund.amount.minor());
    let charged = purchase.charged_minor.unwrap_or(purchase.amount.minor());
    // A partial refund may still have been under way when all was to go back: the rest follows.
    if purchase.state == PurchaseState::Refunding && (all || total >= charged) {
        if let Err(error) = purchase.refunded(app.now()) {
            tracing::error!(purchase = %purchase.id, %error, "refunded out of turn");
            return Returned::NotYet;
        }
    } else {
        // Reads may have seen part of it already.
        let unseen = total.saturating_sub(purchase.refunded_minor).max(0);
        purchase.partly_refunded(unseen);
    }
    Returned::Yes(Box::new(closed(app, refund, RefundState::Done, refund_id)))
}

fn outdated(app: &App, refund: Refund) -> Returned {
    Returned::Outdated(Box::new(closed(app, refund, RefundState::Refused, None)))
}

fn closed(app: &App, refund: Refund, state: RefundState, refund_id: Option<String>) -> Refund {
    Refund {
        state,
        gateway_refund_id: refund_id.or(refund.gateway_refund_id),
        finished_at: Some(app.now()),
        ..refund
    }
}

/// Commits to a full refund, where the purchase allows it.
pub(crate) fn commit_to_refund(app: &App, purchase: &mut Purchase) {
    if let Err(error) = purchase.begin_refund(app.now()) {
        tracing::error!(purchase = %purchase.id, %error, "cannot be refunded");
    }
}
