//! A router is registered, and gets its API key.

use domain::ids::{RouterId, TenantId};
use domain::network::Host;
use domain::router::{Router, RouterTls};
use domain::secret::Secret;
use ports::store::Scope;

use crate::api_keys::issue::{IssuedKey, issue};
use crate::app::App;
use crate::caller::SuperAdmin;
use crate::routers::error::RouterError;
use crate::secrets;

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
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    if work.tenants().find(tenant_id).await?.is_none() {
        work.rollback().await?;
        return Err(RouterError::TenantNotFound);
    }
    work.routers().insert(&router, &key.hash).await?;
    work.api_keys().insert(&key.record, &key.hash).await?;
    let subject = ("router", router.id.as_str());
    let entry = admin
        .session()
        .audit(now, "router.create", Some(tenant_id), subject);
    work.audit().append(&entry).await?;
    work.commit().await?;
    Ok((router, key))
}
