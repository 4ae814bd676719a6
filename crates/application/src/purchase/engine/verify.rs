//! Reading the gateway to learn the outcome of a charge; late money.

use domain::gateway::PaymentFacts;
use domain::notice::NoticeKind;
use domain::purchase::{AccessState, Purchase, PurchaseState, ReadTally};
use domain::time::Timestamp;
use ports::payments::{CancelOutcome, GatewayAccount, ReadOutcome};
use ports::store::Scope;

use crate::app::App;
use crate::error::Failure;
use crate::purchase::engine::charge::{Taken, handle_of, new_unknown_word, read, take_read};

/// What asking the gateway brought.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    /// Whether the gateway answered.
    pub(crate) answered: bool,
    /// A notice when a person must decide.
    pub(crate) notice: Option<NoticeKind>,
}

/// Asks the gateway once and moves the purchase accordingly; the caller saves it.
pub(crate) async fn ask(
    app: &App,
    account: &GatewayAccount,
    purchase: &mut Purchase,
) -> Result<Asked, Failure> {
    let answered = Asked {
        answered: true,
        notice: None,
    };
    // What a read shows was so at the latest when it was asked for.
    let asked_at = app.now();
    fail::fail_point!(crate::crash::RECONCILE_ASKING);
    let outcome = read(app, account, purchase).await;
    fail::fail_point!(crate::crash::RECONCILE_READ);
    match outcome {
        Ok(ReadOutcome::Found(facts)) => {
            purchase.reads.failing_since = None;
            let word = new_unknown_word(purchase, &facts);
            let mut notice = None;
            match take_read(app, account, purchase, facts) {
                Taken::Late(facts) => decide(app, purchase, &facts).await?,
                Taken::Moved => {}
                Taken::Unchanged | Taken::Undecided => {
                    purchase.attempts = purchase.attempts.saturating_add(1);
                    notice = cancel_if_pending_too_long(app, account, purchase).await;
                }
            }
            if word && purchase.state == PurchaseState::Pending {
                notice = Some(NoticeKind::NeedsDecision);
            }
            Ok(Asked { notice, ..answered })
        }
        Ok(ReadOutcome::NoCharge) => {
            note_empty_read(app, purchase, asked_at);
            Ok(answered)
        }
        Err(error) => {
            tracing::warn!(purchase = %purchase.id, %error, "a read brought nothing");
            Ok(Asked {
                answered: false,
                notice: note_failed_read(app, purchase),
            })
        }
    }
}

/// A successful read without a charge. Enough of them, late enough, and it counts as not made.
fn note_empty_read(app: &App, purchase: &mut Purchase, asked_at: Timestamp) {
    purchase.reads = ReadTally {
        empty_reads: purchase.reads.empty_reads.saturating_add(1),
        failing_since: None,
    };
    purchase.attempts = purchase.attempts.saturating_add(1);
    let sent_at = purchase.charge_sent_at.unwrap_or(purchase.created_at);
    let late_enough = asked_at >= sent_at.plus(app.settings.give_up_after);
    let open = matches!(
        purchase.state,
        PurchaseState::Verifying | PurchaseState::Pending
    );
    if open
        && late_enough
        && purchase.reads.empty_reads >= 2
        && let Err(error) = purchase.give_up(app.now())
    {
        tracing::error!(purchase = %purchase.id, %error, "cannot be given up");
    }
}

/// A failed read proves nothing; a day of nothing else is for a person to judge.
fn note_failed_read(app: &App, purchase: &mut Purchase) -> Option<NoticeKind> {
    let now = app.now();
    let since = *purchase.reads.failing_since.get_or_insert(now);
    purchase.attempts = purchase.attempts.saturating_add(1);
    let open = matches!(
        purchase.state,
        PurchaseState::Verifying | PurchaseState::Pending
    );
    (open && now.since(since) >= app.settings.park_after).then(|| {
        purchase.park("la pasarela no permite consultar el cobro desde hace un día");
        NoticeKind::NeedsDecision
    })
}

/// A payment nobody finishes is cancelled at the gateway; the next read sees what came of it.
/// One that can be neither finished nor cancelled for a day more is for a person to judge.
async fn cancel_if_pending_too_long(
    app: &App,
    account: &GatewayAccount,
    purchase: &mut Purchase,
) -> Option<NoticeKind> {
    let sent_at = purchase.charge_sent_at.unwrap_or(purchase.created_at);
    let due_at = sent_at.plus(app.settings.pending_give_up_after);
    if purchase.state != PurchaseState::Pending || app.now() < due_at {
        return None;
    }
    let outcome = app
        .gateway(purchase.gateway)
        .cancel(account, &handle_of(purchase))
        .await;
    if outcome != CancelOutcome::Cancelled {
        tracing::warn!(purchase = %purchase.id, ?outcome, "a pending payment was not cancelled");
    }
    let is_stuck =
        outcome != CancelOutcome::Cancelled && app.now() >= due_at.plus(app.settings.park_after);
    is_stuck.then(|| {
        purchase.park("la pasarela no resuelve ni cancela el pago desde hace un día");
        NoticeKind::NeedsDecision
    })
}

/// Decides about late money and moves the purchase; the caller saves it. Granted is only while
/// the customer has not bought again on this router; the access then follows as for any paid
/// purchase, or the money goes back if the router stays away.
pub(crate) async fn decide(
    app: &App,
    purchase: &mut Purchase,
    facts: &PaymentFacts,
) -> Result<(), Failure> {
    let mut work = app
        .ports
        .store
        .begin(Scope::Tenant(purchase.tenant_id.clone()))
        .await?;
    let bought_again = work
        .purchases()
        .has_later_paid(
            &purchase.router_id,
            purchase.customer.email.as_str(),
            purchase.device.mac,
            purchase.created_at,
            purchase.id,
        )
        .await?;
    work.commit().await?;
    let now = app.now();
    // A stranger who has taken the name cannot be served around.
    let name_is_lost = purchase.access == AccessState::Parked;
    let moved = if bought_again || name_is_lost {
        purchase.refund_late(facts, now)
    } else {
        purchase.grant_late(facts, now)
    };
    fail::fail_point!(crate::crash::RECONCILE_LATE);
    moved.map_err(|error| {
        tracing::error!(purchase = %purchase.id, %error, "late money does not fit");
        Failure::Inconsistent("late money on a purchase that cannot take it")
    })
}
