//! One worker turn over a purchase that its request left unfinished.
//!
//! Whatever the purchase needs next is decided by its state alone, so a turn can be repeated,
//! and a killed worker loses nothing.

use domain::notice::NoticeKind;
use domain::purchase::{AccessState, FailureReason, Purchase, PurchaseState};
use domain::time::Timestamp;
use ports::hotspot::RouterAccess;
use ports::payments::GatewayAccount;

use crate::app::App;
use crate::error::Failure;
use crate::purchase::engine::access::Step;
use crate::purchase::engine::refund::Returned;
use crate::purchase::engine::{access, charge, refund, schedule, verify};
use crate::purchase::persistence;
use crate::purchase::persistence::{Extras, Opened, save};

/// Works on a claimed purchase: takes every step that it needs, saving after each, and sets when
/// to look again. The claim must be fresh.
///
/// # Errors
/// [`Failure`]; the purchase is looked at again when its lease ends.
pub async fn advance(app: &App, purchase: Purchase) -> Result<(), Failure> {
    let world = persistence::open(app, &purchase).await?;
    run_steps(app, &world, purchase).await
}

/// As [`advance`], but asks the gateway first, whatever the state: somebody said that there is
/// news. Answers whether the gateway could be asked and its word was written down.
///
/// # Errors
/// [`Failure`].
pub async fn refresh(app: &App, mut purchase: Purchase) -> Result<bool, Failure> {
    let world = persistence::open(app, &purchase).await?;
    let due_at = purchase.next_attempt_at;
    let mut answered = true;
    if let Some(account) = &world.account
        && purchase.charge_sent_at.is_some()
    {
        let before = purchase.state;
        if before == PurchaseState::Charging {
            give_up_waiting(&mut purchase);
        }
        let asked = verify::ask(app, account, &mut purchase).await?;
        answered = asked.answered;
        let news = charge::for_move(before, purchase.state);
        let mut extras = Extras::notices(asked.notice.into_iter().chain(news));
        let is_returned = matches!(
            purchase.state,
            PurchaseState::Refunded | PurchaseState::ChargedBack
        );
        if purchase.state != before {
            // What a person was to decide, the gateway has: workers go on from there.
            purchase.parked_reason = None;
        }
        if is_returned && purchase.state != before {
            extras.refund = refund::close_open(app, &purchase).await?;
        }
        if !save(app, &mut purchase, extras).await? {
            // Whoever was faster need not have asked: the news must come up again.
            return Ok(false);
        }
    }
    if refund_is_on_its_way(app, &purchase, due_at).await? {
        purchase.next_attempt_at = due_at;
        purchase.locked_until = None;
        save(app, &mut purchase, Extras::default()).await?;
        return Ok(answered);
    }
    run_steps(app, &world, purchase).await?;
    Ok(answered)
}

/// Whether a refund without an answer may still be made, so that it is too early to ask for it
/// again, whatever news there is.
async fn refund_is_on_its_way(
    app: &App,
    purchase: &Purchase,
    due_at: Option<Timestamp>,
) -> Result<bool, Failure> {
    let may_have_sent = matches!(
        purchase.state,
        PurchaseState::Paid | PurchaseState::Refunding
    ) && purchase.access != AccessState::Pending;
    Ok(may_have_sent
        && due_at.is_some_and(|at| app.now() < at)
        && refund::find_open(app, purchase).await?.is_some())
}

async fn run_steps(app: &App, world: &Opened, mut purchase: Purchase) -> Result<(), Failure> {
    // Bounded: each turn of the loop moves the purchase or ends it.
    for _ in 0..6 {
        let before = purchase.state;
        let turn = step(app, world, &mut purchase).await?;
        fail::fail_point!(crate::crash::TURN_STEPPED);
        let Turn {
            again,
            mut extras,
            lost,
            waits,
        } = turn;
        if lost {
            return Ok(());
        }
        extras
            .notices
            .extend(charge::for_move(before, purchase.state));
        let go_on = again && needs_more(&purchase);
        if !go_on {
            // A partial refund may have been asked for while the access was being given.
            let waits = waits
                || (purchase.state == PurchaseState::Paid
                    && extras.refund.is_none()
                    && refund::find_open(app, &purchase).await?.is_some());
            finish(app, &mut purchase, waits);
        }
        let ends_refund = extras.refund.is_some();
        if !save(app, &mut purchase, extras).await? {
            return Ok(());
        }
        fail::fail_point!(crate::crash::TURN_SAVED);
        if ends_refund {
            fail::fail_point!(crate::crash::REFUND_SAVED);
        }
        if !go_on {
            return Ok(());
        }
    }
    Ok(())
}

