//! A payment gateway in memory: a ledger, test cards, and faults.

mod events;
mod ledger;

use std::fmt;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use domain::gateway::{DeclineReason, GatewayKind, GatewayMode};
use domain::ids::TenantId;
use domain::money::Currency;
use domain::secret::Secret;
use domain::time::Timestamp;
use ports::payments::{
    CancelOutcome, ChargeOutcome, ChargeRequest, EventKeys, EventProof, GatewayAccount,
    GatewayEvent, NotCharged, PaymentGateway, PaymentHandle, PaymentPage, RawEvent, ReadError,
    ReadOutcome, ReferenceParts, RefundOutcome, RefundRequest,
};
use ports::system::{Clock, SecureRandom, random_bytes};

pub use self::events::write_event;
pub use self::ledger::{Authorization, ChargeAttempt, Charged, Ledger, Payment, Standing};
use crate::fault::{Call, Fault, Faults, Lost, lock};

/// What the issuer of a card says to a charge; asked before the gateway looks at its ledger.
pub type Issuer = Arc<dyn Fn(&ChargeAttempt) -> Authorization + Send + Sync>;

/// Payments on one page of a list.
const PAGE: usize = 3;

/// Card tokens, by their beginning, that decide what becomes of a charge. Every other is paid.
pub mod cards {
    /// The card has no money.
    pub const DECLINED: &str = "tok_declined";
    /// The charge is made, its answer is lost.
    pub const ANSWER_LOST: &str = "tok_answer_lost";
    /// The payment stays under review.
    pub const PENDING: &str = "tok_pending";
    /// The gateway refuses the tenant's key before any charge.
    pub const KEY_REFUSED: &str = "tok_key_refused";
    /// The gateway does not answer in time, before any charge.
    pub const TIMED_OUT: &str = "tok_timed_out";
    /// The gateway has too many requests, before any charge.
    pub const BUSY: &str = "tok_busy";
    /// The gateway refuses the customer's data at the charge.
    pub const INVALID: &str = "tok_invalid";
    /// Paid, as often as it is used: only at Conekta.
    pub const REUSABLE: &str = "tok_test_";
}

/// Conekta or Mercado Pago. Nothing here waits: every call is answered when it is first polled.
pub struct FakeGateway {
    kind: GatewayKind,
    clock: Arc<dyn Clock>,
    ledger: Arc<Mutex<Ledger>>,
    issuer: Option<Issuer>,
    faults: Faults<Lost>,
}

impl FakeGateway {
    /// A gateway with an empty ledger.
    #[must_use]
    pub fn new(kind: GatewayKind, clock: Arc<dyn Clock>) -> Self {
        Self::over(kind, clock, Arc::default())
    }

    /// A gateway over a ledger, which others may share.
    #[must_use]
    pub fn over(kind: GatewayKind, clock: Arc<dyn Clock>, ledger: Arc<Mutex<Ledger>>) -> Self {
        Self {
            kind,
            clock,
            ledger,
            issuer: None,
            faults: Faults::default(),
        }
    }

    /// The same gateway with cards of another issuer than the test cards'.
    #[must_use]
    pub fn with_issuer(self, issuer: Issuer) -> Self {
        Self {
            issuer: Some(issuer),
            ..self
        }
    }

    /// Everything that was charged or tried, in order.
    #[must_use]
    pub fn charges(&self) -> Vec<Payment> {
        lock(&self.ledger).of_gateway(self.kind).cloned().collect()
    }

    /// Payments of which money is held: what was taken, in minor units, with its currency.
    #[must_use]
    pub fn taken(&self) -> Vec<(i64, String)> {
        lock(&self.ledger)
            .of_gateway(self.kind)
            .filter(|payment| payment.held() > 0)
            .map(|payment| (payment.amount_minor, payment.attempt.currency.clone()))
            .collect()
    }

    /// Ends the review of every pending payment.
    pub fn settle_pending(&self, standing: Standing) {
        for payment in &mut lock(&self.ledger).payments {
            if payment.attempt.gateway == self.kind && payment.standing == Standing::Pending {
                payment.standing = standing;
                payment.changed_at = self.clock.now();
            }
        }
    }

    /// Asks `hook` before every call from now on.
    pub fn set_faults(
        &self,
        hook: impl Fn(&Call<'_>) -> Option<Fault<Lost>> + Send + Sync + 'static,
    ) {
        self.faults.set(Some(Arc::new(hook)));
    }

    /// From now on this operation (`read`, `refund`, ...) alone has no usable answer and no effect.
    pub fn fail(&self, operation: &'static str) {
        self.set_faults(move |call| {
            (call.operation == operation).then_some(Fault::Before(Lost::Broken))
        });
    }

    /// From now on everything works.
    pub fn recover(&self) {
        self.faults.set(None);
    }

    fn authorize(&self, attempt: &ChargeAttempt) -> Authorization {
        if let Some(issuer) = &self.issuer {
            return issuer(attempt);
        }
        let standing = if attempt.token.starts_with(cards::DECLINED) {
            Standing::Declined(DeclineReason::InsufficientFunds)
        } else if attempt.token.starts_with(cards::PENDING) {
            Standing::Pending
        } else {
            Standing::Captured
        };
        Authorization {
            standing,
            amount_minor: attempt.amount_minor,
            found_from: self.clock.now(),
        }
    }
}

impl fmt::Debug for FakeGateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FakeGateway({})", self.kind)
    }
}

