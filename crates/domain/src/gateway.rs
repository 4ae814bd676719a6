//! What the payment gateways have in common.

use std::fmt;

use crate::ids::{AttemptId, PurchaseId, RouterId, TenantId};
use crate::money::Money;
use crate::payment_method::NextAction;
use crate::time::Timestamp;

/// A payment gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GatewayKind {
    /// Conekta.
    Conekta,
    /// Mercado Pago, Payments API.
    MercadoPago,
}

impl GatewayKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Conekta, Self::MercadoPago];

    /// The stable name used in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Conekta => "conekta",
            Self::MercadoPago => "mercado_pago",
        }
    }

    /// Reads the stable name.
    #[must_use]
    pub fn from_str_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

impl fmt::Display for GatewayKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One value for each gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByGateway<T> {
    conekta: T,
    mercado_pago: T,
}

impl<T> ByGateway<T> {
    /// Asks `make` for the value of each gateway, in the order of [`GatewayKind::ALL`].
    #[must_use]
    pub fn new(mut make: impl FnMut(GatewayKind) -> T) -> Self {
        Self {
            conekta: make(GatewayKind::Conekta),
            mercado_pago: make(GatewayKind::MercadoPago),
        }
    }

    /// The value of one gateway, to be changed.
    #[must_use]
    pub const fn get_mut(&mut self, kind: GatewayKind) -> &mut T {
        match kind {
            GatewayKind::Conekta => &mut self.conekta,
            GatewayKind::MercadoPago => &mut self.mercado_pago,
        }
    }

    /// The value of one gateway.
    #[must_use]
    pub const fn get(&self, kind: GatewayKind) -> &T {
        match kind {
            GatewayKind::Conekta => &self.conekta,
            GatewayKind::MercadoPago => &self.mercado_pago,
        }
    }
}

/// Whether a tenant's gateway account moves real money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GatewayMode {
    /// Sandbox cards only.
    Test,
    /// Real money.
    Live,
}

impl GatewayMode {
    /// `test` or `live`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Live => "live",
        }
    }

    /// Reads `test` or `live`.
    #[must_use]
    pub fn from_str_name(name: &str) -> Option<Self> {
        [Self::Test, Self::Live]
            .into_iter()
            .find(|mode| mode.as_str() == name)
    }
}

/// Why a card was declined, in terms a customer can act on. Which words the customer reads is
/// decided at the edge; the gateway's own code is kept beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeclineReason {
    /// Not enough money on the card.
    InsufficientFunds,
    /// The issuer said no without a reason.
    Declined,
    /// The customer must call the bank.
    CallIssuer,
    /// Number, date or security code were mistyped.
    BadCardData,
    /// The card has expired.
    ExpiredCard,
    /// Suspected fraud; the customer is told nothing of it.
    Fraud,
    /// Over an amount or attempt limit.
    LimitExceeded,
    /// The card is not activated, or not good for this kind of payment.
    CardNotSupported,
    /// The bank's 3-D Secure check failed.
    ThreeDsFailed,
    /// The card token was used before or has expired.
    TokenUsed,
    /// Same amount paid a moment ago.
    Duplicated,
    /// The bank could not be reached.
    IssuerUnavailable,
    /// The instalments do not fit the card.
    InvalidInstallments,
    /// Anything else.
    Other,
}

impl DeclineReason {
    const NAMES: [(Self, &'static str); 14] = [
        (Self::InsufficientFunds, "insufficient_funds"),
        (Self::Declined, "declined"),
        (Self::CallIssuer, "call_issuer"),
        (Self::BadCardData, "bad_card_data"),
        (Self::ExpiredCard, "expired_card"),
        (Self::Fraud, "fraud"),
        (Self::LimitExceeded, "limit"),
        (Self::CardNotSupported, "card_not_supported"),
        (Self::ThreeDsFailed, "three_ds_failed"),
        (Self::TokenUsed, "token_used"),
        (Self::Duplicated, "duplicated"),
        (Self::IssuerUnavailable, "issuer_unavailable"),
        (Self::InvalidInstallments, "invalid_installments"),
        (Self::Other, "other"),
    ];

    /// The stable name used in the database.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(reason, _)| *reason == self)
            .map_or("other", |(_, name)| name)
    }

