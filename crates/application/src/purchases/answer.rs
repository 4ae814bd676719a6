//! What a customer is told of a purchase, now or later.

use domain::gateway::{DeclineReason, GatewayKind};
use domain::purchase::{AccessState, FailureReason, Purchase, PurchaseState};
use domain::secret::Secret;
use ports::hotspot::{NotConnected, SessionInfo};

use crate::app::App;
use crate::error::Failure;
use crate::purchases::keys;
use crate::secrets;

/// What came of logging the device in right after the sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AutoConnection {
    /// Not asked for, or asked for without a MAC address.
    NotRequested,
    /// A session was seen on the router.
    Connected(SessionInfo),
    /// The router answered, but the device is not online.
    NotConnected(NotConnected),
    /// The router did not answer in time, or refused.
    RouterFailed,
    /// The access is not active yet, so nothing was tried.
    NotTried,
}

/// A paid purchase with the credentials.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// The purchase.
    pub purchase: Purchase,
    /// The hotspot password in clear; empty for a PIN.
    pub password: Secret,
    /// Whether the router has enabled the user yet.
    pub is_active: bool,
    /// What came of the automatic login.
    pub connection: AutoConnection,
}

/// What a customer is told.
#[derive(Debug, Clone)]
pub enum PurchaseAnswer {
    /// Paid: here are the credentials.
    Paid(Box<Receipt>),
    /// The card was declined; nothing was charged.
    Declined {
        /// Who declined.
        gateway: GatewayKind,
        /// Why.
        reason: DeclineReason,
        /// The public token.
        token: String,
    },
    /// The outcome is not known yet: do not pay again, ask again.
    Open {
        /// The public token to ask with.
        token: String,
        /// Whether the gateway has it under review or waits for a challenge (else: unknown).
        is_pending: bool,
        /// Where to pass the challenge.
        challenge_url: Option<String>,
    },
    /// Another request of the same purchase is still at work.
    StillRunning {
        /// The public token to ask with.
        token: String,
    },
    /// Ended before a charge was made.
    NotCharged {
        /// Why.
        reason: FailureReason,
        /// The public token.
        token: String,
    },
    /// Counts as not charged: the gateway never showed a charge.
    GivenUp {
        /// The public token.
        token: String,
    },
    /// The money went back, or is on its way.
    Returned {
        /// The public token.
        token: String,
        /// Refunding, refunded, charged back or mismatch.
        state: PurchaseState,
    },
}

/// Describes a stored purchase. Credentials are shown only while it is paid.
pub(super) fn describe(
    app: &App,
    purchase: Purchase,
    connection: AutoConnection,
) -> Result<PurchaseAnswer, Failure> {
    let token = keys::token_of(app.ports.digests.as_ref(), &purchase);
    Ok(match purchase.state {
        PurchaseState::Created | PurchaseState::Charging => PurchaseAnswer::StillRunning { token },
        PurchaseState::Verifying => PurchaseAnswer::Open {
            token,
            is_pending: false,
            challenge_url: None,
        },
        PurchaseState::Pending => PurchaseAnswer::Open {
            token,
            is_pending: true,
            challenge_url: purchase.challenge_url.clone(),
        },
        PurchaseState::Paid => PurchaseAnswer::Paid(Box::new(receipt(app, purchase, connection)?)),
        PurchaseState::Declined => PurchaseAnswer::Declined {
            gateway: purchase.gateway,
            reason: purchase.decline.unwrap_or(DeclineReason::Other),
            token,
        },
        PurchaseState::Failed => PurchaseAnswer::NotCharged {
            reason: purchase.failure.unwrap_or(FailureReason::Abandoned),
            token,
        },
        PurchaseState::GivenUp => PurchaseAnswer::GivenUp { token },
        PurchaseState::Mismatch
        | PurchaseState::Refunding
        | PurchaseState::Refunded
        | PurchaseState::ChargedBack => PurchaseAnswer::Returned {
            token,
            state: purchase.state,
        },
    })
}

fn receipt(app: &App, purchase: Purchase, connection: AutoConnection) -> Result<Receipt, Failure> {
    let context = secrets::hotspot_password(&purchase.tenant_id, purchase.attempt_id);
    let password = app
        .ports
        .secrets
        .open(&context, &purchase.hotspot_password)?;
    let is_active = purchase.access == AccessState::Active;
    Ok(Receipt {
        purchase,
        password,
        is_active,
        connection,
    })
}

/// What is said when something of ours failed after the charge may have been made.
pub(super) fn unknown(app: &App, purchase: &Purchase) -> PurchaseAnswer {
    PurchaseAnswer::Open {
        token: keys::token_of(app.ports.digests.as_ref(), purchase),
        is_pending: false,
        challenge_url: None,
    }
}
