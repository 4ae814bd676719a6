//! What must hold at every moment: checked at each committed change of a purchase, each charge,
//! each user enabled on a router, each answer to a customer.

use std::sync::atomic::Ordering;
use std::time::Duration;

use application::purchase::command::StartPurchase;
use domain::purchase::{AccessState, Purchase, PurchaseState};
use fakes::gateway::{ChargeAttempt, Payment, Standing};
use fakes::hotspot::User;
use futures::FutureExt;
use ports::store::error::StoreError;
use ports::store::{Scope, Store};

use crate::engine::lock;
use crate::world::routers::sale_of;
use crate::world::{MAX_SKEW, World};

/// When a charge that nobody finds counts as not made: what the server is configured with.
pub(crate) const GIVE_UP_AFTER: Duration = Duration::from_mins(15);

impl World {
    /// Whether the store is being read by the observer.
    pub(crate) fn is_observed(&self) -> bool {
        self.is_reading.load(Ordering::Relaxed)
    }

    /// All purchases as committed.
    pub(crate) fn committed(&self) -> Vec<Purchase> {
        self.is_reading.store(true, Ordering::Relaxed);
        let read = self.read_purchases().now_or_never();
        self.is_reading.store(false, Ordering::Relaxed);
        match read {
            Some(Ok(purchases)) => purchases,
            other => {
                self.violated(format!("the observer could not read: {other:?}"));
                Vec::new()
            }
        }
    }

    async fn read_purchases(&self) -> Result<Vec<Purchase>, StoreError> {
        let mut work = self.store.begin(Scope::Platform).await?;
        let all = work
            .purchases()
            .list_by_state(&PurchaseState::ALL, None, i64::MAX)
            .await?;
        work.commit().await?;
        Ok(all)
    }

    /// Something was committed: looks at what has changed.
    pub(crate) fn observe(&self) {
        for purchase in self.committed() {
            let before = lock(&self.observer).purchases.get(&purchase.id()).cloned();
            if before.as_ref() == Some(&purchase) {
                continue;
            }
            self.log(|| describe_change(before.as_ref(), &purchase));
            self.check_change(before.as_ref(), &purchase);
            lock(&self.observer)
                .purchases
                .insert(purchase.id(), purchase);
        }
    }

    fn check_change(&self, before: Option<&Purchase>, now: &Purchase) {
        let id = now.id();
        let Some(before) = before else {
            if now.state() != PurchaseState::Created {
                self.violated(format!("sale {id} begins as {}", now.state().as_str()));
            }
            self.check_beginning(now);
            return;
        };
        if before.state() != now.state() {
            let by_person = lock(&self.decided).contains(&id)
                && (before.state(), now.state()) == (PurchaseState::Refunding, PurchaseState::Paid);
            if !by_person && !is_forward(before.state(), now.state()) {
                let (from, to) = (before.state().as_str(), now.state().as_str());
                self.violated(format!("sale {id} went back from {from} to {to}"));
            }
            self.check_state(now);
            self.check_found_money(before.state(), now);
        }
        if now.access().state == AccessState::Active && now.state() != PurchaseState::Paid {
            self.violated(format!(
                "sale {id} is active while {}",
                now.state().as_str()
            ));
        }
        if before.payment().charge_sent_at.is_some()
            && before.payment().charge_sent_at != now.payment().charge_sent_at
        {
            self.violated(format!("sale {id} forgot when its charge was sent"));
        }
        if now.payment().refunded_minor < before.payment().refunded_minor {
            self.violated(format!("sale {id} forgot a refund"));
        }
        if now.work().revision < before.work().revision {
            self.violated(format!("sale {id} lost a revision"));
        }
    }

    /// Nobody begins to buy what the same person is buying already.
    fn check_beginning(&self, now: &Purchase) {
        let person = now.sale().person();
        let open = lock(&self.observer)
            .purchases
            .values()
            .find(|other| {
                other.sale().is_to(&person)
                    && other.sale().product_id == now.sale().product_id
                    && other.state().is_open()
            })
            .map(Purchase::id);
        if let Some(open) = open {
            let id = now.id();
            self.violated(format!(
                "sale {id} begins while {open} of the same person is open"
            ));
        }
    }

