//! The network between us and a payment gateway: it delays and loses requests and answers.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::gateway::{DeclineReason, GatewayKind, GatewayMode, PaymentFacts, PaymentStatus};
use domain::ids::TenantId;
use domain::money::Currency;
use domain::time::Timestamp;
use fakes::FakeGateway;
use fakes::fault::Lost;
use fakes::gateway::{Authorization, ChargeAttempt, Standing};
use futures::FutureExt;
use ports::payments::{
    CancelOutcome, ChargeOutcome, ChargeRequest, EventKeys, EventProof, GatewayAccount,
    GatewayEvent, NotCharged, PaymentGateway, PaymentHandle, PaymentPage, RawEvent, ReadError,
    ReadOutcome, ReferenceParts, RefundOutcome, RefundRequest,
};
use ports::system::SecureRandom;

use crate::engine::lock;
use crate::engine::scheduler::SimClock;
use crate::faults::Endpoint;
use crate::world::World;
use crate::world::network::exchange;
use crate::world::webhooks;

/// How long a call may take: what the server is configured with by default.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);
/// Sends of one charge at a gateway that recognizes its idempotency key.
const SENDS: u32 = 3;

/// One of the two gateways, as the replicas reach it.
pub(crate) struct SimGateway {
    world: Arc<World>,
    far: Arc<FakeGateway>,
}

impl SimGateway {
    pub(crate) fn new(kind: GatewayKind, world: Arc<World>) -> Self {
        let clock = Arc::new(SimClock::new(Arc::clone(&world.scheduler), Duration::ZERO));
        let issuer = {
            let world = Arc::clone(&world);
            Arc::new(move |attempt: &ChargeAttempt| authorize(&world, attempt))
        };
        let far = FakeGateway::over(kind, clock, Arc::clone(&world.ledger)).with_issuer(issuer);
        Self {
            world,
            far: Arc::new(far),
        }
    }

    /// One request; while the gateway is down none arrives.
    async fn ask<T: Send + 'static>(
        &self,
        what: &str,
        far: Endpoint,
        limit: Duration,
        effect: impl FnOnce(&Arc<World>, &FakeGateway) -> T + Send + 'static,
    ) -> Result<T, Lost> {
        let down = lock(&self.world.outages)
            .gateways
            .get(&self.far.kind())
            .copied();
        if down.is_some_and(|until| self.world.now() < until) {
            self.world.log(|| format!("-> {what}: the gateway is down"));
            self.world
                .scheduler
                .sleep(limit.min(Duration::from_secs(2)))
                .await;
            return Err(Lost::NotSent);
        }
        let gateway = Arc::clone(&self.far);
        exchange(&self.world, what, far, limit, move |world| {
            effect(world, &gateway)
        })
        .await
    }
}

/// What becomes of a card that is charged.
fn authorize(world: &World, attempt: &ChargeAttempt) -> Authorization {
    let asked = attempt.amount_minor;
    let (standing, amount_minor) = match world.dice.below(20) {
        0..=12 => (Standing::Captured, asked),
        13..=15 => (Standing::Declined(DeclineReason::InsufficientFunds), asked),
        16 | 17 => (Standing::Pending, asked),
        18 => (Standing::Captured, asked - 1),
        _ => (Standing::Declined(DeclineReason::Fraud), asked),
    };
    Authorization {
        standing,
        amount_minor,
        found_from: world.now().plus(world.dice.seconds(0, 90)),
    }
}

/// A charge arrives.
fn carry_out(
    world: &Arc<World>,
    gateway: &FakeGateway,
    attempt: &ChargeAttempt,
    (account, request): (&GatewayAccount, &ChargeRequest),
) -> ChargeOutcome {
    let before = lock(&world.ledger).payments.len();
    let outcome = gateway
        .charge(account, attempt.order.clone(), request)
        .now_or_never()
        .unwrap_or_else(|| ChargeOutcome::Unknown("the fake waited".to_owned()));
    let is_new = lock(&world.ledger).payments.len() > before;
    let ChargeOutcome::Answered(facts) = &outcome else {
        world.log(|| format!("gateway: refuses a charge of {:?}", attempt.order));
        return outcome;
    };
    let id = facts.payment_id.clone().unwrap_or_default();
    let status = &facts.status_text;
    let sale = attempt.mark.purchase;
    world.log(|| format!("gateway: {id} of sale {sale} is {status}"));
    if is_new {
        if world.faults.occurs(&world.dice, 300) {
            refuse_refunds(world, &id);
        }
        world.check_charge(attempt);
        webhooks::announce(world, &id);
        if facts.status == PaymentStatus::Pending {
            end_review_later(world, id);
        }
    }
    outcome
}

