//! What Conekta keeps: orders, charges, tokens, webhook keys.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::core::retained::Retained;
use crate::core::scenario::Scenario;

/// An order's life.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub(crate) id: String,
    pub(crate) account: String,
    pub(crate) live: bool,
    pub(crate) currency: String,
    /// Sum of the line items, in minor units.
    pub(crate) amount: i64,
    pub(crate) customer: Customer,
    pub(crate) line_items: Vec<Value>,
    pub(crate) metadata: Map<String, Value>,
    pub(crate) charges: Vec<Charge>,
    pub(crate) pre_authorize: bool,
    pub(crate) processing_mode: Value,
    pub(crate) return_url: Option<String>,
    pub(crate) canceled: bool,
    /// Unix seconds.
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    /// Searches that do not see it yet.
    pub(crate) hidden: u32,
}

/// Who buys.
#[derive(Debug, Clone, Default)]
pub(crate) struct Customer {
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    /// Of a customer kept at the service (`cus_...`).
    pub(crate) saved_id: Option<String>,
}

/// What became of a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChargeStatus {
    PendingPayment,
    PendingConfirmation,
    PreAuthorized,
    Paid,
    Declined,
    Expired,
    Canceled,
    ChargedBack,
}

/// A charge of an order.
#[derive(Debug, Clone)]
pub(crate) struct Charge {
    pub(crate) id: String,
    pub(crate) amount: i64,
    pub(crate) status: ChargeStatus,
    pub(crate) reference_id: Option<String>,
    pub(crate) method: Method,
    pub(crate) installments: Option<i64>,
    pub(crate) failure: Option<Failure>,
    pub(crate) next_action: Option<Value>,
    pub(crate) refunds: Vec<Refund>,
    pub(crate) chargeback: Option<Value>,
    /// Token as it may be shown.
    pub(crate) token: Option<String>,
    pub(crate) created_at: i64,
    pub(crate) paid_at: Option<i64>,
}

impl Charge {
    /// Minor units given back so far.
    pub(crate) fn refunded(&self) -> i64 {
        self.refunds.iter().map(|refund| refund.amount).sum()
    }

    /// Whether money was taken (it may have been given back since).
    pub(crate) const fn took_money(&self) -> bool {
        matches!(self.status, ChargeStatus::Paid | ChargeStatus::ChargedBack)
    }

    /// Whether the charge may still become paid by itself.
    pub(crate) const fn is_open(&self) -> bool {
        matches!(
            self.status,
            ChargeStatus::PendingPayment
                | ChargeStatus::PendingConfirmation
                | ChargeStatus::PreAuthorized
        )
    }

    /// The status word on the wire.
    pub(crate) fn status_word(&self) -> &'static str {
        match self.status {
            ChargeStatus::PendingPayment => "pending_payment",
            ChargeStatus::PendingConfirmation => "pending_confirmation",
            ChargeStatus::PreAuthorized => "pre_authorized",
            ChargeStatus::Declined => "declined",
            ChargeStatus::Expired => "expired",
            ChargeStatus::Canceled => "canceled",
            ChargeStatus::ChargedBack => "charged_back",
            ChargeStatus::Paid => match self.refunded() {
                0 => "paid",
                part if part < self.amount => "partially_refunded",
                _ => "refunded",
            },
        }
    }
}

/// Why a charge was refused.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    /// Code after `conekta.errors.`.
    pub(crate) code: String,
    /// Short form for `failure_code`.
    pub(crate) short: String,
    /// Text for the customer, in Spanish.
    pub(crate) message: String,
}

/// How a charge is paid.
#[derive(Debug, Clone)]
pub(crate) enum Method {
    Card(CardFace),
    Cash { reference: String, expires_at: i64 },
    Spei { clabe: String, expires_at: i64 },
}

/// What may be shown of a card.
#[derive(Debug, Clone)]
pub(crate) struct CardFace {
    pub(crate) brand: &'static str,
    pub(crate) last4: String,
    pub(crate) name: String,
    pub(crate) exp_month: String,
    pub(crate) exp_year: String,
    pub(crate) auth_code: Option<String>,
}

/// Money given back. The amount is kept positive and shown negative, as the vendor does.
#[derive(Debug, Clone)]
pub(crate) struct Refund {
    pub(crate) id: String,
    pub(crate) amount: i64,
    pub(crate) auth_code: String,
    pub(crate) created_at: i64,
}

/// The card that a token stands for.
#[derive(Debug, Clone)]
pub(crate) struct TokenCard {
    pub(crate) scenario: Scenario,
    pub(crate) live: bool,
    pub(crate) face: CardFace,
}

/// A key with which events to one account are signed.
#[derive(Debug, Clone)]
pub(crate) struct WebhookKey {
    pub(crate) id: String,
    pub(crate) account: String,
    pub(crate) live: bool,
    pub(crate) active: bool,
    pub(crate) created_at: i64,
    /// Which of the sandbox's key pairs.
    pub(crate) pair: usize,
}

/// Newest orders that are kept.
const KEPT_ORDERS: usize = 20_000;

/// All of it. No `Debug`: it holds tokens.
pub(crate) struct ConektaStore {
    /// In the order of creation.
    pub(crate) orders: Retained<Order>,
    pub(crate) tokens: BTreeMap<String, TokenCard>,
    pub(crate) used_tokens: BTreeSet<String>,
    pub(crate) webhook_keys: Vec<WebhookKey>,
}

impl Default for ConektaStore {
    fn default() -> Self {
        Self {
            orders: Retained::new(KEPT_ORDERS),
            tokens: BTreeMap::new(),
            used_tokens: BTreeSet::new(),
            webhook_keys: Vec::new(),
        }
    }
}

impl ConektaStore {
    /// The account's order with this id.
    pub(crate) fn order(&self, account: &str, id: &str) -> Option<&Order> {
        self.orders
            .items()
            .iter()
            .rev()
            .find(|order| order.id == id && order.account == account)
    }

    /// The same, to change it.
    pub(crate) fn order_mut(&mut self, account: &str, id: &str) -> Option<&mut Order> {
        self.orders
            .items_mut()
            .iter_mut()
            .rev()
            .find(|order| order.id == id && order.account == account)
    }
}

impl Order {
    /// Minor units taken by charges.
    pub(crate) fn taken(&self) -> i64 {
        self.charges
            .iter()
            .filter(|c| c.took_money())
            .map(|charge| charge.amount)
            .sum()
    }

    /// Minor units given back by refunds.
    pub(crate) fn refunded(&self) -> i64 {
        self.charges.iter().map(Charge::refunded).sum()
    }

    /// The order's status word; none while it has no charge.
    pub(crate) fn status_word(&self) -> Option<&'static str> {
        if self.canceled {
            return Some("canceled");
        }
        let has = |status| self.charges.iter().any(|charge| charge.status == status);
        if has(ChargeStatus::ChargedBack) {
            return Some("charged_back");
        }
        let taken = self.taken();
        if taken > 0 || has(ChargeStatus::Paid) {
            let refunded = self.refunded();
            return Some(match refunded {
                0 if taken < self.amount => "partially_paid",
                0 => "paid",
                part if part < taken => "partially_refunded",
                _ => "refunded",
            });
        }
        for (status, word) in [
            (ChargeStatus::PreAuthorized, "pre_authorized"),
            (ChargeStatus::PendingConfirmation, "under_fraud_review"),
            (ChargeStatus::PendingPayment, "pending_payment"),
        ] {
            if has(status) {
                return Some(word);
            }
        }
        // Nothing open and nothing paid: the status of the last attempt.
        self.charges.last().map(Charge::status_word)
    }
}
