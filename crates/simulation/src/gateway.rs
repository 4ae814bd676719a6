//! A payment gateway over the ledger, behind a network that loses things.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::gateway::{DeclineReason, GatewayKind, PaymentFacts, PaymentStatus};
use domain::time::Timestamp;
use ports::payments::{
    CancelOutcome, ChargeOutcome, ChargeRequest, GatewayAccount, NotCharged, Notice, NoticeKeys,
    NoticeProof, PaymentGateway, PaymentHandle, PaymentPage, RawNotice, ReadError, ReadOutcome,
    RefundOutcome, RefundRequest,
};

use crate::exchange::{Lost, exchange};
use crate::faults::Far;
use crate::ledger::{Account, Charged, Draft, GivenBack, Standing};
use crate::locked::lock;
use crate::notices;
use crate::world::World;

/// How long a call may take: what the server is configured with by default.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);
/// Sends of one charge at a gateway that knows them again.
const SENDS: u32 = 3;
/// Payments on one page of a list.
const PAGE: usize = 3;

/// One of the two gateways.
pub(crate) struct SimGateway {
    kind: GatewayKind,
    world: Arc<World>,
}

impl SimGateway {
    pub(crate) fn new(kind: GatewayKind, world: Arc<World>) -> Self {
        Self { kind, world }
    }

    /// One request; while the gateway is down none arrives.
    async fn ask<T: Send + 'static>(
        &self,
        what: &str,
        far: Far,
        limit: Duration,
        effect: impl FnOnce(&Arc<World>) -> T + Send + 'static,
    ) -> Result<T, Lost> {
        let down = lock(&self.world.ledger).down_until.get(&self.kind).copied();
        if down.is_some_and(|until| self.world.now() < until) {
            self.world
                .tell(|| format!("-> {what}: the gateway is down"));
            self.world
                .scheduler
                .sleep(limit.min(Duration::from_secs(2)))
                .await;
            return Err(Lost::NotSent);
        }
        exchange(&self.world, what, far, limit, effect).await
    }
}

/// What tells accounts apart.
fn key(account: &GatewayAccount) -> Account {
    account.secret.expose().to_owned()
}

/// What becomes of a card that is charged.
fn fate(world: &World, amount: i64) -> (Standing, i64) {
    match world.dice.below(20) {
        0..=12 => (Standing::Captured, amount),
        13..=15 => (Standing::Declined(DeclineReason::InsufficientFunds), amount),
        16 | 17 => (Standing::Pending, amount),
        18 => (Standing::Captured, amount - 1),
        _ => (Standing::Declined(DeclineReason::Fraud), amount),
    }
}

/// Carries a charge out.
fn carry_out(world: &Arc<World>, draft: &Draft) -> Charged {
    let now = world.now();
    let (standing, amount) = fate(world, draft.amount);
    let found_from = now.plus(world.dice.seconds(0, 90));
    let before = lock(&world.ledger).payments.len();
    let charged = lock(&world.ledger).charge(draft, standing, amount, now, found_from);
    let is_new = lock(&world.ledger).payments.len() > before;
    let Charged::Payment(facts) = &charged else {
        world.tell(|| format!("gateway: refuses a second charge of {:?}", draft.order));
        return charged;
    };
    let id = facts.payment_id.clone().unwrap_or_default();
    let status = &facts.status_text;
    world.tell(|| format!("gateway: {id} of sale {} is {status}", draft.mark.purchase));
    if is_new {
        if world.faults.strikes(&world.dice, 300) {
            refuse_refunds(world, &id);
        }
        world.watch_charge(draft);
        notices::announce(world, &id);
        if standing == Standing::Pending {
            settle_later(world, id);
        }
    }
    charged
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
fn settle_later(world: &Arc<World>, id: String) {
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
            .map(|payment| payment.standing = standing);
        if moved.is_some() {
            outside.tell(|| format!("gateway: the review of {id} ends: {standing:?}"));
            notices::announce(&outside, &id);
        }
    };
    world.scheduler.at(world.now().plus(after), Box::new(end));
}

