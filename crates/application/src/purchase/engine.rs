//! What moves a purchase: plan, perform, apply, save, until nothing is due.
//!
//! The domain plans ([`Purchase::plan`]), the modules here perform one action each and apply what
//! came of it to the purchase in memory, and this loop saves. The request and the workers run the
//! same loop; a request has the card token and can therefore charge, and it leaves reads, removals
//! and refunds to the workers. Every state is committed before the remote call that depends on it;
//! killed at any point, another worker goes on from the stored state.

mod access;
mod charge;
pub(crate) mod gateway;
mod refund;
pub(crate) mod request;

use std::time::Duration;

use domain::gateway::GatewayKind;
use domain::notification::NotificationKind;
use domain::purchase::{
    Action, Attempted, FailureReason, ParkReason, Plan, Purchase, PurchaseState, Situation,
};
use domain::refund::Refund;
use ports::hotspot::RouterAccess;
use ports::payments::{GatewayAccount, PaymentGateway};
use ports::security::SecretError;
use ports::store::Scope;

use crate::app::App;
use crate::error::Failure;
use crate::purchase::engine::charge::ChargeJob;
use crate::purchase::persistence::{SaveEffects, SaveOutcome, save};
use crate::secrets;

/// More actions than one run can need; each moves the purchase or ends the run.
const MAX_ACTIONS: usize = 8;

/// What a step brought.
enum Step {
    /// The purchase moved, or may do so at once: plan again.
    Progress(SaveEffects),
    /// Not this time.
    Waiting(SaveEffects),
    /// Somebody else works on the purchase: nothing more may be done.
    LeaseLost,
    /// The lease ends too soon for a step that only the request can take; nothing was sent.
    LeaseEnding,
}

impl Step {
    fn progress() -> Self {
        Self::Progress(SaveEffects::default())
    }

    fn waiting() -> Self {
        Self::Waiting(SaveEffects::default())
    }

    fn waiting_for_a_person() -> Self {
        Self::Waiting(SaveEffects::notify([NotificationKind::NeedsDecision]))
    }
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RunEnd {
    /// Nothing is due; the lease is released.
    Finished,
    /// Somebody else works on the purchase.
    LeaseLost,
    /// Nothing was sent, for the lease would have ended under it.
    LeaseEnding,
}

/// One run over one purchase, whose lease the caller holds.
struct Engine<'a> {
    app: &'a App,
    purchase: Purchase,
    /// `None`: the router was deleted.
    router: Result<Option<RouterAccess>, SecretError>,
    /// The account of the version that the purchase was made with; `None`: its credentials are
    /// gone.
    account: Result<Option<GatewayAccount>, SecretError>,
    /// The tenant's present account, where its credentials are newer.
    newer_account: Option<GatewayAccount>,
    open_refund: Option<Refund>,
    /// What only the request has.
    job: Option<ChargeJob>,
    attempted: Attempted,
    /// The state that the operator knows, or will be told of.
    announced: PurchaseState,
    /// Whether the gateway's last read was answered.
    read_answered: bool,
}

/// Works on a claimed purchase until nothing is due, and schedules the next run.
///
/// # Errors
/// [`Failure`]; the purchase is looked at again when its lease ends.
pub async fn advance(app: &App, purchase: Purchase) -> Result<(), Failure> {
    let mut engine = Engine::load(app, purchase).await?;
    let plan = engine.plan();
    engine.run(plan).await?;
    Ok(())
}

/// As [`advance`], but asks the gateway first, whatever the state: somebody said that there is
/// news. Answers whether the gateway could be asked and what it said is stored.
///
/// # Errors
/// [`Failure`].
pub async fn refresh(app: &App, purchase: Purchase) -> Result<bool, Failure> {
    let mut engine = Engine::load(app, purchase).await?;
    // Also where no charge is known: the database may have lost the commit that came before it.
    let can_ask = engine.account()?.is_some();
    let mut plan = engine.plan();
    if can_ask {
        plan.action = Action::ReadGateway;
    }
    let end = engine.run(plan).await?;
    Ok(end == RunEnd::Finished && (engine.read_answered || !can_ask))
}

impl<'a> Engine<'a> {
    /// Loads what a worker needs. Works for switched-off tenants and routers too.
    async fn load(app: &'a App, purchase: Purchase) -> Result<Self, Failure> {
        let sale = purchase.sale();
        let tenant = &sale.tenant_id;
        let mut work = app.ports.store.begin(Scope::Tenant(tenant.clone())).await?;
        let router = work.routers().find(tenant, &sale.router_id).await?;
        let settings = work
            .tenants()
            .find_gateway_version(tenant, sale.gateway, sale.credentials_version)
            .await?;
        let present = work.tenants().find(tenant).await?;
        let open_refund = work.refunds().find_open(purchase.id()).await?;
        work.commit().await?;
        let present = present.map(|tenant| tenant.gateway(sale.gateway).clone());
        let newer = present.filter(|settings| settings.version > sale.credentials_version);
        let secrets = app.ports.secrets.as_ref();
        let account = settings.map_or(Ok(None), |settings| {
            secrets::open_account(secrets, tenant, &settings)
        });
        // What cannot be opened is no help; the purchase's own account reports it.
        let newer_account = newer.and_then(|settings| {
            let opened = secrets::open_account(secrets, tenant, &settings);
            opened.ok().flatten()
        });
        let router = router
            .map(|router| secrets::open_router(secrets, &router))
            .transpose();
        Ok(Self {
            app,
            announced: purchase.state(),
            purchase,
            router,
            account,
            newer_account,
            open_refund,
            job: None,
            attempted: Attempted::default(),
            read_answered: false,
        })
    }

