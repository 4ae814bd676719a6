//! Switching a panel user on and off.

use domain::ids::UserId;
use ports::store::Scope;

use crate::app::App;
use crate::caller::SuperAdmin;
use crate::error::{Failure, failures_into};

/// Why a user was not switched.
#[derive(Debug, thiserror::Error)]
pub enum ToggleUserError {
    /// No such user.
    #[error("no such user")]
    NotFound,
    /// Nobody locks themselves out.
    #[error("the caller's own account")]
    Own,
    /// Could not be done.
    #[error(transparent)]
    Failure(#[from] Failure),
}
failures_into!(ToggleUserError);

/// Flips whether a user is active and answers what it is now; switching off ends all sessions at
/// their next request.
///
/// # Errors
/// [`ToggleUserError`].
pub async fn toggle_user(
    app: &App,
    admin: &SuperAdmin,
    id: UserId,
) -> Result<bool, ToggleUserError> {
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    let found = work.users().find(id).await?;
    let refusal = match &found {
        None => Some(ToggleUserError::NotFound),
        Some(user) if user.id == admin.session().user().id => Some(ToggleUserError::Own),
        Some(_) => None,
    };
    if let Some(refusal) = refusal {
        work.rollback().await?;
        return Err(refusal);
    }
    let is_active = found.as_ref().is_some_and(|user| !user.is_active);
    work.users().set_active(id, is_active).await?;
    let action = if is_active {
        "user.activate"
    } else {
        "user.deactivate"
    };
    let tenant = found.as_ref().and_then(|user| user.role.tenant());
    let entry = admin
        .session()
        .audit(app.now(), action, tenant, ("user", &id.to_string()));
    work.audit().append(&entry).await?;
    work.commit().await?;
    Ok(is_active)
}
