//! One panel user.

use domain::ids::UserId;
use domain::user::User;
use ports::store::Scope;

use crate::app::App;
use crate::caller::SuperAdmin;
use crate::error::Failure;

/// A panel user; `None` if there is none.
///
/// # Errors
/// [`Failure`].
pub async fn find_user(
    app: &App,
    _admin: &SuperAdmin,
    id: UserId,
) -> Result<Option<User>, Failure> {
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    let user = work.users().find(id).await?;
    work.commit().await?;
    Ok(user)
}
