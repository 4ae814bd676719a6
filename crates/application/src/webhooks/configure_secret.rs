//! The secret that signs Mercado Pago's notices is set.

use domain::secret::Secret;
use domain::tenant::Tenant;
use ports::store::Scope;

use crate::app::App;
use crate::caller::Owner;
use crate::error::{Failure, failures_into};
use crate::secrets;

/// Why the secret was not set.
#[derive(Debug, thiserror::Error)]
pub enum ConfigureSecretError {
    /// No such tenant.
    #[error("no such tenant")]
    NotFound,
    /// There is no secret in the request.
    #[error("the secret is missing")]
    SecretMissing,
    /// Could not be done.
    #[error(transparent)]
    Failure(#[from] Failure),
}
failures_into!(ConfigureSecretError);

/// Seals and stores the secret on the present version of the credentials: what was sold before
/// is checked with it too. Answers the tenant as it was before.
///
/// # Errors
/// [`ConfigureSecretError`].
pub async fn configure_secret(
    app: &App,
    owner: &Owner,
    secret: Option<Secret>,
) -> Result<Tenant, ConfigureSecretError> {
    let id = owner.tenant_id();
    let mut work = app.ports.store.begin(Scope::Tenant(id.clone())).await?;
    let Some(tenant) = work.tenants().find_for_update(id).await? else {
        work.rollback().await?;
        return Err(ConfigureSecretError::NotFound);
    };
    let Some(secret) = secret.filter(|secret| !secret.is_empty()) else {
        work.rollback().await?;
        return Err(ConfigureSecretError::SecretMissing);
    };
    let sealed = app
        .ports
        .secrets
        .seal(&secrets::webhook_secret(id), &secret);
    work.tenants().set_webhook_secret(id, Some(&sealed)).await?;
    let entry = owner.session().audit(
        app.now(),
        "webhook.configure",
        Some(id),
        ("gateway", "mercado_pago"),
    );
    work.audit().append(&entry).await?;
    work.commit().await?;
    Ok(tenant)
}
