//! Setting a router up: the script, the hotspot's pages, and taking over the user that the script
//! made.
//!
//! A script holds a RouterOS user with a name and a password of its own, stored as a pending user
//! the moment the script is made. The user that works at present stays in use until a pending one
//! has logged in; then that one takes its place, in one transaction. So a script may be downloaded
//! twice, pasted late or never: whichever user the router really has is found.

use std::net::IpAddr;
use std::time::Duration;

use domain::gateway::GatewayKind;
use domain::ids::RouterId;
use domain::product::Product;
use domain::router::{Router, TlsMode};
use domain::secret::Secret;
use domain::tenant::Tenant;
use ports::hotspot::{HotspotError, RouterAccess, RouterProbe};
use ports::store::Scope;
use ports::store::router_care::{PendingUser, RouterCheck};
use router_kit::pages;
use router_kit::portal::Portal;
use router_kit::setup::{ApiUser, SetupInputs, script};

use crate::app::App;
use crate::caller::{Owner, Session};
use crate::error::Failure;
use crate::operator::routers::RouterError;
use crate::secrets;

pub use router_kit::setup::SetupStep;

/// Letters and digits that nobody mistakes for others; a power of two, so that each is as likely.
const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789A";
/// 120 bits.
const PASSWORD_LENGTH: usize = 24;
/// 50 bits: names are single in the whole installation.
const NAME_LENGTH: usize = 10;

/// After a script was made, the router is looked at so often for a while.
pub(crate) const SOON: Duration = Duration::from_mins(1);

/// One router, and the caller as somebody who administers its tenant.
pub(crate) struct OwnRouter {
    pub(crate) owner: Owner,
    pub(crate) router: Router,
}

/// Finds a router that the caller administers: any for a super admin, the own ones for an
/// operator.
pub(crate) async fn own_router(
    app: &App,
    session: Session,
    id: &RouterId,
) -> Result<OwnRouter, RouterError> {
    let found = app
        .read(session.scope(), async |uow| {
            let Some(tenant) = uow.router_care().tenant_of(id).await? else {
                return Ok(None);
            };
            let router = uow.routers().find(&tenant, id).await?;
            Ok(router.map(|router| (tenant, router)))
        })
        .await?;
    let (tenant, router) = found.ok_or(RouterError::NotFound)?;
    let owner = session
        .into_owner_of(&tenant)
        .map_err(|_not_owner| RouterError::NotFound)?;
    Ok(OwnRouter { owner, router })
}

/// What scripts and pages are made of, beside the router.
pub(crate) struct Surroundings {
    pub(crate) tenant: Tenant,
    pub(crate) products: Vec<Product>,
}

pub(crate) async fn surroundings(app: &App, router: &Router) -> Result<Surroundings, RouterError> {
    let tenant_id = &router.tenant_id;
    let (tenant, products) = app
        .read(Scope::Tenant(tenant_id.clone()), async |uow| {
            let tenant = uow.tenants().find(tenant_id).await?;
            let products = uow.products().list(tenant_id, Some(&router.id)).await?;
            Ok((tenant, products))
        })
        .await?;
    Ok(Surroundings {
        tenant: tenant.ok_or(RouterError::NotFound)?,
        products,
    })
}

impl Surroundings {
    /// Gateways that the tenant can charge with.
    pub(crate) fn gateways(&self) -> Vec<GatewayKind> {
        self.tenant.configured_gateways()
    }

    /// User profiles that active products name, each once.
    pub(crate) fn profiles(&self) -> Vec<String> {
        let active = self.products.iter().filter(|product| product.is_active);
        let mut names: Vec<String> = active.map(|product| product.profile_name.clone()).collect();
        names.sort();
        names.dedup();
        names
    }
}

pub(crate) fn portal(app: &App, router: &Router) -> Result<Portal, RouterError> {
    let base = app.settings.public_base_url.as_deref().unwrap_or_default();
    Portal::new(base, &router.id).map_err(|_none| RouterError::NoPublicAddress)
}

