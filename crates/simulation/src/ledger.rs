//! What the gateways really hold: orders, payments, refunds. The truth that everything else is
//! compared with.

use std::collections::BTreeMap;

use domain::gateway::{DeclineReason, GatewayKind, PaymentFacts, PaymentMark, PaymentStatus};
use domain::ids::AttemptId;
use domain::time::Timestamp;
use ports::payments::{ChargeRequest, PaymentHandle};
use uuid::Uuid;

/// How a payment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
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
}

/// The credentials that an account was used with; others do not open what was made with them.
pub(crate) type Account = String;

/// One payment.
#[derive(Debug, Clone)]
pub(crate) struct Payment {
    pub(crate) id: String,
    pub(crate) gateway: GatewayKind,
    pub(crate) account: Account,
    pub(crate) order: Option<String>,
    pub(crate) attempt: AttemptId,
    pub(crate) reference: String,
    pub(crate) token: String,
    pub(crate) mark: PaymentMark,
    /// What we asked for, in minor units.
    pub(crate) asked: i64,
    /// What was taken.
    pub(crate) amount: i64,
    pub(crate) standing: Standing,
    pub(crate) refunded: i64,
    /// Refunds by their key.
    pub(crate) refunds: BTreeMap<Uuid, i64>,
    /// The account has no money for refunds.
    pub(crate) refuses_refunds: bool,
    pub(crate) created_at: Timestamp,
    /// From when on a search finds it.
    pub(crate) found_from: Timestamp,
    /// Money moved without us: by the bank, or by hand in the gateway's panel.
    pub(crate) moved_without_us: i64,
}

impl Payment {
    /// Whether money was ever taken.
    pub(crate) const fn took_money(&self) -> bool {
        matches!(self.standing, Standing::Captured | Standing::ChargedBack)
    }

    /// What is held of the customer's money.
    pub(crate) const fn held(&self) -> i64 {
        match self.standing {
            Standing::Captured => self.amount - self.refunded,
            _ => 0,
        }
    }

    /// What the gateway says of it.
    pub(crate) fn facts(&self) -> PaymentFacts {
        let (status, word) = match self.standing {
            Standing::Captured if self.refunded >= self.amount => {
                (PaymentStatus::Refunded, "refunded")
            }
            Standing::Captured if self.refunded > 0 => {
                (PaymentStatus::PartiallyRefunded, "partially_refunded")
            }
            Standing::Captured => (PaymentStatus::Approved, "approved"),
            Standing::Pending => (PaymentStatus::Pending, "in_process"),
            Standing::Declined(reason) => (PaymentStatus::Declined(reason), "rejected"),
            Standing::Cancelled => (PaymentStatus::Cancelled, "cancelled"),
            Standing::ChargedBack => (PaymentStatus::ChargedBack, "charged_back"),
        };
        PaymentFacts {
            order_id: self.order.clone(),
            payment_id: Some(self.id.clone()),
            amount_minor: Some(self.amount),
            currency: Some("MXN".to_owned()),
            reference: Some(self.reference.clone()),
            refunded_minor: Some(self.refunded),
            ..PaymentFacts::new(status, word)
        }
    }

    fn is_meant_by(&self, gateway: GatewayKind, handle: &PaymentHandle) -> bool {
        self.gateway == gateway
            && match (gateway, &handle.order_id, &handle.payment_id) {
                (GatewayKind::Conekta, Some(order), _) => self.order.as_ref() == Some(order),
                (GatewayKind::MercadoPago, _, Some(id)) => self.id == *id,
                _ => self.reference == handle.reference,
            }
    }
}

/// What comes of a request to charge.
#[derive(Debug)]
pub(crate) enum Charged {
    /// A payment, new or, under the same key, the one from before.
    Payment(Box<PaymentFacts>),
    /// The order is paid already, or does not exist.
    Refused,
}

/// What comes of a request to refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GivenBack {
    /// Done.
    Done,
    /// Not possible.
    Refused(&'static str),
}

/// A payment to be.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) gateway: GatewayKind,
    pub(crate) account: Account,
    pub(crate) order: Option<String>,
    pub(crate) attempt: AttemptId,
    pub(crate) reference: String,
    pub(crate) token: String,
    pub(crate) mark: PaymentMark,
    pub(crate) amount: i64,
}

impl Draft {
    pub(crate) fn of(
        gateway: GatewayKind,
        account: Account,
        order: Option<String>,
        request: &ChargeRequest,
    ) -> Self {
        Self {
            gateway,
            account,
            order,
            attempt: request.attempt_id,
            reference: request.reference.clone(),
            token: request.card_token.expose().to_owned(),
            mark: request.mark.clone(),
            amount: request.amount.minor(),
        }
    }
}

