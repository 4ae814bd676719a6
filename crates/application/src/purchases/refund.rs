//! Giving all the money back, once.
//!
//! A refund row is committed before the request is sent. After a lost answer the payment is read
//! and its refunded total compared with what it was before: that, not the request, tells whether
//! the money went back.

use domain::money::Money;
use domain::notice::NoticeKind;
use domain::purchase::{Purchase, PurchaseState};
use domain::refund::{Refund, RefundState};
use ports::payments::{GatewayAccount, ReadOutcome, RefundOutcome, RefundRequest};
use ports::store::Scope;
use ports::store::error::{StoreError, constraints};
use ports::store::refunds::NewRefund;

use crate::app::App;
use crate::error::Failure;
use crate::purchases::facts::{handle_of, read};

/// What came of one try to give the money back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Returned {
    /// The money is back.
    Yes {
        /// The refund row to be closed with the purchase.
        refund: Box<Refund>,
    },
    /// Not known, or not this time.
    NotYet,
    /// The gateway will not give it back: a person must decide.
    Refused {
        /// The refund row to be closed with the purchase.
        refund: Box<Refund>,
    },
}

/// Tries to give back everything that is left of a purchase in state refunding.
pub(super) async fn give_back(
    app: &App,
    account: &GatewayAccount,
    purchase: &mut Purchase,
) -> Result<Returned, Failure> {
    let (refund, may_be_sent) = open_refund(app, purchase).await?;
    if may_be_sent {
        match already_back(app, account, purchase, &refund).await {
            Some(true) => return Ok(finished(app, purchase, refund, None)),
            Some(false) => {}
            None => return Ok(Returned::NotYet),
        }
    }
    let request = RefundRequest {
        handle: handle_of(purchase),
        key: refund.key,
        amount: refund.amount,
        is_full: refund.refunded_before == 0,
    };
    match app
        .gateway(purchase.gateway)
        .refund(account, &request)
        .await
    {
        RefundOutcome::Done { refund_id } => Ok(finished(app, purchase, refund, refund_id)),
        RefundOutcome::Refused(code) => {
            tracing::warn!(purchase = %purchase.id, code, "the gateway refused a refund");
            // It may be refused because the money is back already.
            if already_back(app, account, purchase, &refund).await == Some(true) {
                return Ok(finished(app, purchase, refund, None));
            }
            let closed = Refund {
                state: RefundState::Refused,
                finished_at: Some(app.now()),
                ..refund
            };
            Ok(Returned::Refused {
                refund: Box::new(closed),
            })
        }
        RefundOutcome::NotSent | RefundOutcome::Unknown => Ok(Returned::NotYet),
    }
}

/// The refund in flight, or a new one; and whether a request of it may have been sent before.
async fn open_refund(app: &App, purchase: &Purchase) -> Result<(Refund, bool), Failure> {
    let mut work = app
        .ports
        .store
        .begin(Scope::Tenant(purchase.tenant_id.clone()))
        .await?;
    if let Some(refund) = work.refunds().find_open(purchase.id).await? {
        work.commit().await?;
        return Ok((refund, true));
    }
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
    match work.refunds().insert(&new).await {
        Ok(refund) => {
            work.commit().await?;
            Ok((refund, false))
        }
        Err(error) if error.is_conflict_on(constraints::OPEN_REFUND) => {
            Err(StoreError::Serialization.into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether the payment shows this refund's money as returned; `None` when that cannot be read.
async fn already_back(
    app: &App,
    account: &GatewayAccount,
    purchase: &Purchase,
    refund: &Refund,
) -> Option<bool> {
    match read(app, account, purchase).await {
        Ok(ReadOutcome::Found(facts)) => {
            let total = facts.refunded_minor.unwrap_or(0);
            let all = facts.status == domain::gateway::PaymentStatus::Refunded;
            Some(all || total >= refund.refunded_before.saturating_add(refund.amount.minor()))
        }
        Ok(ReadOutcome::NoCharge) | Err(_) => None,
    }
}

fn finished(
    app: &App,
    purchase: &mut Purchase,
    refund: Refund,
    refund_id: Option<String>,
) -> Returned {
    let now = app.now();
    if let Err(error) = purchase.refunded(now) {
        tracing::error!(purchase = %purchase.id, %error, "refunded out of turn");
        return Returned::NotYet;
    }
    let closed = Refund {
        state: RefundState::Done,
        gateway_refund_id: refund_id.or(refund.gateway_refund_id.clone()),
        finished_at: Some(now),
        ..refund
    };
    Returned::Yes {
        refund: Box::new(closed),
    }
}

/// Commits to a full refund, where the purchase allows it.
pub(super) fn commit_to_refund(app: &App, purchase: &mut Purchase) -> bool {
    purchase
        .begin_refund(app.now())
        .inspect_err(|error| {
            tracing::error!(purchase = %purchase.id, %error, "cannot be refunded");
        })
        .is_ok()
}

/// The notice for a refund that a person must look at.
pub(super) const REFUSED_NOTICE: NoticeKind = NoticeKind::NeedsDecision;

/// Whether the purchase waits for its money to go back.
pub(super) fn is_due(purchase: &Purchase) -> bool {
    purchase.state == PurchaseState::Refunding && purchase.parked_reason.is_none()
}
