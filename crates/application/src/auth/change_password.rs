//! Changing one's own password.

use domain::secret::Secret;
use domain::user::{MAX_PASSWORD, password_length_fits};
use ports::security::PasswordVerdict;
use ports::store::Scope;

use crate::app::App;
use crate::caller::Session;
use crate::error::{Failure, failures_into};

/// Why a password was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangePasswordError {
    /// The present password is another one.
    #[error("the current password is wrong")]
    WrongCurrent,
    /// The new password is too short or too long.
    #[error("the new password must have 8 to 128 bytes")]
    BadLength,
    /// Could not be done.
    #[error(transparent)]
    Failure(#[from] Failure),
}
failures_into!(ChangePasswordError);

/// Changes the caller's password and ends all of the caller's sessions, this one included.
///
/// # Errors
/// [`ChangePasswordError`].
pub async fn change_password(
    app: &App,
    session: &Session,
    current: Secret,
    new: Secret,
) -> Result<(), ChangePasswordError> {
    if !password_length_fits(new.expose()) {
        return Err(ChangePasswordError::BadLength);
    }
    if current.expose().len() > MAX_PASSWORD {
        return Err(ChangePasswordError::WrongCurrent);
    }
    let user = session.user.id;
    let stored = app
        .read(Scope::Platform, async |uow| {
            uow.users().find_password_hash(user).await
        })
        .await?;
    if app.ports.passwords.verify(current, stored).await? == PasswordVerdict::Mismatch {
        return Err(ChangePasswordError::WrongCurrent);
    }
    let hash = app.ports.passwords.hash(new).await?;
    app.write(Scope::Platform, async |uow| {
        uow.users().change_password(user, &hash).await?;
        let tenant = session.user.role.tenant();
        let entry = session.audit(
            app.now(),
            "user.change_password",
            tenant,
            ("user", &user.to_string()),
        );
        uow.audit().append(&entry).await?;
        Ok(())
    })
    .await
}
