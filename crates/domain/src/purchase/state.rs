//! The states of a purchase, and what moves it from outside.

/// How far the money of a purchase has come.
///
/// ```text
/// Created ──► Charging ──► Paid ──► Refunding ──► Refunded
///    │           │ │ ╲       │          ▲
///    ▼           │ │  ╲      ▼          │
///  Failed ◄──────┘ │   ╲  ChargedBack   │
///                  ▼    ▼               │
///            Verifying/Pending ──► Declined, GivenUp, Mismatch
/// ```
/// `GivenUp`, `Declined` and `Failed` go on only when a fresh read of the gateway finds money
/// after all ("late money"): to `Paid` or to `Refunding`. Money that a worker finds of a purchase in
/// `Verifying` or `Pending` goes to `Refunding` as well where the customer has bought again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PurchaseState {
    /// Stored; the access is being reserved on the router. No charge was sent.
    Created,
    /// Committed right before the charge goes on the wire. From here on money may have moved.
    Charging,
    /// The outcome is unknown; only the gateway can tell.
    Verifying,
    /// The gateway has it under review or waits for a challenge.
    Pending,
    /// The money is ours. The only state in which credentials are shown and access is enabled.
    Paid,
    /// The gateway said no; nothing was charged.
    Declined,
    /// Ended before any charge was made.
    Failed,
    /// Counts as not charged: no read found a charge. Still watched for late money.
    GivenUp,
    /// Money came that does not match the sale. It goes back.
    Mismatch,
    /// A full refund is committed; its request may be on the wire.
    Refunding,
    /// The money went back.
    Refunded,
    /// The customer's bank took the money back.
    ChargedBack,
}

impl PurchaseState {
    /// All states.
    pub const ALL: [Self; 12] = [
        Self::Created,
        Self::Charging,
        Self::Verifying,
        Self::Pending,
        Self::Paid,
        Self::Declined,
        Self::Failed,
        Self::GivenUp,
        Self::Mismatch,
        Self::Refunding,
        Self::Refunded,
        Self::ChargedBack,
    ];

    /// The stable name used in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Charging => "charging",
            Self::Verifying => "verifying",
            Self::Pending => "pending",
            Self::Paid => "paid",
            Self::Declined => "declined",
            Self::Failed => "failed",
            Self::GivenUp => "given_up",
            Self::Mismatch => "mismatch",
            Self::Refunding => "refunding",
            Self::Refunded => "refunded",
            Self::ChargedBack => "charged_back",
        }
    }

    /// Reads the stable name.
    #[must_use]
    pub fn from_str_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }

    /// Whether a purchase may go from this state to `next`.
    #[must_use]
    pub const fn may_become(self, next: Self) -> bool {
        use PurchaseState as S;
        match self {
            S::Created => matches!(next, S::Charging | S::Failed),
            S::Charging => matches!(
                next,
                S::Verifying | S::Pending | S::Paid | S::Declined | S::Failed | S::Mismatch
            ),
            S::Verifying => matches!(
                next,
                S::Pending
                    | S::Paid
                    | S::Declined
                    | S::GivenUp
                    | S::Mismatch
                    | S::Refunding
                    | S::Refunded
                    | S::ChargedBack
            ),
            S::Pending => matches!(
                next,
                S::Paid
                    | S::Declined
                    | S::GivenUp
                    | S::Mismatch
                    | S::Refunding
                    | S::Refunded
                    | S::ChargedBack
            ),
            S::Paid => matches!(next, S::Refunding | S::Refunded | S::ChargedBack),
            // Late money.
            S::Declined | S::Failed | S::GivenUp => {
                matches!(
                    next,
                    S::Paid | S::Refunding | S::Mismatch | S::Refunded | S::ChargedBack
                )
            }
            S::Mismatch => matches!(next, S::Refunding | S::Refunded | S::ChargedBack),
            // Back to paid only by a person's decision, after a refund that the gateway refused.
            S::Refunding => matches!(next, S::Paid | S::Refunded | S::ChargedBack),
            S::Refunded | S::ChargedBack => false,
        }
    }

    /// Whether the outcome is still open for the customer.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(
            self,
            Self::Created | Self::Charging | Self::Verifying | Self::Pending
        )
    }

    /// Whether nothing was charged, as far as is known.
    #[must_use]
    pub const fn is_unpaid_end(self) -> bool {
        matches!(self, Self::Declined | Self::Failed | Self::GivenUp)
    }
}

/// Why workers leave a purchase to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParkReason {
    /// The gateway credentials with which it was charged are gone.
    CredentialsMissing,
    /// The gateway has let no charge be read for a day.
    ReadsFailing,
    /// The gateway has neither resolved nor cancelled a pending payment for a day.
    PendingStuck,
    /// A refund could not be confirmed for a day.
    RefundUnconfirmed,
    /// The gateway refused a refund.
    RefundRefused,
    /// The user with the sold name on the router is not the one that was sold.
    UserReplaced,
    /// Written by a version that knows more reasons than this one.
    Other,
}