/// The set-up script, or one step of it. One that makes a RouterOS user stores that user with its
/// fresh password in the same moment; nothing else of the router changes.
///
/// # Errors
/// [`RouterError::NotFound`], [`RouterError::NoPublicAddress`].
pub async fn setup_script(
    app: &App,
    session: Session,
    id: &RouterId,
    step: Option<SetupStep>,
    server_addresses: Vec<IpAddr>,
) -> Result<String, RouterError> {
    let OwnRouter { owner, router } = own_router(app, session, id).await?;
    let portal = portal(app, &router)?;
    let surroundings = surroundings(app, &router).await?;
    let whole = SetupStep::WHOLE;
    let steps = step.as_ref().map_or(&whole[..], std::slice::from_ref);
    let new_user = steps.contains(&SetupStep::User).then(|| ApiUser {
        name: format!("wifi-{}", random_text::<NAME_LENGTH>(app)),
        password: Secret::new(random_text::<PASSWORD_LENGTH>(app)),
    });
    let tenant = &router.tenant_id;
    app.write(Scope::Tenant(tenant.clone()), async |uow| {
        if let Some(user) = &new_user {
            let context = secrets::pending_router_password(tenant, &user.name);
            let pending = PendingUser {
                username: user.name.clone(),
                tenant_id: tenant.clone(),
                router_id: router.id.clone(),
                password: app.ports.secrets.seal(&context, &user.password),
                created_at: app.now(),
            };
            uow.router_care().add_pending_user(&pending).await?;
            // The check takes it over soon after it was pasted.
            let checks = uow.router_care().list_checks(tenant).await?;
            let known = checks
                .into_iter()
                .find(|check| check.router_id == router.id);
            let check = RouterCheck {
                tenant_id: tenant.clone(),
                router_id: router.id.clone(),
                outcome: known.and_then(|check| check.outcome),
                due_at: app.now().plus(SOON),
            };
            uow.router_care().save_check(&check).await?;
        }
        let subject = ("router", router.id.as_str());
        let session = owner.session();
        let entry = session.audit(app.now(), "router.setup_script", Some(tenant), subject);
        uow.audit().append(&entry).await?;
        Ok::<_, RouterError>(())
    })
    .await?;
    let inputs = SetupInputs {
        company: surroundings.tenant.name.clone(),
        router_name: router.name.clone(),
        portal,
        new_user,
        present_user: router.username.clone(),
        port: router.port,
        tls: router.tls.mode,
        server_addresses,
        profiles: surroundings.profiles(),
        gateways: surroundings.gateways(),
    };
    Ok(script(&inputs, steps))
}

fn random_text<const N: usize>(app: &App) -> String {
    let letters = app.random_bytes::<N>();
    let letter = |byte: &u8| ALPHABET.get(usize::from(byte % 32)).copied();
    let letters = letters.iter().filter_map(letter);
    letters.map(char::from).collect()
}

/// The hotspot's pages as a ZIP archive.
///
/// # Errors
/// [`RouterError::NotFound`], [`RouterError::NoPublicAddress`].
pub async fn hotspot_zip(
    app: &App,
    session: Session,
    id: &RouterId,
) -> Result<Vec<u8>, RouterError> {
    let OwnRouter { router, .. } = own_router(app, session, id).await?;
    let portal = portal(app, &router)?;
    let surroundings = surroundings(app, &router).await?;
    Ok(pages::hotspot_zip(&portal, &surroundings.tenant.name))
}

/// Tries the pending users of a router, newest first, and makes the first one that logs in its
/// user. Answers the router as it is afterwards.
///
/// # Errors
/// [`Failure`]; a router that does not answer is none.
pub(crate) async fn adopt_pending_user(app: &App, router: Router) -> Result<Router, Failure> {
    let tenant = router.tenant_id.clone();
    let pending = app
        .read(Scope::Tenant(tenant.clone()), async |uow| {
            let care = uow.router_care();
            care.list_pending_users(&tenant, &router.id).await
        })
        .await?;
    for user in pending {
        let context = secrets::pending_router_password(&tenant, &user.username);
        let password = app.ports.secrets.open(&context, &user.password)?;
        let access = RouterAccess {
            username: user.username.clone(),
            password: password.clone(),
            ..secrets::open_router(app.ports.secrets.as_ref(), &router)?
        };
        match app.ports.hotspot.probe(&access).await {
            Ok(probe) => return take_over(app, router, &user, &password, &probe).await,
            Err(HotspotError::LoginRefused | HotspotError::NotPermitted) => {}
            // It does not get better with another user.
            Err(_unreachable) => break,
        }
    }
    Ok(router)
}

async fn take_over(
    app: &App,
    router: Router,
    user: &PendingUser,
    password: &Secret,
    probe: &RouterProbe,
) -> Result<Router, Failure> {
    let tenant = router.tenant_id.clone();
    app.write(Scope::Tenant(tenant.clone()), async |uow| {
        let found = uow.routers().find_for_update(&tenant, &router.id).await?;
        let Some(mut now) = found else {
            return Ok(router);
        };
        // Somebody changed its settings meanwhile: those were not what was tried.
        if now.version != router.version {
            return Ok(now);
        }
        let context = secrets::router_password(&tenant, &now.id);
        now.username.clone_from(&user.username);
        now.password = app.ports.secrets.seal(&context, password);
        if now.tls.mode == TlsMode::FirstUse && now.tls.fingerprint.is_none() {
            now.tls.fingerprint.clone_from(&probe.fingerprint);
        }
        uow.routers().update(&now).await?;
        // Older ones have had their chance; newer ones may still be pasted.
        let care = uow.router_care();
        care.forget_pending_users(&tenant, &now.id, user.created_at)
            .await?;
        now.version += 1;
        tracing::info!(router = %now.id, "a router's new API user has logged in and is used from now on");
        Ok(now)
    })
    .await
}
