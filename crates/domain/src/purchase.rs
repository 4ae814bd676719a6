//! A purchase, from checkout to the last refund, as a sans-io state machine.
//!
//! The charge is the pivot: every step before it can be undone, every step after it can only be
//! retried forward. A [`Purchase`] consists of four parts: [`Sale`] (what was fixed when it was
//! sold), [`Payment`], [`Access`] and [`Work`] (lease and schedule). Callers read the parts and
//! change them through the methods of [`Purchase`] alone, each of which is one allowed step.
//! [`Purchase::plan`] says what has to happen next; performing it is the caller's business.

mod facts;
mod plan;
mod sale;
mod state;
mod transitions;

use crate::credentials::HotspotName;
use crate::gateway::{CardSummary, DeclineReason, ExpectedPayment, GatewayKind};
use crate::ids::{PurchaseId, TenantId};
use crate::money::Money;
use crate::payment_method::NextAction;
use crate::time::Timestamp;

pub use facts::{Applied, FactSource, FoundMoney};
pub use plan::{Action, Attempted, Plan, Policy, Situation};
pub use sale::{DeviceHints, Person, Sale};
pub use state::{AccessState, Decision, FailureReason, ParkReason, PurchaseState, TransitionError};

/// The money of a purchase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Where the money is.
    pub state: PurchaseState,
    /// When the charge was committed to; `None`: no charge was ever sent.
    pub charge_sent_at: Option<Timestamp>,
    /// Conekta's order.
    pub order_id: Option<String>,
    /// Conekta's charge or Mercado Pago's payment.
    pub payment_id: Option<String>,
    /// The gateway's status text, as last accepted.
    pub gateway_status: Option<String>,
    /// The gateway's detail text, as last accepted.
    pub gateway_detail: Option<String>,
    /// What may be shown of the card.
    pub card: CardSummary,
    /// Where the customer can pass a challenge, while pending.
    pub next_action: Option<NextAction>,
    /// Why the card was declined.
    pub decline: Option<DeclineReason>,
    /// Why it ended before a charge.
    pub failure: Option<FailureReason>,
    /// What the gateway says was charged, in minor units; differs from the price only in a
    /// mismatch.
    pub charged_minor: Option<i64>,
    /// Sum of all finished refunds in minor units.
    pub refunded_minor: i64,
    /// Successful reads of the gateway that found no charge.
    pub empty_reads: i32,
    /// Since when every read has failed; `None` after a successful one.
    pub reads_failing_since: Option<Timestamp>,
    /// When the last successful read was asked for.
    pub last_read_at: Option<Timestamp>,
    /// When it was paid.
    pub paid_at: Option<Timestamp>,
    /// When the money was back, or the outcome final otherwise.
    pub settled_at: Option<Timestamp>,
}

/// The access on the router.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// How far it has come.
    pub state: AccessState,
    /// The user name: the first candidate until the router took one.
    pub name: HotspotName,
    /// RouterOS `.id` of the user, once the router told it.
    pub user_id: Option<String>,
    /// Until when a command that was cut off from its answer may still add the user, although
    /// its repetition did already; `None`: there was none.
    pub may_be_added_until: Option<Timestamp>,
    /// When the router user was enabled.
    pub activated_at: Option<Timestamp>,
    /// When a paid purchase without access is refunded, if a person has set that anew; `None`:
    /// [`Policy::refund_after`] after the payment.
    pub deadline: Option<Timestamp>,
}

/// Who works on a purchase and when next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Work {
    /// Counted up by every write; a write with an old number changes nothing.
    pub revision: i64,
    /// Until when whoever holds the lease works on it alone.
    pub locked_until: Option<Timestamp>,
    /// When a worker should run next; `None`: nothing left to do.
    pub next_run: Option<Timestamp>,
    /// Runs without progress since the last one with progress.
    pub attempts: i32,
    /// Why a person must decide, if so; workers leave it alone.
    pub parked: Option<ParkReason>,
    /// When a person decided last: every clock that leads to parking starts anew then.
    pub decided_at: Option<Timestamp>,
}

/// A purchase with its parts. See the [module](self).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purchase {
    id: PurchaseId,
    sale: Sale,
    payment: Payment,
    access: Access,
    work: Work,
}

/// The parts of a purchase as a store keeps them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPurchase {
    /// Row number.
    pub id: PurchaseId,
    /// What was sold.
    pub sale: Sale,
    /// The money.
    pub payment: Payment,
    /// The access.
    pub access: Access,
    /// Lease and schedule.
    pub work: Work,
}

impl Purchase {
    /// A purchase that was just stored: its request alone works on it until `locked_until`.
    #[must_use]
    pub fn new(id: PurchaseId, sale: Sale, locked_until: Timestamp) -> Self {
        let first_name = sale.candidates.first().cloned();
        Self {
            id,
            payment: Payment {
                state: PurchaseState::Created,
                charge_sent_at: None,
                order_id: None,
                payment_id: None,
                gateway_status: None,
                gateway_detail: None,
                card: CardSummary::default(),
                next_action: None,
                decline: None,
                failure: None,
                charged_minor: None,
                refunded_minor: 0,
                empty_reads: 0,
                reads_failing_since: None,
                last_read_at: None,
                paid_at: None,
                settled_at: None,
            },
            access: Access {
                state: AccessState::Pending,
                name: first_name.unwrap_or_else(|| HotspotName::from_stored("")),
                user_id: None,
                may_be_added_until: None,
                activated_at: None,
                deadline: None,
            },
            work: Work {
                locked_until: Some(locked_until),
                next_run: Some(locked_until),
                ..Work::default()
            },
            sale,
        }
    }

