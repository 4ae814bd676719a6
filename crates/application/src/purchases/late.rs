//! Money that came after we had given up: grant or refund, exactly one of the two.

use domain::gateway::PaymentFacts;
use domain::purchase::{AccessState, Purchase};
use ports::store::Scope;

use crate::app::App;
use crate::error::Failure;

/// Decides about late money and moves the purchase; the caller saves it. Granted is only while
/// the customer has not bought again on this router; the access then follows as for any paid
/// purchase, or the money goes back if the router stays away.
pub(super) async fn decide(
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