/// What a test card says to a request that moves no money, or was not to.
fn refusal(token: &str) -> Option<NotCharged> {
    [
        (cards::KEY_REFUSED, NotCharged::Misconfigured),
        (cards::TIMED_OUT, NotCharged::TimedOut),
        (cards::BUSY, NotCharged::Busy),
    ]
    .into_iter()
    .find(|(beginning, _)| token.starts_with(beginning))
    .map(|(_, refusal)| refusal)
}

const fn not_charged(lost: Lost) -> NotCharged {
    match lost {
        Lost::NotSent => NotCharged::Unreachable,
        Lost::TimedOut => NotCharged::TimedOut,
        Lost::Broken | Lost::Failed => NotCharged::Failed,
    }
}

fn charge_failed(lost: Lost) -> ChargeOutcome {
    match lost {
        Lost::NotSent => ChargeOutcome::NotCharged(NotCharged::Unreachable),
        lost => ChargeOutcome::Unknown(format!("{lost:?}")),
    }
}

const fn refund_failed(lost: Lost) -> RefundOutcome {
    match lost {
        Lost::NotSent => RefundOutcome::NotSent,
        Lost::TimedOut | Lost::Broken | Lost::Failed => RefundOutcome::Unknown,
    }
}

/// The token that decides what becomes of a charge; empty for methods without one.
fn token_of(request: &ChargeRequest) -> &str {
    request.method.token().map_or("", Secret::expose)
}

#[async_trait]
impl PaymentGateway for FakeGateway {
    fn kind(&self) -> GatewayKind {
        self.kind
    }

    fn reference(&self, parts: &ReferenceParts, random: &dyn SecureRandom) -> String {
        match self.kind {
            GatewayKind::Conekta => parts.attempt_id.to_string(),
            GatewayKind::MercadoPago => {
                let tenant: String = parts.tenant_id.as_str().chars().take(2).collect();
                let seconds = parts.now.unix_seconds();
                let product = parts.product_id.get();
                let [a, b, c] = random_bytes::<3>(random);
                format!("HS{tenant}{product:03}{seconds}{a:02X}{b:02X}{c:02X}")
            }
        }
    }

    fn notification_url(&self, base: &str, tenant: &TenantId) -> Option<String> {
        (self.kind == GatewayKind::MercadoPago)
            .then(|| format!("{base}/api/v1/webhook/mercado-pago/{tenant}"))
    }

    fn is_reusable_test_token(&self, token: &str) -> bool {
        self.kind == GatewayKind::Conekta && token.starts_with(cards::REUSABLE)
    }

    fn accepts_currency(&self, currency: Currency) -> bool {
        self.kind == GatewayKind::Conekta || currency == Currency::Mxn
    }

    fn mode_of_key(&self, key: &str) -> Option<GatewayMode> {
        match self.kind {
            GatewayKind::Conekta if key.starts_with("key_live_") => Some(GatewayMode::Live),
            GatewayKind::Conekta if key.starts_with("key_test_") && key != "key_test_default" => {
                Some(GatewayMode::Test)
            }
            GatewayKind::MercadoPago if key.starts_with("TEST-") => Some(GatewayMode::Test),
            GatewayKind::Conekta | GatewayKind::MercadoPago => None,
        }
    }

    fn reads_by_payment_id(&self) -> bool {
        self.kind == GatewayKind::MercadoPago
    }

    async fn open_order(
        &self,
        account: &GatewayAccount,
        request: &ChargeRequest,
    ) -> Result<Option<String>, NotCharged> {
        if self.kind == GatewayKind::MercadoPago {
            return Ok(None);
        }
        let fault = self.faults.before("open_order", &request.reference);
        let lost = fault.map_err(not_charged)?;
        if let Some(refusal) = refusal(token_of(request)) {
            return Err(refusal);
        }
        let order = lock(&self.ledger).open_order(account.secret.expose());
        lost.map_or(Ok(Some(order)), |lost| Err(not_charged(lost)))
    }

