//! An operator's sales: lists, one sale, totals.

use domain::gateway::GatewayKind;
use domain::ids::PurchaseId;
use domain::purchase::{Purchase, PurchaseState};
use domain::secret::Secret;
use domain::tenant::Tenant;
use domain::text;
use ports::store::Scope;
use ports::store::purchases::{PurchaseFilter, PurchasePage, SalesTotals};

use crate::app::App;
use crate::caller::{Session, TenantAdmin};
use crate::error::Failure;
use crate::operator::company::CompanyError;
use crate::secrets;

/// A page of the operator's sales whose charge was sent, newest first.
///
/// # Errors
/// [`Failure`].
pub async fn list_transactions(
    app: &App,
    admin: &TenantAdmin,
    filter: &PurchaseFilter,
    limit: i64,
    offset: i64,
) -> Result<PurchasePage, Failure> {
    let id = admin.tenant_id();
    let mut work = app.ports.store.begin(Scope::Tenant(id.clone())).await?;
    let page = work.purchases().list(id, filter, limit, offset).await?;
    work.commit().await?;
    Ok(page)
}

/// One of the operator's sales, with the sold password while it is paid; `None` if there is
/// none. Looking is recorded: these are a customer's credentials.
///
/// # Errors
/// [`Failure`].
pub async fn find_sale(
    app: &App,
    admin: &TenantAdmin,
    id: PurchaseId,
) -> Result<Option<(Purchase, Option<Secret>)>, Failure> {
    let tenant = admin.tenant_id();
    let mut work = app.ports.store.begin(Scope::Tenant(tenant.clone())).await?;
    let found = work.purchases().find(id).await?;
    let Some(purchase) = found.filter(|purchase| purchase.sale().tenant_id == *tenant) else {
        work.commit().await?;
        return Ok(None);
    };
    let subject = ("purchase", id.to_string());
    let entry = admin.session().audit(
        app.now(),
        "purchase.view",
        Some(tenant),
        (subject.0, &subject.1),
    );
    work.audit().append(&entry).await?;
    work.commit().await?;
    let password = if purchase.state() == PurchaseState::Paid {
        let context = secrets::hotspot_password(tenant, purchase.sale().attempt_id);
        Some(
            app.ports
                .secrets
                .open(&context, &purchase.sale().hotspot_password)?,
        )
    } else {
        None
    };
    Ok(Some((purchase, password)))
}

/// Longest reference stored.
const MAX_REFERENCE: usize = 256;

/// The sale and its tenant, if it is one that the caller may see: any for a super admin, those
/// of the own tenant for an administrator.
///
/// # Errors
/// [`Failure`].
pub async fn find_by_reference(
    app: &App,
    session: &Session,
    gateway: GatewayKind,
    reference: &str,
) -> Result<Option<(Purchase, Tenant)>, Failure> {
    // Nobody's reference, and nothing that a database could be asked for.
    if text::bounded(reference, MAX_REFERENCE).is_err() {
        return Ok(None);
    }
    let mut work = app.ports.store.begin(session.scope()).await?;
    let found = work
        .purchases()
        .find_by_reference(gateway, reference)
        .await?;
    let purchase = found.filter(|purchase| session.may_see(&purchase.sale().tenant_id));
    let tenant = match &purchase {
        Some(purchase) => work.tenants().find(&purchase.sale().tenant_id).await?,
        None => None,
    };
    work.commit().await?;
    Ok(purchase.zip(tenant))
}

/// Recent sales shown.
const RECENT: i64 = 5;

/// The company, its sums, and its most recent sales.
///
/// # Errors
/// [`CompanyError`].
pub async fn dashboard(
    app: &App,
    admin: &TenantAdmin,
) -> Result<(Tenant, SalesTotals, Vec<Purchase>), CompanyError> {
    let id = admin.tenant_id();
    let mut work = app.ports.store.begin(Scope::Tenant(id.clone())).await?;
    let tenant = work.tenants().find(id).await?;
    let totals = work.purchases().totals(id).await?;
    let recent = work
        .purchases()
        .list(id, &PurchaseFilter::default(), RECENT, 0)
        .await?;
    work.commit().await?;
    let tenant = tenant.ok_or(CompanyError::NotFound)?;
    Ok((tenant, totals, recent.purchases))
}
