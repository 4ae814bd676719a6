//! The steps of a purchase that our own side takes.

use crate::credentials::HotspotName;
use crate::gateway::DeclineReason;
use crate::purchase::plan::Policy;
use crate::purchase::state::{
    AccessState, FailureReason, ParkReason, PurchaseState, TransitionError,
};
use crate::purchase::{Decision, Purchase};
use crate::time::Timestamp;

/// The money, before and at the charge.
impl Purchase {
    /// Moves the money state, if the state machine has that step.
    pub(super) fn become_state(&mut self, next: PurchaseState) -> Result<(), TransitionError> {
        if !self.payment.state.may_become(next) {
            return Err(TransitionError {
                from: self.payment.state,
                to: next,
            });
        }
        self.payment.state = next;
        self.work.attempts = 0;
        Ok(())
    }

    /// The router took the reservation: from here on the charge may go on the wire.
    ///
    /// # Errors
    /// [`TransitionError`] unless the purchase was only created.
    pub fn begin_charge(
        &mut self,
        name: HotspotName,
        user_id: String,
        order_id: Option<String>,
        now: Timestamp,
    ) -> Result<(), TransitionError> {
        self.become_state(PurchaseState::Charging)?;
        self.access.name = name;
        self.access.user_id = Some(user_id);
        self.payment.order_id = order_id;
        self.payment.charge_sent_at = Some(now);
        Ok(())
    }

    /// The gateway shows a payment of a purchase that was never known to be charged: the database
    /// has lost the commit that came before the charge.
    ///
    /// # Errors
    /// [`TransitionError`] unless the purchase was only created.
    pub fn charge_came_to_light(&mut self) -> Result<(), TransitionError> {
        self.become_state(PurchaseState::Charging)?;
        self.payment.charge_sent_at = Some(self.sale.created_at);
        self.outcome_unknown()
    }

    /// As [`Purchase::charge_came_to_light`], told by the request that sent the charge: `sent` is
    /// the purchase as it was then.
    ///
    /// # Errors
    /// [`TransitionError`] unless this purchase was only created.
    pub fn restore_charge(&mut self, sent: &Self) -> Result<(), TransitionError> {
        self.charge_came_to_light()?;
        self.payment.charge_sent_at = sent.payment.charge_sent_at;
        self.payment.order_id.clone_from(&sent.payment.order_id);
        self.payment.payment_id.clone_from(&sent.payment.payment_id);
        self.access.name.clone_from(&sent.access.name);
        self.access.user_id.clone_from(&sent.access.user_id);
        Ok(())
    }

    /// Ends the purchase without a charge and queues the removal of whatever was reserved.
    ///
    /// # Errors
    /// [`TransitionError`] once an outcome is known or unknown.
    pub fn fail(&mut self, reason: FailureReason, now: Timestamp) -> Result<(), TransitionError> {
        self.become_state(PurchaseState::Failed)?;
        self.payment.failure = Some(reason);
        self.payment.settled_at = Some(now);
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
        self.payment.decline = Some(reason);
        self.payment.settled_at = Some(now);
        self.queue_removal(now);
        Ok(())
    }

    /// Counts as not charged.
    ///
    /// # Errors
    /// [`TransitionError`] unless the outcome was open.
    pub fn give_up(&mut self, now: Timestamp) -> Result<(), TransitionError> {
        self.become_state(PurchaseState::GivenUp)?;
        self.payment.next_action = None;
        self.payment.settled_at = Some(now);
        self.queue_removal(now);
        Ok(())
    }
}

/// Reads of the gateway.
impl Purchase {
    /// Remembers the gateway's payment id from an answer that proved too little, so that a read
    /// finds the payment.
    pub fn note_payment_id(&mut self, payment_id: Option<&str>) {
        if self.payment.payment_id.is_none() {
            self.payment.payment_id = payment_id.map(str::to_owned);
        }
    }

    /// A read, asked for at `asked_at`, found the payment.
    pub fn read_found_payment(&mut self, asked_at: Timestamp) {
        self.payment.reads_failing_since = None;
        self.payment.last_read_at = Some(asked_at);
    }

    /// Money was found, but cannot be decided about yet: it is read again soon. Not noted as a
    /// read, so that a watch for late money does not end meanwhile.
    pub fn found_money_waits(&mut self) {
        self.payment.reads_failing_since = None;
        self.note_attempt();
    }

    /// A successful read, asked for at `asked_at`, found no charge. Two of them, the last one
    /// late enough, and the purchase is given up.
    pub fn read_found_nothing(&mut self, asked_at: Timestamp, now: Timestamp, policy: &Policy) {
        self.payment.empty_reads = self.payment.empty_reads.saturating_add(1);
        self.payment.reads_failing_since = None;
        self.payment.last_read_at = Some(asked_at);
        self.note_attempt();
        let sent_at = self.payment.charge_sent_at.unwrap_or(self.sale.created_at);
        let is_late_enough = asked_at >= sent_at.plus(policy.give_up_after);
        if self.is_being_verified() && is_late_enough && self.payment.empty_reads >= 2 {
            // Both states that are being verified may be given up.
            let _always = self.give_up(now);
        }
    }

