//! The charge and what its outcome makes of the purchase.

use domain::gateway::DeclineReason;
use domain::notice::NoticeKind;
use domain::purchase::{FailureReason, Purchase, PurchaseState, TransitionError};
use ports::payments::{ChargeOutcome, GatewayAccount, NotCharged};

use crate::app::App;
use crate::purchases::facts::{Taken, take_answer};
use crate::purchases::notices;
use crate::purchases::reconcile::new_unknown_word;
use crate::purchases::save::Extras;
use crate::sabotage::Sabotage;

/// Why no charge was made, in the purchase's terms.
pub(super) const fn failure_reason(error: NotCharged) -> FailureReason {
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
pub(super) fn failure_notice(error: NotCharged) -> Option<NoticeKind> {
    (error == NotCharged::Misconfigured).then_some(NoticeKind::GatewayMisconfigured)
}

/// Applies the outcome of the charge; answers what must be written with it.
pub(super) async fn settle(
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
            let news = notices::for_move(before, purchase.state);
            Ok(Extras::notices(news.into_iter().chain(alert)))
        }
        ChargeOutcome::NotCharged(NotCharged::Invalid) => {
            // The gateway has seen this token and refused it: for the customer that is the end
            // of this card token, and a repeat gets the same answer.
            purchase.decline(DeclineReason::BadCardData, app.now())?;
            Ok(Extras::notices(notices::for_move(before, purchase.state)))
        }
        ChargeOutcome::NotCharged(error) => {
            purchase.fail(failure_reason(error), app.now())?;
            let mut extras = Extras::notices(failure_notice(error));
            extras.release_keys = true;
            Ok(extras)
        }
        ChargeOutcome::Unknown(_) if app.has(Sabotage::LostAnswerIsNoCharge) => {
            purchase.fail(FailureReason::GatewayTimeout, app.now())?;
            Ok(Extras {
                release_keys: true,
                ..Extras::default()
            })
        }
        ChargeOutcome::Unknown(cause) => {
            tracing::warn!(purchase = %purchase.id, cause, "the outcome of a charge is unknown");
            purchase.outcome_unknown()?;
            Ok(Extras::default())
        }
    }
}
