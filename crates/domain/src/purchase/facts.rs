//! What the gateway's facts about a payment change.

use crate::gateway::{ExpectedPayment, PaymentFacts, PaymentStatus, Proof};
use crate::purchase::Purchase;
use crate::purchase::state::{AccessState, PurchaseState, TransitionError};
use crate::time::Timestamp;

/// Where facts come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactSource {
    /// The answer to our charge.
    ChargeAnswer,
    /// The read by which the request itself completes an answer that proved too little.
    FollowUp,
    /// A worker's fresh read of the order or payment. Only such a read finds money.
    Read,
}

/// What becomes of money that a worker found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoundMoney {
    /// It buys the access.
    Grant,
    /// It goes back: the customer has bought again, or nothing can be granted.
    Refund,
    /// The customer is buying again at this moment: that decides.
    Wait,
}

/// What the facts did to the purchase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// Nothing new.
    Unchanged,
    /// The purchase moved to this state.
    Moved(PurchaseState),
    /// The facts are not enough to decide: read the payment.
    NeedsRead,
    /// A worker found the money of an open purchase, or of one that had ended unpaid: grant or
    /// refund, exactly one of the two. [`Purchase::judge_found_money`] says which.
    MoneyFound,
}

impl Purchase {
    /// Applies the gateway's facts. State only moves forward; stale and repeated facts change
    /// nothing.
    ///
    /// # Errors
    /// [`TransitionError`] should the facts ask for a step that does not exist.
    pub fn apply_facts(
        &mut self,
        facts: &PaymentFacts,
        expected: &ExpectedPayment,
        source: FactSource,
        now: Timestamp,
    ) -> Result<Applied, TransitionError> {
        match &facts.status {
            PaymentStatus::Approved | PaymentStatus::PartiallyRefunded => {
                self.apply_money(facts, expected, source, now)
            }
            PaymentStatus::Pending | PaymentStatus::Unknown => self.apply_pending(facts),
            PaymentStatus::Declined(reason) if self.payment.state.is_open() => {
                self.note(facts);
                self.decline(*reason, now)?;
                Ok(Applied::Moved(self.payment.state))
            }
            // Nobody said no to the card: it ends as one that no charge was found of.
            PaymentStatus::Cancelled if self.payment.state.may_become(PurchaseState::GivenUp) => {
                self.note(facts);
                self.give_up(now)?;
                Ok(Applied::Moved(self.payment.state))
            }
            PaymentStatus::Cancelled if self.payment.state.is_open() => {
                self.note(facts);
                self.decline(crate::gateway::DeclineReason::Other, now)?;
                Ok(Applied::Moved(self.payment.state))
            }
            PaymentStatus::Declined(_) | PaymentStatus::Cancelled => Ok(Applied::Unchanged),
            PaymentStatus::Refunded => self.apply_returned(facts, PurchaseState::Refunded, now),
            PaymentStatus::ChargedBack => {
                self.apply_returned(facts, PurchaseState::ChargedBack, now)
            }
        }
    }

    /// What becomes of found money. `others`: purchases of the same person that were paid since
    /// this one began, or began after it and are open. One person's purchases that overlap are
    /// one wish, and one of them is served.
    #[must_use]
    pub fn judge_found_money(&self, others: &[Self]) -> FoundMoney {
        // The user name is taken on the router: nothing can be granted.
        if self.access.state == AccessState::Parked {
            return FoundMoney::Refund;
        }
        let is_served = |other: &Self| other.payment.state == PurchaseState::Paid;
        // Nobody knows when a person will have decided about that one.
        let is_stuck = |other: &Self| other.payment.state.is_open() && other.is_parked();
        if others
            .iter()
            .any(|other| is_served(other) || is_stuck(other))
        {
            FoundMoney::Refund
        } else if others.iter().any(|other| other.payment.state.is_open()) {
            FoundMoney::Wait
        } else {
            FoundMoney::Grant
        }
    }

