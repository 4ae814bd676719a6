//! Crash points for tests: where a process may die, by name.
//!
//! A point costs nothing unless `fail/failpoints` is compiled in, and does nothing unless it is
//! armed (by the variable `FAILPOINTS` of the server). The names say where: `<area>-<moment>`.
//! All are listed here, so that a test can prove that it died at each of them.

/// Declares the points and lists them.
macro_rules! crash_points {
    ($($(#[$about:meta])* $name:ident = $text:literal;)*) => {
        $($(#[$about])* pub const $name: &str = $text;)*

        /// Every point.
        pub const ALL: &[&str] = &[$($name),*];
    };
}

crash_points! {
    /// A new sale is written, not committed.
    PURCHASE_WRITTEN = "purchase-written";
    /// A new sale is committed; nothing was sent anywhere.
    PURCHASE_CREATED = "purchase-created";
    /// The user is reserved and the order open; nothing of it is committed.
    PURCHASE_RESERVED = "purchase-reserved";
    /// The end of a sale that could not be prepared is committed.
    PURCHASE_FAILED = "purchase-failed";
    /// `charging` is committed; the charge is not sent.
    PURCHASE_CHARGING = "purchase-charging";
    /// The charge was answered; nothing of it is committed.
    PURCHASE_CHARGED = "purchase-charged";
    /// The outcome is committed; the access is not given.
    PURCHASE_SETTLED = "purchase-settled";
    /// The user is enabled; that is not committed.
    PURCHASE_ACTIVATED = "purchase-activated";
    /// The access is committed; the device is not logged in.
    PURCHASE_RECORDED = "purchase-recorded";
    /// The device is logged in; nobody was answered.
    PURCHASE_CONNECTED = "purchase-connected";

    /// A change of a sale is written, not committed.
    SAVE_WRITTEN = "save-written";
    /// A change of a sale is committed.
    SAVE_COMMITTED = "save-committed";

    /// Workers have claimed sales.
    TURN_CLAIMED = "turn-claimed";
    /// A step of a worker was taken; it is not written.
    TURN_STEPPED = "turn-stepped";
    /// A step of a worker is committed.
    TURN_SAVED = "turn-saved";

    /// The gateway is about to be asked what became of a charge.
    RECONCILE_ASKING = "reconcile-asking";
    /// The gateway has answered.
    RECONCILE_READ = "reconcile-read";
    /// It is decided whether late money buys access or goes back.
    RECONCILE_LATE = "reconcile-late";

    /// A user is about to be enabled.
    ACTIVATION_SENDING = "activation-sending";
    /// The router has answered.
    ACTIVATION_ANSWERED = "activation-answered";
    /// A user that is gone was reserved anew; its id is not committed.
    ACTIVATION_RESERVED_AGAIN = "activation-reserved-again";

    /// A user is about to be removed.
    REMOVAL_SENDING = "removal-sending";
    /// The router has answered.
    REMOVAL_ANSWERED = "removal-answered";

    /// An operator's refund is written, not committed.
    REFUND_WRITTEN = "refund-written";
    /// An operator's refund is committed; nothing was sent.
    REFUND_REQUESTED = "refund-requested";
    /// A refund that a worker must make is committed; nothing was sent.
    REFUND_ORDERED = "refund-ordered";
    /// A refund is about to be sent.
    REFUND_SENDING = "refund-sending";
    /// The gateway has answered a refund.
    REFUND_ANSWERED = "refund-answered";
    /// The end of a refund is committed.
    REFUND_SAVED = "refund-saved";

    /// A notice is written, not committed.
    INBOX_WRITTEN = "inbox-written";
    /// A notice is committed; its sender was not answered.
    INBOX_STORED = "inbox-stored";
    /// Workers have claimed notices.
    INBOX_CLAIMED = "inbox-claimed";
    /// The sale that a notice is about is claimed.
    INBOX_HELD = "inbox-held";
    /// What a notice led to is done; the notice still waits.
    INBOX_PROCESSED = "inbox-processed";
    /// A notice is finished.
    INBOX_FINISHED = "inbox-finished";

    /// Workers have claimed notices to operators.
    OUTBOX_CLAIMED = "outbox-claimed";
    /// A notice was sent; it is not marked.
    OUTBOX_SENT = "outbox-sent";
    /// A notice that was sent is marked.
    OUTBOX_FINISHED = "outbox-finished";

    /// The owner's decision is written, not committed.
    DECISION_WRITTEN = "decision-written";
    /// The owner's decision is committed.
    DECISION_COMMITTED = "decision-committed";
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
            let regular = |part: &str| {
                !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
            };
            let (area, moment) = name.split_once('-').unwrap();
            assert!(regular(area) && regular(moment), "{name}");
        }
    }
}
