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

/// Why nothing was done to a user.
#[derive(Debug, thiserror::Error)]
pub enum UserError {
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
    /// No such user.
    #[error("no such user")]
    NotFound,
    /// Nobody switches off their own account.
    #[error("the caller's own account")]
    Own,
    /// Could not be done.
    #[error(transparent)]
    Failure(#[from] Failure),
}
failures_into!(UserError);

/// Creates a panel user.
///
/// # Errors
/// [`UserError`], the first that applies in the order of its variants.
pub async fn create_user(
    app: &App,
    admin: &SuperAdmin,
    command: CreateUser,
) -> Result<User, UserError> {
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
    app.write(Scope::Platform, async |uow| {
        let user = match uow.users().insert(&new).await {
            Ok(user) => user,
            Err(error) if error.is_conflict_on(constraints::USER_EMAIL) => {
                return Err(UserError::EmailTaken);
            }
            Err(StoreError::Reference { .. }) => return Err(UserError::TenantNotFound),
            Err(error) => return Err(error.into()),
        };
        let subject = ("user", user.id.to_string());
        let tenant = user.role.tenant();
        let entry = admin
            .session()
            .audit(now, "user.create", tenant, (subject.0, &subject.1));
        uow.audit().append(&entry).await?;
        Ok(user)
    })
    .await
}

async fn check(app: &App, command: &CreateUser) -> Result<Role, UserError> {
    let wants_tenant = match command.role.as_str() {
        "super_admin" => false,
        "cliente_admin" => true,
        _ => return Err(UserError::BadRole),
    };
    let named = command
        .tenant_id
        .as_deref()
        .map(str::trim)
        .filter(|id| !id.is_empty());
    let tenant_id = match (wants_tenant, named) {
        (true, None) => return Err(UserError::TenantRequired),
        (false, Some(_)) => return Err(UserError::TenantForbidden),
        (true, Some(id)) => {
            Some(TenantId::parse(id).map_err(|_malformed| UserError::TenantNotFound)?)
        }
        (false, None) => None,
    };
    let (tenant_is_known, email_is_taken) = app
        .read(Scope::Platform, async |uow| {
            let tenant_is_known = match &tenant_id {
                Some(id) => uow.tenants().find(id).await?.is_some(),
                None => true,
            };
            let email_is_taken = uow.users().find_login(&command.email).await?.is_some();
            Ok((tenant_is_known, email_is_taken))
        })
        .await?;
    if !tenant_is_known {
        return Err(UserError::TenantNotFound);
    }
    if email_is_taken {
        return Err(UserError::EmailTaken);
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
    let user = app
        .read(Scope::Platform, async |uow| uow.users().find(id).await)
        .await?;
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
    let users = app
        .read(Scope::Platform, async |uow| uow.users().list(filter).await)
        .await?;
    Ok(users)
}

/// Flips whether a user is active and answers what it is now; switching off ends all sessions at
/// their next request.
///
/// # Errors
/// [`UserError`].
pub async fn toggle_user(app: &App, admin: &SuperAdmin, id: UserId) -> Result<bool, UserError> {
    switch(app, admin, id, None).await
}

/// As [`toggle_user`], to the state that is wanted: repeating it changes nothing.
///
/// # Errors
/// As [`toggle_user`].
pub async fn set_user_active(
    app: &App,
    admin: &SuperAdmin,
    id: UserId,
    is_active: bool,
) -> Result<bool, UserError> {
    switch(app, admin, id, Some(is_active)).await
}

async fn switch(
    app: &App,
    admin: &SuperAdmin,
    id: UserId,
    wanted: Option<bool>,
) -> Result<bool, UserError> {
    app.write(Scope::Platform, async |uow| {
        let found = uow.users().find(id).await?;
        let refusal = match &found {
            None => Some(UserError::NotFound),
            Some(user) if user.id == admin.session().user().id => Some(UserError::Own),
            Some(_) => None,
        };
        if let Some(refusal) = refusal {
            return Err(refusal);
        }
        let was_active = found.as_ref().is_some_and(|user| user.is_active);
        let is_active = wanted.unwrap_or(!was_active);
        if is_active == was_active {
            return Ok(is_active);
        }
        uow.users().set_active(id, is_active).await?;
        let action = if is_active {
            "user.activate"
        } else {
            "user.deactivate"
        };
        let tenant = found.as_ref().and_then(|user| user.role.tenant());
        let entry = admin
            .session()
            .audit(app.now(), action, tenant, ("user", &id.to_string()));
        uow.audit().append(&entry).await?;
        Ok(is_active)
    })
    .await
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
    let found = app
        .read(Scope::Platform, async |uow| uow.users().find(id).await)
        .await?;
    let Some(user) = found else { return Ok(false) };
    let hash = app.ports.passwords.hash(password).await?;
    app.write(Scope::Platform, async |uow| {
        if !uow.users().change_password(id, &hash).await? {
            return Ok(false);
        }
        let tenant = user.role.tenant();
        let entry = admin.session().audit(
            app.now(),
            "user.reset_password",
            tenant,
            ("user", &id.to_string()),
        );
        uow.audit().append(&entry).await?;
        Ok(true)
    })
    .await
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
    let taken = app
        .read(Scope::Platform, async |uow| {
            Ok(uow.users().find_login(email).await?.is_some())
        })
        .await?;
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
    let created = app
        .write(Scope::Platform, async |uow| uow.users().insert(&user).await)
        .await;
    match created {
        Ok(_) => Ok(true),
        Err(error) if error.is_conflict_on(constraints::USER_EMAIL) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
