//! What the gateway says about a payment: reading it, and applying the facts to the purchase.

use domain::gateway::{GatewayKind, PaymentFacts, PaymentStatus};
use domain::notification::NotificationKind;
use domain::purchase::{Applied, FactSource, FoundMoney, Purchase, PurchaseState};
use domain::refund::RefundState;
use domain::time::Timestamp;
use ports::payments::{CancelOutcome, GatewayAccount, PaymentHandle, ReadError, ReadOutcome};
use ports::store::Scope;
use ports::store::error::StoreError;

use crate::app::App;
use crate::crash::{self, remote};
use crate::error::Failure;
use crate::purchase::engine::{Engine, Step};
use crate::purchase::persistence::{SaveEffects, SaveOutcome, write_in};

/// How to find a purchase's payment at its gateway.
fn handle_of(purchase: &Purchase) -> PaymentHandle {
    PaymentHandle {
        reference: purchase.sale().reference.clone(),
        order_id: purchase.payment().order_id.clone(),
        payment_id: purchase.payment().payment_id.clone(),
    }
}

/// Whether facts are of the very payment that a handle means.
fn is_of(handle: &PaymentHandle, facts: &PaymentFacts) -> bool {
    let same = |ours: &Option<String>, theirs: &Option<String>| ours.is_some() && ours == theirs;
    facts.reference.as_deref() == Some(handle.reference.as_str())
        || same(&handle.order_id, &facts.order_id)
        || same(&handle.payment_id, &facts.payment_id)
}

/// Reads a payment, unless the account's gateway has just been failing.
pub(crate) async fn read_payment(
    app: &App,
    account: &GatewayAccount,
    gateway: GatewayKind,
    handle: &PaymentHandle,
) -> Result<ReadOutcome, ReadError> {
    let tenant = &account.tenant_id;
    if !app.breaker.lets_through(tenant, gateway, app.now()) {
        return Err(ReadError::Unavailable);
    }
    let outcome = app.gateway(gateway).read(account, handle).await;
    let is_up = !matches!(outcome, Err(ReadError::Unavailable | ReadError::Busy));
    app.breaker.note(tenant, gateway, is_up, app.now());
    outcome
}