impl ParkReason {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::CredentialsMissing,
        Self::ReadsFailing,
        Self::PendingStuck,
        Self::RefundUnconfirmed,
        Self::RefundRefused,
        Self::UserReplaced,
        Self::Other,
    ];

    /// The stable name used in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CredentialsMissing => "credentials_missing",
            Self::ReadsFailing => "reads_failing",
            Self::PendingStuck => "pending_stuck",
            Self::RefundUnconfirmed => "refund_unconfirmed",
            Self::RefundRefused => "refund_refused",
            Self::UserReplaced => "user_replaced",
            Self::Other => "other",
        }
    }

    /// Reads the stable name; an unknown one is [`ParkReason::Other`], for a parked purchase
    /// must stay readable.
    #[must_use]
    pub fn from_stored(name: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|reason| reason.as_str() == name)
            .unwrap_or(Self::Other)
    }
}

/// What a person decides about a purchase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Give the money back, or try again to.
    Refund,
    /// Give the access, or try again to.
    Grant,
    /// Leave it as it is: somebody settled it by hand.
    Close,
}

/// How far the access on the router has come (`estado_hotspot`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AccessState {
    /// At most a disabled reservation exists.
    Pending,
    /// The router user is enabled.
    Active,
    /// The router user must go; a worker tries until the router confirms.
    RemovalQueued,
    /// The router confirmed that nothing of ours is left.
    Removed,
    /// Somebody else's user carries the name: left alone, a person must look.
    Parked,
}

impl AccessState {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Pending,
        Self::Active,
        Self::RemovalQueued,
        Self::Removed,
        Self::Parked,
    ];

    /// The name in the column `estado_hotspot`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::RemovalQueued => "pending_removal",
            Self::Removed => "removed",
            Self::Parked => "failed",
        }
    }

    /// Reads the column.
    #[must_use]
    pub fn from_str_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// A step that the state machine does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a purchase that is {} cannot become {}", from.as_str(), to.as_str())]
pub struct TransitionError {
    /// Where the purchase is.
    pub from: PurchaseState,
    /// Where it was told to go.
    pub to: PurchaseState,
}

/// Why a purchase ended before any charge was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureReason {
    /// The router did not answer in time.
    RouterTimeout,
    /// The router could not be reached, or refused our login or command.
    RouterRefused,
    /// The product's profile does not exist on the router.
    ProfileMissing,
    /// Every candidate name was taken.
    NamesTaken,
    /// The gateway did not answer the preparation in time.
    GatewayTimeout,
    /// The gateway refused our credentials or is not reachable.
    GatewayRefused,
    /// The gateway found the request invalid (a card token that does not exist, a bad e-mail).
    RequestInvalid,
    /// The gateway asked us to slow down.
    GatewayBusy,
    /// The server stopped before a charge was sent.
    Abandoned,
}

impl FailureReason {
    const NAMES: [(Self, &'static str); 9] = [
        (Self::RouterTimeout, "router_timeout"),
        (Self::RouterRefused, "router_refused"),
        (Self::ProfileMissing, "profile_missing"),
        (Self::NamesTaken, "names_taken"),
        (Self::GatewayTimeout, "gateway_timeout"),
        (Self::GatewayRefused, "gateway_refused"),
        (Self::RequestInvalid, "request_invalid"),
        (Self::GatewayBusy, "gateway_busy"),
        (Self::Abandoned, "abandoned"),
    ];

    /// The stable name used in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(reason, _)| *reason == self)
            .map_or("abandoned", |(_, name)| name)
    }

    /// Reads the stable name.
    #[must_use]
    pub fn from_str_name(name: &str) -> Option<Self> {
        Self::NAMES
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(reason, _)| *reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        for state in PurchaseState::ALL {
            assert_eq!(PurchaseState::from_str_name(state.as_str()), Some(state));
        }
        for state in AccessState::ALL {
            assert_eq!(AccessState::from_str_name(state.as_str()), Some(state));
        }
        for reason in ParkReason::ALL {
            assert_eq!(ParkReason::from_stored(reason.as_str()), reason);
        }
        for (reason, name) in FailureReason::NAMES {
            assert_eq!(FailureReason::from_str_name(name), Some(reason));
            assert_eq!(reason.as_str(), name);
        }
    }

    #[test]
    fn nothing_returns_to_before_its_charge() {
        for from in PurchaseState::ALL {
            assert!(!from.may_become(PurchaseState::Created));
            if from != PurchaseState::Created {
                assert!(!from.may_become(PurchaseState::Charging), "{from:?}");
            }
        }
    }

    #[test]
    fn returned_money_stays_returned() {
        for next in PurchaseState::ALL {
            assert!(!PurchaseState::Refunded.may_become(next));
            assert!(!PurchaseState::ChargedBack.may_become(next));
        }
    }

    #[test]
    fn paid_money_only_leaves_towards_the_customer() {
        for next in PurchaseState::ALL {
            let gives_back = matches!(
                next,
                PurchaseState::Refunding | PurchaseState::Refunded | PurchaseState::ChargedBack
            );
            assert_eq!(PurchaseState::Paid.may_become(next), gives_back, "{next:?}");
        }
    }
}
