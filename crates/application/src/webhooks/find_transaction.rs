//! A sale by the reference that Mercado Pago knows it by.

use domain::gateway::GatewayKind;
use domain::purchase::Purchase;
use domain::tenant::Tenant;
use domain::text;

use crate::app::App;
use crate::caller::Session;
use crate::error::Failure;

/// Longest reference stored.
const MAX_REFERENCE: usize = 256;

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
    // Nobody's reference, and nothing that a database could be asked for.
    if text::bounded(reference, MAX_REFERENCE).is_err() {
        return Ok(None);
    }
    let mut work = app.ports.store.begin(session.scope()).await?;
    let found = work
        .purchases()
        .find_by_reference(GatewayKind::MercadoPago, reference)
        .await?;
    let purchase = found.filter(|purchase| session.may_see(&purchase.tenant_id));
    let tenant = match &purchase {
        Some(purchase) => work.tenants().find(&purchase.tenant_id).await?,
        None => None,
    };
    work.commit().await?;
    Ok(purchase.zip(tenant))
}