    /// Serves a sale whose money a worker found.
    ///
    /// # Errors
    /// [`TransitionError`] unless the purchase is open or had ended unpaid.
    pub fn grant_found(
        &mut self,
        facts: &PaymentFacts,
        now: Timestamp,
    ) -> Result<(), TransitionError> {
        self.become_state(PurchaseState::Paid)?;
        self.note_money(facts, now);
        self.payment.settled_at = None;
        self.payment.next_action = None;
        // Whatever was reserved is gone or about to go: start over on the router.
        if self.access.state != AccessState::Parked {
            self.access.state = AccessState::Pending;
        }
        self.work.next_run = Some(now);
        Ok(())
    }

    /// Gives back money that a worker found.
    ///
    /// # Errors
    /// [`TransitionError`] unless the purchase is open or had ended unpaid.
    pub fn refund_found(
        &mut self,
        facts: &PaymentFacts,
        now: Timestamp,
    ) -> Result<(), TransitionError> {
        if self.payment.state == PurchaseState::Charging {
            self.become_state(PurchaseState::Verifying)?;
        }
        self.begin_refund(now)?;
        self.note_money(facts, now);
        self.payment.next_action = None;
        self.work.next_run = Some(now);
        Ok(())
    }

    fn apply_money(
        &mut self,
        facts: &PaymentFacts,
        expected: &ExpectedPayment,
        source: FactSource,
        now: Timestamp,
    ) -> Result<Applied, TransitionError> {
        let proof = expected.check(facts);
        match (self.payment.state, proof) {
            (PurchaseState::Created, _) => Err(TransitionError {
                from: self.payment.state,
                to: PurchaseState::Paid,
            }),
            (
                PurchaseState::Paid
                | PurchaseState::Refunding
                | PurchaseState::Refunded
                | PurchaseState::ChargedBack
                | PurchaseState::Mismatch,
                _,
            ) => Ok(self.note_refunds(facts)),
            (_, Proof::Contradicts) => {
                self.become_state(PurchaseState::Mismatch)?;
                self.note_money(facts, now);
                self.queue_removal(now);
                self.work.next_run = Some(now);
                Ok(Applied::Moved(self.payment.state))
            }
            (_, Proof::Complete) if source == FactSource::Read => Ok(Applied::MoneyFound),
            (state, Proof::Complete) if state.is_open() => {
                self.become_state(PurchaseState::Paid)?;
                self.note_money(facts, now);
                self.payment.next_action = None;
                Ok(Applied::Moved(self.payment.state))
            }
            (_, Proof::Complete | Proof::Incomplete) => Ok(Applied::NeedsRead),
        }
    }

    fn apply_pending(&mut self, facts: &PaymentFacts) -> Result<Applied, TransitionError> {
        match self.payment.state {
            PurchaseState::Charging | PurchaseState::Verifying => {
                self.become_state(PurchaseState::Pending)?;
                self.note(facts);
                self.payment.next_action.clone_from(&facts.next_action);
                Ok(Applied::Moved(self.payment.state))
            }
            PurchaseState::Pending => {
                self.note(facts);
                if facts.next_action.is_some() {
                    self.payment.next_action.clone_from(&facts.next_action);
                }
                Ok(Applied::Unchanged)
            }
            _ => Ok(Applied::Unchanged),
        }
    }

    fn apply_returned(
        &mut self,
        facts: &PaymentFacts,
        end: PurchaseState,
        now: Timestamp,
    ) -> Result<Applied, TransitionError> {
        // Money that never counted here came and went again: first note that it came.
        if self.payment.state == PurchaseState::Charging {
            self.become_state(PurchaseState::Verifying)?;
        }
        if !self.payment.state.may_become(end) {
            return Ok(Applied::Unchanged);
        }
        self.become_state(end)?;
        self.note_money(facts, now);
        if end == PurchaseState::Refunded {
            self.payment.refunded_minor = self.charged().minor();
        }
        self.payment.settled_at = Some(now);
        self.queue_removal(now);
        Ok(Applied::Moved(end))
    }

