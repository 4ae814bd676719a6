//! Logging out.

use ports::store::Scope;

use crate::app::App;
use crate::caller::Session;
use crate::error::Failure;

/// Ends this very token; other sessions of the user go on.
///
/// # Errors
/// [`Failure`] when it could not be recorded: the session is not ended then.
pub async fn logout(app: &App, session: &Session) -> Result<(), Failure> {
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    work.users()
        .revoke_session(session.token_id, session.user.id, session.expires_at)
        .await?;
    let tenant = session.user.role.tenant();
    let entry = session.audit(
        app.now(),
        "session.logout",
        tenant,
        ("user", &session.user.id.to_string()),
    );
    work.audit().append(&entry).await?;
    work.commit().await?;
    Ok(())
}
