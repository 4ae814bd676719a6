//! A payment gateway in memory, with a ledger. What happens to a charge is told by its card
//! token.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use domain::gateway::{
    CardSummary, DeclineReason, GatewayKind, GatewayMode, PaymentFacts, PaymentMark, PaymentStatus,
};
use domain::time::Timestamp;
use ports::payments::{
    CancelOutcome, ChargeOutcome, ChargeRequest, GatewayAccount, NotCharged, Notice, NoticeKeys,
    NoticeProof, PaymentGateway, PaymentHandle, PaymentPage, RawNotice, ReadError, ReadOutcome,
    RefundOutcome, RefundRequest,
};

/// The card has no money.
pub(crate) const DECLINED: &str = "tok_declined";
/// The charge is made, its answer is lost.
pub(crate) const ANSWER_LOST: &str = "tok_answer_lost";
/// The gateway takes its time to decide.
pub(crate) const PENDING: &str = "tok_pending";
/// The gateway refuses the tenant's key before any charge.
pub(crate) const KEY_REFUSED: &str = "tok_key_refused";
/// The gateway cannot be reached in time before any charge.
pub(crate) const TIMED_OUT: &str = "tok_timed_out";
/// The gateway has too much to do, before any charge.
pub(crate) const BUSY: &str = "tok_busy";
/// The gateway refuses the customer's data at the charge.
pub(crate) const INVALID: &str = "tok_invalid";

/// A payment on the gateway's books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Charge {
    pub(crate) facts: PaymentFacts,
    pub(crate) mark: PaymentMark,
    /// The tenant's key that paid for it.
    pub(crate) account_secret: String,
    pub(crate) request_reference: String,
    pub(crate) refunds: Vec<i64>,
}

impl Charge {
    /// Whether the merchant holds the customer's money.
    pub(crate) fn holds_money(&self) -> bool {
        matches!(
            self.facts.status,
            PaymentStatus::Approved | PaymentStatus::PartiallyRefunded
        )
    }
}

#[derive(Default)]
struct State {
    charges: Vec<Charge>,
    refunds_fail: bool,
    reads_fail: bool,
}

/// Conekta or Mercado Pago.
pub(crate) struct FakeGateway {
    kind: GatewayKind,
    state: Mutex<State>,
}

impl FakeGateway {
    pub(crate) fn new(kind: GatewayKind) -> Self {
        Self {
            kind,
            state: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything that was charged or tried, in order.
    pub(crate) fn charges(&self) -> Vec<Charge> {
        self.lock().charges.clone()
    }

    /// Payments that hold money: amounts in minor units with their currency.
    pub(crate) fn taken(&self) -> Vec<(i64, String)> {
        let state = self.lock();
        let holding = state.charges.iter().filter(|charge| charge.holds_money());
        holding
            .map(|charge| {
                let facts = &charge.facts;
                let amount = facts.amount_minor.unwrap();
                (amount, facts.currency.clone().unwrap())
            })
            .collect()
    }

    /// From now on refunds have no usable answer, or are made again.
    pub(crate) fn fail_refunds(&self, fail: bool) {
        self.lock().refunds_fail = fail;
    }

    /// From now on reads have no usable answer, or work again.
    pub(crate) fn fail_reads(&self, fail: bool) {
        self.lock().reads_fail = fail;
    }

    /// The gateway makes up its mind about every payment under review.
    pub(crate) fn settle_pending(&self, status: &PaymentStatus, word: &str) {
        for charge in &mut self.lock().charges {
            if charge.facts.status == PaymentStatus::Pending {
                charge.facts.status = status.clone();
                word.clone_into(&mut charge.facts.status_text);
            }
        }
    }

    fn paid_word(&self) -> &'static str {
        match self.kind {
            GatewayKind::Conekta => "paid",
            GatewayKind::MercadoPago => "approved",
        }
    }

    fn facts(
        &self,
        number: usize,
        account: &GatewayAccount,
        order_id: Option<String>,
        request: &ChargeRequest,
    ) -> PaymentFacts {
        let token = request.card_token.expose();
        let (status, word, detail) = if token.starts_with(DECLINED) {
            let reason = DeclineReason::InsufficientFunds;
            let word = match self.kind {
                GatewayKind::Conekta => "declined",
                GatewayKind::MercadoPago => "rejected",
            };
            (
                PaymentStatus::Declined(reason),
                word,
                "insufficient_funds".to_owned(),
            )
        } else if token.starts_with(PENDING) {
            (
                PaymentStatus::Pending,
                "in_process",
                "pending_review".to_owned(),
            )
        } else {
            (
                PaymentStatus::Approved,
                self.paid_word(),
                "accredited".to_owned(),
            )
        };
        PaymentFacts {
            detail: Some(detail),
            order_id,
            payment_id: Some(match self.kind {
                GatewayKind::Conekta => format!("chr_{number}"),
                GatewayKind::MercadoPago => format!("13200{number:05}"),
            }),
            amount_minor: Some(request.amount.minor()),
            currency: Some(request.amount.currency().code().to_owned()),
            reference: Some(request.reference.clone()),
            live_mode: Some(account.mode == GatewayMode::Live),
            card: CardSummary {
                brand: Some("visa".to_owned()),
                kind: Some("credit_card".to_owned()),
                issuer: Some("25".to_owned()),
                last_four: Some("4242".to_owned()),
                installments: Some(request.installments),
            },
            ..PaymentFacts::new(status, word)
        }
    }
}

/// What the token says of a request that must not move money, or was not to.
fn refusal(token: &str) -> Option<NotCharged> {
    let known = [
        (KEY_REFUSED, NotCharged::Misconfigured),
        (TIMED_OUT, NotCharged::TimedOut),
        (BUSY, NotCharged::Busy),
    ];
    let found = known.iter().find(|(known, _)| token.starts_with(known));
    found.map(|(_, refusal)| *refusal)
}

fn is_of(charge: &Charge, handle: &PaymentHandle) -> bool {
    let facts = &charge.facts;
    charge.request_reference == handle.reference
        || (handle.payment_id.is_some() && handle.payment_id == facts.payment_id)
        || (handle.order_id.is_some() && handle.order_id == facts.order_id)
}

#[async_trait]
impl PaymentGateway for FakeGateway {
    fn kind(&self) -> GatewayKind {
        self.kind
    }

