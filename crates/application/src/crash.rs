//! Crash points for tests: where a process may die, by name.
//!
//! They come in pairs around what makes dying interesting: a remote call (`remote`) and a commit
//! (`commit`). A point costs nothing unless `fail/failpoints` is compiled in, and does nothing
//! unless it is armed (by the variable `FAILPOINTS` of the server).

use std::future::Future;

use ports::store::UnitOfWork;
use ports::store::error::StoreError;

/// A pair of crash points.
#[derive(Debug, Clone, Copy)]
pub struct Points {
    /// Before the call is sent, or when everything is written but not committed.
    pub before: &'static str,
    /// When the call was answered but nothing of it is stored, or right after the commit.
    pub after: &'static str,
}

macro_rules! crash_points {
    ($($(#[$about:meta])* $name:ident = $before:literal, $after:literal;)*) => {
        $($(#[$about])* pub const $name: Points = Points { before: $before, after: $after };)*

        /// Every point.
        pub const ALL: &[&str] = &[$($before, $after),*];
    };
}

crash_points! {
    /// A new purchase is stored.
    CHECKOUT = "checkout-written", "checkout-committed";
    /// A change of a purchase is stored.
    SAVE = "save-written", "save-committed";
    /// Workers claim due purchases.
    CLAIM = "claim-written", "claim-committed";
    /// An operator's refund is stored.
    REFUND_REQUEST = "refund-request-written", "refund-request-committed";
    /// A refund of all that is left is stored.
    FULL_REFUND = "full-refund-written", "full-refund-committed";
    /// The platform owner's decision is stored.
    DECISION = "decision-written", "decision-committed";

    /// Whether money that a worker found buys access or goes back is stored.
    FOUND_MONEY = "found-money-written", "found-money-committed";

    /// A user is reserved on the router, and an order opened.
    PREPARATION = "preparation-sending", "preparation-answered";
    /// The charge.
    CHARGE = "charge-sending", "charge-answered";
    /// A read of the payment.
    READ = "read-sending", "read-answered";
    /// The reserved user is enabled.
    ACTIVATION = "activation-sending", "activation-answered";
    /// A user that is gone from the router is reserved again.
    RESERVATION = "reservation-sending", "reservation-answered";
    /// The user is removed from the router.
    REMOVAL = "removal-sending", "removal-answered";
    /// A refund.
    REFUND = "refund-sending", "refund-answered";
    /// The customer's device is logged in.
    LOGIN = "login-sending", "login-answered";

    /// A gateway event is stored.
    EVENT = "event-written", "event-committed";
    /// Workers claim gateway events.
    EVENT_CLAIM = "event-claim-written", "event-claim-committed";
    /// A gateway event is marked as processed.
    EVENT_END = "event-end-written", "event-end-committed";
    /// Workers claim notifications.
    NOTIFICATION_CLAIM = "notification-claim-written", "notification-claim-committed";
    /// A notification is sent.
    NOTIFICATION = "notification-sending", "notification-answered";
    /// A notification is marked as sent.
    NOTIFICATION_END = "notification-end-written", "notification-end-committed";
}

/// A remote call between its two crash points.
pub(crate) async fn remote<T>(points: Points, call: impl Future<Output = T>) -> T {
    tracing::trace!(point = points.before, "remote call");
    fail::fail_point!(points.before);
    let answer = call.await;
    fail::fail_point!(points.after);
    answer
}

/// A commit between its two crash points.
pub(crate) async fn commit(points: Points, work: Box<dyn UnitOfWork>) -> Result<(), StoreError> {
    tracing::trace!(point = points.before, "commit");
    fail::fail_point!(points.before);
    work.commit().await?;
    fail::fail_point!(points.after);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::ALL;

    #[test]
    fn names_are_unique_and_regular() {
        let all: BTreeSet<_> = ALL.iter().collect();
        assert_eq!(all.len(), ALL.len());
        for name in ALL {
            assert!(
                name.contains('-') && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'),
                "{name}"
            );
        }
    }
}