/// The account will have no money for this refund, should one be asked for.
fn refuse_refunds(world: &World, id: &str) {
    let mut ledger = lock(&world.ledger);
    let payments = ledger.payments.iter_mut();
    for payment in payments.filter(|payment| payment.id == id) {
        payment.refuses_refunds = true;
    }
}

/// A review ends after a while, one way or the other.
fn end_review_later(world: &Arc<World>, id: String) {
    let after = world.dice.seconds(5, 3 * 3600);
    let outside = Arc::clone(world);
    let end = move || {
        let standing = if outside.dice.chance(5_000) {
            Standing::Captured
        } else {
            Standing::Declined(DeclineReason::Declined)
        };
        let moved = lock(&outside.ledger)
            .payments
            .iter_mut()
            .find(|payment| payment.id == id && payment.standing == Standing::Pending)
            .map(|payment| {
                payment.standing = standing;
                payment.changed_at = outside.now();
            });
        if moved.is_some() {
            outside.log(|| format!("gateway: the review of {id} ends: {standing:?}"));
            webhooks::announce(&outside, &id);
        }
    };
    world.scheduler.at(world.now().plus(after), Box::new(end));
}

/// An answer that leaves out what is needed to believe it.
fn maybe_incomplete(world: &World, facts: Box<PaymentFacts>) -> Box<PaymentFacts> {
    if facts.status == PaymentStatus::Approved && world.faults.occurs(&world.dice, 500) {
        return Box::new(PaymentFacts {
            payment_id: facts.payment_id,
            order_id: facts.order_id,
            ..PaymentFacts::new(facts.status, facts.status_text)
        });
    }
    facts
}

/// Refusals that come before a charge is even tried.
fn refusal(world: &World) -> Option<NotCharged> {
    if !world.faults.occurs(&world.dice, world.faults.gateway / 8) {
        return None;
    }
    Some(match world.dice.below(3) {
        0 => NotCharged::Busy,
        1 => NotCharged::Invalid,
        _ => NotCharged::Misconfigured,
    })
}

#[async_trait]
impl PaymentGateway for SimGateway {
    fn kind(&self) -> GatewayKind {
        self.far.kind()
    }

    fn reference(&self, parts: &ReferenceParts, random: &dyn SecureRandom) -> String {
        self.far.reference(parts, random)
    }

    fn notification_url(&self, base: &str, tenant: &TenantId) -> Option<String> {
        self.far.notification_url(base, tenant)
    }

    fn is_reusable_test_token(&self, token: &str) -> bool {
        self.far.is_reusable_test_token(token)
    }

    fn accepts_currency(&self, currency: Currency) -> bool {
        self.far.accepts_currency(currency)
    }

    fn mode_of_key(&self, key: &str) -> Option<GatewayMode> {
        self.far.mode_of_key(key)
    }

    fn reads_by_payment_id(&self) -> bool {
        self.far.reads_by_payment_id()
    }

    async fn open_order(
        &self,
        account: &GatewayAccount,
        request: &ChargeRequest,
    ) -> Result<Option<String>, NotCharged> {
        if self.kind() == GatewayKind::MercadoPago {
            return Ok(None);
        }
        let refusal = refusal(&self.world);
        let what = format!("open order for sale {}", request.mark.purchase);
        let (account, request) = (account.clone(), request.clone());
        let asked = self.ask(
            &what,
            Endpoint::Gateway,
            LIMIT,
            move |_, gateway| match refusal {
                Some(why) => Err(why),
                None => gateway
                    .open_order(&account, &request)
                    .now_or_never()
                    .unwrap_or(Err(NotCharged::Failed)),
            },
        );
        match asked.await {
            Ok(answer) => answer,
            Err(Lost::NotSent) => Err(NotCharged::Unreachable),
            Err(Lost::TimedOut) => Err(NotCharged::TimedOut),
            Err(Lost::Broken | Lost::Failed) => Err(NotCharged::Failed),
        }
    }

