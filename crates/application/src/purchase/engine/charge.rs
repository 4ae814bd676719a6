//! The charge: applying its outcome and gateway facts to the purchase.

use domain::gateway::{DeclineReason, GatewayKind, PaymentFacts, PaymentStatus};
use domain::notice::NoticeKind;
use domain::purchase::{
    Applied, FactSource, FailureReason, Purchase, PurchaseState, TransitionError,
};
use domain::time::Timestamp;
use ports::payments::{
    ChargeOutcome, GatewayAccount, NotCharged, PaymentHandle, ReadError, ReadOutcome,
};

use crate::app::App;
use crate::purchase::persistence::Extras;

/// Why no charge was made, in the purchase's terms.
pub(crate) const fn failure_reason(error: NotCharged) -> FailureReason {
    match error {
        NotCharged::TimedOut => FailureReason::GatewayTimeout,
        NotCharged::Invalid => FailureReason::RequestInvalid,
        NotCharged::Busy => FailureReason::GatewayBusy,
        NotCharged::Unreachable | NotCharged::Misconfigured | NotCharged::Failed => {
            FailureReason::GatewayRefused
        }
    }
}

/// The notice that a failure of the gateway deserves.
pub(crate) fn failure_notice(error: NotCharged) -> Option<NoticeKind> {
    (error == NotCharged::Misconfigured).then_some(NoticeKind::GatewayMisconfigured)
}

/// Applies the outcome of the charge; answers what must be written with it.
pub(crate) async fn settle(
    app: &App,
    account: &GatewayAccount,
    purchase: &mut Purchase,
    outcome: ChargeOutcome,
) -> Result<Extras, TransitionError> {
    let before = purchase.state;
    match outcome {
        ChargeOutcome::Answered(facts) => {
            let word = new_unknown_word(purchase, &facts);
            let taken = take_answer(app, account, purchase, &facts).await;
            if !matches!(taken, Taken::Moved) {
                purchase.outcome_unknown()?;
            }
            let alert = (word && purchase.state == PurchaseState::Pending)
                .then_some(NoticeKind::NeedsDecision);
            let news = for_move(before, purchase.state);
            Ok(Extras::notices(news.into_iter().chain(alert)))
        }
        ChargeOutcome::NotCharged(NotCharged::Invalid) => {
            // The gateway has seen this token and refused it: for the customer that is the end
            // of this card token, and a repeat gets the same answer.
            purchase.decline(DeclineReason::BadCardData, app.now())?;
            Ok(Extras::notices(for_move(before, purchase.state)))
        }
        ChargeOutcome::NotCharged(error) => {
            purchase.fail(failure_reason(error), app.now())?;
            let mut extras = Extras::notices(failure_notice(error));
            extras.release_keys = true;
            Ok(extras)
        }
        ChargeOutcome::Unknown(cause) => {
            tracing::warn!(purchase = %purchase.id, cause, "the outcome of a charge is unknown");
            purchase.outcome_unknown()?;
            Ok(Extras::default())
        }
    }
}

/// Whether the gateway uses a word that we do not know and have not heard of this payment
/// before: it counts as pending, and somebody should look.
pub(crate) fn new_unknown_word(purchase: &Purchase, facts: &PaymentFacts) -> bool {
    facts.status == PaymentStatus::Unknown
        && purchase.gateway_status.as_deref() != Some(facts.status_text.as_str())
}

/// What taking facts over brought.
#[derive(Debug)]
pub(crate) enum Taken {
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
pub(crate) fn handle_of(purchase: &Purchase) -> PaymentHandle {
    PaymentHandle {
        reference: purchase.reference.clone(),
        order_id: purchase.order_id.clone(),
        payment_id: purchase.payment_id.clone(),
    }
}

/// Reads the purchase's payment, unless the account's gateway has just been failing.
pub(crate) async fn read(
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
pub(crate) async fn take_answer(
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
pub(crate) fn take_read(
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

/// The notice for a move from one state to another, if people want to know.
pub(crate) fn for_move(before: PurchaseState, after: PurchaseState) -> Option<NoticeKind> {
    if before == after {
        return None;
    }
    match after {
        PurchaseState::Paid => Some(NoticeKind::SaleApproved),
        PurchaseState::Declined => Some(NoticeKind::SaleDeclined),
        PurchaseState::Mismatch => Some(NoticeKind::PaymentMismatch),
        PurchaseState::Refunded => Some(NoticeKind::SaleRefunded),
        PurchaseState::ChargedBack => Some(NoticeKind::SaleChargedBack),
        PurchaseState::Created
        | PurchaseState::Charging
        | PurchaseState::Verifying
        | PurchaseState::Pending
        | PurchaseState::Failed
        | PurchaseState::GivenUp
        | PurchaseState::Refunding => None,
    }
}
