//! Giving money back, once.
//!
//! A refund row is committed before its request is sent. After a lost answer the payment is read
//! and its refunded total compared with what it was before: that, not the request, tells whether
//! the money went back.

use domain::gateway::PaymentStatus;
use domain::notification::NotificationKind;
use domain::purchase::{Applied, FactSource, ParkReason, PurchaseState};
use domain::refund::{Refund, RefundState};
use ports::payments::{GatewayAccount, ReadOutcome, RefundOutcome, RefundRequest};
use ports::store::Scope;
use ports::store::error::constraints;
use ports::store::refunds::NewRefund;

use crate::crash::{self, commit, remote};
use crate::error::Failure;
use crate::purchase::engine::{Engine, Step};
use crate::purchase::persistence::SaveEffects;

/// What the payment shows of a refund.
enum RefundEvidence {
    /// The money is back, and whether all of the payment is.
    Refunded { all: bool },
    /// It is not.
    NotRefunded,
    /// The customer's bank took all of it back; that is applied to the purchase.
    ChargedBack,
    /// The payment cannot be read now.
    Unavailable,
}

impl Engine<'_> {
    /// Commits to a full refund.
    pub(super) fn commit_refund(&mut self) -> Step {
        match self.purchase.begin_refund(self.app.now()) {
            Ok(()) => Step::progress(),
            Err(error) => self.invalid_transition("refund", &error),
        }
    }

    /// Tries to finish the refund in flight, or one of all that is left. One that an earlier
    /// attempt may have sent is looked for before anything is sent.
    pub(super) async fn send_refund(&mut self) -> Result<Step, Failure> {
        let Some(account) = self.account()? else {
            return Ok(self.park_without_credentials());
        };
        let Some(refund) = self.open_refund.clone() else {
            return match self.store_full_refund().await? {
                Some(refund) => Ok(self.request_refund(&account, refund).await),
                None => Ok(Step::LeaseLost),
            };
        };
        Ok(match self.refund_evidence(&account, &refund).await {
            RefundEvidence::Refunded { all } => self.refund_done(refund, None, all),
            RefundEvidence::ChargedBack => self.refund_superseded(refund),
            RefundEvidence::NotRefunded => {
                let account = self.account()?.unwrap_or(account);
                self.request_refund(&account, refund).await
            }
            RefundEvidence::Unavailable => self.refund_unconfirmed(&refund),
        })
    }

    async fn request_refund(&mut self, account: &GatewayAccount, refund: Refund) -> Step {
        let policy = &self.app.settings.purchases;
        // Whoever comes after this lease reads the payment first: by then this refund must show.
        if !self.lease_covers(policy.gateway_timeout + policy.refund_settles_after()) {
            return self.refund_unconfirmed(&refund);
        }
        let request = RefundRequest {
            handle: self.handle(),
            key: refund.key,
            amount: refund.amount,
            is_full: refund.refunded_before == 0 && refund.amount == self.purchase.charged(),
        };
        let call = self.gateway().refund(account, &request);
        match remote(crash::REFUND, call).await {
            RefundOutcome::Done { refund_id } => self.refund_done(refund, refund_id, false),
            RefundOutcome::NotSent | RefundOutcome::Unknown => self.refund_unconfirmed(&refund),
            RefundOutcome::Refused(code) => {
                tracing::warn!(purchase = %self.purchase.id(), code, "refund refused by the gateway");
                // Perhaps because the money is back already, or more of it than we knew.
                match self.refund_evidence(account, &refund).await {
                    RefundEvidence::Refunded { all } => self.refund_done(refund, None, all),
                    RefundEvidence::ChargedBack => self.refund_superseded(refund),
                    RefundEvidence::NotRefunded if self.more_was_refunded_than(&refund) => {
                        self.refund_superseded(refund)
                    }
                    // Refused to credentials that were replaced: try again with the newer ones.
                    RefundEvidence::NotRefunded if self.account_changed_from(account) => {
                        Step::progress()
                    }
                    RefundEvidence::NotRefunded => self.refund_refused(refund),
                    RefundEvidence::Unavailable => self.refund_unconfirmed(&refund),
                }
            }
        }
    }

    /// Stores a refund of all that is left; `None` if somebody else works on the purchase.
    async fn store_full_refund(&mut self) -> Result<Option<Refund>, Failure> {
        let new = NewRefund {
            tenant_id: self.purchase.tenant_id().clone(),
            purchase_id: self.purchase.id(),
            key: uuid::Builder::from_random_bytes(self.app.random_bytes()).into_uuid(),
            request_key: None,
            amount: self.purchase.refundable(),
            refunded_before: self.purchase.payment().refunded_minor,
            reason: None,
            created_at: self.app.now(),
        };
        let scope = Scope::Tenant(self.purchase.tenant_id().clone());
        let mut work = self.app.ports.store.begin(scope).await?;
        if !work.purchases().save(&mut self.purchase).await? {
            work.rollback().await?;
            return Ok(None);
        }
        match work.refunds().insert(&new).await {
            Ok(refund) => {
                commit(crash::FULL_REFUND, work).await?;
                self.open_refund = Some(refund.clone());
                Ok(Some(refund))
            }
            Err(error) if error.is_conflict_on(constraints::OPEN_REFUND) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Reads whether this refund's money is back. While everything is to go back, what went back
    /// besides is noted.
    async fn refund_evidence(
        &mut self,
        account: &GatewayAccount,
        refund: &Refund,
    ) -> RefundEvidence {
        let Ok(ReadOutcome::Found(facts)) = self.read(account).await else {
            return RefundEvidence::Unavailable;
        };
        let total = facts.refunded_minor.unwrap_or(0);
        match facts.status {
            PaymentStatus::Refunded => RefundEvidence::Refunded { all: true },
            PaymentStatus::ChargedBack => match self.apply(account, &facts, FactSource::Read) {
                Applied::Moved(_) => RefundEvidence::ChargedBack,
                _ => RefundEvidence::Unavailable,
            },
            _ if total >= total_after(refund) => RefundEvidence::Refunded { all: false },
            _ => {
                self.purchase.note_refunded_total(total);
                RefundEvidence::NotRefunded
            }
        }
    }

    fn more_was_refunded_than(&self, refund: &Refund) -> bool {
        self.purchase.state() == PurchaseState::Refunding
            && self.purchase.payment().refunded_minor > refund.refunded_before
    }

    fn account_changed_from(&self, account: &GatewayAccount) -> bool {
        matches!(&self.account, Ok(Some(present)) if present.version != account.version)
    }

    fn refund_done(&mut self, refund: Refund, refund_id: Option<String>, all: bool) -> Step {
        let now = self.app.now();
        if let Err(error) = self
            .purchase
            .refund_finished(total_after(&refund), all, now)
        {
            return self.invalid_transition("refund", &error);
        }
        Step::Progress(self.closing(refund, RefundState::Done, refund_id))
    }

    /// Other money went back meanwhile: this refund is closed, and one of the rest, if any is
    /// left, follows.
    fn refund_superseded(&mut self, refund: Refund) -> Step {
        Step::Progress(self.closing(refund, RefundState::Refused, None))
    }

    /// The gateway will not give it back: a person must decide.
    fn refund_refused(&mut self, refund: Refund) -> Step {
        if self.purchase.state() == PurchaseState::Refunding {
            self.purchase.park(ParkReason::RefundRefused);
        }
        let mut effects = self.closing(refund, RefundState::Refused, None);
        effects.notifications.push(NotificationKind::NeedsDecision);
        Step::Waiting(effects)
    }

    /// Not known, or not this time; after [`Policy::park_after`](domain::purchase::Policy) of it
    /// a person must decide.
    fn refund_unconfirmed(&mut self, refund: &Refund) -> Step {
        self.purchase.note_attempt();
        let policy = &self.app.settings.purchases;
        let now = self.app.now();
        if !self.purchase.is_stuck_since(refund.created_at, now, policy) {
            return Step::waiting();
        }
        self.purchase.park(ParkReason::RefundUnconfirmed);
        Step::waiting_for_a_person()
    }

    fn closing(&self, refund: Refund, state: RefundState, id: Option<String>) -> SaveEffects {
        SaveEffects {
            refund: Some(Box::new(self.closed(refund, state, id))),
            ..SaveEffects::default()
        }
    }

    pub(super) fn closed(&self, refund: Refund, state: RefundState, id: Option<String>) -> Refund {
        Refund {
            state,
            gateway_refund_id: id.or(refund.gateway_refund_id),
            finished_at: Some(self.app.now()),
            ..refund
        }
    }
}

/// The payment's refunded total once this refund is made, in minor units.
const fn total_after(refund: &Refund) -> i64 {
    refund.refunded_before.saturating_add(refund.amount.minor())
}
