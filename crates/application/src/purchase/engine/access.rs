//! Access on the router: enabling what was paid, removing what was not.

use domain::notification::NotificationKind;
use domain::time::Timestamp;
use ports::hotspot::{
    Activation, ActivationRequest, HotspotError, HotspotUser, Ownership, Removal, RemovalOutcome,
    Reservation, Reserved, RouterAccess,
};

use crate::crash::{self, remote};
use crate::error::Failure;
use crate::purchase::engine::{Engine, Step};
use crate::purchase::persistence::{SaveEffects, SaveOutcome};
use crate::secrets;

/// After this many runs without access the operator is told: it takes longer than a moment.
const ATTEMPTS_BEFORE_NOTIFICATION: i32 = 4;

enum Activated {
    Enabled,
    /// The router has no such user.
    Gone,
    /// Not this time.
    Failed,
}

impl Engine<'_> {
    /// Enables the user of a paid purchase; reserves it again where it is gone.
    pub(super) async fn enable(&mut self) -> Result<Step, Failure> {
        let Some(router) = self.router()? else {
            return Ok(Step::waiting());
        };
        if let Some(user_id) = self.purchase.access().user_id.clone() {
            // Only the request knows that no other router can have taken this one's place since.
            let just_reserved = self.job.is_some();
            match self.activate(&router, user_id, just_reserved).await {
                Activated::Enabled => return Ok(Step::progress()),
                Activated::Failed => return Ok(self.access_delayed()),
                Activated::Gone => self.purchase.reservation_is_gone(),
            }
            // Prove that the purchase is still ours before making a new user.
            if self.save_now().await? == SaveOutcome::LeaseLost {
                return Ok(Step::LeaseLost);
            }
        }
        let began_at = self.app.now();
        let Some(reserved) = self.reserve_again(&router).await? else {
            return Ok(self.access_delayed());
        };
        self.note_lost_commands(&reserved, began_at);
        let user_id = reserved.user.id;
        self.purchase.reserved_again(user_id.clone());
        // Once it is enabled, nothing on the router tells that it is ours but its id.
        if self.save_now().await? == SaveOutcome::LeaseLost {
            return Ok(Step::LeaseLost);
        }
        Ok(match self.activate(&router, user_id, true).await {
            Activated::Enabled => Step::progress(),
            Activated::Failed | Activated::Gone => self.access_delayed(),
        })
    }

    fn access_delayed(&mut self) -> Step {
        self.purchase.note_attempt();
        let is_slow = self.purchase.work().attempts == ATTEMPTS_BEFORE_NOTIFICATION;
        Step::Waiting(SaveEffects::notify(
            is_slow.then_some(NotificationKind::AccessDelayed),
        ))
    }

    async fn activate(
        &mut self,
        router: &RouterAccess,
        user_id: String,
        just_reserved: bool,
    ) -> Activated {
        if !self.lease_covers(self.app.settings.purchases.router_timeout) {
            return Activated::Failed;
        }
        let request = ActivationRequest {
            user: HotspotUser {
                name: self.purchase.access().name.clone(),
                id: user_id,
            },
            ownership: self.ownership(),
            just_reserved,
        };
        let call = self.app.ports.hotspot.activate(router, &request);
        match remote(crash::ACTIVATION, call).await {
            Ok(Activation::Active(id)) => match self.purchase.activated(id, self.app.now()) {
                Ok(()) => Activated::Enabled,
                Err(error) => {
                    let _waiting = self.invalid_transition("activate", &error);
                    Activated::Failed
                }
            },
            Ok(Activation::Gone) => Activated::Gone,
            Err(error) => {
                self.log_router_error("activate", &error);
                Activated::Failed
            }
        }
    }

    /// What tells our user on the router, whatever ids the router has dealt out since.
    fn ownership(&self) -> Ownership {
        let sale = self.purchase.sale();
        let context = secrets::hotspot_password(&sale.tenant_id, sale.attempt_id);
        let opened = self
            .app
            .ports
            .secrets
            .open(&context, &sale.hotspot_password);
        Ownership {
            id: self.purchase.access().user_id.clone(),
            comment: self.purchase.reservation_comment(),
            // One proof less must not stand in the way of a removal.
            password: opened.ok(),
            profile: sale.profile_name.clone(),
        }
    }

    async fn reserve_again(&self, router: &RouterAccess) -> Result<Option<Reserved>, Failure> {
        if !self.lease_covers(self.app.settings.purchases.router_timeout * 2) {
            return Ok(None);
        }
        let sale = self.purchase.sale();
        let context = secrets::hotspot_password(&sale.tenant_id, sale.attempt_id);
        let sealed = &sale.hotspot_password;
        let reservation = Reservation {
            candidates: vec![self.purchase.access().name.clone()],
            password: self.app.ports.secrets.open(&context, sealed)?,
            profile: sale.profile_name.clone(),
            comment: self.purchase.reservation_comment(),
        };
        let call = self.app.ports.hotspot.reserve(router, &reservation);
        match remote(crash::RESERVATION, call).await {
            Ok(reserved) => Ok(Some(reserved)),
            Err(error) => {
                self.log_router_error("reserve", &error);
                Ok(None)
            }
        }
    }

    /// Removes whatever the router may hold of a purchase that must have no access.
    pub(super) async fn remove(&mut self) -> Result<Step, Failure> {
        let Some(router) = self.router()? else {
            // The router was deleted, and its users are out of our reach.
            self.purchase.removal_confirmed();
            return Ok(Step::progress());
        };
        if !self.lease_covers(self.app.settings.purchases.router_timeout) {
            self.purchase.note_attempt();
            return Ok(Step::waiting());
        }
        let removal = Removal {
            names: self.purchase.names_to_remove(),
            ownership: self.ownership(),
        };
        let call = self.app.ports.hotspot.remove(&router, &removal);
        Ok(match remote(crash::REMOVAL, call).await {
            Ok(RemovalOutcome::Gone) => {
                self.purchase.removal_confirmed();
                Step::progress()
            }
            Ok(RemovalOutcome::Foreign) => {
                tracing::warn!(
                    purchase = %self.purchase.id(),
                    "hotspot user exists but was not created by this purchase"
                );
                let notify = self.purchase.removal_found_foreign_user();
                Step::Progress(SaveEffects::notify(
                    notify.then_some(NotificationKind::NeedsDecision),
                ))
            }
            Err(error) => {
                self.log_router_error("remove", &error);
                self.purchase.note_attempt();
                Step::waiting()
            }
        })
    }

    /// Remembers that the user may be added once more, should it be removed soon.
    pub(super) fn note_lost_commands(&mut self, reserved: &Reserved, began_at: Timestamp) {
        if reserved.may_be_added_again {
            let policy = &self.app.settings.purchases;
            self.purchase
                .note_uncertain_add(policy.router_step_is_over(began_at));
        }
    }

    fn log_router_error(&self, operation: &str, error: &HotspotError) {
        let (purchase, router) = (self.purchase.id(), &self.purchase.sale().router_id);
        tracing::warn!(%purchase, %router, operation, %error, "router operation failed");
    }
}