    async fn charge(
        &self,
        account: &GatewayAccount,
        order_id: Option<String>,
        request: &ChargeRequest,
    ) -> ChargeOutcome {
        let lost = match self.faults.before("charge", &request.reference) {
            Ok(lost) => lost,
            Err(lost) => return charge_failed(lost),
        };
        let token = token_of(request);
        if let Some(refusal) = refusal(token) {
            return ChargeOutcome::NotCharged(refusal);
        }
        if token.starts_with(cards::INVALID) {
            return ChargeOutcome::NotCharged(NotCharged::Invalid);
        }
        let attempt = ChargeAttempt::new(self.kind, account, order_id, request);
        let authorization = self.authorize(&attempt);
        let charged = lock(&self.ledger).charge(&attempt, authorization, self.clock.now());
        let lost = lost.or_else(|| {
            token
                .starts_with(cards::ANSWER_LOST)
                .then_some(Lost::Broken)
        });
        match (charged, lost) {
            // After its effect no loss says that there was none.
            (_, Some(lost)) => ChargeOutcome::Unknown(format!("{lost:?}")),
            (Charged::Payment(facts), None) => ChargeOutcome::Answered(facts),
            (Charged::Refused, None) => {
                ChargeOutcome::Unknown("428: the order has a charge".to_owned())
            }
        }
    }

    async fn read(
        &self,
        account: &GatewayAccount,
        handle: &PaymentHandle,
    ) -> Result<ReadOutcome, ReadError> {
        let fault = self.faults.before("read", &handle.reference);
        let lost = fault.map_err(|_lost| ReadError::Unavailable)?;
        let mut ledger = lock(&self.ledger);
        if !ledger.is_open_to(self.kind, account.secret.expose(), handle) {
            return Err(ReadError::Refused);
        }
        if lost.is_some() {
            return Err(ReadError::Unavailable);
        }
        let found = ledger.read(self.kind, handle, self.clock.now());
        Ok(found.map_or(ReadOutcome::NoCharge, |facts| {
            ReadOutcome::Found(Box::new(facts))
        }))
    }

    async fn refund(&self, account: &GatewayAccount, request: &RefundRequest) -> RefundOutcome {
        let handle = &request.handle;
        let lost = match self.faults.before("refund", &handle.reference) {
            Ok(lost) => lost,
            Err(lost) => return refund_failed(lost),
        };
        let mut ledger = lock(&self.ledger);
        if !ledger.is_open_to(self.kind, account.secret.expose(), handle) {
            return RefundOutcome::Refused("not_found".to_owned());
        }
        let refunded = ledger.refund(
            self.kind,
            handle,
            request.key,
            request.amount.minor(),
            self.clock.now(),
        );
        match (refunded, lost) {
            (_, Some(_lost)) => RefundOutcome::Unknown,
            (Ok(()), None) => RefundOutcome::Done {
                refund_id: Some(format!("ref_{}", request.key)),
            },
            (Err(code), None) => RefundOutcome::Refused(code.to_owned()),
        }
    }

    async fn cancel(&self, _account: &GatewayAccount, handle: &PaymentHandle) -> CancelOutcome {
        let Ok(lost) = self.faults.before("cancel", &handle.reference) else {
            return CancelOutcome::Unknown;
        };
        let cancelled = match lock(&self.ledger).find_mut(self.kind, handle) {
            Some(payment) if payment.standing == Standing::Pending => {
                payment.standing = Standing::Cancelled;
                payment.changed_at = self.clock.now();
                CancelOutcome::Cancelled
            }
            _ => CancelOutcome::Refused,
        };
        lost.map_or(cancelled, |_lost| CancelOutcome::Unknown)
    }

    async fn account_id(&self, _account: &GatewayAccount) -> Result<Option<String>, ReadError> {
        match self.faults.before("account_id", "") {
            Ok(None) => Ok(None),
            Ok(Some(_)) | Err(_) => Err(ReadError::Unavailable),
        }
    }

    async fn list_payments(
        &self,
        account: &GatewayAccount,
        from: Timestamp,
        to: Timestamp,
        cursor: Option<String>,
    ) -> Result<PaymentPage, ReadError> {
        let Ok(None) = self.faults.before("list_payments", "") else {
            return Err(ReadError::Unavailable);
        };
        let start: usize = cursor.and_then(|text| text.parse().ok()).unwrap_or(0);
        let ledger = lock(&self.ledger);
        let listed = ledger.of_gateway(self.kind).filter(|payment| {
            payment.attempt.account == account.secret.expose()
                && from <= payment.changed_at
                && payment.changed_at <= to
        });
        let rest: Vec<&Payment> = listed.skip(start).collect();
        Ok(PaymentPage {
            payments: rest
                .iter()
                .take(PAGE)
                .map(|payment| (payment.facts(), Some(payment.attempt.mark.clone())))
                .collect(),
            next: (rest.len() > PAGE).then(|| (start + PAGE).to_string()),
        })
    }

    fn parse_event(&self, raw: &RawEvent) -> Option<GatewayEvent> {
        events::parse(raw)
    }

    fn prove_event(&self, raw: &RawEvent, keys: &EventKeys) -> EventProof {
        events::prove(self.kind, raw, keys)
    }
}
