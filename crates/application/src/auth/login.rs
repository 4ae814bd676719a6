//! Logging in.

use domain::audit::{Actor, AuditEntry};
use domain::contact::Email;
use domain::ids::TenantId;
use domain::secret::Secret;
use domain::time::Timestamp;
use domain::user::{MAX_PASSWORD, Role, User};
use ports::security::{PasswordVerdict, SessionClaims, to_hex};
use ports::store::Scope;

use crate::app::App;
use crate::caller::Origin;
use crate::error::{Failure, failures_into};

/// Why a login was refused.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// Unknown address or wrong password: told alike.
    #[error("wrong e-mail or password")]
    WrongCredentials,
    /// Right password, but the user or its tenant is switched off.
    #[error("the user is not active")]
    Inactive,
    /// Could not be checked.
    #[error(transparent)]
    Failure(#[from] Failure),
}
failures_into!(LoginError);

/// A fresh session.
#[derive(Debug, Clone)]
pub struct LoggedIn {
    /// The session token.
    pub token: String,
    /// Its end.
    pub expires_at: Timestamp,
    /// The user.
    pub user: User,
}

/// Checks address and password and issues a session token. An unknown address takes as long as a
/// known one.
///
/// # Errors
/// [`LoginError`].
pub async fn login(
    app: &App,
    email: &Email,
    password: Secret,
    origin: &Origin,
) -> Result<LoggedIn, LoginError> {
    let found = app
        .read(Scope::Platform, async |uow| {
            uow.users().find_login(email).await
        })
        .await?;

    // Nothing this long was ever accepted; hashing it would only cost.
    let fits = password.expose().len() <= MAX_PASSWORD;
    let stored = found
        .as_ref()
        .filter(|_| fits)
        .map(|(_, hash, _)| hash.clone());
    let candidate = if fits {
        password.clone()
    } else {
        Secret::new("")
    };
    let verdict = app.ports.passwords.verify(candidate, stored).await?;
    let Some((user, old_hash, tenant_is_active)) =
        found.filter(|_| fits && verdict != PasswordVerdict::Mismatch)
    else {
        record_refusal(app, email, None, "wrong e-mail or password", origin).await?;
        return Err(LoginError::WrongCredentials);
    };
    let tenant_off = matches!(user.role, Role::TenantAdmin(_)) && !tenant_is_active;
    if !user.is_active || tenant_off {
        let tenant = user.role.tenant();
        record_refusal(app, email, tenant, "switched off", origin).await?;
        return Err(LoginError::Inactive);
    }
    let upgraded = match verdict {
        PasswordVerdict::MatchOutdated => Some(app.ports.passwords.hash(password).await?),
        PasswordVerdict::Match | PasswordVerdict::Mismatch => None,
    };

    let now = app.now();
    app.write(Scope::Platform, async |uow| {
        if let Some(new_hash) = &upgraded {
            uow.users()
                .upgrade_password_hash(user.id, &old_hash, new_hash)
                .await?;
        }
        uow.users().record_login(user.id, now).await?;
        let entry = AuditEntry {
            id: 0,
            actor: Actor::User(user.id),
            action: "session.login".to_owned(),
            tenant_id: user.role.tenant().cloned(),
            subject: ("user".to_owned(), user.id.to_string()),
            detail: None,
            remote_address: origin.remote_address.clone(),
            at: now,
        };
        uow.audit().append(&entry).await?;
        Ok::<_, Failure>(())
    })
    .await?;

    let issued_at = Timestamp::from_unix_seconds(now.unix_seconds());
    let expires_at = issued_at.plus(app.settings.session_lifetime);
    let claims = SessionClaims {
        user_id: user.id,
        token_id: uuid::Builder::from_random_bytes(app.random_bytes()).into_uuid(),
        token_version: user.token_version,
        email: user.email.as_str().to_owned(),
        name: user.name.clone(),
        role: role_name(&user.role).to_owned(),
        tenant_id: user.role.tenant().cloned(),
        issued_at,
        expires_at,
    };
    Ok(LoggedIn {
        token: app.ports.tokens.issue_session(&claims),
        expires_at,
        user,
    })
}

/// What of an account's name stands in the log: enough to tell accounts apart, and nobody's
/// address.
const SHOWN_DIGITS: usize = 16;

/// Notes a log-in that was refused. The tenant is named only where the password was right: whether
/// there is such an account is told to nobody.
async fn record_refusal(
    app: &App,
    email: &Email,
    tenant: Option<&TenantId>,
    reason: &str,
    origin: &Origin,
) -> Result<(), Failure> {
    let name = email.as_str().to_lowercase();
    let digest = to_hex(&app.ports.digests.keyed("audit-account", name.as_bytes()));
    let account = digest.chars().take(SHOWN_DIGITS).collect();
    let entry = AuditEntry {
        id: 0,
        actor: Actor::System,
        action: "session.refused".to_owned(),
        tenant_id: tenant.cloned(),
        subject: ("account".to_owned(), account),
        detail: Some(reason.to_owned()),
        remote_address: origin.remote_address.clone(),
        at: app.now(),
    };
    app.write(Scope::Platform, async |uow| {
        uow.audit().append(&entry).await
    })
    .await?;
    Ok(())
}

/// The role's name in tokens.
#[must_use]
pub const fn role_name(role: &Role) -> &'static str {
    match role {
        Role::SuperAdmin => "super_admin",
        Role::TenantAdmin(_) => "cliente_admin",
    }
}
