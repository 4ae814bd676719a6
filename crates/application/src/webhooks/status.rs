//! Whether a tenant can be told by Mercado Pago of its payments.

use domain::tenant::Tenant;
use ports::store::Scope;
use ports::store::purchases::SalesTotals;

use crate::app::App;
use crate::caller::Owner;
use crate::error::Failure;

/// The tenant and its sums; `None` if there is no such tenant.
///
/// # Errors
/// [`Failure`].
pub async fn webhook_status(
    app: &App,
    owner: &Owner,
) -> Result<Option<(Tenant, SalesTotals)>, Failure> {
    let id = owner.tenant_id();
    let mut work = app.ports.store.begin(Scope::Tenant(id.clone())).await?;
    let tenant = work.tenants().find(id).await?;
    let totals = work.purchases().totals(id).await?;
    work.commit().await?;
    Ok(tenant.map(|tenant| (tenant, totals)))
}