/// All accounts of both gateways.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    count: u64,
    orders: BTreeMap<String, Account>,
    pub(crate) payments: Vec<Payment>,
    /// Successful reads that showed no charge, by reference.
    pub(crate) empty_reads: BTreeMap<String, Vec<Timestamp>>,
    /// Until when each gateway is down.
    pub(crate) down_until: BTreeMap<GatewayKind, Timestamp>,
}

impl Ledger {
    fn number(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    /// Opens an order without a charge.
    pub(crate) fn open_order(&mut self, account: &str) -> String {
        let id = format!("ord_{}", self.number());
        self.orders.insert(id.clone(), account.to_owned());
        id
    }

    /// Whether these credentials open what a handle means, as far as anything is known of it.
    pub(crate) fn is_open_to(
        &self,
        gateway: GatewayKind,
        account: &str,
        handle: &PaymentHandle,
    ) -> bool {
        let order = handle.order_id.as_ref().and_then(|id| self.orders.get(id));
        let payments = self.payments.iter();
        order.is_none_or(|owner| owner == account)
            && payments
                .filter(|payment| payment.is_meant_by(gateway, handle))
                .all(|payment| payment.account == account)
    }

    /// Takes a request to charge. A gateway with idempotency keys answers a repeated key with
    /// the first payment; one with orders takes one payment for each. Neither minds a card token
    /// that was used before: that one card pays once is for us to see to.
    pub(crate) fn charge(
        &mut self,
        draft: &Draft,
        standing: Standing,
        amount: i64,
        now: Timestamp,
        found_from: Timestamp,
    ) -> Charged {
        let known = self.payments.iter().find(|payment| {
            payment.gateway == draft.gateway
                && match draft.gateway {
                    GatewayKind::MercadoPago => payment.attempt == draft.attempt,
                    GatewayKind::Conekta => payment.order == draft.order && payment.took_money(),
                }
        });
        match (known, draft.gateway) {
            (Some(payment), GatewayKind::MercadoPago) => {
                return Charged::Payment(Box::new(payment.facts()));
            }
            (Some(_), GatewayKind::Conekta) => return Charged::Refused,
            (None, _) => {}
        }
        let has_order = draft
            .order
            .as_ref()
            .is_some_and(|order| self.orders.get(order) == Some(&draft.account));
        if draft.gateway == GatewayKind::Conekta && !has_order {
            return Charged::Refused;
        }
        let payment = Payment {
            id: format!("pay_{}", self.number()),
            gateway: draft.gateway,
            account: draft.account.clone(),
            order: draft.order.clone(),
            attempt: draft.attempt,
            reference: draft.reference.clone(),
            token: draft.token.clone(),
            mark: draft.mark.clone(),
            asked: draft.amount,
            amount,
            standing,
            refunded: 0,
            refunds: BTreeMap::new(),
            refuses_refunds: false,
            created_at: now,
            found_from,
            moved_without_us: 0,
        };
        let facts = payment.facts();
        self.payments.push(payment);
        Charged::Payment(Box::new(facts))
    }

    /// What a read shows now; a search may lag behind.
    pub(crate) fn read(
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

    /// The payment that a handle means.
    pub(crate) fn find_mut(
        &mut self,
        gateway: GatewayKind,
        handle: &PaymentHandle,
    ) -> Option<&mut Payment> {
        self.payments
            .iter_mut()
            .filter(|payment| payment.is_meant_by(gateway, handle))
            .max_by_key(|payment| payment.took_money())
    }

    /// Gives money back. Only Mercado Pago knows a refund again by its key.
    pub(crate) fn refund(
        &mut self,
        gateway: GatewayKind,
        handle: &PaymentHandle,
        key: Uuid,
        amount: i64,
    ) -> GivenBack {
        let Some(payment) = self.find_mut(gateway, handle) else {
            return GivenBack::Refused("not_found");
        };
        if gateway == GatewayKind::MercadoPago && payment.refunds.contains_key(&key) {
            return GivenBack::Done;
        }
        if payment.refuses_refunds {
            return GivenBack::Refused("insufficient_funds");
        }
        if payment.standing != Standing::Captured || amount > payment.held() {
            return GivenBack::Refused("invalid_amount");
        }
        payment.refunded += amount;
        *payment.refunds.entry(key).or_default() += amount;
        GivenBack::Done
    }

    /// The payments with this reference.
    pub(crate) fn of_reference<'a>(
        &'a self,
        reference: &'a str,
    ) -> impl Iterator<Item = &'a Payment> {
        self.payments
            .iter()
            .filter(move |payment| payment.reference == reference)
    }

    /// Whether money was ever taken for this reference.
    pub(crate) fn took_money(&self, reference: &str) -> bool {
        self.of_reference(reference).any(Payment::took_money)
    }
}
