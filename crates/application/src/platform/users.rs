//! Panel users: create, list, find, switch off, reset a password; the first super admin.

use domain::contact::Email;
use domain::ids::{TenantId, UserId};
use domain::secret::Secret;
use domain::user::{Role, User};
use ports::store::Scope;
use ports::store::error::{StoreError, constraints};
use ports::store::users::{NewUser, UserFilter};

use crate::app::App;
use crate::caller::SuperAdmin;
use crate::error::{Failure, failures_into};

/// A user as wished for.
#[derive(Debug, Clone)]
pub struct CreateUser {
    /// Login name.
    pub email: Email,
    /// Initial password.
    pub password: Secret,
    /// Full name.
    pub name: String,
    /// `super_admin` or `cliente_admin`.
    pub role: String,
    /// The tenant of a `cliente_admin`.
    pub tenant_id: Option<String>,
}

/// Why a user was not created.
#[derive(Debug, thiserror::Error)]
pub enum CreateUserError {
    /// Neither of the two roles.
    #[error("no such role")]
    BadRole,
    /// A tenant administrator without a tenant.
    #[error("a tenant administrator needs a tenant")]
    TenantRequired,
    /// No such tenant.
    #[error("no such tenant")]
    TenantNotFound,
    /// A super admin with a tenant.
    #[error("a super admin has no tenant")]
    TenantForbidden,
    /// Somebody has this address.
    #[error("the e-mail address is taken")]
    EmailTaken,
    /// Could not be done.
    #[error(transparent)]
    Failure(#[from] Failure),
}
failures_into!(CreateUserError);

/// Creates a panel user.
///
/// # Errors
/// [`CreateUserError`], the first that applies in the order of its variants.
pub async fn create_user(
    app: &App,
    admin: &SuperAdmin,
    command: CreateUser,
) -> Result<User, CreateUserError> {
    let role = check(app, &command).await?;
    // Hashing is slow on purpose, so it comes after everything that can be refused cheaply.
    let password_hash = app.ports.passwords.hash(command.password).await?;
    let now = app.now();
    let new = NewUser {
        role,
        email: command.email,
        password_hash,
        name: command.name,
        created_at: now,
    };
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    let user = match work.users().insert(&new).await {
        Ok(user) => user,
        Err(error) if error.is_conflict_on(constraints::USER_EMAIL) => {
            return Err(CreateUserError::EmailTaken);
        }
        Err(StoreError::Reference { .. }) => return Err(CreateUserError::TenantNotFound),
        Err(error) => return Err(error.into()),
    };
    let subject = ("user", user.id.to_string());
    let tenant = user.role.tenant();
    let entry = admin
        .session()
        .audit(now, "user.create", tenant, (subject.0, &subject.1));
    work.audit().append(&entry).await?;
    work.commit().await?;
    Ok(user)
}

async fn check(app: &App, command: &CreateUser) -> Result<Role, CreateUserError> {
    let wants_tenant = match command.role.as_str() {
        "super_admin" => false,
        "cliente_admin" => true,
        _ => return Err(CreateUserError::BadRole),
    };
    let named = command
        .tenant_id
        .as_deref()
        .map(str::trim)
        .filter(|id| !id.is_empty());
    let tenant_id = match (wants_tenant, named) {
        (true, None) => return Err(CreateUserError::TenantRequired),
        (false, Some(_)) => return Err(CreateUserError::TenantForbidden),
        (true, Some(id)) => {
            Some(TenantId::parse(id).map_err(|_malformed| CreateUserError::TenantNotFound)?)
        }
        (false, None) => None,
    };
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    let tenant_is_known = match &tenant_id {
        Some(id) => work.tenants().find(id).await?.is_some(),
        None => true,
    };
    let email_is_taken = work.users().find_login(&command.email).await?.is_some();
    work.commit().await?;
    if !tenant_is_known {
        return Err(CreateUserError::TenantNotFound);
    }
    if email_is_taken {
        return Err(CreateUserError::EmailTaken);
    }
    Ok(tenant_id.map_or(Role::SuperAdmin, Role::TenantAdmin))
}

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