    /// Reads the stable name; unknown ones are [`DeclineReason::Other`].
    #[must_use]
    pub fn from_str_name(name: &str) -> Self {
        Self::NAMES
            .iter()
            .find(|(_, known)| *known == name)
            .map_or(Self::Other, |(reason, _)| *reason)
    }
}

/// What a gateway says of a payment, in our words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentStatus {
    /// The money is ours.
    Approved,
    /// The money is ours, and part of it went back.
    PartiallyRefunded,
    /// Under review, or the customer must pass a challenge. No access yet.
    Pending,
    /// Final: not paid.
    Declined(DeclineReason),
    /// Final: cancelled or expired, not paid.
    Cancelled,
    /// All the money went back.
    Refunded,
    /// The customer's bank took the money back, or is about to.
    ChargedBack,
    /// A word we do not know: treated as pending, with an alert; never as paid, never as failed.
    Unknown,
}

/// Marks that we put on every payment, to tell ours from a stranger's and from those of another
/// installation that shares the merchant account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentMark {
    /// Random id of this installation, made by its first migration.
    pub installation: String,
    /// The tenant.
    pub tenant: TenantId,
    /// The router sold for.
    pub router: RouterId,
    /// The sale.
    pub purchase: PurchaseId,
    /// Its charge attempt.
    pub attempt: AttemptId,
}

/// What the customer may be shown of the card, as the gateway reports it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CardSummary {
    /// Brand (`visa`).
    pub brand: Option<String>,
    /// `credit_card`, `debit_card`, ...
    pub kind: Option<String>,
    /// The issuer's id or name.
    pub issuer: Option<String>,
    /// Last four digits.
    pub last_four: Option<String>,
    /// Instalments.
    pub installments: Option<u32>,
}

/// One payment as the gateway describes it, from the answer to a charge or from a read.
///
/// `None` means that the gateway did not say; it is never a contradiction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentFacts {
    /// Our reading of the status.
    pub status: PaymentStatus,
    /// The gateway's status word as sent (`paid`, `approved`, `in_process`, ...).
    pub status_text: String,
    /// The gateway's detail or decline code, if any.
    pub detail: Option<String>,
    /// Conekta's order.
    pub order_id: Option<String>,
    /// Conekta's charge, or Mercado Pago's payment.
    pub payment_id: Option<String>,
    /// Amount in minor units, without a currency if the gateway left it out.
    pub amount_minor: Option<i64>,
    /// ISO 4217 code as sent.
    pub currency: Option<String>,
    /// Our reference as it came back (charge `reference_id`, `external_reference`).
    pub reference: Option<String>,
    /// Whether the gateway counts it as real money.
    pub live_mode: Option<bool>,
    /// The account that received the money, where the gateway tells (Mercado Pago).
    pub collector: Option<String>,
    /// Sum of all refunds so far, in minor units, positive.
    pub refunded_minor: Option<i64>,
    /// What the customer has to do before the payment can succeed.
    pub next_action: Option<NextAction>,
    /// The card.
    pub card: CardSummary,
    /// When the gateway approved it.
    pub approved_at: Option<Timestamp>,
}

impl PaymentFacts {
    /// Facts that say nothing but a status; a start for building others.
    #[must_use]
    pub fn new(status: PaymentStatus, status_text: impl Into<String>) -> Self {
        Self {
            status,
            status_text: status_text.into(),
            detail: None,
            order_id: None,
            payment_id: None,
            amount_minor: None,
            currency: None,
            reference: None,
            live_mode: None,
            collector: None,
            refunded_minor: None,
            next_action: None,
            card: CardSummary::default(),
            approved_at: None,
        }
    }
}

