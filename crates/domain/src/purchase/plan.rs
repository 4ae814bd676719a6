//! What has to happen to a purchase next, and when.

use std::time::Duration;

use crate::purchase::Purchase;
use crate::purchase::state::{AccessState, ParkReason, PurchaseState};
use crate::refund::Refund;
use crate::time::Timestamp;

/// The spans that decide about purchases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Bounds one router step of a sale (`ROUTER_TIMEOUT_MS`).
    pub router_timeout: Duration,
    /// Bounds one gateway call, repeats included (`GATEWAY_TIMEOUT_MS`).
    pub gateway_timeout: Duration,
    /// When an unanswered charge that no read finds counts as not made (`RECONCILE_GIVE_UP_MS`).
    pub give_up_after: Duration,
    /// When a pending payment is cancelled (`PENDING_GIVE_UP_MS`).
    pub pending_give_up_after: Duration,
    /// When a paid customer without access gets the money back (`REFUND_AFTER_MS`).
    pub refund_after: Duration,
    /// How long late money is watched for after the charge.
    pub late_watch: Duration,
    /// After how long of nothing but failures a person must decide.
    pub park_after: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            router_timeout: Duration::from_secs(10),
            gateway_timeout: Duration::from_secs(30),
            give_up_after: Duration::from_mins(15),
            pending_give_up_after: Duration::from_hours(1),
            refund_after: Duration::from_mins(30),
            late_watch: Duration::from_hours(72),
            park_after: Duration::from_hours(24),
        }
    }
}

impl Policy {
    /// How long a purchase belongs to its request alone: one router step, two gateway calls, and
    /// two seconds for the transactions between them.
    #[must_use]
    pub fn purchase_budget(&self) -> Duration {
        self.router_timeout + self.gateway_timeout * 2 + Duration::from_secs(2)
    }

    /// How long a worker's lease holds: longer than all remote calls of one run together.
    #[must_use]
    pub fn worker_lease(&self) -> Duration {
        self.purchase_budget() + self.router_timeout * 4 + self.gateway_timeout
    }

    /// Whether giving up comes late enough: no charge may still be on the wire then.
    #[must_use]
    pub fn give_up_is_safe(&self) -> bool {
        self.give_up_after > self.purchase_budget() + self.gateway_timeout
    }

    /// When no command of a step on the router can still be in flight: the step itself, and as
    /// long again.
    #[must_use]
    pub fn router_step_is_over(&self, began_at: Timestamp) -> Timestamp {
        began_at.plus(self.router_timeout * 2)
    }

    /// How long after its timeout a refund without an answer may still be made. Before that, a
    /// read that does not show it proves nothing.
    #[must_use]
    pub fn refund_settles_after(&self) -> Duration {
        self.gateway_timeout + Duration::from_secs(5)
    }
}

/// A step that somebody has to perform, or why there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Reserve the access on the router and open the order; only the request can.
    Prepare,
    /// Send the charge; only the request can, which alone has the card token.
    Charge,
    /// End a purchase whose request died before a charge was committed to.
    Abandon,
    /// Ask the gateway what became of the charge.
    ReadGateway,
    /// Enable the user on the router.
    Enable,
    /// Remove the user from the router.
    Remove,
    /// Commit to giving all the money back.
    CommitRefund,
    /// Give money back, or find out whether that happened.
    SendRefund,
    /// Nothing now; run again at [`Plan::next_run`].
    Wait,
    /// A person must decide.
    NeedsDecision(ParkReason),
    /// Nothing is left to do.
    Done,
}

impl Action {
    /// Whether there is something to perform now.
    #[must_use]
    pub const fn is_due(self) -> bool {
        !matches!(self, Self::Wait | Self::NeedsDecision(_) | Self::Done)
    }
}

/// What was tried in this run without progress, and is not tried again in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "a set of four actions")]
pub struct Attempted {
    /// [`Action::ReadGateway`]; once is enough even when it brought progress.
    pub read: bool,
    /// [`Action::Enable`].
    pub enable: bool,
    /// [`Action::Remove`].
    pub remove: bool,
    /// [`Action::SendRefund`].
    pub refund: bool,
}

