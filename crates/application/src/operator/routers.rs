//! An operator's own routers.

use domain::ids::RouterId;
use domain::network::Host;
use domain::router::{PLAIN_PORT, Router, RouterTls, TlsMode};
use domain::secret::Secret;
use ports::hotspot::{HotspotError, ProfileRow, RouterAccess, RouterProbe};
use ports::store::Scope;
use ports::store::router_care::RouterCheck;

use crate::app::App;
use crate::caller::TenantAdmin;
use crate::edit::Edit;
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

/// Why nothing was done with a router.
#[derive(Debug, thiserror::Error)]
pub enum RouterError {
    /// No such router, or another tenant's.
    #[error("no such router")]
    NotFound,
    /// The mode needs a fingerprint or an authority that is not there.
    #[error("the TLS mode lacks what it needs")]
    TlsIncomplete(TlsMode),
    /// The stored password would go to another machine, or over a weaker connection: whoever
    /// changes that must know it.
    #[error("the password must be sent again")]
    PasswordNeeded,
    /// This server has no public address, or none that can go into a script.
    #[error("the server has no public address")]
    NoPublicAddress,
    /// The router is switched off.
    #[error("the router is not active")]
    Inactive,
    /// The router could not be reached or refused; with its address for the operator.
    #[error("the router could not be read")]
    Unreadable {
        /// `host:port`.
        address: String,
        /// Why.
        #[source]
        error: HotspotError,
    },
    /// Could not be done.
    #[error(transparent)]
    Failure(#[from] Failure),
}
failures_into!(RouterError);

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
/// [`RouterError`].
pub async fn update_router(
    app: &App,
    admin: &TenantAdmin,
    id: &RouterId,
    change: UpdateRouter,
) -> Result<UpdatedRouter, RouterError> {
    let tenant = admin.tenant_id();
    app.write(Scope::Tenant(tenant.clone()), async |uow| {
        let found = uow.routers().find_for_update(tenant, id).await?;
        let mut router = found.ok_or(RouterError::NotFound)?;
        let port_before = router.port;
        let port_was_sent = change.port.is_some();
        apply(app, &mut router, change)?;
        uow.routers().update(&router).await?;
        let subject = ("router", id.as_str());
        let entry = admin
            .session()
            .audit(app.now(), "router.update", Some(tenant), subject);
        uow.audit().append(&entry).await?;
        let port_was = (!port_was_sent && port_before != router.port).then_some(port_before);
        Ok(UpdatedRouter { router, port_was })
    })
    .await
}

fn apply(app: &App, router: &mut Router, change: UpdateRouter) -> Result<(), RouterError> {
    let (host_before, port_before) = (router.host.clone(), router.port);
    let password_sent = change.password.is_some();
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
        return Err(RouterError::TlsIncomplete(mode));
    }
    // A port that was not sent falls back to the default, on the same host: no one asked for it.
    let is_other_port = change.port.is_some() && router.port != port_before;
    let goes_elsewhere = router.host != host_before || is_other_port;
    let is_weaker = tls_strength(mode) < tls_strength(mode_before);
    if (goes_elsewhere || is_weaker) && !password_sent {
        return Err(RouterError::PasswordNeeded);
    }
    Ok(())
}

/// How sure a connection is of the router at its other end.
const fn tls_strength(mode: TlsMode) -> u8 {
    match mode {
        TlsMode::None => 0,
        TlsMode::Insecure => 1,
        TlsMode::FirstUse => 2,
        TlsMode::Public | TlsMode::Authority | TlsMode::Pinned => 3,
    }
}

/// The operator's routers, oldest first.
///
/// # Errors
/// [`Failure`].
pub async fn list_own_routers(app: &App, admin: &TenantAdmin) -> Result<Vec<Router>, Failure> {
    let tenant = admin.tenant_id();
    let routers = app
        .read(Scope::Tenant(tenant.clone()), async |uow| {
            uow.routers().list(tenant).await
        })
        .await?;
    Ok(routers)
}