    /// A purchase read from a store.
    #[must_use]
    pub fn from_stored(stored: StoredPurchase) -> Self {
        Self {
            id: stored.id,
            sale: stored.sale,
            payment: stored.payment,
            access: stored.access,
            work: stored.work,
        }
    }

    /// The parts, for a store to keep.
    #[must_use]
    pub fn into_stored(self) -> StoredPurchase {
        StoredPurchase {
            id: self.id,
            sale: self.sale,
            payment: self.payment,
            access: self.access,
            work: self.work,
        }
    }

    /// Row number; the operator sees it.
    #[must_use]
    pub const fn id(&self) -> PurchaseId {
        self.id
    }

    /// What was fixed when it was sold.
    #[must_use]
    pub const fn sale(&self) -> &Sale {
        &self.sale
    }

    /// The money.
    #[must_use]
    pub const fn payment(&self) -> &Payment {
        &self.payment
    }

    /// The access on the router.
    #[must_use]
    pub const fn access(&self) -> &Access {
        &self.access
    }

    /// Lease and schedule.
    #[must_use]
    pub const fn work(&self) -> &Work {
        &self.work
    }

    /// Owner.
    #[must_use]
    pub const fn tenant_id(&self) -> &TenantId {
        &self.sale.tenant_id
    }

    /// Where the money is.
    #[must_use]
    pub const fn state(&self) -> PurchaseState {
        self.payment.state
    }

    /// Whether a person must decide.
    #[must_use]
    pub const fn is_parked(&self) -> bool {
        self.work.parked.is_some()
    }

    /// Whether somebody works on it alone at this moment.
    #[must_use]
    pub fn is_leased(&self, now: Timestamp) -> bool {
        self.work.locked_until.is_some_and(|until| until > now)
    }

    /// What was charged, as far as is known: the gateway's amount, else the price.
    #[must_use]
    pub fn charged(&self) -> Money {
        let minor = self
            .payment
            .charged_minor
            .unwrap_or(self.sale.amount.minor());
        Money::from_minor(minor, self.sale.amount.currency())
    }

    /// What can still be refunded; never negative.
    #[must_use]
    pub fn refundable(&self) -> Money {
        let left = self
            .charged()
            .minor()
            .saturating_sub(self.payment.refunded_minor);
        Money::from_minor(left.max(0), self.sale.amount.currency())
    }

    /// The gateway's own number of the sale; `None` until it is known.
    #[must_use]
    pub fn transaction_id(&self) -> Option<&str> {
        match self.sale.gateway {
            GatewayKind::Conekta => self.payment.order_id.as_deref(),
            GatewayKind::MercadoPago => self.payment.payment_id.as_deref(),
        }
    }

    /// The payment's status as callers of the API know it. Until returned money is back it still
    /// counts as paid; a decline shows the gateway's own text.
    #[must_use]
    pub fn payment_status(&self) -> &str {
        match self.payment.state {
            PurchaseState::Created
            | PurchaseState::Charging
            | PurchaseState::Verifying
            | PurchaseState::Pending => "pending",
            PurchaseState::Paid | PurchaseState::Mismatch | PurchaseState::Refunding => {
                match self.sale.gateway {
                    GatewayKind::Conekta => "paid",
                    GatewayKind::MercadoPago => "approved",
                }
            }
            PurchaseState::Declined => self.payment.gateway_status.as_deref().unwrap_or("declined"),
            PurchaseState::Failed | PurchaseState::GivenUp => "failed",
            PurchaseState::Refunded => "refunded",
            PurchaseState::ChargedBack => "charged_back",
        }
    }

    /// What the gateway must say before this purchase counts as paid.
    #[must_use]
    pub fn expected_payment(&self, collector: Option<String>) -> ExpectedPayment {
        ExpectedPayment {
            amount: self.sale.amount,
            reference: self.sale.reference.clone(),
            order_id: self.payment.order_id.clone(),
            mode: self.sale.mode,
            collector,
        }
    }

    /// The comment on the router while the user is only reserved; together with the name it
    /// proves that the user is ours.
    #[must_use]
    pub fn reservation_comment(&self) -> String {
        format!("reserva {}", self.id)
    }

    /// The names under which the router may hold a user of this purchase. Once the router told
    /// an id there is one; before, every name that was tried.
    #[must_use]
    pub fn names_to_remove(&self) -> Vec<HotspotName> {
        if self.access.user_id.is_some() {
            return vec![self.access.name.clone()];
        }
        let mut names = self.sale.candidates.clone();
        if !names.contains(&self.access.name) {
            names.push(self.access.name.clone());
        }
        names
    }
}
