//! Bugs around the gateways.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use domain::gateway::{GatewayKind, GatewayMode, PaymentFacts, PaymentStatus};
use domain::ids::TenantId;
use domain::money::Currency;
use domain::time::Timestamp;
use ports::hotspot::HotspotGateway;
use ports::payments::{
    CancelOutcome, ChargeOutcome, ChargeRequest, EventKeys, EventProof, GatewayAccount,
    GatewayEvent, NotCharged, PaymentGateway, PaymentHandle, PaymentPage, RawEvent, ReadError,
    ReadOutcome, ReferenceParts, RefundOutcome, RefundRequest,
};
use ports::system::SecureRandom;

use crate::engine::lock;
use crate::planted::bug::{Notes, PlantedBug};

/// A gateway whose answers are misunderstood.
pub(super) struct BuggyGateway {
    pub(super) inner: Arc<dyn PaymentGateway>,
    pub(super) hotspot: Arc<dyn HotspotGateway>,
    pub(super) bug: PlantedBug,
    pub(super) notes: Arc<Mutex<Notes>>,
}

impl BuggyGateway {
    /// Enables the user of a sale that was just paid, before anybody has written that down.
    async fn activate(&self, request: &ChargeRequest) {
        let sale = request.mark.purchase;
        let reserved = lock(&self.notes).reserved.get(&sale).cloned();
        if let Some((router, activation)) = reserved {
            // Whatever comes of it, the application enables it once more.
            let _ignored = self.hotspot.activate(&router, &activation).await;
        }
    }

    /// The payment that somebody claimed was made.
    fn claimed(&self, handle: &PaymentHandle) -> Option<PaymentFacts> {
        let notes = lock(&self.notes);
        let price = notes.prices.get(&handle.reference)?;
        notes.claimed.get(&handle.reference)?;
        Some(PaymentFacts {
            order_id: handle.order_id.clone(),
            payment_id: Some("claimed".to_owned()),
            amount_minor: Some(price.minor()),
            currency: Some(price.currency().code().to_owned()),
            ..PaymentFacts::new(PaymentStatus::Approved, "claimed")
        })
    }

    /// The payment as it was shown before a refund that was not answered.
    fn before_refund(&self, handle: &PaymentHandle, mut facts: PaymentFacts) -> PaymentFacts {
        let mut notes = lock(&self.notes);
        if notes.unanswered.contains(&handle.reference) {
            let shown = notes.shown.get(&handle.reference).copied();
            let shown = shown.unwrap_or_default();
            facts.refunded_minor = Some(shown);
            facts.status = if shown == 0 {
                PaymentStatus::Approved
            } else {
                PaymentStatus::PartiallyRefunded
            };
        } else if let Some(refunded) = facts.refunded_minor {
            notes.shown.insert(handle.reference.clone(), refunded);
        }
        facts
    }
}

#[async_trait]
impl PaymentGateway for BuggyGateway {
    fn kind(&self) -> GatewayKind {
        self.inner.kind()
    }

    fn reference(&self, parts: &ReferenceParts, random: &dyn SecureRandom) -> String {
        self.inner.reference(parts, random)
    }

    fn notification_url(&self, base: &str, tenant: &TenantId) -> Option<String> {
        self.inner.notification_url(base, tenant)
    }

    fn is_reusable_test_token(&self, token: &str) -> bool {
        self.inner.is_reusable_test_token(token)
    }

    fn accepts_currency(&self, currency: Currency) -> bool {
        self.inner.accepts_currency(currency)
    }

    fn mode_of_key(&self, key: &str) -> Option<GatewayMode> {
        self.inner.mode_of_key(key)
    }

    fn reads_by_payment_id(&self) -> bool {
        self.inner.reads_by_payment_id()
    }

    async fn open_order(
        &self,
        account: &GatewayAccount,
        request: &ChargeRequest,
    ) -> Result<Option<String>, NotCharged> {
        self.inner.open_order(account, request).await
    }

    async fn charge(
        &self,
        account: &GatewayAccount,
        order_id: Option<String>,
        request: &ChargeRequest,
    ) -> ChargeOutcome {
        lock(&self.notes)
            .prices
            .insert(request.reference.clone(), request.amount);
        let outcome = self.inner.charge(account, order_id, request).await;
        match (self.bug, &outcome) {
            (PlantedBug::LostAnswerIsNoCharge, ChargeOutcome::Unknown(_)) => {
                return ChargeOutcome::NotCharged(NotCharged::TimedOut);
            }
            (PlantedBug::ActivateBeforePaid, ChargeOutcome::Answered(facts))
                if facts.status == PaymentStatus::Approved =>
            {
                self.activate(request).await;
            }
            _ => {}
        }
        outcome
    }

    async fn read(
        &self,
        account: &GatewayAccount,
        handle: &PaymentHandle,
    ) -> Result<ReadOutcome, ReadError> {
        let outcome = self.inner.read(account, handle).await;
        match (self.bug, outcome) {
            (PlantedBug::FailedReadsCount, Err(_)) => Ok(ReadOutcome::NoCharge),
            (PlantedBug::TrustNotices, outcome) => match self.claimed(handle) {
                Some(facts) => Ok(ReadOutcome::Found(Box::new(facts))),
                None => outcome,
            },
            (PlantedBug::RefundWithoutReading, Ok(ReadOutcome::Found(facts))) => {
                let facts = self.before_refund(handle, *facts);
                Ok(ReadOutcome::Found(Box::new(facts)))
            }
            (_, outcome) => outcome,
        }
    }

    async fn refund(&self, account: &GatewayAccount, request: &RefundRequest) -> RefundOutcome {
        let outcome = self.inner.refund(account, request).await;
        let reference = &request.handle.reference;
        let mut notes = lock(&self.notes);
        if outcome == RefundOutcome::Unknown {
            notes.unanswered.insert(reference.clone());
        } else {
            notes.unanswered.remove(reference);
        }
        outcome
    }

    async fn cancel(&self, account: &GatewayAccount, handle: &PaymentHandle) -> CancelOutcome {
        self.inner.cancel(account, handle).await
    }

    async fn account_id(&self, account: &GatewayAccount) -> Result<Option<String>, ReadError> {
        self.inner.account_id(account).await
    }

    async fn list_payments(
        &self,
        account: &GatewayAccount,
        from: Timestamp,
        to: Timestamp,
        cursor: Option<String>,
    ) -> Result<PaymentPage, ReadError> {
        if self.bug == PlantedBug::AuditReadsNothing {
            return Err(ReadError::Unavailable);
        }
        self.inner.list_payments(account, from, to, cursor).await
    }

    fn parse_event(&self, raw: &RawEvent) -> Option<GatewayEvent> {
        self.inner.parse_event(raw)
    }

    fn prove_event(&self, raw: &RawEvent, keys: &EventKeys) -> EventProof {
        let proof = self.inner.prove_event(raw, keys);
        if self.bug != PlantedBug::TrustNotices {
            return proof;
        }
        let notice = self.inner.parse_event(raw);
        let claim = notice.filter(|notice| notice.topic == "paid");
        lock(&self.notes)
            .claimed
            .extend(claim.and_then(|notice| notice.reference));
        match proof {
            EventProof::Forged => EventProof::NoKey,
            proof => proof,
        }
    }
}
