//! What happens from outside, at its time.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use domain::gateway::GatewayKind;
use domain::time::Timestamp;
use ports::payments::RawNotice;

use crate::scheduler::Replica;

/// A notice of a gateway on its way to us.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    /// Who sends it.
    pub(crate) gateway: GatewayKind,
    /// The notice.
    pub(crate) notice: RawNotice,
    /// How often it was sent before.
    pub(crate) tries: u32,
    /// Whether it was taken.
    pub(crate) is_taken: Arc<AtomicBool>,
}

/// How a request differs from the first one of its wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variant {
    /// Not at all.
    Same,
    /// The portal made a new card token, and kept its key.
    FreshToken,
    /// Somebody else's data and another kind of credentials, under the same key and card token.
    Other,
}

/// Something that happens from outside.
#[derive(Debug, Clone)]
pub(crate) enum Action {
    /// A customer's request.
    Buy {
        /// Which wish.
        wish: usize,
        /// What it asks for.
        variant: Variant,
        /// After how long the customer hangs up.
        leaves_after: Option<Duration>,
    },
    /// The connection of a request ends.
    HangUp(u64),
    /// A customer asks how a purchase stands.
    Poll(usize),
    /// A replica's workers look for work.
    Tick(Replica),
    /// A crashed replica comes back.
    Restart(Replica),
    /// A notice arrives.
    Notice(Delivery),
    /// Somebody sends a notice that no gateway sent.
    Forge,
    /// The operator refunds a sale.
    Refund {
        /// In per cent of what is left; 100 for all.
        per_cent: i64,
        /// Whether the request is sent twice.
        twice: bool,
    },
    /// Money moves at the gateway without us.
    Bank,
    /// A daily audit.
    Audit,
    /// A gateway is down for a while.
    GatewayDown(Duration),
    /// A router is down for a while.
    RouterDown(Duration),
    /// The database is down for a while.
    DatabaseDown(Duration),
    /// The operator sets new credentials for a gateway.
    Rotate,
    /// Somebody works on a router by hand.
    Meddle,
}

/// An action and its time.
pub(crate) type Appointment = (Timestamp, Action);
