//! What a user's profile allows.

use domain::purchase::PurchaseState;
use domain::secret::Secret;
use ports::hotspot::{HotspotError, ProfileInfoOutcome};
use ports::store::Scope;

use crate::app::App;
use crate::caller::Portal;
use crate::error::Failure;
use crate::secrets;

/// What came of looking a user up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProfileInfoAnswer {
    /// The operator is switched off.
    TenantInactive,
    /// The router is switched off.
    RouterInactive,
    /// The router answered.
    Outcome(ProfileInfoOutcome),
    /// The router did not answer.
    RouterFailed(HotspotError),
}

/// Looks a hotspot user and its profile up, for whoever knows its credentials.
///
/// # Errors
/// [`Failure`].
pub async fn profile_info(
    app: &App,
    portal: &Portal,
    username: &str,
    password: Option<Secret>,
) -> Result<ProfileInfoAnswer, Failure> {
    if !portal.tenant_is_active {
        return Ok(ProfileInfoAnswer::TenantInactive);
    }
    if !portal.router_is_active {
        return Ok(ProfileInfoAnswer::RouterInactive);
    }
    let mut work = app
        .ports
        .store
        .begin(Scope::Tenant(portal.tenant_id.clone()))
        .await?;
    let router = work
        .routers()
        .find(&portal.tenant_id, &portal.router_id)
        .await?;
    let sold = work
        .purchases()
        .find_by_hotspot_name(&portal.router_id, username)
        .await?;
    work.commit().await?;
    let known_password = match &sold {
        // A reservation is nobody's business.
        Some(purchase) if purchase.state != PurchaseState::Paid => {
            return Ok(ProfileInfoAnswer::Outcome(
                ProfileInfoOutcome::WrongCredentials,
            ));
        }
        Some(purchase) => {
            let context = secrets::hotspot_password(&purchase.tenant_id, purchase.attempt_id);
            Some(
                app.ports
                    .secrets
                    .open(&context, &purchase.hotspot_password)?,
            )
        }
        None => None,
    };
    let router = router.ok_or(Failure::Inconsistent("a portal's router has vanished"))?;
    let access = secrets::open_router(app.ports.secrets.as_ref(), &router)?;
    let outcome = app
        .ports
        .hotspot
        .profile_info(&access, username, password, known_password)
        .await;
    Ok(match outcome {
        Ok(outcome) => ProfileInfoAnswer::Outcome(outcome),
        Err(error) => ProfileInfoAnswer::RouterFailed(error),
    })
}
