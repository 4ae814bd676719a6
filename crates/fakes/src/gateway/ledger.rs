//! What the gateways hold: orders, payments, refunds.

use std::collections::BTreeMap;

use domain::gateway::{
    CardSummary, DeclineReason, GatewayKind, GatewayMode, PaymentFacts, PaymentMark, PaymentStatus,
};
use domain::ids::AttemptId;
use domain::payment_method::PaymentMethod;
use domain::time::Timestamp;
use ports::payments::{ChargeRequest, GatewayAccount, PaymentHandle};
use uuid::Uuid;

/// How a payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The money was taken.
    Captured,
    /// Under review.
    Pending,
    /// Refused.
    Declined(DeclineReason),
    /// Cancelled before any money was taken.
    Cancelled,
    /// Taken, and taken back by the customer's bank.
    ChargedBack,
    /// A status that no adapter knows, under this name.
    Unrecognized(&'static str),
}

/// A request to charge as it arrives at a gateway.
#[derive(Debug, Clone)]
pub struct ChargeAttempt {
    /// The gateway.
    pub gateway: GatewayKind,
    /// The secret of the account that it was sent with.
    pub account: String,
    /// Test or live.
    pub mode: GatewayMode,
    /// Conekta's order.
    pub order: Option<String>,
    /// Mercado Pago's idempotency key.
    pub attempt: AttemptId,
    /// Our reference.
    pub reference: String,
    /// The card token.
    pub token: String,
    /// Our marks.
    pub mark: PaymentMark,
    /// What was asked for, in minor units.
    pub amount_minor: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// Instalments.
    pub installments: u32,
}

impl ChargeAttempt {
    /// The request of one charge.
    #[must_use]
    pub fn new(
        gateway: GatewayKind,
        account: &GatewayAccount,
        order: Option<String>,
        request: &ChargeRequest,
    ) -> Self {
        let PaymentMethod::Card(card) = &request.method;
        Self {
            gateway,
            account: account.secret.expose().to_owned(),
            mode: account.mode,
            order,
            attempt: request.attempt_id,
            reference: request.reference.clone(),
            token: card.token.expose().to_owned(),
            mark: request.mark.clone(),
            amount_minor: request.amount.minor(),
            currency: request.amount.currency().code().to_owned(),
            installments: card.installments,
        }
    }
}

/// What becomes of a card that is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Authorization {
    /// How the payment stands from now on.
    pub standing: Standing,
    /// What is taken, in minor units.
    pub amount_minor: i64,
    /// From when on a search by reference finds it.
    pub found_from: Timestamp,
}

/// One payment.
#[derive(Debug, Clone)]
pub struct Payment {
    /// The gateway's id of it.
    pub id: String,
    /// The request that made it.
    pub attempt: ChargeAttempt,
    /// What was taken, in minor units.
    pub amount_minor: i64,
    /// How it stands.
    pub standing: Standing,
    /// What went back, in minor units, by whomever it was sent.
    pub refunded_minor: i64,
    /// Refunds that were asked for through the API, with their keys.
    pub refunds: Vec<(Uuid, i64)>,
    /// The account has no money for refunds.
    pub refuses_refunds: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it changed last.
    pub changed_at: Timestamp,
    /// From when on a search by reference finds it.
    pub found_from: Timestamp,
    /// Money that moved without us: by the bank, or by hand in the gateway's panel.
    pub moved_without_us: i64,
}

impl Payment {
    /// Whether money was ever taken.
    #[must_use]
    pub const fn took_money(&self) -> bool {
        matches!(self.standing, Standing::Captured | Standing::ChargedBack)
    }

    /// What is held of the customer's money, in minor units.
    #[must_use]
    pub const fn held(&self) -> i64 {
        match self.standing {
            Standing::Captured => self.amount_minor - self.refunded_minor,
            _ => 0,
        }
    }

    /// Amounts of the refunds that were asked for through the API, in order.
    #[must_use]
    pub fn refund_amounts(&self) -> Vec<i64> {
        self.refunds.iter().map(|(_key, amount)| *amount).collect()
    }

