//! What Mercado Pago keeps: payments, tokens, and replies by idempotency key.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::core::gateway::Endpoint;
use crate::core::http::{Call, Reply, Request};
use crate::core::retained::Retained;
use crate::core::scenario::Scenario;
use crate::mercado_pago::State;
use crate::mercado_pago::error::Refusal;

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

/// The card that a token stands for.
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
    /// Number of the claim.
    claim: u64,
}

/// Newest payments that are kept.
const KEPT_PAYMENTS: usize = 20_000;

/// Newest idempotency keys that are kept.
const KEPT_KEYS: usize = 5_000;

/// All of it. No `Debug`: it holds tokens.
pub(crate) struct MercadoPagoStore {
    /// In the order of creation.
    pub(crate) payments: Retained<Payment>,
    pub(crate) tokens: BTreeMap<String, TokenCard>,
    pub(crate) used_tokens: BTreeSet<String>,
    /// By account and key.
    pub(crate) slots: BTreeMap<(String, String), Slot>,
    /// The keys of the slots, oldest first.
    claimed: Retained<((String, String), u64)>,
}

impl Default for MercadoPagoStore {
    fn default() -> Self {
        Self {
            payments: Retained::new(KEPT_PAYMENTS),
            tokens: BTreeMap::new(),
            used_tokens: BTreeSet::new(),
            slots: BTreeMap::new(),
            claimed: Retained::new(KEPT_KEYS),
        }
    }
}

impl MercadoPagoStore {
    /// Claims a key, and forgets the oldest ones when there are too many.
    fn claim(&mut self, key: (String, String), request: (String, Value)) {
        let claim = self.claimed.next_number();
        for (old, number) in self.claimed.push((key.clone(), claim)) {
            // A key that was freed and claimed again belongs to the later claim.
            if self
                .slots
                .get(&old)
                .is_some_and(|slot| slot.claim == number)
            {
                self.slots.remove(&old);
            }
        }
        let slot = Slot {
            request,
            reply: None,
            claim,
        };
        self.slots.insert(key, slot);
    }

    /// The account's payment with this id.
    pub(crate) fn payment(&self, account: &str, id: &str) -> Option<&Payment> {
        let id: i64 = id.parse().ok()?;
        self.payments
            .items()
            .iter()
            .rev()
            .find(|payment| payment.id == id && payment.account == account)
    }

    /// Stores a changed payment.
    pub(crate) fn put(&mut self, payment: Payment) {
        if let Some(place) = self
            .payments
            .items_mut()
            .iter_mut()
            .rev()
            .find(|known| known.id == payment.id)
        {
            *place = payment;
        }
    }
}

/// How a request goes on.
#[derive(Debug)]
pub(crate) enum Start {
    /// It runs; its answer is to be kept under the key, if it has one.
    Run(Option<String>),
    /// It ran before; this was the answer.
    Replay(Reply),
}

/// Looks the key up and claims it. Mandatory on payments and refunds, honoured on changes.
pub(crate) fn begin(
    state: &mut State<'_>,
    call: &Call,
    request: &Request,
) -> Result<Start, Refusal> {
    let mandatory = matches!(
        call.endpoint,
        Endpoint::CreatePayment | Endpoint::RefundPayment
    );
    if !mandatory && call.endpoint != Endpoint::UpdatePayment {
        return Ok(Start::Run(None));
    }
    let key = match request.header("x-idempotency-key") {
        None if mandatory => {
            return Err(Refusal::bad(4292, "Header X-Idempotency-Key can't be null"));
        }
        None => return Ok(Start::Run(None)),
        Some(key) if (1..=64).contains(&key.len()) => key.to_owned(),
        Some(_) => {
            return Err(Refusal::bad(
                4292,
                "Header X-Idempotency-Key must have 1 to 64 characters",
            ));
        }
    };
    let body = request.json().unwrap_or(Value::Null);
    let this = (format!("{} {}", request.method, request.path), body);
    let place = (call.account.clone(), key.clone());
    match state.store.slots.get(&place) {
        None => {
            state.store.claim(place, this);
            Ok(Start::Run(Some(key)))
        }
        Some(slot) if slot.request != this => Err(Refusal::conflict(
            "The idempotency key was used with another request",
        )),
        Some(Slot {
            reply: Some(reply), ..
        }) => Ok(Start::Replay(reply.clone())),
        Some(_) => Err(Refusal::of_status(409)),
    }
}

/// Keeps the answer of a request that ran. A refused request leaves the key free: it did
/// nothing.
pub(crate) fn finish(state: &mut State<'_>, account: &str, key: &str, reply: &Reply) {
    let place = (account.to_owned(), key.to_owned());
    if reply.is_success() {
        if let Some(slot) = state.store.slots.get_mut(&place) {
            slot.reply = Some(reply.clone());
        }
    } else {
        state.store.slots.remove(&place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_keys_are_forgotten_and_a_key_that_was_freed_lives_as_long_as_its_last_claim() {
        let mut store = MercadoPagoStore::default();
        let key = |number: usize| ("account".to_owned(), number.to_string());
        let request = || ("POST /v1/payments".to_owned(), Value::Null);
        store.claim(key(0), request());
        store.slots.remove(&key(0));
        for number in 1..KEPT_KEYS {
            store.claim(key(number), request());
        }
        store.claim(key(0), request());
        for number in KEPT_KEYS..2 * KEPT_KEYS - 2 {
            store.claim(key(number), request());
        }
        assert!(store.slots.contains_key(&key(0)));
        assert!(!store.slots.contains_key(&key(1)));
        assert!(store.slots.len() <= KEPT_KEYS + KEPT_KEYS / 4);
    }
}
