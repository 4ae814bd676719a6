//! The operator's numbers.

use domain::purchase::Purchase;
use domain::tenant::Tenant;
use ports::store::Scope;
use ports::store::purchases::{PurchaseFilter, SalesTotals};

use crate::app::App;
use crate::caller::TenantAdmin;
use crate::company::find::CompanyError;

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