impl Attempted {
    /// Notes an action.
    pub const fn note(&mut self, action: Action) {
        match action {
            Action::ReadGateway => self.read = true,
            Action::Enable => self.enable = true,
            Action::Remove => self.remove = true,
            Action::SendRefund => self.refund = true,
            _ => {}
        }
    }
}

/// What a plan depends on besides the purchase.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// The present moment.
    pub now: Timestamp,
    /// Whether the purchase's own request asks: it alone can charge, and leaves reads, removals
    /// and refunds to the workers.
    pub by_request: bool,
    /// Whether the router was deleted.
    pub router_is_deleted: bool,
    /// The refund in flight, if any.
    pub open_refund: Option<&'a Refund>,
    /// What this run has tried.
    pub attempted: Attempted,
    /// Random; spreads purchases that failed together.
    pub jitter: u8,
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// The action.
    pub action: Action,
    /// When to run next if nothing is due now.
    pub next_run: Option<Timestamp>,
}

impl Purchase {
    /// What has to happen next. Depends on nothing but its arguments.
    #[must_use]
    pub fn plan(&self, situation: &Situation<'_>, policy: &Policy) -> Plan {
        let planned = self.action(situation, policy);
        let is_for_others = situation.by_request
            && planned.is_due()
            && !matches!(planned, Action::Prepare | Action::Charge | Action::Enable);
        let action = if is_for_others { Action::Wait } else { planned };
        let next_run = if action.is_due() {
            Some(situation.now)
        } else {
            self.next_run(situation, policy)
        };
        let action = match action {
            Action::Wait if next_run.is_none() => Action::Done,
            action => action,
        };
        Plan { action, next_run }
    }

    fn action(&self, s: &Situation<'_>, policy: &Policy) -> Action {
        if self.access.state == AccessState::RemovalQueued {
            if !s.attempted.remove && s.now >= self.removal_is_final_from(policy) {
                return Action::Remove;
            }
            // Money goes back, and late money is watched for, even while the router is
            // unreachable; all else waits for it.
            let is_about_money = !self.is_parked()
                && matches!(
                    self.payment.state,
                    PurchaseState::Mismatch | PurchaseState::Refunding | PurchaseState::GivenUp
                );
            if !is_about_money {
                return Action::Wait;
            }
        }
        if let Some(reason) = self.work.parked {
            return Action::NeedsDecision(reason);
        }
        let unless =
            |attempted: bool, action: Action| if attempted { Action::Wait } else { action };
        match self.payment.state {
            PurchaseState::Created if s.by_request => Action::Prepare,
            PurchaseState::Created => Action::Abandon,
            PurchaseState::Charging if s.by_request => Action::Charge,
            PurchaseState::Charging | PurchaseState::Verifying | PurchaseState::Pending => {
                unless(s.attempted.read, Action::ReadGateway)
            }
            PurchaseState::GivenUp => {
                let is_due = self
                    .late_money_read_at(s, policy)
                    .is_some_and(|at| s.now >= at);
                unless(s.attempted.read || !is_due, Action::ReadGateway)
            }
            PurchaseState::Paid if self.access.state == AccessState::Pending => {
                if s.router_is_deleted || s.now >= self.access_deadline(policy) {
                    Action::CommitRefund
                } else {
                    unless(s.attempted.enable, Action::Enable)
                }
            }
            PurchaseState::Mismatch => Action::CommitRefund,
            PurchaseState::Refunding => self.refund_action(s),
            PurchaseState::Paid if s.open_refund.is_some() => self.refund_action(s),
            PurchaseState::Paid
            | PurchaseState::Declined
            | PurchaseState::Failed
            | PurchaseState::Refunded
            | PurchaseState::ChargedBack => Action::Wait,
        }
    }

    /// A refund in flight whose time has not come is neither read nor repeated, whatever events
    /// arrive: it may still be made.
    fn refund_action(&self, s: &Situation<'_>) -> Action {
        if s.attempted.refund || self.refund_not_before(s).is_some() {
            Action::Wait
        } else {
            Action::SendRefund
        }
    }

    fn refund_not_before(&self, s: &Situation<'_>) -> Option<Timestamp> {
        s.open_refund
            .and(self.work.next_run)
            .filter(|at| s.now < *at)
    }

