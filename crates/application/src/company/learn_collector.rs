//! Learning the id of a gateway account, so that payments to another one are noticed.

use std::sync::Arc;

use domain::gateway::GatewayKind;
use domain::ids::TenantId;
use ports::store::Scope;

use crate::app::App;
use crate::error::Failure;
use crate::secrets;

/// Asks Mercado Pago whose token this is and notes the answer, in a task of its own: nobody
/// waits for it, and without an answer the collector is simply not compared.
pub fn learn_collector(app: &Arc<App>, tenant: TenantId) {
    let task = {
        let app = Arc::clone(app);
        Box::pin(async move {
            if let Err(error) = learn(&app, &tenant).await {
                tracing::warn!(%tenant, %error, "the gateway account's id was not learned");
            }
        })
    };
    app.ports.spawner.spawn(task);
}

async fn learn(app: &App, tenant_id: &TenantId) -> Result<(), Failure> {
    let kind = GatewayKind::MercadoPago;
    let mut work = app
        .ports
        .store
        .begin(Scope::Tenant(tenant_id.clone()))
        .await?;
    let tenant = work.tenants().find(tenant_id).await?;
    work.commit().await?;
    let Some(tenant) = tenant else { return Ok(()) };
    let settings = tenant.gateway(kind);
    let secrets = app.ports.secrets.as_ref();
    let Some(account) = secrets::open_account(secrets, tenant_id, settings)? else {
        return Ok(());
    };
    let Ok(Some(collector)) = app.gateway(kind).account_id(&account).await else {
        return Ok(());
    };
    let mut work = app
        .ports
        .store
        .begin(Scope::Tenant(tenant_id.clone()))
        .await?;
    work.tenants()
        .set_collector(tenant_id, kind, account.version, &collector)
        .await?;
    work.commit().await?;
    Ok(())
}