    async fn open_order(
        &self,
        _account: &GatewayAccount,
        request: &ChargeRequest,
    ) -> Result<Option<String>, NotCharged> {
        if self.kind == GatewayKind::MercadoPago {
            return Ok(None);
        }
        match refusal(request.card_token.expose()) {
            Some(refusal) => Err(refusal),
            None => Ok(Some(format!(
                "ord_{}",
                request.attempt_id.as_uuid().simple()
            ))),
        }
    }

    async fn charge(
        &self,
        account: &GatewayAccount,
        order_id: Option<String>,
        request: &ChargeRequest,
    ) -> ChargeOutcome {
        let token = request.card_token.expose();
        if let Some(refusal) = refusal(token) {
            return ChargeOutcome::NotCharged(refusal);
        }
        if token.starts_with(INVALID) {
            return ChargeOutcome::NotCharged(NotCharged::Invalid);
        }
        let mut state = self.lock();
        let facts = self.facts(state.charges.len() + 1, account, order_id, request);
        state.charges.push(Charge {
            facts: facts.clone(),
            mark: request.mark.clone(),
            account_secret: account.secret.expose().to_owned(),
            request_reference: request.reference.clone(),
            refunds: Vec::new(),
        });
        if token.starts_with(ANSWER_LOST) {
            return ChargeOutcome::Unknown("the answer was lost".to_owned());
        }
        ChargeOutcome::Answered(Box::new(facts))
    }

    async fn read(
        &self,
        _account: &GatewayAccount,
        handle: &PaymentHandle,
    ) -> Result<ReadOutcome, ReadError> {
        let state = self.lock();
        if state.reads_fail {
            return Err(ReadError::Unavailable);
        }
        let found = state.charges.iter().find(|charge| is_of(charge, handle));
        Ok(found.map_or(ReadOutcome::NoCharge, |charge| {
            ReadOutcome::Found(Box::new(charge.facts.clone()))
        }))
    }

    async fn refund(&self, _account: &GatewayAccount, request: &RefundRequest) -> RefundOutcome {
        let mut state = self.lock();
        if state.refunds_fail {
            return RefundOutcome::Unknown;
        }
        let mut charges = state.charges.iter_mut();
        let Some(charge) = charges.find(|charge| is_of(charge, &request.handle)) else {
            return RefundOutcome::Refused("not_found".to_owned());
        };
        charge.refunds.push(request.amount.minor());
        let back: i64 = charge.refunds.iter().sum();
        charge.facts.refunded_minor = Some(back);
        charge.facts.status = if Some(back) == charge.facts.amount_minor {
            PaymentStatus::Refunded
        } else {
            PaymentStatus::PartiallyRefunded
        };
        RefundOutcome::Done {
            refund_id: Some(format!("ref_{}", charge.refunds.len())),
        }
    }

    async fn cancel(&self, _account: &GatewayAccount, handle: &PaymentHandle) -> CancelOutcome {
        let mut state = self.lock();
        let mut charges = state.charges.iter_mut();
        match charges.find(|charge| is_of(charge, handle)) {
            Some(charge) if charge.facts.status == PaymentStatus::Pending => {
                charge.facts.status = PaymentStatus::Cancelled;
                CancelOutcome::Cancelled
            }
            _ => CancelOutcome::Refused,
        }
    }

    async fn account_id(&self, _account: &GatewayAccount) -> Result<Option<String>, ReadError> {
        Ok(None)
    }

    async fn list_payments(
        &self,
        _account: &GatewayAccount,
        _from: Timestamp,
        _to: Timestamp,
        _cursor: Option<String>,
    ) -> Result<PaymentPage, ReadError> {
        let state = self.lock();
        let payments = state.charges.iter();
        Ok(PaymentPage {
            payments: payments
                .map(|charge| (charge.facts.clone(), Some(charge.mark.clone())))
                .collect(),
            next: None,
        })
    }

    /// Notices here are `{"event","topic","order","payment","reference"}`.
    fn parse_notice(&self, raw: &RawNotice) -> Option<Notice> {
        let body: serde_json::Value = serde_json::from_slice(&raw.body).ok()?;
        let text = |name: &str| body[name].as_str().map(str::to_owned);
        Some(Notice {
            event_id: text("event")?,
            topic: text("topic").unwrap_or_default(),
            order_id: text("order"),
            payment_id: text("payment"),
            reference: text("reference"),
        })
    }

    /// The "signature" is the secret (or the first public key) itself in `x-signature`.
    fn prove_notice(&self, raw: &RawNotice, keys: &NoticeKeys) -> NoticeProof {
        let secret = keys
            .secret
            .as_ref()
            .map(|secret| secret.expose().to_owned());
        let Some(key) = secret.or_else(|| keys.public_keys.first().cloned()) else {
            return NoticeProof::NoKey;
        };
        let mut headers = raw.headers.iter();
        let signature = headers.find(|(name, _)| name == "x-signature");
        if signature.is_some_and(|(_, value)| *value == key) {
            NoticeProof::Verified
        } else {
            NoticeProof::Forged
        }
    }
}
