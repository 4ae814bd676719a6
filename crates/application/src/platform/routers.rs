//! Routers of all tenants, for the platform owner.

use domain::ids::{RouterId, TenantId};
use domain::network::Host;
use domain::router::{Router, RouterTls};
use domain::secret::Secret;
use ports::store::Scope;
use ports::store::error::StoreError;
use ports::store::routers::RouterUse;

use crate::app::App;
use crate::caller::SuperAdmin;
use crate::error::{Failure, failures_into};
use crate::platform::api_keys::{IssuedKey, issue};
use crate::secrets;

/// Why nothing was done to a router.
#[derive(Debug, thiserror::Error)]
pub enum RouterError {
    /// No such tenant.
    #[error("no such tenant")]
    TenantNotFound,
    /// No such router, or another tenant's.
    #[error("no such router")]
    NotFound,
    /// It has products or sales and is not deleted: history is kept.
    #[error("the router is in use")]
    InUse(RouterUse),
    /// Could not be done.
    #[error(transparent)]
    Failure(#[from] Failure),
}
failures_into!(RouterError);

/// What is known of a new router.
#[derive(Debug, Clone)]
pub struct CreateRouter {
    /// Label.
    pub name: String,
    /// Address.
    pub host: Host,
    /// RouterOS API port.
    pub port: u16,
    /// RouterOS user.
    pub username: String,
    /// RouterOS password.
    pub password: Secret,
    /// TLS.
    pub tls: RouterTls,
    /// Where it stands.
    pub location: Option<String>,
}

/// Registers a router and issues its API key: both or neither. The router is not contacted.
///
/// # Errors
/// [`RouterError::TenantNotFound`].
pub async fn create_router(
    app: &App,
    admin: &SuperAdmin,
    tenant_id: &TenantId,
    command: CreateRouter,
) -> Result<(Router, IssuedKey), RouterError> {
    let now = app.now();
    let id = RouterId::from_random(app.random_bytes());
    let context = secrets::router_password(tenant_id, &id);
    let router = Router {
        tenant_id: tenant_id.clone(),
        name: command.name,
        host: command.host,
        port: command.port,
        username: command.username,
        password: app.ports.secrets.seal(&context, &command.password),
        tls: command.tls,
        location: command.location,
        is_active: true,
        version: 1,
        created_at: now,
        id,
    };
    let key = issue(app, tenant_id, &router.id);
    app.write(Scope::Platform, async |uow| {
        if uow.tenants().find(tenant_id).await?.is_none() {
            return Err(RouterError::TenantNotFound);
        }
        uow.routers().insert(&router, &key.hash).await?;
        uow.api_keys().insert(&key.record, &key.hash).await?;
        let subject = ("router", router.id.as_str());
        let entry = admin
            .session()
            .audit(now, "router.create", Some(tenant_id), subject);
        uow.audit().append(&entry).await?;
        Ok((router, key))
    })
    .await
}

/// Deletes a router that never sold anything, with its API keys.
///
/// # Errors
/// [`RouterError`].
pub async fn delete_router(
    app: &App,
    admin: &SuperAdmin,
    tenant_id: &TenantId,
    id: &RouterId,
) -> Result<(), RouterError> {
    app.write(Scope::Platform, async |uow| {
        if uow
            .routers()
            .find_for_update(tenant_id, id)
            .await?
            .is_none()
        {
            return Err(RouterError::NotFound);
        }
        let in_use = uow.routers().count_use(tenant_id, id).await?;
        if in_use != RouterUse::default() {
            return Err(RouterError::InUse(in_use));
        }
        match uow.routers().delete(tenant_id, id).await {
            Ok(_) => {}
            // A product or sale came between the count and here.
            Err(StoreError::Reference { .. }) => {
                return Err(RouterError::InUse(RouterUse {
                    products: 1,
                    purchases: 0,
                }));
            }
            Err(error) => return Err(error.into()),
        }
        let subject = ("router", id.as_str());
        let entry = admin
            .session()
            .audit(app.now(), "router.delete", Some(tenant_id), subject);
        uow.audit().append(&entry).await?;
        Ok(())
    })
    .await
}

/// One router of a tenant.
///
/// # Errors
/// [`RouterError::NotFound`], also for another tenant's.
pub async fn find_router(
    app: &App,
    _admin: &SuperAdmin,
    tenant_id: &TenantId,
    id: &RouterId,
) -> Result<Router, RouterError> {
    let router = app
        .read(Scope::Platform, async |uow| {
            uow.routers().find(tenant_id, id).await
        })
        .await?;
    router.ok_or(RouterError::NotFound)
}

/// A tenant's routers, oldest first.
///
/// # Errors
/// [`RouterError::TenantNotFound`].
pub async fn list_routers(
    app: &App,
    _admin: &SuperAdmin,
    tenant_id: &TenantId,
) -> Result<Vec<Router>, RouterError> {
    let (known, routers) = app
        .read(Scope::Platform, async |uow| {
            let known = uow.tenants().find(tenant_id).await?.is_some();
            let routers = uow.routers().list(tenant_id).await?;
            Ok((known, routers))
        })
        .await?;
    if known {
        Ok(routers)
    } else {
        Err(RouterError::TenantNotFound)
    }
}

/// Flips whether a router is active and answers what it is now. A switched-off router sells
/// nothing; what it has sold is still served.
///
/// # Errors
/// [`RouterError::NotFound`].
pub async fn toggle_router(
    app: &App,
    admin: &SuperAdmin,
    tenant_id: &TenantId,
    id: &RouterId,
) -> Result<bool, RouterError> {
    switch(app, admin, tenant_id, id, None).await
}

/// As [`toggle_router`], to the state that is wanted: repeating it changes nothing.
///
/// # Errors
/// As [`toggle_router`].
pub async fn set_router_active(
    app: &App,
    admin: &SuperAdmin,
    tenant_id: &TenantId,
    id: &RouterId,
    is_active: bool,
) -> Result<bool, RouterError> {
    switch(app, admin, tenant_id, id, Some(is_active)).await
}

async fn switch(
    app: &App,
    admin: &SuperAdmin,
    tenant_id: &TenantId,
    id: &RouterId,
    wanted: Option<bool>,
) -> Result<bool, RouterError> {
    app.write(Scope::Platform, async |uow| {
        let Some(router) = uow.routers().find_for_update(tenant_id, id).await? else {
            return Err(RouterError::NotFound);
        };
        let is_active = wanted.unwrap_or(!router.is_active);
        if is_active == router.is_active {
            return Ok(is_active);
        }
        uow.routers().set_active(tenant_id, id, is_active).await?;
        let action = if is_active {
            "router.activate"
        } else {
            "router.deactivate"
        };
        let subject = ("router", id.as_str());
        let entry = admin
            .session()
            .audit(app.now(), action, Some(tenant_id), subject);
        uow.audit().append(&entry).await?;
        Ok(is_active)
    })
    .await
}