/// The request died with the charge on the wire.
fn give_up_waiting(purchase: &mut Purchase) {
    if let Err(error) = purchase.outcome_unknown() {
        tracing::error!(purchase = %purchase.id, %error, "cannot be verified");
    }
}

/// What one step brought.
#[derive(Default)]
struct Turn {
    /// Whether it moved the purchase, so that the next step may follow at once.
    again: bool,
    extras: Extras,
    /// Somebody else works on it.
    lost: bool,
    /// A refund in flight of a purchase that is otherwise finished.
    waits: bool,
}

impl Turn {
    fn moved() -> Self {
        Self {
            again: true,
            ..Self::default()
        }
    }

    fn with_notice(notice: Option<NoticeKind>) -> Self {
        Self {
            extras: Extras::notices(notice),
            ..Self::default()
        }
    }
}

/// Whether there is a step that need not wait.
fn needs_more(purchase: &Purchase) -> bool {
    purchase.access == AccessState::RemovalQueued
        || (purchase.parked_reason.is_none()
            && match purchase.state {
                PurchaseState::Paid => purchase.access == AccessState::Pending,
                PurchaseState::Mismatch | PurchaseState::Refunding => true,
                _ => false,
            })
}

async fn step(app: &App, world: &Opened, purchase: &mut Purchase) -> Result<Turn, Failure> {
    let (router, account) = (world.router.as_ref(), world.account.as_ref());
    if purchase.access == AccessState::RemovalQueued {
        let removed = remove(app, router, purchase).await;
        // Money matters do not wait for a router that stays away.
        if removed.again || removed.lost || !money_is_due(purchase) {
            return Ok(removed);
        }
    }
    if purchase.parked_reason.is_some() {
        return Ok(Turn::default());
    }
    match purchase.state {
        PurchaseState::Created => Ok(abandon(app, purchase)),
        PurchaseState::Charging | PurchaseState::Verifying | PurchaseState::Pending => {
            verify(app, account, purchase).await
        }
        PurchaseState::Paid if purchase.access == AccessState::Pending => {
            grant(app, router, purchase).await
        }
        PurchaseState::Mismatch => {
            refund::commit_to_refund(app, purchase);
            Ok(Turn::moved())
        }
        PurchaseState::Refunding => give_back(app, account, purchase).await,
        PurchaseState::GivenUp => verify(app, account, purchase).await,
        PurchaseState::Paid => give_part_back(app, account, purchase).await,
        PurchaseState::Declined
        | PurchaseState::Failed
        | PurchaseState::Refunded
        | PurchaseState::ChargedBack => Ok(Turn::default()),
    }
}

fn money_is_due(purchase: &Purchase) -> bool {
    purchase.parked_reason.is_none()
        && matches!(
            purchase.state,
            PurchaseState::Mismatch | PurchaseState::Refunding
        )
}

/// The request died before its charge was committed to: nothing was charged.
fn abandon(app: &App, purchase: &mut Purchase) -> Turn {
    if let Err(error) = purchase.fail(FailureReason::Abandoned, app.now()) {
        tracing::error!(purchase = %purchase.id, %error, "cannot be abandoned");
        return Turn::default();
    }
    let mut turn = Turn::moved();
    turn.extras.release_keys = true;
    turn
}

/// The outcome is unknown, or late money may come: ask the gateway.
async fn verify(
    app: &App,
    account: Option<&GatewayAccount>,
    purchase: &mut Purchase,
) -> Result<Turn, Failure> {
    let before = purchase.state;
    if before == PurchaseState::Charging {
        give_up_waiting(purchase);
    }
    let Some(account) = account else {
        return Ok(without_credentials(purchase));
    };
    let asked = verify::ask(app, account, purchase).await?;
    let mut turn = Turn::with_notice(asked.notice);
    turn.again = purchase.state != before;
    Ok(turn)
}

