//! A new WiFi operator joins.

use domain::contact::Email;
use domain::gateway::{GatewayKind, GatewayMode};
use domain::ids::TenantId;
use domain::secret::Secret;
use domain::tenant::{GatewaySettings, TelegramSettings, Tenant};
use ports::store::Scope;

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
    /// Conekta's private key; may be a placeholder.
    pub conekta_private_key: Secret,
    /// Conekta's public key; may be a placeholder.
    pub conekta_public_key: String,
    /// Test or live.
    pub conekta_mode: GatewayMode,
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
    let context = secrets::gateway_secret(&id, GatewayKind::Conekta);
    let tenant = Tenant {
        name: command.name,
        contact_email: Some(command.contact_email),
        contact_phone: command.contact_phone,
        logo_url: None,
        is_active: true,
        created_at: now,
        conekta: GatewaySettings {
            version: 1,
            secret: Some(
                app.ports
                    .secrets
                    .seal(&context, &command.conekta_private_key),
            ),
            public_key: Some(command.conekta_public_key),
            mode: command.conekta_mode,
            ..GatewaySettings::unset(GatewayKind::Conekta)
        },
        mercado_pago: GatewaySettings::unset(GatewayKind::MercadoPago),
        telegram: TelegramSettings::default(),
        id,
    };
    let mut work = app.ports.store.begin(Scope::Platform).await?;
    work.tenants().insert(&tenant).await?;
    let entry = admin.session().audit(
        now,
        "tenant.create",
        Some(&tenant.id),
        ("tenant", tenant.id.as_str()),
    );
    work.audit().append(&entry).await?;
    work.commit().await?;
    Ok(tenant)
}