    /// When a paid purchase without access is refunded.
    #[must_use]
    pub fn access_deadline(&self, policy: &Policy) -> Timestamp {
        self.access.deadline.unwrap_or_else(|| {
            let paid_at = self.payment.paid_at.unwrap_or(self.sale.created_at);
            paid_at.plus(policy.refund_after)
        })
    }

    /// When to look for late money of a purchase that was given up: after a tenth of its age, at
    /// most every half hour. `None`: a successful read at the end of the watch found none.
    fn late_money_read_at(&self, s: &Situation<'_>, policy: &Policy) -> Option<Timestamp> {
        let since = self.payment.charge_sent_at.unwrap_or(self.sale.created_at);
        let last = self.payment.last_read_at.unwrap_or(since);
        if last.since(since) >= policy.late_watch {
            return None;
        }
        let (shortest, longest) = (Duration::from_secs(32), Duration::from_mins(30));
        let interval = (s.now.since(since) / 10).clamp(shortest, longest);
        Some(last.plus(interval))
    }

    /// Before this moment the user might be added after its removal: by a command that was cut
    /// off from its answer.
    fn removal_is_final_from(&self, policy: &Policy) -> Timestamp {
        match self.access.may_be_added_until {
            Some(until) => until,
            // The reservation itself may have been cut off.
            None if self.access.user_id.is_none() => {
                policy.router_step_is_over(self.sale.created_at)
            }
            None => self.sale.created_at,
        }
    }

    fn next_late_money_read(&self, s: &Situation<'_>, policy: &Policy) -> Option<Timestamp> {
        if self.payment.state != PurchaseState::GivenUp {
            return None;
        }
        // After a failed read its time has passed already.
        let retry = s.now.plus(jittered(
            backoff(self.work.attempts, Duration::from_mins(30)),
            s.jitter,
        ));
        self.late_money_read_at(s, policy)
            .map(|at| if at > s.now { at } else { retry })
    }

    fn next_run(&self, s: &Situation<'_>, policy: &Policy) -> Option<Timestamp> {
        if !s.attempted.refund
            && let Some(at) = self.refund_not_before(s)
        {
            return Some(at);
        }
        let attempts = self.work.attempts;
        let at_most =
            |longest: Duration| Some(s.now.plus(jittered(backoff(attempts, longest), s.jitter)));
        let short = Duration::from_secs(10);
        let usual = Duration::from_secs(30);
        let is_refunding =
            self.payment.state == PurchaseState::Refunding || s.open_refund.is_some();
        if self.access.state == AccessState::RemovalQueued {
            let earliest = if is_refunding {
                s.now.plus(policy.refund_settles_after())
            } else {
                self.removal_is_final_from(policy)
            };
            let removal = at_most(usual).map(|at| at.max(earliest));
            let read = self.next_late_money_read(s, policy);
            return read
                .filter(|_| !self.is_parked())
                .into_iter()
                .chain(removal)
                .min();
        }
        if self.is_parked() {
            return None;
        }
        match self.payment.state {
            PurchaseState::Created
            | PurchaseState::Charging
            | PurchaseState::Verifying
            | PurchaseState::Pending
            | PurchaseState::Mismatch => at_most(usual),
            PurchaseState::Paid if self.access.state == AccessState::Pending => at_most(short),
            _ if is_refunding => {
                // The request in flight must be over before the next read.
                let floor = policy.refund_settles_after();
                let delay = backoff(attempts, floor * 10).max(floor);
                Some(s.now.plus(jittered(delay, s.jitter)))
            }
            PurchaseState::GivenUp => self.next_late_money_read(s, policy),
            PurchaseState::Paid
            | PurchaseState::Declined
            | PurchaseState::Failed
            | PurchaseState::Refunding
            | PurchaseState::Refunded
            | PurchaseState::ChargedBack => None,
        }
    }
}

/// Doubles from one second and ends at `longest`.
fn backoff(attempts: i32, longest: Duration) -> Duration {
    let exponent = u32::try_from(attempts.clamp(0, 20)).unwrap_or(0);
    Duration::from_secs(1_u64 << exponent).min(longest)
}

/// Adds up to a quarter.
fn jittered(delay: Duration, random: u8) -> Duration {
    delay + delay / 4 * u32::from(random) / 255
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
