//! The walled garden of a router as managed state: what is there against what should be.

use domain::ids::RouterId;
use domain::router::Router;
use ports::hotspot::HotspotError;
use ports::router_admin::GardenChange;
use ports::store::Scope;
use router_kit::garden::{TAG, compare, garden};

use crate::app::App;
use crate::caller::Session;
use crate::operator::router_kit::{OwnRouter, Surroundings, own_router, portal, surroundings};
use crate::operator::routers::RouterError;
use crate::secrets;

pub use domain::garden::{GardenEntry, GardenMenu, GardenRow};
pub use router_kit::garden::{GATEWAYS, GardenDifference};

/// What the router's garden should be.
pub(crate) fn wanted(
    app: &App,
    router: &Router,
    surroundings: &Surroundings,
) -> Result<Vec<GardenEntry>, RouterError> {
    let portal = portal(app, router)?;
    Ok(garden(portal.host(), &surroundings.gateways()))
}

fn unreadable(router: &Router, error: HotspotError) -> RouterError {
    RouterError::Unreadable {
        address: router.host.with_port(router.port),
        error,
    }
}

/// Reads the router's garden and compares it.
///
/// # Errors
/// [`RouterError`].
pub async fn garden_difference(
    app: &App,
    session: Session,
    id: &RouterId,
) -> Result<GardenDifference, RouterError> {
    let OwnRouter { router, .. } = own_router(app, session, id).await?;
    difference(app, &router).await
}

async fn difference(app: &App, router: &Router) -> Result<GardenDifference, RouterError> {
    let wanted = wanted(app, router, &surroundings(app, router).await?)?;
    let access = secrets::open_router(app.ports.secrets.as_ref(), router)?;
    let rows = app.ports.router_admin.garden(&access).await;
    let rows = rows.map_err(|error| unreadable(router, error))?;
    Ok(compare(&wanted, &rows))
}

/// Makes the router's garden what it should be, and answers what is left to do: nothing, as a
/// rule. Only entries with our comment are touched.
///
/// # Errors
/// [`RouterError`]; what was changed before it stays changed, and can be applied again.
pub async fn apply_garden(
    app: &App,
    session: Session,
    id: &RouterId,
) -> Result<GardenDifference, RouterError> {
    let OwnRouter { owner, router } = own_router(app, session, id).await?;
    let before = difference(app, &router).await?;
    if before.is_empty() {
        return Ok(before);
    }
    let tenant = owner.tenant_id();
    app.write(Scope::Tenant(tenant.clone()), async |uow| {
        let subject = ("router", router.id.as_str());
        let session = owner.session();
        let entry = session.audit(app.now(), "router.garden", Some(tenant), subject);
        uow.audit().append(&entry).await?;
        Ok::<_, RouterError>(())
    })
    .await?;
    let change = GardenChange {
        add: before.missing,
        comment: TAG.to_owned(),
        remove: before
            .surplus
            .into_iter()
            .map(|row| (row.menu, row.id))
            .collect(),
    };
    let access = secrets::open_router(app.ports.secrets.as_ref(), &router)?;
    let changed = app.ports.router_admin.change_garden(&access, &change).await;
    changed.map_err(|error| unreadable(&router, error))?;
    difference(app, &router).await
}