    async fn charge(
        &self,
        account: &GatewayAccount,
        order_id: Option<String>,
        request: &ChargeRequest,
    ) -> ChargeOutcome {
        let attempt = ChargeAttempt::new(self.kind(), account, order_id, request);
        self.world.check_sending(&attempt);
        let deadline = self.world.now().plus(LIMIT);
        let sends = if self.kind() == GatewayKind::MercadoPago {
            SENDS
        } else {
            1
        };
        let mut doubt = None;
        for _ in 0..sends {
            let left = deadline.since(self.world.now());
            let limit = if sends == 1 {
                left
            } else {
                left.min(LIMIT / 2)
            };
            if limit.is_zero() {
                break;
            }
            let refusal = refusal(&self.world);
            let copies = (attempt.clone(), account.clone(), request.clone());
            let what = format!("charge for sale {}", request.mark.purchase);
            let asked = self.ask(&what, Endpoint::Charge, limit, move |world, gateway| {
                let (attempt, account, request) = copies;
                match refusal {
                    Some(why) => Err(why),
                    None => Ok(carry_out(world, gateway, &attempt, (&account, &request))),
                }
            });
            match asked.await {
                Ok(Ok(ChargeOutcome::Answered(facts))) => {
                    return ChargeOutcome::Answered(maybe_incomplete(&self.world, facts));
                }
                Ok(Ok(outcome)) => return outcome,
                Ok(Err(why)) if doubt.is_none() => return ChargeOutcome::NotCharged(why),
                Err(Lost::NotSent) if doubt.is_none() && sends == 1 => {
                    return ChargeOutcome::NotCharged(NotCharged::Unreachable);
                }
                Err(Lost::NotSent) | Ok(Err(_)) => {}
                Err(lost) => doubt = Some(lost),
            }
        }
        match doubt {
            Some(lost) => ChargeOutcome::Unknown(format!("{lost:?}")),
            None => ChargeOutcome::NotCharged(NotCharged::Unreachable),
        }
    }

    async fn read(
        &self,
        account: &GatewayAccount,
        handle: &PaymentHandle,
    ) -> Result<ReadOutcome, ReadError> {
        let trouble = self
            .world
            .faults
            .occurs(&self.world.dice, self.world.faults.gateway / 4);
        let what = format!("read {}", handle.reference);
        let (account, handle) = (account.clone(), handle.clone());
        let asked = self.ask(&what, Endpoint::Gateway, LIMIT, move |world, gateway| {
            if trouble {
                return Err(ReadError::Refused);
            }
            let outcome = gateway.read(&account, &handle).now_or_never();
            let outcome = outcome.unwrap_or(Err(ReadError::Unavailable));
            world.log(|| match &outcome {
                Ok(ReadOutcome::Found(facts)) => {
                    format!("gateway: {} is {}", handle.reference, facts.status_text)
                }
                Ok(ReadOutcome::NoCharge) => format!("gateway: no charge for {}", handle.reference),
                Err(error) => format!("gateway: {error}"),
            });
            outcome
        });
        asked.await.unwrap_or(Err(ReadError::Unavailable))
    }

    async fn refund(&self, account: &GatewayAccount, request: &RefundRequest) -> RefundOutcome {
        let handle = &request.handle;
        let id = match self.kind() {
            GatewayKind::Conekta => &handle.order_id,
            GatewayKind::MercadoPago => &handle.payment_id,
        };
        if id.is_none() {
            return RefundOutcome::Refused("no_payment".to_owned());
        }
        let what = format!("refund {} of {}", request.amount, handle.reference);
        let (account, request) = (account.clone(), request.clone());
        let asked = self.ask(&what, Endpoint::Gateway, LIMIT, move |world, gateway| {
            let outcome = gateway.refund(&account, &request).now_or_never();
            let outcome = outcome.unwrap_or(RefundOutcome::Unknown);
            world.log(|| format!("gateway: refund of {}: {outcome:?}", request.amount));
            outcome
        });
        match asked.await {
            Ok(outcome) => outcome,
            Err(Lost::NotSent) => RefundOutcome::NotSent,
            Err(_) => RefundOutcome::Unknown,
        }
    }

    async fn cancel(&self, account: &GatewayAccount, handle: &PaymentHandle) -> CancelOutcome {
        let what = format!("cancel {}", handle.reference);
        let (account, handle) = (account.clone(), handle.clone());
        let asked = self.ask(&what, Endpoint::Gateway, LIMIT, move |_, gateway| {
            let outcome = gateway.cancel(&account, &handle).now_or_never();
            outcome.unwrap_or(CancelOutcome::Unknown)
        });
        asked.await.unwrap_or(CancelOutcome::Unknown)
    }

    async fn account_id(&self, _account: &GatewayAccount) -> Result<Option<String>, ReadError> {
        Ok(None)
    }

    async fn list_payments(
        &self,
        account: &GatewayAccount,
        from: Timestamp,
        to: Timestamp,
        cursor: Option<String>,
    ) -> Result<PaymentPage, ReadError> {
        let account = account.clone();
        let asked = self.ask(
            "list payments",
            Endpoint::Gateway,
            LIMIT,
            move |_, gateway| {
                let page = gateway.list_payments(&account, from, to, cursor);
                page.now_or_never().unwrap_or(Err(ReadError::Unavailable))
            },
        );
        asked.await.unwrap_or(Err(ReadError::Unavailable))
    }

    fn parse_event(&self, raw: &RawEvent) -> Option<GatewayEvent> {
        self.far.parse_event(raw)
    }

    fn prove_event(&self, raw: &RawEvent, keys: &EventKeys) -> EventProof {
        self.far.prove_event(raw, keys)
    }
}