    /// What the gateway says of it.
    #[must_use]
    pub fn facts(&self) -> PaymentFacts {
        let attempt = &self.attempt;
        let is_conekta = attempt.gateway == GatewayKind::Conekta;
        let (status, text, detail) = match self.standing {
            Standing::Captured if self.refunded_minor >= self.amount_minor => {
                (PaymentStatus::Refunded, "refunded", "refunded")
            }
            Standing::Captured if self.refunded_minor > 0 => (
                PaymentStatus::PartiallyRefunded,
                "partially_refunded",
                "partially_refunded",
            ),
            Standing::Captured if is_conekta => (PaymentStatus::Approved, "paid", "accredited"),
            Standing::Captured => (PaymentStatus::Approved, "approved", "accredited"),
            Standing::Pending => (PaymentStatus::Pending, "in_process", "pending_review"),
            Standing::Declined(reason) => (
                PaymentStatus::Declined(reason),
                if is_conekta { "declined" } else { "rejected" },
                reason.as_str(),
            ),
            Standing::Cancelled => (PaymentStatus::Cancelled, "cancelled", "expired"),
            Standing::ChargedBack => (PaymentStatus::ChargedBack, "charged_back", "settled"),
            Standing::Unrecognized(text) => (PaymentStatus::Unknown, text, "unrecognized"),
        };
        PaymentFacts {
            detail: Some(detail.to_owned()),
            order_id: attempt.order.clone(),
            payment_id: Some(self.id.clone()),
            amount_minor: Some(self.amount_minor),
            currency: Some(attempt.currency.clone()),
            reference: Some(attempt.reference.clone()),
            live_mode: Some(attempt.mode == GatewayMode::Live),
            refunded_minor: Some(self.refunded_minor),
            card: CardSummary {
                brand: Some("visa".to_owned()),
                kind: Some("credit_card".to_owned()),
                issuer: Some("25".to_owned()),
                last_four: Some("4242".to_owned()),
                installments: Some(attempt.installments),
            },
            ..PaymentFacts::new(status, text)
        }
    }

    fn is_meant_by(&self, gateway: GatewayKind, handle: &PaymentHandle) -> bool {
        self.attempt.gateway == gateway
            && match (gateway, &handle.order_id, &handle.payment_id) {
                (GatewayKind::Conekta, Some(order), _) => {
                    self.attempt.order.as_ref() == Some(order)
                }
                (GatewayKind::MercadoPago, _, Some(id)) => self.id == *id,
                _ => self.attempt.reference == handle.reference,
            }
    }
}

/// What comes of a request to charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Charged {
    /// A payment, new or, under the same key, the one from before.
    Payment(Box<PaymentFacts>),
    /// The order is paid already, or does not exist.
    Refused,
}

/// All accounts of one or more gateways.
#[derive(Debug, Default)]
pub struct Ledger {
    orders: BTreeMap<String, String>,
    /// All payments, in the order of their making.
    pub payments: Vec<Payment>,
    /// Successful reads that showed no charge, by reference.
    pub empty_reads: BTreeMap<String, Vec<Timestamp>>,
}

impl Ledger {
    /// Opens an order without a charge; the answer is its id.
    pub fn open_order(&mut self, account: &str) -> String {
        let id = format!("ord_{}", self.orders.len() + 1);
        self.orders.insert(id.clone(), account.to_owned());
        id
    }

    /// Whether the account may see what the handle means, as far as anything is known of it.
    #[must_use]
    pub fn is_open_to(&self, gateway: GatewayKind, account: &str, handle: &PaymentHandle) -> bool {
        let order = handle.order_id.as_ref().and_then(|id| self.orders.get(id));
        let payments = self.payments.iter();
        order.is_none_or(|owner| owner == account)
            && payments
                .filter(|payment| payment.is_meant_by(gateway, handle))
                .all(|payment| payment.attempt.account == account)
    }

