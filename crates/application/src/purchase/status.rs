//! The status of a purchase as the customer sees it.

use std::sync::Arc;
use std::time::Duration;

use domain::gateway::{DeclineReason, GatewayKind};
use domain::ids::AttemptId;
use domain::payment_method::NextAction;
use domain::purchase::{AccessState, FailureReason, Purchase, PurchaseState};
use domain::secret::Secret;
use ports::hotspot::{NotConnected, SessionInfo};
use ports::security::{Digests, to_hex};
use ports::store::Scope;
use ports::store::purchases::{KeyKind, PurchaseKey};

use crate::app::App;
use crate::caller::Portal;
use crate::error::Failure;
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
    /// The public token to ask for it again with.
    pub token: String,
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
        next_action: Option<NextAction>,
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
pub(crate) fn describe(
    app: &App,
    purchase: Purchase,
    connection: AutoConnection,
) -> Result<PurchaseAnswer, Failure> {
    let token = token_of(app.ports.digests.as_ref(), &purchase);
    Ok(match purchase.state() {
        PurchaseState::Created | PurchaseState::Charging => PurchaseAnswer::StillRunning { token },
        PurchaseState::Verifying => PurchaseAnswer::Open {
            token,
            is_pending: false,
            next_action: None,
        },
        PurchaseState::Pending => PurchaseAnswer::Open {
            token,
            is_pending: true,
            next_action: purchase.payment().next_action.clone(),
        },
        PurchaseState::Paid => PurchaseAnswer::Paid(Box::new(receipt(app, purchase, connection)?)),
        PurchaseState::Declined => PurchaseAnswer::Declined {
            gateway: purchase.sale().gateway,
            reason: purchase.payment().decline.unwrap_or(DeclineReason::Other),
            token,
        },
        PurchaseState::Failed => PurchaseAnswer::NotCharged {
            reason: purchase
                .payment()
                .failure
                .unwrap_or(FailureReason::Abandoned),
            token,
        },
        PurchaseState::GivenUp => PurchaseAnswer::GivenUp { token },
        PurchaseState::Mismatch
        | PurchaseState::Refunding
        | PurchaseState::Refunded
        | PurchaseState::ChargedBack => PurchaseAnswer::Returned {
            token,
            state: purchase.state(),
        },
    })
}

fn receipt(app: &App, purchase: Purchase, connection: AutoConnection) -> Result<Receipt, Failure> {
    let context = secrets::hotspot_password(&purchase.sale().tenant_id, purchase.sale().attempt_id);
    let password = app
        .ports
        .secrets
        .open(&context, &purchase.sale().hotspot_password)?;
    let is_active = purchase.access().state == AccessState::Active;
    Ok(Receipt {
        token: token_of(app.ports.digests.as_ref(), &purchase),
        purchase,
        password,
        is_active,
        connection,
    })
}

/// What is said when something of ours failed after the charge may have been made.
pub(crate) fn unknown(app: &App, purchase: &Purchase) -> PurchaseAnswer {
    PurchaseAnswer::Open {
        token: token_of(app.ports.digests.as_ref(), purchase),
        is_pending: false,
        next_action: None,
    }
}

/// The unguessable token by which a customer asks for this purchase again.
pub(crate) fn public_token(digests: &dyn Digests, attempt: AttemptId) -> String {
    to_hex(&digests.keyed("purchase-token", attempt.as_uuid().as_bytes()))
}

/// What of the public token is stored.
pub(crate) fn token_digest(digests: &dyn Digests, token: &str) -> String {
    to_hex(&digests.sha256(token.as_bytes()))
}

/// The purchase's public token.
pub(crate) fn token_of(digests: &dyn Digests, purchase: &Purchase) -> String {
    public_token(digests, purchase.sale().attempt_id)
}

/// How long a repeated request waits for the first one to finish.
const JOIN_TIMEOUT: Duration = Duration::from_secs(10);
/// How often it polls.
const POLL_INTERVAL: Duration = Duration::from_millis(250);

/// The purchase with this public token as it is now; `None` unless it is of the portal's router.
///
/// # Errors
/// [`Failure`].
pub async fn find_purchase(
    app: &App,
    portal: &Portal,
    token: &str,
) -> Result<Option<PurchaseAnswer>, Failure> {
    let digest = token_digest(app.ports.digests.as_ref(), token);
    let mut work = app
        .ports
        .store
        .begin(Scope::Tenant(portal.tenant_id.clone()))
        .await?;
    let found = work
        .purchases()
        .find_by_token(&portal.router_id, &digest)
        .await?;
    work.commit().await?;
    found
        .map(|purchase| describe(app, purchase, AutoConnection::NotRequested))
        .transpose()
}

/// The purchase that was begun under this `Idempotency-Key` as it is now; `None` unless it is of
/// the portal's router.
///
/// # Errors
/// [`Failure`].
pub async fn find_purchase_by_key(
    app: &App,
    portal: &Portal,
    key: String,
) -> Result<Option<PurchaseAnswer>, Failure> {
    let key = PurchaseKey {
        kind: KeyKind::Header,
        key,
    };
    let found = app
        .read(Scope::Tenant(portal.tenant_id.clone()), async |uow| {
            uow.purchases().find_by_key(&portal.router_id, &key).await
        })
        .await?;
    found
        .map(|keyed| describe(app, keyed.purchase, AutoConnection::NotRequested))
        .transpose()
}

/// The stored state of a purchase that somebody else has moved on.
pub(crate) async fn current(app: &App, purchase: &Purchase) -> Result<PurchaseAnswer, Failure> {
    let stored = reload(app, purchase).await?;
    describe(app, stored, AutoConnection::NotRequested)
}

async fn reload(app: &App, purchase: &Purchase) -> Result<Purchase, Failure> {
    let scope = Scope::Tenant(purchase.sale().tenant_id.clone());
    let mut work = app.ports.store.begin(scope).await?;
    let stored = work.purchases().find(purchase.id()).await?;
    work.commit().await?;
    stored.ok_or(Failure::Inconsistent("a purchase has vanished"))
}

/// Joins a purchase that was begun before: waits a little while its request is at work, then
/// tells how it is.
pub(crate) async fn join(
    app: &Arc<App>,
    mut purchase: Purchase,
) -> Result<PurchaseAnswer, Failure> {
    let deadline = app.now().plus(JOIN_TIMEOUT);
    while matches!(
        purchase.state(),
        PurchaseState::Created | PurchaseState::Charging
    ) && app.now() < deadline
    {
        app.ports.clock.sleep(POLL_INTERVAL).await;
        purchase = reload(app, &purchase).await?;
    }
    describe(app, purchase, AutoConnection::NotRequested)
}
