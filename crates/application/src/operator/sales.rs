//! An operator's sales: lists, one sale, totals.

use domain::gateway::GatewayKind;
use domain::ids::PurchaseId;
use domain::purchase::{Purchase, PurchaseState};
use domain::secret::Secret;
use domain::tenant::Tenant;
use domain::text;
use ports::store::Scope;
use ports::store::purchases::{Income, PurchaseFilter, PurchasePage, SalesTotals};

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
    let page = app
        .read(Scope::Tenant(id.clone()), async |uow| {
            uow.purchases().list(id, filter, limit, offset).await
        })
        .await?;
    Ok(page)
}

/// Notes that the operator takes a table of customers away.
///
/// # Errors
/// [`Failure`].
pub async fn record_export(app: &App, admin: &TenantAdmin) -> Result<(), Failure> {
    let tenant = admin.tenant_id();
    let subject = ("tenant", tenant.as_str());
    let session = admin.session();
    let entry = session.audit(app.now(), "purchase.export", Some(tenant), subject);
    app.write(Scope::Tenant(tenant.clone()), async |uow| {
        uow.audit().append(&entry).await
    })
    .await?;
    Ok(())
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
    app.write(Scope::Tenant(tenant.clone()), async |uow| {
        let found = uow.purchases().find(id).await?;
        let Some(purchase) = found.filter(|purchase| purchase.tenant_id() == tenant) else {
            return Ok(None);
        };
        let password = if purchase.state() == PurchaseState::Paid {
            let sale = purchase.sale();
            let context = secrets::hotspot_password(tenant, sale.attempt_id);
            Some(app.ports.secrets.open(&context, &sale.hotspot_password)?)
        } else {
            None
        };
        let (action, subject) = ("purchase.view", id.to_string());
        let session = admin.session();
        let entry = session.audit(app.now(), action, Some(tenant), ("purchase", &subject));
        uow.audit().append(&entry).await?;
        Ok(Some((purchase, password)))
    })
    .await
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
    let (purchase, tenant) = app
        .read(session.scope(), async |uow| {
            let found = uow
                .purchases()
                .find_by_reference(gateway, reference)
                .await?;
            let purchase = found.filter(|purchase| session.may_see(&purchase.sale().tenant_id));
            let tenant = match &purchase {
                Some(purchase) => uow.tenants().find(&purchase.sale().tenant_id).await?,
                None => None,
            };
            Ok((purchase, tenant))
        })
        .await?;
    Ok(purchase.zip(tenant))
}

/// Recent sales shown.
const RECENT: i64 = 5;

/// What an operator's panel shows first.
#[derive(Debug, Clone)]
pub struct Dashboard {
    /// The company.
    pub tenant: Tenant,
    /// Its sums.
    pub totals: SalesTotals,
    /// Its income by currency and mode.
    pub income: Vec<Income>,
    /// Its most recent sales.
    pub recent: Vec<Purchase>,
}

/// The company, its sums, and its most recent sales.
///
/// # Errors
/// [`CompanyError`].
pub async fn dashboard(app: &App, admin: &TenantAdmin) -> Result<Dashboard, CompanyError> {
    let id = admin.tenant_id();
    let (tenant, totals, income, recent) = app
        .read(Scope::Tenant(id.clone()), async |uow| {
            let tenant = uow.tenants().find(id).await?;
            let totals = uow.purchases().totals(id).await?;
            let income = uow.purchases().income(id).await?;
            let recent = uow
                .purchases()
                .list(id, &PurchaseFilter::default(), RECENT, 0)
                .await?;
            Ok((tenant, totals, income, recent))
        })
        .await?;
    let tenant = tenant.ok_or(CompanyError::NotFound)?;
    Ok(Dashboard {
        tenant,
        totals,
        income,
        recent: recent.purchases,
    })
}