    /// Takes a request to charge. Mercado Pago answers a repeated idempotency key with the first
    /// payment; Conekta takes one payment for each order. Neither refuses a card token that was
    /// used before: that one card pays once is for us to see to.
    pub fn charge(
        &mut self,
        attempt: &ChargeAttempt,
        authorization: Authorization,
        now: Timestamp,
    ) -> Charged {
        let gateway = attempt.gateway;
        let known = self.payments.iter().find(|payment| {
            payment.attempt.gateway == gateway
                && match gateway {
                    GatewayKind::MercadoPago => payment.attempt.attempt == attempt.attempt,
                    GatewayKind::Conekta => {
                        payment.attempt.order == attempt.order && payment.took_money()
                    }
                }
        });
        match (known, gateway) {
            (Some(payment), GatewayKind::MercadoPago) => {
                return Charged::Payment(Box::new(payment.facts()));
            }
            (Some(_), GatewayKind::Conekta) => return Charged::Refused,
            (None, _) => {}
        }
        let has_order = attempt
            .order
            .as_ref()
            .is_some_and(|order| self.orders.get(order) == Some(&attempt.account));
        if gateway == GatewayKind::Conekta && !has_order {
            return Charged::Refused;
        }
        let payment = Payment {
            id: self.next_id(gateway),
            attempt: attempt.clone(),
            amount_minor: authorization.amount_minor,
            standing: authorization.standing,
            refunded_minor: 0,
            refunds: Vec::new(),
            refuses_refunds: false,
            created_at: now,
            changed_at: now,
            found_from: authorization.found_from,
            moved_without_us: 0,
        };
        let facts = payment.facts();
        self.payments.push(payment);
        Charged::Payment(Box::new(facts))
    }

    fn next_id(&self, gateway: GatewayKind) -> String {
        let number = self.of_gateway(gateway).count() + 1;
        match gateway {
            GatewayKind::Conekta => format!("chr_{number}"),
            GatewayKind::MercadoPago => format!("13200{number:05}"),
        }
    }

    /// What a read shows now; a search by reference may lag behind.
    pub fn read(
        &mut self,
        gateway: GatewayKind,
        handle: &PaymentHandle,
        now: Timestamp,
    ) -> Option<PaymentFacts> {
        let is_search = match gateway {
            GatewayKind::Conekta => handle.order_id.is_none(),
            GatewayKind::MercadoPago => handle.payment_id.is_none(),
        };
        let found = self
            .payments
            .iter()
            .filter(|payment| payment.is_meant_by(gateway, handle))
            .filter(|payment| !is_search || payment.found_from <= now)
            .max_by_key(|payment| payment.took_money())
            .map(Payment::facts);
        if found.is_none() {
            let reads = self.empty_reads.entry(handle.reference.clone());
            reads.or_default().push(now);
        }
        found
    }

    /// The payment that a handle means: of several the one that took money.
    pub fn find_mut(
        &mut self,
        gateway: GatewayKind,
        handle: &PaymentHandle,
    ) -> Option<&mut Payment> {
        self.payments
            .iter_mut()
            .filter(|payment| payment.is_meant_by(gateway, handle))
            .max_by_key(|payment| payment.took_money())
    }

    /// Gives money back. Only Mercado Pago recognizes a refund by its key.
    ///
    /// # Errors
    /// The gateway's code, where it refuses.
    pub fn refund(
        &mut self,
        gateway: GatewayKind,
        handle: &PaymentHandle,
        key: Uuid,
        amount_minor: i64,
        now: Timestamp,
    ) -> Result<(), &'static str> {
        let payment = self.find_mut(gateway, handle).ok_or("not_found")?;
        let is_known = payment.refunds.iter().any(|(known, _)| *known == key);
        if gateway == GatewayKind::MercadoPago && is_known {
            return Ok(());
        }
        if payment.refuses_refunds {
            return Err("insufficient_funds");
        }
        if payment.standing != Standing::Captured || amount_minor > payment.held() {
            return Err("invalid_amount");
        }
        payment.changed_at = now;
        payment.refunded_minor += amount_minor;
        payment.refunds.push((key, amount_minor));
        Ok(())
    }

    /// The payments of one gateway.
    pub fn of_gateway(&self, gateway: GatewayKind) -> impl Iterator<Item = &Payment> {
        self.payments
            .iter()
            .filter(move |payment| payment.attempt.gateway == gateway)
    }

    /// The payments with this reference.
    pub fn of_reference<'a>(&'a self, reference: &'a str) -> impl Iterator<Item = &'a Payment> {
        self.payments
            .iter()
            .filter(move |payment| payment.attempt.reference == reference)
    }

    /// Whether money was ever taken for this reference.
    #[must_use]
    pub fn took_money(&self, reference: &str) -> bool {
        self.of_reference(reference).any(Payment::took_money)
    }
}
