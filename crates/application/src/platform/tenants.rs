//! Tenants, for the platform owner.

use domain::contact::Email;
use domain::gateway::{GatewayKind, GatewayMode};
use domain::ids::TenantId;
use domain::secret::Secret;
use domain::tenant::{GatewaySettings, Tenant};
use ports::store::Scope;
use ports::store::tenants::{PlatformCounts, TenantCounts};

use crate::app::App;
use crate::caller::SuperAdmin;
use crate::error::Failure;
use crate::secrets;

/// What is known of a new tenant.
#[derive(Debug, Clone)]
pub struct CreateTenant {
    /// Display name.
    pub name: String,
    /// Contact address.
    pub contact_email: Email,
    /// Contact phone.
    pub contact_phone: Option<String>,
    /// The gateway that is set up at once.
    pub gateway: GatewayKind,
    /// Its private key; may be a placeholder.
    pub gateway_secret: Secret,
    /// Its public key; may be a placeholder.
    pub gateway_public_key: String,
    /// Test or live.
    pub gateway_mode: GatewayMode,
}

/// Creates a tenant.
///
/// # Errors
/// [`Failure`].
pub async fn create_tenant(
    app: &App,
    admin: &SuperAdmin,
    command: CreateTenant,
) -> Result<Tenant, Failure> {
    let now = app.now();
    let id = TenantId::from_random(app.random_bytes());
    let context = secrets::gateway_secret(&id, command.gateway);
    let mut tenant = Tenant::new(id, command.name, now);
    tenant.contact_email = Some(command.contact_email);
    tenant.contact_phone = command.contact_phone;
    *tenant.gateway_mut(command.gateway) = GatewaySettings {
        version: 1,
        secret: Some(app.ports.secrets.seal(&context, &command.gateway_secret)),
        public_key: Some(command.gateway_public_key),
        mode: command.gateway_mode,
        ..GatewaySettings::unset(command.gateway)
    };
    app.write(Scope::Platform, async |uow| {
        uow.tenants().insert(&tenant).await?;
        let entry = admin.session().audit(
            now,
            "tenant.create",
            Some(&tenant.id),
            ("tenant", tenant.id.as_str()),
        );
        uow.audit().append(&entry).await?;
        Ok(tenant)
    })
    .await
}

/// All tenants, oldest first.
///
/// # Errors
/// [`Failure`].
pub async fn list_tenants(app: &App, _admin: &SuperAdmin) -> Result<Vec<Tenant>, Failure> {
    let tenants = app
        .read(Scope::Platform, async |uow| uow.tenants().list().await)
        .await?;
    Ok(tenants)
}

/// Numbers of the whole platform.
///
/// # Errors
/// [`Failure`].
pub async fn platform_overview(app: &App, _admin: &SuperAdmin) -> Result<PlatformCounts, Failure> {
    let counts = app
        .read(Scope::Platform, async |uow| {
            uow.tenants().platform_counts().await
        })
        .await?;
    Ok(counts)
}

/// A tenant with its numbers; `None` if there is none.
///
/// # Errors
/// [`Failure`].
pub async fn tenant_stats(
    app: &App,
    _admin: &SuperAdmin,
    id: &TenantId,
) -> Result<Option<(Tenant, TenantCounts)>, Failure> {
    let found = app
        .read(Scope::Platform, async |uow| {
            Ok(match uow.tenants().find(id).await? {
                Some(tenant) => Some((tenant, uow.tenants().counts(id, app.now()).await?)),
                None => None,
            })
        })
        .await?;
    Ok(found)
}

/// Flips whether a tenant is active and answers what it is now; `None` if there is none. A
/// switched-off tenant sells nothing, and its administrators' sessions end; what it has sold is
/// still served and reconciled.
///
/// # Errors
/// [`Failure`].
pub async fn toggle_tenant(
    app: &App,
    admin: &SuperAdmin,
    id: &TenantId,
) -> Result<Option<bool>, Failure> {
    switch(app, admin, id, None).await
}

/// As [`toggle_tenant`], to the state that is wanted: repeating it changes nothing.
///
/// # Errors
/// [`Failure`].
pub async fn set_tenant_active(
    app: &App,
    admin: &SuperAdmin,
    id: &TenantId,
    is_active: bool,
) -> Result<Option<bool>, Failure> {
    switch(app, admin, id, Some(is_active)).await
}

async fn switch(
    app: &App,
    admin: &SuperAdmin,
    id: &TenantId,
    wanted: Option<bool>,
) -> Result<Option<bool>, Failure> {
    app.write(Scope::Platform, async |uow| {
        let Some(tenant) = uow.tenants().find_for_update(id).await? else {
            return Ok(None);
        };
        let is_active = wanted.unwrap_or(!tenant.is_active);
        if is_active == tenant.is_active {
            return Ok(Some(is_active));
        }
        uow.tenants().set_active(id, is_active).await?;
        if !is_active {
            // Tokens of before must not live again when the tenant is switched on.
            uow.users().end_sessions_of(id).await?;
        }
        let action = if is_active {
            "tenant.activate"
        } else {
            "tenant.deactivate"
        };
        let entry = admin
            .session()
            .audit(app.now(), action, Some(id), ("tenant", id.as_str()));
        uow.audit().append(&entry).await?;
        Ok(Some(is_active))
    })
    .await
}