    /// Takes over a grown refund total, as when the operator refunded in the gateway's own panel.
    fn note_refunds(&mut self, facts: &PaymentFacts) -> Applied {
        match facts.refunded_minor {
            Some(total)
                if total > self.payment.refunded_minor
                    && self.payment.state == PurchaseState::Paid =>
            {
                self.payment.refunded_minor = total;
                Applied::Moved(self.payment.state)
            }
            _ => Applied::Unchanged,
        }
    }

    fn note(&mut self, facts: &PaymentFacts) {
        self.payment.gateway_status = Some(facts.status_text.clone());
        self.payment.gateway_detail.clone_from(&facts.detail);
        if self.payment.order_id.is_none() {
            self.payment.order_id.clone_from(&facts.order_id);
        }
        if facts.payment_id.is_some() {
            self.payment.payment_id.clone_from(&facts.payment_id);
        }
        self.payment.card = facts.card.clone();
    }

    fn note_money(&mut self, facts: &PaymentFacts, now: Timestamp) {
        self.note(facts);
        self.payment.charged_minor = facts.amount_minor.or(self.payment.charged_minor);
        self.payment.paid_at.get_or_insert(now);
        // Lost with the commit that came before the charge.
        self.payment
            .charge_sent_at
            .get_or_insert(self.sale.created_at);
        self.payment.decline = None;
        if let Some(total) = facts.refunded_minor {
            self.payment.refunded_minor = self.payment.refunded_minor.max(total);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::contact::{Customer, Email};
    use crate::credentials::{CredentialKind, HotspotName};
    use crate::gateway::{DeclineReason, GatewayKind, GatewayMode};
    use crate::ids::{ApiKeyId, AttemptId, ProductId, PurchaseId, RouterId, TenantId};
    use crate::money::{Currency, Money};
    use crate::purchase::{DeviceHints, Sale};
    use crate::secret::Sealed;

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_772_618_400);

    fn created() -> Purchase {
        let sale = Sale {
            attempt_id: AttemptId::from_random([7; 16]),
            tenant_id: TenantId::from_random([1; 5]),
            router_id: RouterId::from_random([1; 4]),
            product_id: ProductId::new(7),
            sale_name: "1 hora".into(),
            profile_name: "1hora".into(),
            gateway: GatewayKind::Conekta,
            credentials_version: 1,
            mode: GatewayMode::Test,
            amount: Money::from_minor(1999, Currency::Mxn),
            customer: Customer {
                name: "Ana".into(),
                email: Email::from_stored("a@x.test"),
                phone: None,
            },
            customer_digest: "a".into(),
            device: DeviceHints::default(),
            credential_kind: CredentialKind::Pin,
            candidates: vec![HotspotName::from_stored("PT-00001")],
            hotspot_password: Sealed::from_stored(""),
            reference: "att".into(),
            api_key_id: Some(ApiKeyId::from_random([1; 8])),
            created_at: NOW,
        };
        Purchase::new(PurchaseId::new(1), sale, NOW)
    }

    fn charging() -> Purchase {
        let mut purchase = created();
        purchase
            .begin_charge(
                HotspotName::from_stored("PT-00001"),
                "*1".into(),
                Some("ord_1".into()),
                NOW,
            )
            .unwrap();
        purchase
    }

    fn facts(status: PaymentStatus) -> PaymentFacts {
        PaymentFacts {
            order_id: Some("ord_1".into()),
            payment_id: Some("ch_1".into()),
            amount_minor: Some(1999),
            currency: Some("MXN".into()),
            reference: Some("att".into()),
            ..PaymentFacts::new(status, "word")
        }
    }

    fn apply(purchase: &mut Purchase, facts: &PaymentFacts, source: FactSource) -> Applied {
        let expected = purchase.expected_payment(None);
        purchase.apply_facts(facts, &expected, source, NOW).unwrap()
    }

    #[test]
    fn an_approved_answer_pays() {
        let mut purchase = charging();
        let applied = apply(
            &mut purchase,
            &facts(PaymentStatus::Approved),
            FactSource::ChargeAnswer,
        );
        assert_eq!(applied, Applied::Moved(PurchaseState::Paid));
        assert_eq!(purchase.payment.paid_at, Some(NOW));
        assert_eq!(
            purchase.access.state,
            AccessState::Pending,
            "money alone opens nothing"
        );
        purchase.activated("*1".into(), NOW).unwrap();
        assert_eq!(purchase.access.state, AccessState::Active);
    }

    #[test]
    fn nothing_is_activated_unpaid() {
        for mut purchase in [created(), charging()] {
            assert!(purchase.activated("*1".into(), NOW).is_err());
            assert_eq!(purchase.access.state, AccessState::Pending);
        }
    }

    #[test]
    fn a_wrong_amount_gives_no_access_and_must_go_back() {
        let mut purchase = charging();
        let wrong = PaymentFacts {
            amount_minor: Some(1998),
            ..facts(PaymentStatus::Approved)
        };
        assert_eq!(
            apply(&mut purchase, &wrong, FactSource::Read),
            Applied::Moved(PurchaseState::Mismatch)
        );
        assert!(purchase.activated("*1".into(), NOW).is_err());
        assert_eq!(purchase.access.state, AccessState::RemovalQueued);
        assert_eq!(
            purchase.refundable().minor(),
            1998,
            "what was charged goes back, not the price"
        );
        purchase.begin_refund(NOW).unwrap();
    }

    #[test]
    fn an_incomplete_approval_is_read_again() {
        let mut purchase = charging();
        let bare = PaymentFacts::new(PaymentStatus::Approved, "paid");
        assert_eq!(
            apply(&mut purchase, &bare, FactSource::ChargeAnswer),
            Applied::NeedsRead
        );
        assert_eq!(purchase.payment.state, PurchaseState::Charging);
    }

    #[test]
    fn unknown_words_are_pending_never_paid_never_failed() {
        let mut purchase = charging();
        assert_eq!(
            apply(
                &mut purchase,
                &facts(PaymentStatus::Unknown),
                FactSource::ChargeAnswer
            ),
            Applied::Moved(PurchaseState::Pending)
        );
    }

    #[test]
    fn late_money_is_found_by_reads_only() {
        let mut purchase = charging();
        purchase.outcome_unknown().unwrap();
        purchase.give_up(NOW).unwrap();
        let money = facts(PaymentStatus::Approved);
        assert_eq!(
            apply(&mut purchase, &money, FactSource::ChargeAnswer),
            Applied::NeedsRead
        );
        assert_eq!(
            apply(&mut purchase, &money, FactSource::Read),
            Applied::MoneyFound
        );
        purchase.removal_confirmed();
        purchase.grant_found(&money, NOW).unwrap();
        assert_eq!(
            (purchase.payment.state, purchase.access.state),
            (PurchaseState::Paid, AccessState::Pending)
        );
    }

    #[test]
    fn a_cancelled_payment_counts_as_given_up_once_it_was_waited_for() {
        let mut at_once = charging();
        let mut waited_for = charging();
        apply(
            &mut waited_for,
            &facts(PaymentStatus::Pending),
            FactSource::ChargeAnswer,
        );
        for (purchase, end) in [
            (&mut at_once, PurchaseState::Declined),
            (&mut waited_for, PurchaseState::GivenUp),
        ] {
            let applied = apply(purchase, &facts(PaymentStatus::Cancelled), FactSource::Read);
            assert_eq!(applied, Applied::Moved(end));
            assert_eq!(purchase.access.state, AccessState::RemovalQueued);
        }
    }

    #[test]
    fn stale_news_changes_nothing() {
        let mut purchase = charging();
        apply(
            &mut purchase,
            &facts(PaymentStatus::Approved),
            FactSource::FollowUp,
        );
        for stale in [
            PaymentStatus::Pending,
            PaymentStatus::Unknown,
            PaymentStatus::Declined(DeclineReason::Other),
            PaymentStatus::Cancelled,
            PaymentStatus::Approved,
        ] {
            let before = purchase.clone();
            assert_eq!(
                apply(&mut purchase, &facts(stale), FactSource::Read),
                Applied::Unchanged
            );
            assert_eq!(purchase, before);
        }
    }

    #[test]
    fn found_money_serves_a_person_once() {
        let mut found = charging();
        found.outcome_unknown().unwrap();
        let judge = |found: &Purchase, others: &[Purchase]| found.judge_found_money(others);
        assert_eq!(judge(&found, &[]), FoundMoney::Grant);
        let mut other = charging();
        assert_eq!(judge(&found, &[other.clone()]), FoundMoney::Wait);
        other.outcome_unknown().unwrap();
        other.park(crate::purchase::ParkReason::ReadsFailing);
        assert_eq!(judge(&found, &[other]), FoundMoney::Refund);
        let mut paid = charging();
        let money = facts(PaymentStatus::Approved);
        apply(&mut paid, &money, FactSource::ChargeAnswer);
        assert_eq!(judge(&found, &[charging(), paid]), FoundMoney::Refund);
        found.refund_found(&money, NOW).unwrap();
        assert_eq!(found.payment.state, PurchaseState::Refunding);
        assert_eq!(found.refundable().minor(), 1999);
    }

    #[test]
    fn a_refund_in_the_gateways_panel_ends_access() {
        let mut purchase = charging();
        apply(
            &mut purchase,
            &facts(PaymentStatus::Approved),
            FactSource::FollowUp,
        );
        purchase.activated("*1".into(), NOW).unwrap();
        let part = PaymentFacts {
            refunded_minor: Some(500),
            ..facts(PaymentStatus::PartiallyRefunded)
        };
        assert_eq!(
            apply(&mut purchase, &part, FactSource::Read),
            Applied::Moved(PurchaseState::Paid)
        );
        assert_eq!(
            (purchase.payment.refunded_minor, purchase.access.state),
            (500, AccessState::Active)
        );
        let all = PaymentFacts {
            refunded_minor: Some(1999),
            ..facts(PaymentStatus::Refunded)
        };
        assert_eq!(
            apply(&mut purchase, &all, FactSource::Read),
            Applied::Moved(PurchaseState::Refunded)
        );
        assert_eq!(
            (purchase.payment.refunded_minor, purchase.access.state),
            (1999, AccessState::RemovalQueued)
        );
    }

    fn any_status() -> impl Strategy<Value = PaymentStatus> {
        prop_oneof![
            Just(PaymentStatus::Approved),
            Just(PaymentStatus::PartiallyRefunded),
            Just(PaymentStatus::Pending),
            Just(PaymentStatus::Declined(DeclineReason::Declined)),
            Just(PaymentStatus::Cancelled),
            Just(PaymentStatus::Refunded),
            Just(PaymentStatus::ChargedBack),
            Just(PaymentStatus::Unknown),
        ]
    }

    proptest! {
        /// Whatever the gateway says, in whatever order: every move is one the state machine
        /// has, and access is never active unless the money is ours.
        #[test]
        fn any_news_in_any_order_keeps_the_rules(
            news in prop::collection::vec((any_status(), any::<bool>(), prop::option::of(1990_i64..2005)), 1..12)
        ) {
            let mut purchase = charging();
            for (status, read, amount) in news {
                let before = purchase.payment.state;
                let facts = PaymentFacts { amount_minor: amount, ..facts(status) };
                let source = if read { FactSource::Read } else { FactSource::ChargeAnswer };
                let applied = apply(&mut purchase, &facts, source);
                if applied == Applied::MoneyFound {
                    prop_assert!(before.is_unpaid_end() || before.is_open());
                    purchase.refund_found(&facts, NOW).unwrap();
                }
                let moved = purchase.payment.state != before;
                let allowed = before.may_become(purchase.payment.state)
                    || (before == PurchaseState::Charging && PurchaseState::Verifying.may_become(purchase.payment.state));
                prop_assert!(!moved || allowed, "{:?} -> {:?}", before, purchase.payment.state);
                let activated = purchase.clone().activated("*1".into(), NOW).is_ok();
                prop_assert_eq!(activated, purchase.payment.state == PurchaseState::Paid);
            }
        }
    }
}
