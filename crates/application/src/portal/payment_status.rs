//! A payment as its gateway has it now.

use domain::gateway::{GatewayKind, PaymentFacts};
use ports::payments::{PaymentHandle, ReadError, ReadOutcome};
use ports::store::Scope;

use crate::app::App;
use crate::caller::Portal;
use crate::error::{Failure, failures_into};
use crate::secrets;

/// Why a payment's status is not told.
#[derive(Debug, thiserror::Error)]
pub enum PaymentStatusError {
    /// The operator is switched off.
    #[error("the tenant is not active")]
    TenantInactive,
    /// The operator has no account at the gateway.
    #[error("the gateway is not configured")]
    GatewayNotConfigured,
    /// Not a payment of this operator's sales.
    #[error("no such payment")]
    NotFound,
    /// The gateway did not say.
    #[error("the gateway could not be read")]
    Gateway(#[source] ReadError),
    /// Could not be done.
    #[error(transparent)]
    Failure(#[from] Failure),
}
failures_into!(PaymentStatusError);

/// Reads a payment live; changes nothing. Only payments that belong to a sale of the portal's
/// tenant are told.
///
/// # Errors
/// [`PaymentStatusError`].
pub async fn payment_status(
    app: &App,
    portal: &Portal,
    kind: GatewayKind,
    payment_id: &str,
) -> Result<PaymentFacts, PaymentStatusError> {
    if !portal.tenant_is_active {
        return Err(PaymentStatusError::TenantInactive);
    }
    let tenant_id = &portal.tenant_id;
    let (tenant, purchase, charged_with) = app
        .read(Scope::Tenant(tenant_id.clone()), async |uow| {
            let tenant = uow.tenants().find(tenant_id).await?;
            let found = uow.purchases().find_by_gateway_id(kind, payment_id).await?;
            let purchase = found.filter(|purchase| purchase.sale().tenant_id == *tenant_id);
            let charged_with = match &purchase {
                Some(purchase) => {
                    uow.tenants()
                        .find_gateway_version(tenant_id, kind, purchase.sale().credentials_version)
                        .await?
                }
                None => None,
            };
            Ok((tenant, purchase, charged_with))
        })
        .await?;
    let secrets = app.ports.secrets.as_ref();
    let present = tenant.ok_or(Failure::Inconsistent("a portal's tenant has vanished"))?;
    if secrets::open_account(secrets, tenant_id, present.gateway(kind))?.is_none() {
        return Err(PaymentStatusError::GatewayNotConfigured);
    }
    let purchase = purchase.ok_or(PaymentStatusError::NotFound)?;
    let settings = charged_with.ok_or(Failure::Inconsistent("missing gateway credentials"))?;
    let account = secrets::open_account(secrets, tenant_id, &settings)?
        .ok_or(PaymentStatusError::GatewayNotConfigured)?;
    let handle = PaymentHandle {
        reference: purchase.sale().reference.clone(),
        order_id: None,
        payment_id: Some(payment_id.to_owned()),
    };
    match app.gateway(kind).read(&account, &handle).await {
        Ok(ReadOutcome::Found(facts)) => Ok(*facts),
        Ok(ReadOutcome::NoCharge) => Err(PaymentStatusError::NotFound),
        Err(error) => Err(PaymentStatusError::Gateway(error)),
    }
}
