//! Access on the router: enabling what was paid, removing what was not.

use std::time::Duration;

use domain::purchase::{AccessState, Purchase, PurchaseState};
use domain::time::Timestamp;
use domain::voucher::HotspotName;
use ports::hotspot::{
    Activation, HotspotError, HotspotUser, Removal, RemovalOutcome, Reservation, Reserved,
    RouterAccess,
};

use crate::app::App;
use crate::error::Failure;
use crate::purchase::engine::schedule;
use crate::purchase::persistence::{Extras, save};
use crate::secrets;

/// What came of a step on the router.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Done; the change is in memory and must be saved.
    Done,
    /// Not this time.
    NotYet,
    /// Somebody else works on the purchase: stop.
    Lost,
}

/// Whether the lease still holds for a step of this length. A step that could outlast it is not
/// begun: by then another worker may be doing the opposite.
pub(crate) fn lease_covers(app: &App, purchase: &Purchase, span: Duration) -> bool {
    purchase
        .locked_until
        .is_some_and(|until| app.now().plus(span) < until)
}

/// Enables the user of a paid purchase; reserves it anew where it is gone. Called only after
/// `paid` is committed.
pub(crate) async fn enable(
    app: &App,
    router: &RouterAccess,
    purchase: &mut Purchase,
) -> Result<Step, Failure> {
    if purchase.state != PurchaseState::Paid || purchase.access == AccessState::Active {
        return Ok(Step::NotYet);
    }
    if let Some(id) = purchase.hotspot_id.clone() {
        match activate(app, router, purchase, id).await {
            Attempt::Enabled => return Ok(Step::Done),
            Attempt::Failed => return Ok(Step::NotYet),
            Attempt::Gone => purchase.hotspot_id = None,
        }
        // Prove that the purchase is still ours before making a new user.
        if !save(app, purchase, Extras::default()).await? {
            return Ok(Step::Lost);
        }
    }
    let began_at = app.now();
    let Some(reserved) = reserve_again(app, router, purchase).await? else {
        return Ok(Step::NotYet);
    };
    fail::fail_point!(crate::crash::ACTIVATION_RESERVED_AGAIN);
    note_lost_commands(app, purchase, &reserved, began_at);
    let user = reserved.user;
    purchase.reserved_again(user.id.clone());
    // Once it is enabled, nothing on the router tells that it is ours but its id.
    if !save(app, purchase, Extras::default()).await? {
        return Ok(Step::Lost);
    }
    match activate(app, router, purchase, user.id).await {
        Attempt::Enabled => Ok(Step::Done),
        Attempt::Failed | Attempt::Gone => Ok(Step::NotYet),
    }
}

/// Remembers that the user may be added once more, should it be removed soon.
pub(crate) fn note_lost_commands(
    app: &App,
    purchase: &mut Purchase,
    reserved: &Reserved,
    began_at: Timestamp,
) {
    if reserved.may_be_added_again {
        purchase.may_be_added_until = Some(schedule::router_step_is_over(began_at, &app.settings));
    }
}

enum Attempt {
    Enabled,
    Gone,
    Failed,
}

async fn activate(
    app: &App,
    router: &RouterAccess,
    purchase: &mut Purchase,
    id: String,
) -> Attempt {
    if !lease_covers(app, purchase, app.settings.router_timeout) {
        return Attempt::Failed;
    }
    let user = HotspotUser {
        name: purchase.hotspot_name.clone(),
        id,
    };
    fail::fail_point!(crate::crash::ACTIVATION_SENDING);
    let outcome = app.ports.hotspot.activate(router, &user).await;
    fail::fail_point!(crate::crash::ACTIVATION_ANSWERED);
    match outcome {
        Ok(Activation::Active) => match purchase.activated(user.id, app.now()) {
            Ok(()) => Attempt::Enabled,
            Err(error) => {
                tracing::error!(purchase = %purchase.id, %error, "activated out of turn");
                Attempt::Failed
            }
        },
        Ok(Activation::Gone) => Attempt::Gone,
        Err(error) => {
            log_router_error(purchase, "activate", &error);
            Attempt::Failed
        }
    }
}

async fn reserve_again(
    app: &App,
    router: &RouterAccess,
    purchase: &Purchase,
) -> Result<Option<Reserved>, Failure> {
    if !lease_covers(app, purchase, app.settings.router_timeout * 2) {
        return Ok(None);
    }
    let context = secrets::hotspot_password(&purchase.tenant_id, purchase.attempt_id);
    let reservation = Reservation {
        candidates: vec![purchase.hotspot_name.clone()],
        password: app
            .ports
            .secrets
            .open(&context, &purchase.hotspot_password)?,
        profile: purchase.profile_name.clone(),
        comment: purchase.reservation_comment(),
    };
    match app.ports.hotspot.reserve(router, &reservation).await {
        Ok(reserved) => Ok(Some(reserved)),
        Err(error) => {
            log_router_error(purchase, "reserve again", &error);
            Ok(None)
        }
    }
}

/// Removes whatever the router may hold of a purchase that must have no access.
pub(crate) async fn remove(app: &App, router: &RouterAccess, purchase: &mut Purchase) -> Step {
    if !lease_covers(app, purchase, app.settings.router_timeout) {
        return Step::NotYet;
    }
    let removal = Removal {
        names: names_to_remove(purchase),
        id: purchase.hotspot_id.clone(),
        comment: purchase.reservation_comment(),
    };
    fail::fail_point!(crate::crash::REMOVAL_SENDING);
    let outcome = app.ports.hotspot.remove(router, &removal).await;
    fail::fail_point!(crate::crash::REMOVAL_ANSWERED);
    match outcome {
        Ok(RemovalOutcome::Gone) => {
            purchase.removal_confirmed();
            Step::Done
        }
        Ok(RemovalOutcome::Foreign) => {
            tracing::warn!(purchase = %purchase.id, "a stranger's user carries our name");
            // Never sold and known to be another's: nothing of ours is left to remove.
            if purchase.hotspot_id.is_none() {
                purchase.removal_confirmed();
            } else {
                purchase.access = AccessState::Parked;
                // Money that is due or watched for does not wait for a person at the router.
                if !is_about_money(purchase.state) {
                    purchase.park("el usuario del router con este nombre ya no es el vendido");
                }
            }
            Step::Done
        }
        Err(error) => {
            log_router_error(purchase, "remove", &error);
            Step::NotYet
        }
    }
}

const fn is_about_money(state: PurchaseState) -> bool {
    matches!(
        state,
        PurchaseState::Mismatch | PurchaseState::Refunding | PurchaseState::GivenUp
    )
}

/// The name of the user that we know; before we know one, every name that was tried. A stranger
/// may rightly have one of those that were not taken.
fn names_to_remove(purchase: &Purchase) -> Vec<HotspotName> {
    let sold = purchase.hotspot_name.clone();
    if purchase.hotspot_id.is_some() {
        return vec![sold];
    }
    let mut names = purchase.candidates.clone();
    if !names.contains(&sold) {
        names.push(sold);
    }
    names
}

fn log_router_error(purchase: &Purchase, step: &str, error: &HotspotError) {
    tracing::warn!(
        purchase = %purchase.id, router = %purchase.router_id, step, %error,
        "the router did not do its step"
    );
}
