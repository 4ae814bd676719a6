//! Panel users.

use domain::user::User;
use ports::store::Scope;
use ports::store::users::UserFilter;

use crate::app::App;
use crate::caller::SuperAdmin;
use crate::error::Failure;

/// Users that match the filter, by number.
///
/// # Errors
/// [`Failure`].
pub async fn list_users(
    app: &App,
    _admin: &SuperAdmin,
    filter: &UserFilter,
) -> Result<Vec<User>, Failure> {
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    let users = work.users().list(filter).await?;
    work.commit().await?;
    Ok(users)
}
