//! The operator's sales.

use domain::ids::PurchaseId;
use domain::purchase::{Purchase, PurchaseState};
use domain::secret::Secret;
use ports::store::Scope;
use ports::store::purchases::{PurchaseFilter, PurchasePage};

use crate::app::App;
use crate::caller::TenantAdmin;
use crate::error::Failure;
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
pub async fn find_transaction(
    app: &App,
    admin: &TenantAdmin,
    id: PurchaseId,
) -> Result<Option<(Purchase, Option<Secret>)>, Failure> {
    let tenant = admin.tenant_id();
    let mut work = app.ports.store.begin(Scope::Tenant(tenant.clone())).await?;
    let found = work.purchases().find(id).await?;
    let Some(purchase) = found.filter(|purchase| purchase.tenant_id == *tenant) else {
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
    let password = if purchase.state == PurchaseState::Paid {
        let context = secrets::hotspot_password(tenant, purchase.attempt_id);
        Some(
            app.ports
                .secrets
                .open(&context, &purchase.hotspot_password)?,
        )
    } else {
        None
    };
    Ok(Some((purchase, password)))
}
