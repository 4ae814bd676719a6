//! The steps that our own side takes.

use crate::gateway::DeclineReason;
use crate::purchase::record::Purchase;
use crate::purchase::state::{AccessState, FailureReason, PurchaseState, TransitionError};
use crate::time::Timestamp;
use crate::voucher::HotspotName;

impl Purchase {
    /// Moves the money state, if the state machine has that step.
    pub(super) fn become_state(&mut self, next: PurchaseState) -> Result<(), TransitionError> {
        if !self.state.may_become(next) {
            return Err(TransitionError {
                from: self.state,
                to: next,
            });
        }
        self.state = next;
        self.attempts = 0;
        Ok(())
    }

    /// The router took the reservation: from here on the charge may go on the wire.
    ///
    /// # Errors
    /// [`TransitionError`] unless the purchase was only created.
    pub fn begin_charge(
        &mut self,
        name: HotspotName,
        hotspot_id: String,
        order_id: Option<String>,
        now: Timestamp,
    ) -> Result<(), TransitionError> {
        self.become_state(PurchaseState::Charging)?;
        self.hotspot_name = name;
        self.hotspot_id = Some(hotspot_id);
        self.order_id = order_id;
        self.charge_sent_at = Some(now);
        Ok(())
    }

    /// Ends the purchase without a charge and queues the removal of whatever was reserved.
    ///
    /// # Errors
    /// [`TransitionError`] once an outcome is known or unknown.
    pub fn fail(&mut self, reason: FailureReason, now: Timestamp) -> Result<(), TransitionError> {
        self.become_state(PurchaseState::Failed)?;
        self.failure = Some(reason);
        self.settled_at = Some(now);
        self.queue_removal(now);
        Ok(())
    }

    /// The charge was sent and its outcome is not known.
    ///
    /// # Errors
    /// [`TransitionError`] unless the purchase was charging.
    pub fn outcome_unknown(&mut self) -> Result<(), TransitionError> {
        self.become_state(PurchaseState::Verifying)
    }

    /// The gateway declined the card for this reason.
    ///
    /// # Errors
    /// [`TransitionError`] when another outcome is known already.
    pub fn decline(
        &mut self,
        reason: DeclineReason,
        now: Timestamp,
    ) -> Result<(), TransitionError> {
        self.become_state(PurchaseState::Declined)?;
        self.decline = Some(reason);
        self.settled_at = Some(now);
        self.queue_removal(now);
        Ok(())
    }

    /// No read found a charge for long enough: counts as not charged.
    ///
    /// # Errors
    /// [`TransitionError`] unless the outcome was open.
    pub fn give_up(&mut self, now: Timestamp) -> Result<(), TransitionError> {
        self.become_state(PurchaseState::GivenUp)?;
        self.challenge_url = None;
        self.settled_at = Some(now);
        self.queue_removal(now);
        Ok(())
    }

    /// The router user is enabled.
    ///
    /// # Errors
    /// [`TransitionError`] unless the purchase is paid: nobody gets access unpaid.
    pub fn activated(&mut self, hotspot_id: String, now: Timestamp) -> Result<(), TransitionError> {
        if self.state != PurchaseState::Paid {
            return Err(TransitionError {
                from: self.state,
                to: PurchaseState::Paid,
            });
        }
        self.hotspot_id = Some(hotspot_id);
        self.access = AccessState::Active;
        self.activated_at.get_or_insert(now);
        self.attempts = 0;
        Ok(())
    }

    /// The router took a new reservation for a sale that was paid late.
    pub fn reserved_again(&mut self, hotspot_id: String) {
        self.hotspot_id = Some(hotspot_id);
        self.access = AccessState::Pending;
    }

    /// Commits to giving all the money back. Whoever sees this state starts no activation, and
    /// the router user is removed.
    ///
    /// # Errors
    /// [`TransitionError`] unless there is money to return.
    pub fn begin_refund(&mut self, now: Timestamp) -> Result<(), TransitionError> {
        self.become_state(PurchaseState::Refunding)?;
        self.queue_removal(now);
        Ok(())
    }

    /// A refund of part of the money is finished.
    pub fn partly_refunded(&mut self, minor: i64) {
        self.refunded_minor = self.refunded_minor.saturating_add(minor);
    }

    /// All the money went back.
    ///
    /// # Errors
    /// [`TransitionError`] when it was never ours.
    pub fn refunded(&mut self, now: Timestamp) -> Result<(), TransitionError> {
        self.become_state(PurchaseState::Refunded)?;
        self.refunded_minor = self.charged_minor.unwrap_or(self.amount.minor());
        self.settled_at = Some(now);
        self.queue_removal(now);
        Ok(())
    }

    /// A person decided to serve a sale whose refund the gateway refused.
    ///
    /// # Errors
    /// [`TransitionError`] unless a refund was under way.
    pub fn grant_after_refused_refund(&mut self) -> Result<(), TransitionError> {
        self.become_state(PurchaseState::Paid)?;
        self.settled_at = None;
        self.access = AccessState::Pending;
        Ok(())
    }

    /// Queues the removal of the router user, unless it is known to be gone.
    pub fn queue_removal(&mut self, now: Timestamp) {
        if !matches!(self.access, AccessState::Removed | AccessState::Parked) {
            self.access = AccessState::RemovalQueued;
            self.next_attempt_at = Some(now);
        }
    }

    /// The router confirmed that nothing of ours is left.
    pub fn removal_confirmed(&mut self) {
        self.access = AccessState::Removed;
        self.hotspot_id = None;
        self.attempts = 0;
    }

    /// A reservation came to light after the purchase had ended and its removal was confirmed.
    /// `false`: the purchase may still need it, or its removal is queued anyway.
    pub fn reservation_found_late(&mut self, hotspot_id: String, now: Timestamp) -> bool {
        let must_go = self.access == AccessState::Removed && self.state != PurchaseState::Paid;
        if must_go {
            self.hotspot_id = Some(hotspot_id);
            self.access = AccessState::RemovalQueued;
            self.next_attempt_at = Some(now);
        }
        must_go
    }

    /// Hands the purchase to a person; workers leave it alone until somebody decides.
    pub fn park(&mut self, reason: impl Into<String>) {
        self.parked_reason = Some(reason.into());
        self.next_attempt_at = None;
    }

    /// A person decided: workers go on.
    pub fn unpark(&mut self, now: Timestamp) {
        self.parked_reason = None;
        self.attempts = 0;
        self.next_attempt_at = Some(now);
    }
}