/// How the operator's routers were when they were last checked; those that never were are left
/// out.
///
/// # Errors
/// [`Failure`].
pub async fn list_own_checks(app: &App, admin: &TenantAdmin) -> Result<Vec<RouterCheck>, Failure> {
    let tenant = admin.tenant_id();
    let checks = app
        .read(Scope::Tenant(tenant.clone()), async |uow| {
            uow.router_care().list_checks(tenant).await
        })
        .await?;
    Ok(checks)
}

/// Reads the hotspot user profiles of one of the operator's routers.
///
/// # Errors
/// [`RouterError`].
pub async fn router_profiles(
    app: &App,
    admin: &TenantAdmin,
    id: &RouterId,
) -> Result<Vec<ProfileRow>, RouterError> {
    let tenant = admin.tenant_id();
    let found = app
        .read(Scope::Tenant(tenant.clone()), async |uow| {
            uow.routers().find(tenant, id).await
        })
        .await?;
    let router = found.ok_or(RouterError::NotFound)?;
    if !router.is_active {
        return Err(RouterError::Inactive);
    }
    let access = secrets::open_router(app.ports.secrets.as_ref(), &router)?;
    app.ports
        .hotspot
        .profiles(&access)
        .await
        .map_err(|error| RouterError::Unreadable {
            address: router.host.with_port(router.port),
            error,
        })
}

/// A router and what connecting to it brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionTest {
    /// The router.
    pub router: Router,
    /// What it said.
    pub outcome: Result<RouterProbe, HotspotError>,
}

/// Connects to one of the operator's routers, active or not; `None` if there is none. Where the
/// certificate is trusted on first use, this is that use: the fingerprint is recorded.
///
/// # Errors
/// [`Failure`].
pub async fn test_connection(
    app: &App,
    admin: &TenantAdmin,
    id: &RouterId,
) -> Result<Option<ConnectionTest>, Failure> {
    let tenant = admin.tenant_id();
    let found = app
        .read(Scope::Tenant(tenant.clone()), async |uow| {
            uow.routers().find(tenant, id).await
        })
        .await?;
    let Some(router) = found else { return Ok(None) };
    let access = secrets::open_router(app.ports.secrets.as_ref(), &router)?;
    let outcome = app.ports.hotspot.probe(&access).await;
    if let Ok(RouterProbe {
        fingerprint: Some(fingerprint),
        ..
    }) = &outcome
        && awaits_first_use(&access)
    {
        record_fingerprint(app, &access, fingerprint).await?;
    }
    Ok(Some(ConnectionTest { router, outcome }))
}

/// Whether the next certificate that the router shows is to be trusted from then on.
pub(crate) fn awaits_first_use(router: &RouterAccess) -> bool {
    router.tls.mode == TlsMode::FirstUse && router.tls.fingerprint.is_none()
}

/// The router was just used: where its certificate is trusted on first use, that was it. Whatever
/// fails here is tried again at the next use.
pub(crate) async fn pin_certificate(app: &App, router: &RouterAccess) {
    if !awaits_first_use(router) {
        return;
    }
    let recorded = match app.ports.hotspot.certificate(router).await {
        Ok(Some(seen)) => record_fingerprint(app, router, &seen).await,
        Ok(None) | Err(_) => return,
    };
    if let Err(error) = recorded {
        tracing::warn!(router = %router.router_id, %error, "certificate could not be recorded");
    }
}

async fn record_fingerprint(app: &App, router: &RouterAccess, seen: &str) -> Result<(), Failure> {
    let (tenant, id) = (&router.tenant_id, &router.router_id);
    app.write(Scope::Tenant(tenant.clone()), async |uow| {
        uow.routers()
            .record_fingerprint(tenant, id, router.version, seen)
            .await
    })
    .await?;
    Ok(())
}