    /// Money that no request has counted buys access exactly where the person has not bought again.
    fn check_found_money(&self, before: PurchaseState, now: &Purchase) {
        let was_found = before.is_unpaid_end()
            || matches!(before, PurchaseState::Verifying | PurchaseState::Pending);
        if !was_found || !matches!(now.state(), PurchaseState::Paid | PurchaseState::Refunding) {
            return;
        }
        let (person, since) = (now.sale().person(), now.sale().created_at);
        let others: Vec<Purchase> = lock(&self.observer)
            .purchases
            .values()
            .filter(|other| other.id() != now.id() && other.sale().is_to(&person))
            .cloned()
            .collect();
        let was_paid = |other: &Purchase| other.payment().paid_at.is_some_and(|at| at >= since);
        let is_served = |other: &Purchase| other.state() == PurchaseState::Paid && was_paid(other);
        let is_stuck = |other: &Purchase| {
            other.state().is_open() && other.is_parked() && other.sale().created_at >= since
        };
        let id = now.id();
        if now.state() == PurchaseState::Paid {
            if let Some(other) = others.iter().find(|other| is_served(other)) {
                let other = other.id();
                self.violated(format!(
                    "sale {id} is granted, but {other} serves the same person"
                ));
            }
        } else if now.access().state != AccessState::Parked
            && !lock(&self.tampered).contains(&id)
            && !others
                .iter()
                .any(|other| was_paid(other) || is_stuck(other))
        {
            self.violated(format!(
                "the money of sale {id} goes back, but the person has nothing else"
            ));
        }
    }

    /// What a state claims must be so at the gateway.
    fn check_state(&self, now: &Purchase) {
        let ledger = lock(&self.ledger);
        let id = now.id();
        let took_money = ledger.took_money(&now.sale().reference);
        let word = now.state().as_str();
        match now.state() {
            PurchaseState::Paid if !ledger.of_reference(&now.sale().reference).any(is_proper) => {
                self.violated(format!(
                    "sale {id} counts as paid, but nobody paid its price"
                ));
            }
            PurchaseState::Declined | PurchaseState::Failed if took_money => {
                self.violated(format!("sale {id} is {word}, but the card was charged"));
            }
            PurchaseState::Refunded
                if !ledger
                    .of_reference(&now.sale().reference)
                    .any(|payment| payment.took_money() && payment.held() == 0) =>
            {
                self.violated(format!("sale {id} is {word}, but no money went back"));
            }
            // What the gateway cancelled may be given up at once.
            PurchaseState::GivenUp
                if ledger
                    .of_reference(&now.sale().reference)
                    .any(|payment| payment.standing == Standing::Cancelled) => {}
            PurchaseState::GivenUp => {
                let sent_at = now
                    .payment()
                    .charge_sent_at
                    .unwrap_or(now.sale().created_at);
                let late = sent_at.plus(GIVE_UP_AFTER).minus(MAX_SKEW * 2);
                let reads = ledger.empty_reads.get(&now.sale().reference);
                let reads = reads.map_or(&[][..], Vec::as_slice);
                if reads.len() < 2 || !reads.iter().any(|at| *at >= late) {
                    self.violated(format!(
                        "sale {id} was given up after {} reads that found nothing",
                        reads.len()
                    ));
                }
            }
            _ => {}
        }
    }

    /// A charge is about to be sent.
    pub(crate) fn check_sending(&self, attempt: &ChargeAttempt) {
        let id = attempt.mark.purchase;
        let mut observer = lock(&self.observer);
        if !observer.sent.insert(id) {
            self.violated(format!("sale {id} sends a second charge"));
        }
        let state = observer.purchases.get(&id).map(Purchase::state);
        if state != Some(PurchaseState::Charging) {
            self.violated(format!("sale {id} sends its charge while {state:?}"));
        }
    }

    /// A gateway took a charge on.
    pub(crate) fn check_charge(&self, attempt: &ChargeAttempt) {
        let id = attempt.mark.purchase;
        let ledger = lock(&self.ledger);
        let payments = ledger.of_reference(&attempt.reference);
        if payments.filter(|payment| payment.took_money()).count() > 1 {
            self.violated(format!("sale {id} was charged twice"));
        }
        if !ledger.took_money(&attempt.reference) {
            return;
        }
        let mut observer = lock(&self.observer);
        match observer.paid_tokens.insert(attempt.token.clone(), id) {
            Some(other) if other != id => {
                self.violated(format!(
                    "one card token paid for the sales {other} and {id}"
                ));
            }
            _ => {}
        }
    }