/// An answer that leaves out what is needed to believe it.
fn maybe_thin(world: &World, facts: Box<PaymentFacts>) -> Box<PaymentFacts> {
    if facts.status == PaymentStatus::Approved && world.faults.strikes(&world.dice, 500) {
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
    if !world.faults.strikes(&world.dice, world.faults.gateway / 8) {
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
        self.kind
    }

    async fn open_order(
        &self,
        account: &GatewayAccount,
        request: &ChargeRequest,
    ) -> Result<Option<String>, NotCharged> {
        if self.kind == GatewayKind::MercadoPago {
            return Ok(None);
        }
        let account = key(account);
        let refusal = refusal(&self.world);
        let what = format!("open order for sale {}", request.mark.purchase);
        let asked = self.ask(&what, Far::Gateway, LIMIT, move |world| match refusal {
            Some(why) => Err(why),
            None => Ok(lock(&world.ledger).open_order(&account)),
        });
        match asked.await {
            Ok(answer) => answer.map(Some),
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
        let draft = Draft::of(self.kind, key(account), order_id, request);
        self.world.watch_sending(&draft);
        let deadline = self.world.now().plus(LIMIT);
        let sends = if self.kind == GatewayKind::MercadoPago {
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
            let copy = draft.clone();
            let what = format!("charge for sale {}", request.mark.purchase);
            let asked = self.ask(&what, Far::Charge, limit, move |world| match refusal {
                Some(why) => Err(why),
                None => Ok(carry_out(world, &copy)),
            });
            match asked.await {
                Ok(Ok(Charged::Payment(facts))) => {
                    return ChargeOutcome::Answered(maybe_thin(&self.world, facts));
                }
                Ok(Ok(Charged::Refused)) => {
                    return ChargeOutcome::Unknown("428: the order has a charge".to_owned());
                }
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
        let (kind, account, copy) = (self.kind, key(account), handle.clone());
        let trouble = self
            .world
            .faults
            .strikes(&self.world.dice, self.world.faults.gateway / 4);
        let what = format!("read {}", handle.reference);
        let asked = self.ask(&what, Far::Gateway, LIMIT, move |world| {
            if trouble || !lock(&world.ledger).is_open_to(kind, &account, &copy) {
                return Err(ReadError::Refused);
            }
            let now = world.now();
            let found = lock(&world.ledger).read(kind, &copy, now);
            world.tell(|| match &found {
                Some(facts) => format!("gateway: {} is {}", copy.reference, facts.status_text),
                None => format!("gateway: no charge for {}", copy.reference),
            });
            Ok(found.map_or(ReadOutcome::NoCharge, |facts| {
                ReadOutcome::Found(Box::new(facts))
            }))
        });
        asked.await.unwrap_or(Err(ReadError::Unavailable))
    }

    async fn refund(&self, account: &GatewayAccount, request: &RefundRequest) -> RefundOutcome {
        let handle = &request.handle;
        let id = match self.kind {
            GatewayKind::Conekta => &handle.order_id,
            GatewayKind::MercadoPago => &handle.payment_id,
        };
        if id.is_none() {
            return RefundOutcome::Refused("no_payment".to_owned());
        }
        let (kind, account, copy) = (self.kind, key(account), request.clone());
        let what = format!("refund {} of {}", request.amount, handle.reference);
        let asked = self.ask(&what, Far::Gateway, LIMIT, move |world| {
            if !lock(&world.ledger).is_open_to(kind, &account, &copy.handle) {
                return GivenBack::Refused("not_found");
            }
            let given =
                lock(&world.ledger).refund(kind, &copy.handle, copy.key, copy.amount.minor());
            world.tell(|| format!("gateway: refund of {}: {given:?}", copy.amount));
            given
        });
        match asked.await {
            Ok(GivenBack::Done) => RefundOutcome::Done {
                refund_id: Some(format!("ref_{}", request.key)),
            },
            Ok(GivenBack::Refused(why)) => RefundOutcome::Refused(why.to_owned()),
            Err(Lost::NotSent) => RefundOutcome::NotSent,
            Err(_) => RefundOutcome::Unknown,
        }
    }

    async fn cancel(&self, _account: &GatewayAccount, handle: &PaymentHandle) -> CancelOutcome {
        let (kind, copy) = (self.kind, handle.clone());
        let what = format!("cancel {}", handle.reference);
        let asked = self.ask(&what, Far::Gateway, LIMIT, move |world| {
            let mut ledger = lock(&world.ledger);
            match ledger.find_mut(kind, &copy) {
                Some(payment) if payment.standing == Standing::Pending => {
                    payment.standing = Standing::Cancelled;
                    CancelOutcome::Cancelled
                }
                _ => CancelOutcome::Refused,
            }
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
        let (kind, account) = (self.kind, key(account));
        let start: usize = cursor.and_then(|text| text.parse().ok()).unwrap_or(0);
        let asked = self.ask("list payments", Far::Gateway, LIMIT, move |world| {
            let ledger = lock(&world.ledger);
            let all = ledger.payments.iter().filter(|payment| {
                payment.gateway == kind
                    && payment.account == account
                    && from <= payment.created_at
                    && payment.created_at < to
            });
            let rest: Vec<_> = all.skip(start).collect();
            PaymentPage {
                payments: rest
                    .iter()
                    .take(PAGE)
                    .map(|payment| (payment.facts(), Some(payment.mark.clone())))
                    .collect(),
                next: (rest.len() > PAGE).then(|| (start + PAGE).to_string()),
            }
        });
        asked.await.map_err(|_lost| ReadError::Unavailable)
    }

    fn parse_notice(&self, raw: &RawNotice) -> Option<Notice> {
        notices::parse(raw)
    }

    fn prove_notice(&self, raw: &RawNotice, keys: &NoticeKeys) -> NoticeProof {
        notices::prove(self.kind, raw, keys)
    }
}