    /// A failed read proves nothing; after [`Policy::park_after`] of nothing else a person must
    /// decide. Answers whether that is so now.
    pub fn read_failed(&mut self, now: Timestamp, policy: &Policy) -> bool {
        let since = *self.payment.reads_failing_since.get_or_insert(now);
        self.note_attempt();
        let is_overdue = self.is_being_verified() && now.since(since) >= policy.park_after;
        if is_overdue {
            self.park(ParkReason::ReadsFailing);
        }
        is_overdue
    }

    /// Whether something that began then has failed for so long that a person must decide.
    #[must_use]
    pub fn is_stuck_since(&self, began_at: Timestamp, now: Timestamp, policy: &Policy) -> bool {
        let began_at = began_at.max(self.work.decided_at.unwrap_or(began_at));
        now.since(began_at) >= policy.park_after
    }

    /// When a pending payment is to be cancelled at the gateway.
    #[must_use]
    pub fn cancellation_due_at(&self, policy: &Policy) -> Option<Timestamp> {
        let sent_at = self.payment.charge_sent_at.unwrap_or(self.sale.created_at);
        (self.payment.state == PurchaseState::Pending)
            .then(|| sent_at.plus(policy.pending_give_up_after))
    }

    const fn is_being_verified(&self) -> bool {
        matches!(
            self.payment.state,
            PurchaseState::Verifying | PurchaseState::Pending
        )
    }
}

/// The access.
impl Purchase {
    /// A command that adds the user was cut off from its answer: it may take effect until then.
    pub fn note_uncertain_add(&mut self, until: Timestamp) {
        self.access.may_be_added_until = Some(until);
    }

    /// The router user is enabled.
    ///
    /// # Errors
    /// [`TransitionError`] unless the purchase is paid: nobody gets access unpaid.
    pub fn activated(&mut self, user_id: String, now: Timestamp) -> Result<(), TransitionError> {
        if self.payment.state != PurchaseState::Paid {
            return Err(TransitionError {
                from: self.payment.state,
                to: PurchaseState::Paid,
            });
        }
        self.access.user_id = Some(user_id);
        self.access.state = AccessState::Active;
        self.access.activated_at.get_or_insert(now);
        self.work.attempts = 0;
        Ok(())
    }

    /// The router has no user with the id that we know.
    pub fn reservation_is_gone(&mut self) {
        self.access.user_id = None;
    }

    /// The router took a new reservation for a paid purchase.
    pub fn reserved_again(&mut self, user_id: String) {
        self.access.user_id = Some(user_id);
        self.access.state = AccessState::Pending;
    }

    /// Queues the removal of the router user, unless it is known to be gone.
    pub(super) fn queue_removal(&mut self, now: Timestamp) {
        if !matches!(
            self.access.state,
            AccessState::Removed | AccessState::Parked
        ) {
            self.access.state = AccessState::RemovalQueued;
            self.work.next_run = Some(now);
        }
    }

    /// The router confirmed that nothing of ours is left.
    pub fn removal_confirmed(&mut self) {
        self.access.state = AccessState::Removed;
        self.access.user_id = None;
        self.work.attempts = 0;
    }

    /// The user with the sold name was not created by this purchase: it is left alone. Answers
    /// whether a person must look.
    pub fn removal_found_foreign_user(&mut self) -> bool {
        if self.access.user_id.is_none() {
            // Nothing of ours was ever known to be there.
            self.removal_confirmed();
            return false;
        }
        self.access.state = AccessState::Parked;
        self.work.attempts = 0;
        // Money that is due or watched for does not wait for a person at the router.
        let is_about_money = matches!(
            self.payment.state,
            PurchaseState::Mismatch | PurchaseState::Refunding | PurchaseState::GivenUp
        );
        if !is_about_money {
            self.park(ParkReason::UserReplaced);
        }
        true
    }

    /// A reservation came to light after the purchase had ended and its removal was confirmed.
    /// `false`: the purchase may still need it, or its removal is queued anyway.
    pub fn reservation_found_late(&mut self, user_id: String, now: Timestamp) -> bool {
        let must_go =
            self.access.state == AccessState::Removed && self.payment.state != PurchaseState::Paid;
        if must_go {
            self.access.user_id = Some(user_id);
            self.access.state = AccessState::RemovalQueued;
            self.work.next_run = Some(now);
        }
        must_go
    }
}

/// Refunds.
impl Purchase {
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

