//! A panel user is created.

use domain::contact::Email;
use domain::ids::TenantId;
use domain::secret::Secret;
use domain::user::{Role, User};
use ports::store::Scope;
use ports::store::error::{StoreError, constraints};
use ports::store::users::NewUser;

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
