//! Sessions: checking and ending them.

use domain::user::Role;
use ports::security::TokenError;
use ports::store::Scope;

use crate::app::App;
use crate::caller::{Origin, Session};
use crate::error::{Failure, failures_into};

/// Why a session token opens nothing.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// Not a token of ours, logged out, or issued before the last password change.
    #[error("the session token is not valid")]
    Invalid,
    /// Past its end.
    #[error("the session has expired")]
    Expired,
    /// The user was switched off.
    #[error("the user is not active")]
    Inactive,
    /// The user's tenant was switched off.
    #[error("the tenant is not active")]
    TenantInactive,
    /// Could not be checked.
    #[error(transparent)]
    Failure(#[from] Failure),
}
failures_into!(SessionError);

impl From<TokenError> for SessionError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Invalid => Self::Invalid,
            TokenError::Expired => Self::Expired,
        }
    }
}

/// Checks a session token against its signature and against the user as it is now; role and
/// tenant come from the user's row.
///
/// # Errors
/// [`SessionError`].
pub async fn authenticate(app: &App, token: &str, origin: Origin) -> Result<Session, SessionError> {
    let claims = app.ports.tokens.read_session(token, app.now())?;
    let record = app
        .read(Scope::Platform, async |uow| {
            uow.users()
                .find_session(claims.user_id, claims.token_id)
                .await
        })
        .await?;
    let record = record.ok_or(SessionError::Invalid)?;
    if !record.user.is_active {
        return Err(SessionError::Inactive);
    }
    if matches!(record.user.role, Role::TenantAdmin(_)) && !record.tenant_is_active {
        return Err(SessionError::TenantInactive);
    }
    if record.is_revoked || record.user.token_version != claims.token_version {
        return Err(SessionError::Invalid);
    }
    Ok(Session {
        user: record.user,
        token_id: claims.token_id,
        expires_at: claims.expires_at,
        origin,
    })
}

/// Ends this very token; other sessions of the user go on.
///
/// # Errors
/// [`Failure`] when it could not be recorded: the session is not ended then.
pub async fn logout(app: &App, session: &Session) -> Result<(), Failure> {
    app.write(Scope::Platform, async |uow| {
        uow.users()
            .revoke_session(session.token_id, session.user.id, session.expires_at)
            .await?;
        let tenant = session.user.role.tenant();
        let entry = session.audit(
            app.now(),
            "session.logout",
            tenant,
            ("user", &session.user.id.to_string()),
        );
        uow.audit().append(&entry).await?;
        Ok(())
    })
    .await
}
