//! What Mercado Pago keeps: payments, refunds, card tokens, idempotency keys.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::scenario::Scenario;
use crate::wire::Reply;

/// A payment's life.
#[derive(Debug, Clone)]
pub(crate) struct Payment {
    pub(crate) id: i64,
    pub(crate) account: String,
    pub(crate) collector: i64,
    pub(crate) live: bool,
    /// Minor units.
    pub(crate) amount: i64,
    pub(crate) status: &'static str,
    pub(crate) detail: String,
    pub(crate) method: &'static PaymentMethod,
    pub(crate) issuer_id: Value,
    pub(crate) installments: i64,
    pub(crate) binary_mode: bool,
    pub(crate) captured: bool,
    pub(crate) external_reference: Option<String>,
    pub(crate) description: Value,
    pub(crate) statement_descriptor: Value,
    pub(crate) notification_url: Option<String>,
    /// Minor units.
    pub(crate) application_fee: Option<i64>,
    pub(crate) payer: Value,
    pub(crate) additional_info: Value,
    pub(crate) metadata: Map<String, Value>,
    pub(crate) card: Option<CardFace>,
    pub(crate) authorization_code: Option<String>,
    pub(crate) three_ds: Option<Value>,
    pub(crate) resource_url: Option<String>,
    pub(crate) refunds: Vec<Refund>,
    /// Token as it may be shown.
    pub(crate) token: Option<String>,
    /// Unix milliseconds.
    pub(crate) created_ms: i64,
    pub(crate) updated_ms: i64,
    pub(crate) approved_ms: Option<i64>,
    pub(crate) expiration: Option<String>,
    /// Searches that do not see it yet.
    pub(crate) hidden: u32,
}

impl Payment {
    /// Minor units given back by refunds.
    pub(crate) fn refunded(&self) -> i64 {
        self.refunds.iter().map(|refund| refund.amount).sum()
    }

    /// Whether it may still be approved by itself.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.status, "pending" | "in_process" | "authorized")
    }
}

/// A way to pay.
#[derive(Debug)]
pub(crate) struct PaymentMethod {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) kind: &'static str,
}

/// Mexico's ways to pay, as far as the sandbox plays them.
pub(crate) static METHODS: [PaymentMethod; 7] = [
    PaymentMethod {
        id: "visa",
        name: "Visa",
        kind: "credit_card",
    },
    PaymentMethod {
        id: "master",
        name: "Mastercard",
        kind: "credit_card",
    },
    PaymentMethod {
        id: "amex",
        name: "American Express",
        kind: "credit_card",
    },
    PaymentMethod {
        id: "debvisa",
        name: "Visa Débito",
        kind: "debit_card",
    },
    PaymentMethod {
        id: "debmaster",
        name: "Mastercard Débito",
        kind: "debit_card",
    },
    PaymentMethod {
        id: "oxxo",
        name: "OXXO",
        kind: "ticket",
    },
    PaymentMethod {
        id: "clabe",
        name: "STP",
        kind: "bank_transfer",
    },
];

/// What may be shown of a card.
#[derive(Debug, Clone)]
pub(crate) struct CardFace {
    pub(crate) first6: String,
    pub(crate) last4: String,
    pub(crate) month: i64,
    pub(crate) year: i64,
    pub(crate) holder: String,
}

/// A card behind a token.
#[derive(Debug, Clone)]
pub(crate) struct TokenCard {
    pub(crate) scenario: Scenario,
    pub(crate) face: CardFace,
}

/// Money given back.
#[derive(Debug, Clone)]
pub(crate) struct Refund {
    pub(crate) id: i64,
    /// Minor units.
    pub(crate) amount: i64,
    pub(crate) created_ms: i64,
    pub(crate) by_admin: bool,
}

/// What is known under an idempotency key. No `Debug`: the body holds a token.
pub(crate) struct Slot {
    /// Method, path and body of the request that used it.
    pub(crate) request: (String, Value),
    /// The answer; none while the first request runs.
    pub(crate) reply: Option<Reply>,
}

/// All of it. No `Debug`: it holds tokens.
#[derive(Default)]
pub(crate) struct MercadoPagoStore {
    /// In the order of creation.
    pub(crate) payments: Vec<Payment>,
    pub(crate) tokens: BTreeMap<String, TokenCard>,
    pub(crate) used_tokens: BTreeSet<String>,
    /// By account and key.
    pub(crate) slots: BTreeMap<(String, String), Slot>,
}

impl MercadoPagoStore {
    /// The account's payment with this id.
    pub(crate) fn payment(&self, account: &str, id: &str) -> Option<&Payment> {
        let id: i64 = id.parse().ok()?;
        self.payments
            .iter()
            .rev()
            .find(|payment| payment.id == id && payment.account == account)
    }

    /// Stores a changed payment.
    pub(crate) fn put(&mut self, payment: Payment) {
        if let Some(place) = self
            .payments
            .iter_mut()
            .rev()
            .find(|known| known.id == payment.id)
        {
            *place = payment;
        }
    }
}