impl Engine<'_> {
    pub(super) fn handle(&self) -> PaymentHandle {
        handle_of(&self.purchase)
    }

    /// Reads the payment. Where the credentials that it was made with are refused, newer ones are
    /// tried; once they show our own payment, they are of the same account and the run goes on
    /// with them.
    pub(super) async fn read(
        &mut self,
        account: &GatewayAccount,
    ) -> Result<ReadOutcome, ReadError> {
        let handle = self.handle();
        let gateway = self.gateway_kind();
        let call = read_payment(self.app, account, gateway, &handle);
        let outcome = remote(crash::READ, call).await;
        if outcome != Err(ReadError::Refused) {
            return outcome;
        }
        let Some(newer) = self.newer_account.clone() else {
            return outcome;
        };
        match read_payment(self.app, &newer, gateway, &handle).await {
            Ok(ReadOutcome::Found(facts)) if is_of(&handle, &facts) => {
                tracing::info!(
                    purchase = %self.purchase.id(), version = newer.version,
                    "payment found with newer credentials"
                );
                self.account = Ok(Some(newer));
                self.newer_account = None;
                Ok(ReadOutcome::Found(facts))
            }
            _ => outcome,
        }
    }

    /// Asks the gateway what became of the charge.
    pub(super) async fn read_gateway(&mut self) -> Result<Step, Failure> {
        self.attempted.read = true;
        let before = self.purchase.state();
        // The request ended while the charge was in flight; treat the outcome as unknown.
        if before == PurchaseState::Charging
            && let Err(error) = self.purchase.outcome_unknown()
        {
            return Ok(self.invalid_transition("verify", &error));
        }
        let Some(account) = self.account()? else {
            return Ok(self.park_without_credentials());
        };
        // What a read shows was so at the latest when it was asked for.
        let asked_at = self.app.now();
        let mut effects = SaveEffects::default();
        match self.read(&account).await {
            Ok(ReadOutcome::Found(facts)) => {
                self.read_answered = true;
                let account = self.account()?.unwrap_or(account);
                if before == PurchaseState::Created
                    && let Err(error) = self.purchase.charge_came_to_light()
                {
                    return Ok(self.invalid_transition("verify", &error));
                }
                match self.payment_found(&account, &facts, asked_at).await? {
                    Some(found) => effects = found,
                    None => return Ok(Step::LeaseLost),
                }
            }
            Ok(ReadOutcome::NoCharge) => {
                self.read_answered = true;
                let policy = &self.app.settings.purchases;
                self.purchase
                    .read_found_nothing(asked_at, self.app.now(), policy);
            }
            Err(error) => {
                self.read_answered = false;
                tracing::warn!(purchase = %self.purchase.id(), %error, "gateway read failed");
                let policy = &self.app.settings.purchases;
                if self.purchase.read_failed(self.app.now(), policy) {
                    effects.notifications.push(NotificationKind::NeedsDecision);
                }
            }
        }
        let after = self.purchase.state();
        if after == before {
            return Ok(Step::Waiting(effects));
        }
        if self.read_answered {
            // The gateway resolved what a person was to decide.
            self.purchase.unpark();
        }
        if matches!(after, PurchaseState::Refunded | PurchaseState::ChargedBack) {
            effects.refund = self.close_refund_by_state(after);
        }
        Ok(Step::Progress(effects))
    }

    /// `None`: somebody else works on the purchase.
    async fn payment_found(
        &mut self,
        account: &GatewayAccount,
        facts: &PaymentFacts,
        asked_at: Timestamp,
    ) -> Result<Option<SaveEffects>, Failure> {
        let is_new_unknown_status = self.is_new_unknown_status(facts);
        let mut effects = SaveEffects::default();
        let applied = self.apply(account, facts, FactSource::Read);
        if applied == Applied::MoneyFound {
            return Ok(match self.decide_found_money(facts, asked_at).await? {
                SaveOutcome::Saved => Some(effects),
                SaveOutcome::LeaseLost => None,
            });
        }
        self.purchase.read_found_payment(asked_at);
        match applied {
            Applied::Moved(_) | Applied::MoneyFound => {}
            Applied::Unchanged | Applied::NeedsRead => {
                self.purchase.note_attempt();
                if self.cancel_if_overdue(account).await {
                    effects.notifications.push(NotificationKind::NeedsDecision);
                }
            }
        }
        if is_new_unknown_status && self.purchase.state() == PurchaseState::Pending {
            effects.notifications = vec![NotificationKind::NeedsDecision];
        }
        Ok(Some(effects))
    }

    /// Applies the answer to the charge; one that proves too little is followed by one read.
    /// Answers whether the purchase moved.
    pub(super) async fn apply_charge_answer(
        &mut self,
        account: &GatewayAccount,
        facts: &PaymentFacts,
    ) -> bool {
        let applied = self.apply(account, facts, FactSource::ChargeAnswer);
        if applied != Applied::NeedsRead {
            return matches!(applied, Applied::Moved(_));
        }
        self.purchase.note_payment_id(facts.payment_id.as_deref());
        match self.read(account).await {
            Ok(ReadOutcome::Found(facts)) => {
                matches!(
                    self.apply(account, &facts, FactSource::FollowUp),
                    Applied::Moved(_)
                )
            }
            Ok(ReadOutcome::NoCharge) | Err(_) => false,
        }
    }

    /// Facts that ask for an impossible step are logged and leave the purchase undecided.
    pub(super) fn apply(
        &mut self,
        account: &GatewayAccount,
        facts: &PaymentFacts,
        source: FactSource,
    ) -> Applied {
        let expected = self.purchase.expected_payment(account.collector.clone());
        let now = self.app.now();
        match self.purchase.apply_facts(facts, &expected, source, now) {
            Ok(applied) => applied,
            Err(error) => {
                tracing::error!(
                    purchase = %self.purchase.id(), %error,
                    "gateway facts rejected by the purchase state machine"
                );
                Applied::Unchanged
            }
        }
    }

    /// Whether the gateway shows a status that this version does not know, for the first time.
    pub(super) fn is_new_unknown_status(&self, facts: &PaymentFacts) -> bool {
        facts.status == PaymentStatus::Unknown
            && self.purchase.payment().gateway_status.as_ref() != Some(&facts.status_text)
    }

    /// A payment nobody finishes is cancelled at the gateway; the next read sees what came of it.
    /// Answers whether a person must decide, for it can be neither finished nor cancelled.
    async fn cancel_if_overdue(&mut self, account: &GatewayAccount) -> bool {
        let policy = &self.app.settings.purchases;
        let Some(due_at) = self.purchase.cancellation_due_at(policy) else {
            return false;
        };
        if self.app.now() < due_at {
            return false;
        }
        let outcome = self.gateway().cancel(account, &self.handle()).await;
        if outcome == CancelOutcome::Cancelled {
            return false;
        }
        let purchase = self.purchase.id();
        tracing::warn!(%purchase, ?outcome, "a pending payment could not be cancelled");
        let is_stuck = self.purchase.is_stuck_since(due_at, self.app.now(), policy);
        if is_stuck {
            self.purchase
                .park(domain::purchase::ParkReason::PendingStuck);
        }
        is_stuck
    }

    /// Money was found that no request has counted. It is granted only while the customer has not
    /// bought again on this router; else it goes back. Decided and stored while nobody else decides
    /// about the same person, so that one of two purchases is served, not both.
    async fn decide_found_money(
        &mut self,
        facts: &PaymentFacts,
        asked_at: Timestamp,
    ) -> Result<SaveOutcome, Failure> {
        match self.decide_in_one(facts, asked_at).await {
            Err(DecideError::Store(StoreError::Serialization)) => Ok(SaveOutcome::LeaseLost),
            Err(DecideError::Store(error)) => Err(error.into()),
            Err(DecideError::Failure(failure)) => Err(failure),
            Ok(outcome) => Ok(outcome),
        }
    }

    async fn decide_in_one(
        &mut self,
        facts: &PaymentFacts,
        asked_at: Timestamp,
    ) -> Result<SaveOutcome, DecideError> {
        let scope = Scope::Tenant(self.purchase.tenant_id().clone());
        let mut work = self.app.ports.store.begin(scope).await?;
        let person = self.purchase.sale().person();
        work.purchases().lock_person(&person).await?;
        let others = work.purchases().list_bought_since(&self.purchase).await?;
        let now = self.app.now();
        let moved = match self.purchase.judge_found_money(&others) {
            FoundMoney::Wait => {
                work.rollback().await?;
                self.purchase.found_money_waits();
                return Ok(SaveOutcome::Saved);
            }
            FoundMoney::Grant => self.purchase.grant_found(facts, now),
            FoundMoney::Refund => self.purchase.refund_found(facts, now),
        };
        if let Err(error) = moved {
            let purchase = self.purchase.id();
            tracing::error!(%purchase, %error, "found money not applicable in this state");
            let why = "found money of a purchase that cannot take it";
            return Err(DecideError::Failure(Failure::Inconsistent(why)));
        }
        self.purchase.read_found_payment(asked_at);
        let effects = SaveEffects::notify(self.take_notification());
        Ok(write_in(
            self.app,
            work,
            &mut self.purchase,
            &effects,
            crash::FOUND_MONEY,
        )
        .await?)
    }

    /// Closes the refund in flight when the money was found to be back, or taken back.
    fn close_refund_by_state(
        &mut self,
        state: PurchaseState,
    ) -> Option<Box<domain::refund::Refund>> {
        let end = if state == PurchaseState::Refunded {
            RefundState::Done
        } else {
            RefundState::Refused
        };
        let open = self.open_refund.take()?;
        Some(Box::new(self.closed(open, end, None)))
    }
}

/// Why nothing was decided about found money.
enum DecideError {
    Store(StoreError),
    Failure(Failure),
}

impl From<StoreError> for DecideError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
