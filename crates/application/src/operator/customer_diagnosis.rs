//! "Why can this customer not connect?": one sale, followed to the router.

use domain::ids::PurchaseId;
use domain::purchase::{AccessState, Purchase, PurchaseState};
use ports::hotspot::HotspotError;
use ports::router_admin::CustomerFacts;
use ports::store::Scope;

use crate::app::App;
use crate::caller::TenantAdmin;
use crate::error::Failure;
use crate::secrets;

/// What is found to be the matter, in the order in which it is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Not paid, and it will not be.
    NotPaid,
    /// The payment is not decided yet.
    PaymentOpen,
    /// The money went back, and the access with it.
    MoneyReturned,
    /// A person must decide about it first.
    NeedsDecision,
    /// The router cannot be asked.
    RouterTrouble(HotspotError),
    /// Paid, and the access is not enabled yet: a worker tries.
    AccessPending,
    /// The router has no such user.
    UserMissing,
    /// The user is disabled.
    UserDisabled,
    /// The user has another profile than the one sold.
    WrongProfile {
        /// What it has.
        found: String,
    },
    /// Its time or traffic is used up.
    UsedUp,
    /// It is online, on the device that bought or on one that cannot be told from it.
    Online,
    /// A session is open on another device.
    OnlineElsewhere,
    /// The hotspot does not see the device.
    DeviceNotSeen,
    /// All is as it should be: the customer has to enter the code.
    ReadyToLogIn,
}

/// What was found about one customer.
#[derive(Debug, Clone)]
pub struct CustomerDiagnosis {
    /// The sale.
    pub purchase: Purchase,
    /// What the router knows, if it was asked and answered.
    pub facts: Option<CustomerFacts>,
    /// The verdict.
    pub verdict: Verdict,
}

/// Follows one of the operator's sales; `None` if there is none. Changes nothing.
///
/// # Errors
/// [`Failure`]; a router that cannot be reached is none.
pub async fn diagnose_customer(
    app: &App,
    admin: &TenantAdmin,
    id: PurchaseId,
) -> Result<Option<CustomerDiagnosis>, Failure> {
    let tenant = admin.tenant_id();
    let found = app
        .read(Scope::Tenant(tenant.clone()), async |uow| {
            let found = uow.purchases().find(id).await?;
            let Some(purchase) = found.filter(|purchase| purchase.tenant_id() == tenant) else {
                return Ok(None);
            };
            let router_id = &purchase.sale().router_id;
            let router = uow.routers().find(tenant, router_id).await?;
            Ok(router.map(|router| (purchase, router)))
        })
        .await?;
    let Some((purchase, router)) = found else {
        return Ok(None);
    };
    if let Some(verdict) = judge_payment(&purchase) {
        return Ok(Some(CustomerDiagnosis {
            purchase,
            facts: None,
            verdict,
        }));
    }
    let access = secrets::open_router(app.ports.secrets.as_ref(), &router)?;
    let (name, mac) = (&purchase.access().name, purchase.sale().device.mac);
    let answer = app.ports.router_admin.customer(&access, name, mac).await;
    let (facts, verdict) = match answer {
        Ok(facts) => {
            let verdict = judge_access(&purchase, &facts);
            (Some(facts), verdict)
        }
        Err(error) => (None, Verdict::RouterTrouble(error)),
    };
    Ok(Some(CustomerDiagnosis {
        purchase,
        facts,
        verdict,
    }))
}

/// What the sale alone says; `None`: the router must be asked.
fn judge_payment(purchase: &Purchase) -> Option<Verdict> {
    if purchase.work().parked.is_some() || purchase.access().state == AccessState::Parked {
        return Some(Verdict::NeedsDecision);
    }
    match purchase.state() {
        PurchaseState::Paid => None,
        PurchaseState::Refunding
        | PurchaseState::Refunded
        | PurchaseState::ChargedBack
        | PurchaseState::Mismatch => Some(Verdict::MoneyReturned),
        state if state.is_open() => Some(Verdict::PaymentOpen),
        _ => Some(Verdict::NotPaid),
    }
}

/// What the router says of a paid sale.
#[must_use]
pub fn judge_access(purchase: &Purchase, facts: &CustomerFacts) -> Verdict {
    let is_active = purchase.access().state == AccessState::Active;
    let Some(user) = &facts.user else {
        return if is_active {
            Verdict::UserMissing
        } else {
            Verdict::AccessPending
        };
    };
    if user.is_disabled {
        return if is_active {
            Verdict::UserDisabled
        } else {
            Verdict::AccessPending
        };
    }
    let mac = purchase.sale().device.mac;
    let is_theirs = |session: &ports::router_admin::CustomerSession| {
        mac.is_none() || session.mac.is_none() || session.mac == mac
    };
    if facts.sessions.iter().any(is_theirs) {
        return Verdict::Online;
    }
    if user.is_used_up {
        return Verdict::UsedUp;
    }
    let found = user.profile.clone().unwrap_or_default();
    if found != purchase.sale().profile_name {
        return Verdict::WrongProfile { found };
    }
    if !facts.sessions.is_empty() {
        return Verdict::OnlineElsewhere;
    }
    if facts.device_is_seen == Some(false) {
        return Verdict::DeviceNotSeen;
    }
    Verdict::ReadyToLogIn
}