/// What we expect a payment to look like before it counts as paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedPayment {
    /// Amount and currency of the sale.
    pub amount: Money,
    /// Our reference.
    pub reference: String,
    /// Conekta's order, once we have one.
    pub order_id: Option<String>,
    /// Test or live; compared where the gateway tells.
    pub mode: GatewayMode,
    /// The tenant's collector, if known.
    pub collector: Option<String>,
}

/// How a payment compares with what we expect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Amount and currency are there and equal, an id is there, nothing contradicts.
    Complete,
    /// Nothing contradicts, but a required field is missing: read the payment.
    Incomplete,
    /// A field says something else than ours.
    Contradicts,
}

impl ExpectedPayment {
    /// Compares a payment with this expectation.
    #[must_use]
    pub fn check(&self, facts: &PaymentFacts) -> Proof {
        let differs = |ours: &str, theirs: &Option<String>| {
            theirs
                .as_deref()
                .is_some_and(|theirs| !theirs.is_empty() && theirs != ours)
        };
        let live = self.mode == GatewayMode::Live;
        let contradicts = facts
            .amount_minor
            .is_some_and(|minor| minor != self.amount.minor())
            || facts
                .currency
                .as_deref()
                .is_some_and(|code| !code.eq_ignore_ascii_case(self.amount.currency().code()))
            || differs(&self.reference, &facts.reference)
            || self
                .order_id
                .as_deref()
                .is_some_and(|ours| differs(ours, &facts.order_id))
            || self
                .collector
                .as_deref()
                .is_some_and(|ours| differs(ours, &facts.collector))
            || facts.live_mode.is_some_and(|theirs| theirs != live);
        let complete = facts.amount_minor.is_some()
            && facts.currency.is_some()
            && (facts.payment_id.is_some() || facts.order_id.is_some());
        match (contradicts, complete) {
            (true, _) => Proof::Contradicts,
            (false, true) => Proof::Complete,
            (false, false) => Proof::Incomplete,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    fn expected() -> ExpectedPayment {
        ExpectedPayment {
            amount: Money::from_minor(1999, Currency::Mxn),
            reference: "att-1".into(),
            order_id: Some("ord_1".into()),
            mode: GatewayMode::Test,
            collector: Some("44".into()),
        }
    }

    fn facts() -> PaymentFacts {
        PaymentFacts {
            order_id: Some("ord_1".into()),
            amount_minor: Some(1999),
            currency: Some("mxn".into()),
            ..PaymentFacts::new(PaymentStatus::Approved, "paid")
        }
    }

    #[test]
    fn absent_fields_do_not_contradict_but_required_ones_must_be_there() {
        assert_eq!(expected().check(&facts()), Proof::Complete);
        let bare = PaymentFacts::new(PaymentStatus::Approved, "paid");
        assert_eq!(expected().check(&bare), Proof::Incomplete);
    }

    #[test]
    fn every_differing_field_contradicts() {
        let wrong = [
            PaymentFacts {
                amount_minor: Some(1998),
                ..facts()
            },
            PaymentFacts {
                currency: Some("USD".into()),
                ..facts()
            },
            PaymentFacts {
                reference: Some("att-2".into()),
                ..facts()
            },
            PaymentFacts {
                order_id: Some("ord_2".into()),
                ..facts()
            },
            PaymentFacts {
                collector: Some("45".into()),
                ..facts()
            },
            PaymentFacts {
                live_mode: Some(true),
                ..facts()
            },
        ];
        for facts in wrong {
            assert_eq!(expected().check(&facts), Proof::Contradicts, "{facts:?}");
        }
    }

    #[test]
    fn decline_reasons_keep_their_names() {
        for (reason, name) in DeclineReason::NAMES {
            assert_eq!(DeclineReason::from_str_name(name), reason);
            assert_eq!(reason.as_str(), name);
        }
        assert_eq!(
            DeclineReason::from_str_name("new one"),
            DeclineReason::Other
        );
    }
}
