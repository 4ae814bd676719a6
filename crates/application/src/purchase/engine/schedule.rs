//! When a worker looks at a purchase next.

use std::time::Duration;

use domain::purchase::{AccessState, Purchase, PurchaseState};
use domain::time::Timestamp;

use crate::settings::Settings;

/// Doubles from one second and ends at `longest`.
fn back_off(attempts: i32, longest: Duration) -> Duration {
    let exponent = u32::try_from(attempts.clamp(0, 20)).unwrap_or(0);
    Duration::from_secs(1_u64 << exponent).min(longest)
}

/// Adds up to a quarter, so that purchases which failed together do not return together.
fn jittered(delay: Duration, random: u8) -> Duration {
    delay + delay / 4 * u32::from(random) / 255
}

/// When no command of a step on the router can still be on its way: the step itself, and as long
/// again.
pub(crate) fn router_step_is_over(began_at: Timestamp, settings: &Settings) -> Timestamp {
    began_at.plus(settings.router_timeout * 2)
}

/// Before this moment the user might be added after its removal: by a command that was cut off
/// from its answer.
pub(crate) fn removal_holds_from(purchase: &Purchase, settings: &Settings) -> Timestamp {
    match purchase.may_be_added_until {
        Some(until) => until,
        // The reservation itself may have been cut off.
        None if purchase.hotspot_id.is_none() => router_step_is_over(purchase.created_at, settings),
        None => purchase.created_at,
    }
}

/// How long after its time-out a refund without an answer may still be made. Before that, a read
/// that does not show it proves nothing, and another one might be made besides.
pub(crate) fn refund_is_dead_after(settings: &Settings) -> Duration {
    settings.gateway_timeout + Duration::from_secs(5)
}

/// When a worker should look at the purchase next; `None` when nothing is left to do.
/// `refund_waits`: a refund of it is in flight.
pub(crate) fn next_look(
    purchase: &Purchase,
    refund_waits: bool,
    settings: &Settings,
    now: Timestamp,
    random: u8,
) -> Option<Timestamp> {
    let in_at_most =
        |longest: Duration| Some(now.plus(jittered(back_off(purchase.attempts, longest), random)));
    let short = Duration::from_secs(10);
    let usual = Duration::from_secs(30);
    let is_refunding = purchase.state == PurchaseState::Refunding || refund_waits;
    if purchase.access == AccessState::RemovalQueued {
        let earliest = if is_refunding {
            now.plus(refund_is_dead_after(settings))
        } else {
            removal_holds_from(purchase, settings)
        };
        return in_at_most(usual).map(|at| at.max(earliest));
    }
    if purchase.parked_reason.is_some() {
        return None;
    }
    match purchase.state {
        PurchaseState::Created | PurchaseState::Charging | PurchaseState::Verifying => {
            in_at_most(usual)
        }
        PurchaseState::Pending | PurchaseState::Mismatch => in_at_most(usual),
        PurchaseState::Paid if purchase.access == AccessState::Pending => in_at_most(short),
        // After an unanswered refund the earlier request must be dead before the next read.
        _ if is_refunding => {
            let floor = refund_is_dead_after(settings);
            let delay = back_off(purchase.attempts, floor * 10).max(floor);
            Some(now.plus(jittered(delay, random)))
        }
        PurchaseState::GivenUp => {
            let since = purchase.charge_sent_at.unwrap_or(purchase.created_at);
            let watched = now.since(since) < settings.late_watch;
            let longest = Duration::from_mins(30);
            let delay = back_off(purchase.attempts.saturating_add(5), longest);
            watched.then(|| now.plus(jittered(delay, random)))
        }
        PurchaseState::Paid
        | PurchaseState::Declined
        | PurchaseState::Failed
        | PurchaseState::Refunding
        | PurchaseState::Refunded
        | PurchaseState::ChargedBack => None,
    }
}
