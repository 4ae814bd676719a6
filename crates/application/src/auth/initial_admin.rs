//! The first super admin.

use domain::contact::Email;
use domain::secret::Secret;
use domain::user::Role;
use ports::store::Scope;
use ports::store::error::constraints;
use ports::store::users::NewUser;

use crate::app::App;
use crate::error::Failure;

/// Creates a super admin unless the address is taken; answers whether one was created. Safe to
/// call from several replicas at once.
///
/// # Errors
/// [`Failure`].
pub async fn ensure_super_admin(
    app: &App,
    email: &Email,
    password: Secret,
    name: &str,
) -> Result<bool, Failure> {
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    let taken = work.users().find_login(email).await?.is_some();
    work.commit().await?;
    if taken {
        return Ok(false);
    }
    let password_hash = app.ports.passwords.hash(password).await?;
    let user = NewUser {
        role: Role::SuperAdmin,
        email: email.clone(),
        password_hash,
        name: name.to_owned(),
        created_at: app.now(),
    };
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    match work.users().insert(&user).await {
        Ok(_) => {
            work.commit().await?;
            Ok(true)
        }
        Err(error) if error.is_conflict_on(constraints::USER_EMAIL) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