    /// A refund is finished that brought the sum of refunds to `total_minor`, or more: reads may
    /// have seen part of it already. `is_all`: the gateway shows the whole payment as returned.
    ///
    /// # Errors
    /// [`TransitionError`] when the money was never ours.
    pub fn refund_finished(
        &mut self,
        total_minor: i64,
        is_all: bool,
        now: Timestamp,
    ) -> Result<(), TransitionError> {
        // A partial refund may still have been in flight when all was to go back: the rest
        // follows.
        let is_over = is_all || total_minor >= self.charged().minor();
        if self.payment.state == PurchaseState::Refunding && is_over {
            return self.refunded(now);
        }
        self.payment.refunded_minor = self.payment.refunded_minor.max(total_minor);
        Ok(())
    }

    /// A read shows that this much has been refunded; counts while everything is to go back.
    pub fn note_refunded_total(&mut self, total_minor: i64) {
        if self.payment.state == PurchaseState::Refunding {
            self.payment.refunded_minor = self.payment.refunded_minor.max(total_minor);
        }
    }

    /// All the money went back.
    pub(super) fn refunded(&mut self, now: Timestamp) -> Result<(), TransitionError> {
        self.become_state(PurchaseState::Refunded)?;
        self.payment.refunded_minor = self.charged().minor();
        self.payment.settled_at = Some(now);
        self.queue_removal(now);
        Ok(())
    }
}

/// Lease and schedule.
impl Purchase {
    /// Takes the lease until then. Should its holder die, a worker goes on when it ends.
    pub fn take_lease(&mut self, until: Timestamp) {
        self.work.locked_until = Some(until);
        self.work.next_run.get_or_insert(until);
    }

    /// Releases the lease and schedules the next run; `None`: nothing is left to do.
    pub fn release(&mut self, next_run: Option<Timestamp>) {
        self.work.locked_until = None;
        self.work.next_run = next_run;
    }

    /// A worker is to look now.
    pub fn schedule_now(&mut self, now: Timestamp) {
        self.work.next_run = Some(now);
    }

    /// A store wrote the purchase: the next write needs this revision.
    pub fn saved_as(&mut self, revision: i64) {
        self.work.revision = revision;
    }

    /// Counts a run without progress, for the backoff.
    pub fn note_attempt(&mut self) {
        self.work.attempts = self.work.attempts.saturating_add(1);
    }

    /// Hands the purchase to a person; workers leave it alone until somebody decides.
    pub fn park(&mut self, reason: ParkReason) {
        self.work.parked = Some(reason);
        self.work.next_run = None;
    }

    /// The gateway resolved what a person was to decide.
    pub fn unpark(&mut self) {
        self.work.parked = None;
    }

    /// Carries out what a person decided. `refund_in_flight`: a refund was sent or is about to be.
    ///
    /// # Errors
    /// [`TransitionError`] when the state machine has no such step from here.
    pub fn decide(
        &mut self,
        decision: Decision,
        refund_in_flight: bool,
        now: Timestamp,
        policy: &Policy,
    ) -> Result<(), TransitionError> {
        let is_parked = self.is_parked();
        match (decision, self.payment.state) {
            // Nobody knows whether that money is back already: it cannot be earned as well.
            (Decision::Grant, PurchaseState::Refunding) if refund_in_flight => {
                return Err(self.no_step_to(PurchaseState::Paid));
            }
            // A part of the money is on its way back: workers try again.
            (Decision::Refund, PurchaseState::Paid) if is_parked => {}
            (Decision::Refund, PurchaseState::Paid | PurchaseState::Mismatch) => {
                self.begin_refund(now)?;
            }
            (Decision::Refund, PurchaseState::Refunding) => {}
            (Decision::Grant, PurchaseState::Refunding) if is_parked => {
                self.become_state(PurchaseState::Paid)?;
                self.payment.settled_at = None;
                self.wait_for_access(now, policy);
            }
            (Decision::Grant, PurchaseState::Paid) if self.access.state != AccessState::Active => {
                self.wait_for_access(now, policy);
            }
            (Decision::Close, _) if is_parked => {
                self.unpark();
                self.work.next_run = None;
                return Ok(());
            }
            // An open outcome is read again; nothing overrides the gateway.
            (Decision::Grant | Decision::Refund, state) if is_parked && state.is_open() => {}
            (Decision::Grant, _) => return Err(self.no_step_to(PurchaseState::Paid)),
            (Decision::Refund | Decision::Close, _) => {
                return Err(self.no_step_to(PurchaseState::Refunding));
            }
        }
        self.unpark();
        self.work.attempts = 0;
        self.work.decided_at = Some(now);
        self.payment.reads_failing_since = None;
        self.work.next_run = Some(now);
        Ok(())
    }

    /// The access is owed anew, with the full time for the router to come back.
    fn wait_for_access(&mut self, now: Timestamp, policy: &Policy) {
        self.access.state = AccessState::Pending;
        self.access.deadline = Some(now.plus(policy.refund_after));
    }

    const fn no_step_to(&self, to: PurchaseState) -> TransitionError {
        TransitionError {
            from: self.payment.state,
            to,
        }
    }
}