    fn plan(&self) -> Plan {
        let [jitter] = self.app.random_bytes::<1>();
        let situation = Situation {
            now: self.app.now(),
            by_request: self.job.is_some(),
            router_is_deleted: matches!(self.router, Ok(None)),
            open_refund: self.open_refund.as_ref(),
            attempted: self.attempted,
            jitter,
        };
        self.purchase.plan(&situation, &self.app.settings.purchases)
    }

    async fn run(&mut self, mut plan: Plan) -> Result<RunEnd, Failure> {
        for _ in 0..MAX_ACTIONS {
            let step = if plan.action.is_due() {
                self.perform(plan.action).await?
            } else {
                Step::progress()
            };
            let mut effects = match step {
                Step::Progress(effects) => effects,
                Step::Waiting(effects) => {
                    self.attempted.note(plan.action);
                    effects
                }
                Step::LeaseLost => return Ok(RunEnd::LeaseLost),
                Step::LeaseEnding => return Ok(RunEnd::LeaseEnding),
            };
            effects.notifications.extend(self.take_notification());
            if effects.refund.is_some() {
                self.open_refund = None;
            }
            plan = self.plan();
            if !plan.action.is_due() {
                self.purchase.release(plan.next_run);
            }
            if save(self.app, &mut self.purchase, effects).await? == SaveOutcome::LeaseLost {
                return self.lease_was_lost().await;
            }
            if !plan.action.is_due() {
                return Ok(RunEnd::Finished);
            }
        }
        tracing::error!(purchase = %self.purchase.id(), "a run found no end");
        Ok(RunEnd::LeaseLost)
    }

    async fn perform(&mut self, action: Action) -> Result<Step, Failure> {
        match action {
            Action::Prepare => self.prepare().await,
            Action::Charge => self.charge().await,
            Action::Abandon => Ok(self.abandon()),
            Action::ReadGateway => self.read_gateway().await,
            Action::Enable => self.enable().await,
            Action::Remove => self.remove().await,
            Action::CommitRefund => Ok(self.commit_refund()),
            Action::SendRefund => self.send_refund().await,
            Action::Wait | Action::NeedsDecision(_) | Action::Done => Ok(Step::waiting()),
        }
    }

    /// The request died before its charge was committed to: nothing was charged.
    fn abandon(&mut self) -> Step {
        let now = self.app.now();
        if let Err(error) = self.purchase.fail(FailureReason::Abandoned, now) {
            return self.invalid_transition("abandon", &error);
        }
        Step::Progress(SaveEffects {
            release_keys: true,
            ..SaveEffects::default()
        })
    }

    /// What the operator is to be told now about where the purchase has come.
    fn take_notification(&mut self) -> Option<NotificationKind> {
        let before = std::mem::replace(&mut self.announced, self.purchase.state());
        notification(before, self.purchase.state())
    }

    fn router(&self) -> Result<Option<RouterAccess>, Failure> {
        Ok(self.router.clone()?)
    }

    fn account(&self) -> Result<Option<GatewayAccount>, Failure> {
        Ok(self.account.clone()?)
    }

    fn gateway(&self) -> &'a dyn PaymentGateway {
        self.app.gateway(self.gateway_kind())
    }

    fn gateway_kind(&self) -> GatewayKind {
        self.purchase.sale().gateway
    }

    /// Whether the lease still holds for a step of this length. A step that could outlast it is
    /// not begun: by then another worker may be doing the opposite.
    fn lease_covers(&self, span: Duration) -> bool {
        self.purchase.is_leased(self.app.now().plus(span))
    }

    /// Saves in the middle of a step, where the next remote call depends on it.
    async fn save_now(&mut self) -> Result<SaveOutcome, Failure> {
        save(self.app, &mut self.purchase, SaveEffects::default()).await
    }

    /// A worker took over while this process slept: its removal may have come before our
    /// reservation.
    async fn lease_was_lost(&self) -> Result<RunEnd, Failure> {
        if self.job.is_some() && self.purchase.state() == PurchaseState::Charging {
            crate::purchase::persistence::remove_orphan(self.app, &self.purchase).await?;
        }
        Ok(RunEnd::LeaseLost)
    }

    fn park_without_credentials(&mut self) -> Step {
        self.purchase.park(ParkReason::CredentialsMissing);
        Step::waiting_for_a_person()
    }

    fn invalid_transition(&mut self, step: &str, error: &dyn std::fmt::Display) -> Step {
        let purchase = self.purchase.id();
        tracing::error!(%purchase, step, %error, "invalid state transition");
        self.purchase.note_attempt();
        Step::waiting()
    }
}

/// What the operator is told about a move from one state to another.
fn notification(before: PurchaseState, after: PurchaseState) -> Option<NotificationKind> {
    if before == after {
        return None;
    }
    match after {
        PurchaseState::Paid => Some(NotificationKind::SaleApproved),
        PurchaseState::Declined => Some(NotificationKind::SaleDeclined),
        PurchaseState::Mismatch => Some(NotificationKind::PaymentMismatch),
        PurchaseState::Refunded => Some(NotificationKind::SaleRefunded),
        PurchaseState::ChargedBack => Some(NotificationKind::SaleChargedBack),
        PurchaseState::Created
        | PurchaseState::Charging
        | PurchaseState::Verifying
        | PurchaseState::Pending
        | PurchaseState::Failed
        | PurchaseState::GivenUp
        | PurchaseState::Refunding => None,
    }
}
