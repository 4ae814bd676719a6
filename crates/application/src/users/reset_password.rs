//! The platform owner sets somebody's password.

use domain::ids::UserId;
use domain::secret::Secret;
use ports::store::Scope;

use crate::app::App;
use crate::caller::SuperAdmin;
use crate::error::Failure;

/// Sets a user's password and ends all of the user's sessions; `false` if there is no such user.
///
/// # Errors
/// [`Failure`].
pub async fn reset_password(
    app: &App,
    admin: &SuperAdmin,
    id: UserId,
    password: Secret,
) -> Result<bool, Failure> {
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    let found = work.users().find(id).await?;
    work.commit().await?;
    let Some(user) = found else { return Ok(false) };
    let hash = app.ports.passwords.hash(password).await?;
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    if !work.users().change_password(id, &hash).await? {
        work.rollback().await?;
        return Ok(false);
    }
    let tenant = user.role.tenant();
    let entry = admin.session().audit(
        app.now(),
        "user.reset_password",
        tenant,
        ("user", &id.to_string()),
    );
    work.audit().append(&entry).await?;
    work.commit().await?;
    Ok(true)
}