    /// A user was enabled on a router.
    pub(crate) fn check_enabling(&self, user: &User) {
        let Some(id) = sale_of(user) else {
            self.violated(format!("a foreign user {} was enabled", user.name));
            return;
        };
        let observer = lock(&self.observer);
        let Some(purchase) = observer.purchases.get(&id) else {
            self.violated(format!("a user of the unknown sale {id} was enabled"));
            return;
        };
        let word = purchase.state().as_str();
        if !lock(&self.ledger).took_money(&purchase.sale().reference) {
            self.violated(format!(
                "a user of the unpaid sale {id} ({word}) was enabled"
            ));
        }
        // A command sent while it was paid may arrive when the money is on its way back; the
        // removal that follows finds the user.
        let holds = match purchase.state() {
            PurchaseState::Paid => true,
            PurchaseState::Refunding | PurchaseState::Refunded | PurchaseState::ChargedBack => {
                purchase.access().state == AccessState::RemovalQueued
            }
            _ => false,
        };
        if !holds {
            self.violated(format!(
                "a user of sale {id} was enabled while it was {word}"
            ));
        }
    }

    /// A request was answered with this sale: it must be what was asked for, paid with the card
    /// that was sent.
    pub(crate) fn check_answer(&self, asked: &StartPurchase, sold: &Purchase) {
        let id = sold.id();
        let is_it = sold.sale().product_id == asked.product_id
            && sold.sale().gateway == asked.gateway
            && sold.sale().credential_kind == asked.credential_kind
            && sold.sale().customer.email == asked.customer.email;
        // Led back to what the same person was buying already.
        let is_first = sold.sale().product_id == asked.product_id
            && (sold.sale().customer.email == asked.customer.email
                || sold.sale().device.mac == asked.device.mac);
        let ledger = lock(&self.ledger);
        let paid_with = |payment: &Payment| {
            asked
                .method
                .token()
                .is_some_and(|token| payment.attempt.token == token.expose())
        };
        let mut payments = ledger.of_reference(&sold.sale().reference);
        let is_right = |payment: &Payment| is_first || (is_it && paid_with(payment));
        if !payments.any(|payment| payment.took_money() && is_right(payment)) {
            self.violated(format!("a request was answered with the other sale {id}"));
        }
    }

    /// Credentials were shown to a customer.
    pub(crate) fn check_revealed(&self, purchase: &Purchase) {
        let id = purchase.id();
        if purchase.state() != PurchaseState::Paid {
            self.violated(format!(
                "credentials of sale {id} were shown while {}",
                purchase.state().as_str()
            ));
        }
        if !lock(&self.ledger).took_money(&purchase.sale().reference) {
            self.violated(format!("credentials of the unpaid sale {id} were shown"));
        }
    }
}

/// Whether money of the right amount was taken; it may be gone again when we write it down.
fn is_proper(payment: &Payment) -> bool {
    payment.took_money() && payment.amount_minor == payment.attempt.amount_minor
}

/// The state machine's steps; a crashed request's charge passes through verifying in one write.
fn is_forward(from: PurchaseState, to: PurchaseState) -> bool {
    let by_person = from == PurchaseState::Refunding && to == PurchaseState::Paid;
    let direct = from.may_become(to) && !by_person;
    let through_verifying =
        from == PurchaseState::Charging && PurchaseState::Verifying.may_become(to);
    direct || through_verifying
}

fn describe_change(before: Option<&Purchase>, now: &Purchase) -> String {
    let was = before.map_or("", |before| before.state().as_str());
    let next = now.work().next_run.map_or_else(
        || "never".to_owned(),
        |at| format!("{:?}", at.since(crate::report::START)),
    );
    format!(
        "== sale {} {was} -> {} / {} (revision {}, next look {next}{})",
        now.id(),
        now.state().as_str(),
        now.access().state.as_str(),
        now.work().revision,
        now.work()
            .parked
            .map(|why| format!(", parked: {}", why.as_str()))
            .unwrap_or_default(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_returns_from_money_to_no_money() {
        for to in [
            PurchaseState::Created,
            PurchaseState::Declined,
            PurchaseState::Verifying,
        ] {
            assert!(!is_forward(PurchaseState::Paid, to), "{to:?}");
        }
        assert!(!is_forward(PurchaseState::Refunding, PurchaseState::Paid));
        assert!(is_forward(PurchaseState::Charging, PurchaseState::Refunded));
    }
}
