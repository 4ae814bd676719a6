//! The operator changes a router's settings.

use domain::ids::RouterId;
use domain::network::Host;
use domain::router::{PLAIN_PORT, Router, RouterTls, TlsMode};
use domain::secret::Secret;
use ports::store::Scope;

use crate::app::App;
use crate::caller::TenantAdmin;
use crate::company::update_profile::Edit;
use crate::error::{Failure, failures_into};
use crate::secrets;

/// What changes.
#[derive(Debug, Clone)]
pub struct UpdateRouter {
    /// Label.
    pub name: Option<String>,
    /// Address.
    pub host: Option<Host>,
    /// Port; absent means 8728, as callers of this interface know it.
    pub port: Option<u16>,
    /// RouterOS user.
    pub username: Option<String>,
    /// RouterOS password.
    pub password: Option<Secret>,
    /// Where it stands.
    pub location: Edit<String>,
    /// TLS mode.
    pub tls_mode: Option<TlsMode>,
    /// PEM of the authority.
    pub tls_ca_pem: Option<String>,
    /// SHA-256 of the certificate.
    pub tls_fingerprint: Option<String>,
}

/// Why a router was not changed.
#[derive(Debug, thiserror::Error)]
pub enum UpdateRouterError {
    /// No such router, or another tenant's.
    #[error("no such router")]
    NotFound,
    /// The mode needs a fingerprint or an authority that is not there.
    #[error("the TLS mode lacks what it needs")]
    TlsIncomplete(TlsMode),
    /// Could not be done.
    #[error(transparent)]
    Failure(#[from] Failure),
}
failures_into!(UpdateRouterError);

/// The router after the change.
#[derive(Debug, Clone)]
pub struct UpdatedRouter {
    /// The router.
    pub router: Router,
    /// The port that it had, when the missing `puerto` changed it to 8728.
    pub port_was: Option<u16>,
}

/// Writes the fields that were sent. The TLS mode is kept apart from the port: a router once on
/// TLS stays on TLS until somebody says otherwise, so no password ever goes out in clear because
/// of a port.
///
/// # Errors
/// [`UpdateRouterError`].
pub async fn update_router(
    app: &App,
    admin: &TenantAdmin,
    id: &RouterId,
    change: UpdateRouter,
) -> Result<UpdatedRouter, UpdateRouterError> {
    let tenant = admin.tenant_id();
    let mut work = app.ports.store.begin(Scope::Tenant(tenant.clone())).await?;
    let Some(mut router) = work.routers().find_for_update(tenant, id).await? else {
        work.rollback().await?;
        return Err(UpdateRouterError::NotFound);
    };
    let port_before = router.port;
    let port_was_sent = change.port.is_some();
    if let Err(refusal) = apply(app, &mut router, change) {
        work.rollback().await?;
        return Err(refusal);
    }
    work.routers().update(&router).await?;
    let subject = ("router", id.as_str());
    let entry = admin
        .session()
        .audit(app.now(), "router.update", Some(tenant), subject);
    work.audit().append(&entry).await?;
    work.commit().await?;
    let port_was = (!port_was_sent && port_before != router.port).then_some(port_before);
    Ok(UpdatedRouter { router, port_was })
}

fn apply(app: &App, router: &mut Router, change: UpdateRouter) -> Result<(), UpdateRouterError> {
    let mode_before = router.tls.mode;
    let port = change.port.unwrap_or(PLAIN_PORT);
    let host_changed = change
        .host
        .as_ref()
        .is_some_and(|host| *host != router.host);
    let start_over = host_changed || change.tls_mode == Some(TlsMode::FirstUse);
    router.port = port;
    if let Some(name) = change.name {
        router.name = name;
    }
    if let Some(host) = change.host {
        router.host = host;
    }
    if let Some(username) = change.username {
        router.username = username;
    }
    if let Some(password) = change.password {
        let context = secrets::router_password(&router.tenant_id, &router.id);
        router.password = app.ports.secrets.seal(&context, &password);
    }
    router.location = change.location.apply(router.location.take());
    let mode = change.tls_mode.unwrap_or(match mode_before {
        TlsMode::None => TlsMode::default_for(port),
        on => on,
    });
    // A fingerprint recorded on first use belongs to the router that was there; saying
    // `primera_vez` again accepts a new certificate.
    let keep = mode == mode_before && !(mode == TlsMode::FirstUse && start_over);
    let recorded = router.tls.fingerprint.take().filter(|_| keep);
    router.tls = RouterTls {
        mode,
        ca_pem: change.tls_ca_pem.or_else(|| router.tls.ca_pem.take()),
        fingerprint: change.tls_fingerprint.or(recorded),
    };
    let incomplete = match mode {
        TlsMode::Pinned => router.tls.fingerprint.is_none(),
        TlsMode::Authority => router.tls.ca_pem.is_none(),
        TlsMode::None | TlsMode::FirstUse | TlsMode::Public | TlsMode::Insecure => false,
    };
    if incomplete {
        Err(UpdateRouterError::TlsIncomplete(mode))
    } else {
        Ok(())
    }
}