fn without_credentials(purchase: &mut Purchase) -> Turn {
    purchase.park("faltan las credenciales de la pasarela con las que se cobró");
    Turn::with_notice(Some(NoticeKind::NeedsDecision))
}

/// Paid: enable the access, or give up on the router and return the money.
async fn grant(
    app: &App,
    router: Option<&RouterAccess>,
    purchase: &mut Purchase,
) -> Result<Turn, Failure> {
    let paid_at = purchase.paid_at.unwrap_or(purchase.created_at);
    let overdue = app.now() >= paid_at.plus(app.settings.refund_after);
    let step = match router {
        Some(router) if !overdue => access::enable(app, router, purchase).await?,
        _ => Step::NotYet,
    };
    match step {
        Step::Done => Ok(Turn::moved()),
        Step::Lost => Ok(Turn {
            lost: true,
            ..Turn::default()
        }),
        Step::NotYet if overdue || router.is_none() => {
            refund::commit_to_refund(app, purchase);
            Ok(Turn::moved())
        }
        Step::NotYet => {
            purchase.attempts = purchase.attempts.saturating_add(1);
            // Told once, when it is clear that it takes longer than a moment.
            let notice = (purchase.attempts == 4).then_some(NoticeKind::AccessDelayed);
            Ok(Turn::with_notice(notice))
        }
    }
}

async fn remove(app: &App, router: Option<&RouterAccess>, purchase: &mut Purchase) -> Turn {
    let Some(router) = router else {
        // The router was deleted, and its users are out of our reach.
        purchase.removal_confirmed();
        return Turn::moved();
    };
    if app.now() < schedule::removal_holds_from(purchase, &app.settings) {
        return Turn::default();
    }
    match access::remove(app, router, purchase).await {
        Step::Done if purchase.access == AccessState::Parked => Turn {
            extras: Extras::notices(Some(NoticeKind::NeedsDecision)),
            ..Turn::moved()
        },
        Step::Done => Turn::moved(),
        Step::Lost => Turn {
            lost: true,
            ..Turn::default()
        },
        Step::NotYet => {
            purchase.attempts = purchase.attempts.saturating_add(1);
            Turn::default()
        }
    }
}

async fn give_back(
    app: &App,
    account: Option<&GatewayAccount>,
    purchase: &mut Purchase,
) -> Result<Turn, Failure> {
    let Some(account) = account else {
        return Ok(without_credentials(purchase));
    };
    let outcome = refund::give_all_back(app, account, purchase).await?;
    Ok(returned(purchase, outcome))
}

/// Finishes a partial refund that its request left in flight.
async fn give_part_back(
    app: &App,
    account: Option<&GatewayAccount>,
    purchase: &mut Purchase,
) -> Result<Turn, Failure> {
    let Some(open) = refund::find_open(app, purchase).await? else {
        return Ok(Turn::default());
    };
    let Some(account) = account else {
        return Ok(without_credentials(purchase));
    };
    let outcome = refund::pursue(app, account, purchase, open, true).await;
    Ok(returned(purchase, outcome))
}

fn returned(purchase: &mut Purchase, outcome: Returned) -> Turn {
    match outcome {
        Returned::Yes(refund) | Returned::Outdated(refund) => {
            let mut turn = Turn::moved();
            turn.extras.refund = Some(refund);
            turn
        }
        Returned::NotYet => {
            purchase.attempts = purchase.attempts.saturating_add(1);
            Turn {
                waits: true,
                ..Turn::default()
            }
        }
        Returned::Overdue => {
            purchase.attempts = purchase.attempts.saturating_add(1);
            purchase.park("la devolución no se pudo confirmar desde hace un día");
            Turn::with_notice(Some(NoticeKind::NeedsDecision))
        }
        Returned::Refused(refund) => {
            if purchase.state == PurchaseState::Refunding {
                purchase.park("la pasarela rechazó la devolución");
            }
            let mut turn = Turn::with_notice(Some(NoticeKind::NeedsDecision));
            turn.extras.refund = Some(refund);
            turn
        }
    }
}

/// Lets go of the purchase and sets when to look again.
fn finish(app: &App, purchase: &mut Purchase, waits: bool) {
    let [random] = app.random_bytes::<1>();
    let now = app.now();
    purchase.next_attempt_at = schedule::next_look(purchase, waits, &app.settings, now, random);
    purchase.locked_until = None;
}
