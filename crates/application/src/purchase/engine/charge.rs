//! The steps that only the request can take: preparation and charge.

use domain::gateway::DeclineReason;
use domain::notification::NotificationKind;
use domain::purchase::{FailureReason, PurchaseState};
use domain::secret::Secret;
use futures::future;
use ports::hotspot::{HotspotError, Reservation, Reserved};
use ports::payments::{ChargeOutcome, ChargeRequest, NotCharged};

use crate::crash::{self, remote};
use crate::error::Failure;
use crate::purchase::engine::{Engine, Step};
use crate::purchase::persistence::SaveEffects;

/// What only the request brings along. The card token lives nowhere else.
pub(super) struct ChargeJob {
    pub(super) request: ChargeRequest,
    pub(super) password: Secret,
    /// Whether the charge went on the wire: from then on its outcome is unknown, never undone.
    pub(super) is_sent: bool,
}

/// Why the preparation failed. Whatever it was, no money has moved.
enum NotPrepared {
    Router(HotspotError),
    Gateway(NotCharged),
}

impl Engine<'_> {
    /// Reserves the access and opens the order, side by side. The charge is committed to when
    /// both are there.
    pub(super) async fn prepare(&mut self) -> Result<Step, Failure> {
        let timeouts = self.app.settings.purchases;
        // A process that slept until its lease is nearly over must not reserve what a worker is
        // about to clean up.
        if !self.lease_covers(timeouts.router_timeout) {
            return Ok(Step::LeaseEnding);
        }
        let began_at = self.app.now();
        let (reserved, order_id) = match self.reserve_and_open_order().await? {
            Ok(prepared) => prepared,
            Err(error) => return self.not_prepared(&error),
        };
        // A charge that could outlast the lease is not begun: a worker may be ending the
        // purchase.
        if !self.lease_covers(timeouts.gateway_timeout) {
            return Ok(Step::LeaseEnding);
        }
        self.note_lost_commands(&reserved, began_at);
        let user = reserved.user;
        let now = self.app.now();
        self.purchase
            .begin_charge(user.name, user.id, order_id, now)
            .map_err(|_refused| {
                Failure::Inconsistent("a new purchase could not begin its charge")
            })?;
        Ok(Step::progress())
    }

    async fn reserve_and_open_order(
        &self,
    ) -> Result<Result<(Reserved, Option<String>), NotPrepared>, Failure> {
        let (Some(job), Some(router), Some(account)) = (&self.job, self.router()?, self.account()?)
        else {
            return Err(Failure::Inconsistent("a request without router or account"));
        };
        let sale = self.purchase.sale();
        let reservation = Reservation {
            candidates: sale.candidates.clone(),
            password: job.password.clone(),
            profile: sale.profile_name.clone(),
            comment: self.purchase.reservation_comment(),
        };
        let reserve = async {
            let reserved = self.app.ports.hotspot.reserve(&router, &reservation).await;
            reserved.map_err(NotPrepared::Router)
        };
        let order = async {
            let opened = self.gateway().open_order(&account, &job.request).await;
            opened.map_err(NotPrepared::Gateway)
        };
        Ok(remote(crash::PREPARATION, future::try_join(reserve, order)).await)
    }

    /// Ends the purchase and queues the removal of what may have been reserved.
    fn not_prepared(&mut self, error: &NotPrepared) -> Result<Step, Failure> {
        let (reason, notification) = match error {
            NotPrepared::Router(error) => {
                let (purchase, router) = (self.purchase.id(), &self.purchase.sale().router_id);
                tracing::warn!(%purchase, %router, %error, "reservation failed");
                (router_failure(error), None)
            }
            NotPrepared::Gateway(error) => (failure_reason(*error), failure_notification(*error)),
        };
        self.purchase
            .fail(reason, self.app.now())
            .map_err(|_refused| Failure::Inconsistent("a new purchase could not fail"))?;
        Ok(Step::Progress(SaveEffects {
            release_keys: true,
            ..SaveEffects::notify(notification)
        }))
    }

    /// Sends the charge and applies its outcome. The state `charging` is committed.
    pub(super) async fn charge(&mut self) -> Result<Step, Failure> {
        // Not by a process that was paused meanwhile: others may be reading what became of the
        // charge, and give it up.
        if !self.lease_covers(self.app.settings.purchases.gateway_timeout) {
            return Ok(Step::LeaseEnding);
        }
        let account = self.account()?;
        let (Some(job), Some(account)) = (&mut self.job, account) else {
            return Err(Failure::Inconsistent("a charge without its request"));
        };
        job.is_sent = true;
        let order_id = self.purchase.payment().order_id.clone();
        let gateway = self.app.gateway(self.purchase.sale().gateway);
        let call = gateway.charge(&account, order_id, &job.request);
        let outcome = remote(crash::CHARGE, call).await;
        let now = self.app.now();
        let mut effects = SaveEffects::default();
        let applied = match outcome {
            ChargeOutcome::Answered(facts) => {
                let is_new_unknown_status = self.is_new_unknown_status(&facts);
                let moved = self.apply_charge_answer(&account, &facts).await;
                if is_new_unknown_status && self.purchase.state() == PurchaseState::Pending {
                    effects.notifications.push(NotificationKind::NeedsDecision);
                }
                if moved {
                    Ok(())
                } else {
                    self.purchase.outcome_unknown()
                }
            }
            // The gateway has seen this token and refused it: for the customer that is the end of
            // this card token, and a repeat gets the same answer.
            ChargeOutcome::NotCharged(NotCharged::Invalid) => {
                self.purchase.decline(DeclineReason::BadCardData, now)
            }
            ChargeOutcome::NotCharged(error) => {
                effects.notifications.extend(failure_notification(error));
                effects.release_keys = true;
                self.purchase.fail(failure_reason(error), now)
            }
            ChargeOutcome::Unknown(cause) => {
                let purchase = self.purchase.id();
                tracing::warn!(%purchase, cause, "charge outcome unknown");
                self.purchase.outcome_unknown()
            }
        };
        applied.map_err(|_refused| {
            Failure::Inconsistent("the outcome of a charge does not fit its purchase")
        })?;
        Ok(Step::Progress(effects))
    }
}

/// Why no charge was made, in the purchase's terms.
const fn failure_reason(error: NotCharged) -> FailureReason {
    match error {
        NotCharged::TimedOut => FailureReason::GatewayTimeout,
        NotCharged::Invalid => FailureReason::RequestInvalid,
        NotCharged::Busy => FailureReason::GatewayBusy,
        NotCharged::Unreachable | NotCharged::Misconfigured | NotCharged::Failed => {
            FailureReason::GatewayRefused
        }
    }
}

fn failure_notification(error: NotCharged) -> Option<NotificationKind> {
    (error == NotCharged::Misconfigured).then_some(NotificationKind::GatewayMisconfigured)
}

const fn router_failure(error: &HotspotError) -> FailureReason {
    match error {
        HotspotError::TimedOut => FailureReason::RouterTimeout,
        HotspotError::ProfileMissing => FailureReason::ProfileMissing,
        HotspotError::NamesTaken => FailureReason::NamesTaken,
        _ => FailureReason::RouterRefused,
    }
}
