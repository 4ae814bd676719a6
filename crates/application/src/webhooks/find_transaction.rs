//! A sale by the reference that Mercado Pago knows it by.

use domain::gateway::GatewayKind;
use domain::purchase::Purchase;
use domain::tenant::Tenant;

use crate::app::App;
use crate::caller::Session;
use crate::error::Failure;

/// The sale and its tenant, if it is one that the caller may see: any for a super admin, those
/// of the own tenant for an administrator.
///
/// # Errors
/// [`Failure`].
pub async fn find_transaction(
    app: &App,
    session: &Session,
    reference: &str,
) -> Result<Option<(Purchase, Tenant)>, Failure> {
    let mut work = app.ports.store.begin(session.scope()).await?;
    let purchase = work
        .purchases()
        .find_by_reference(GatewayKind::MercadoPago, reference)
        .await?;
    let tenant = match &purchase {
        Some(purchase) => work.tenants().find(&purchase.tenant_id).await?,
        None => None,
    };
    work.commit().await?;
    Ok(purchase.zip(tenant))
}
