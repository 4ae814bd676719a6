//! An operator's own company.

use domain::contact::Email;
use domain::secret::Secret;
use domain::tenant::{TelegramSettings, Tenant};
use ports::store::Scope;
use ports::store::tenants::TenantProfile;

use crate::app::App;
use crate::caller::TenantAdmin;
use crate::edit::Edit;
use crate::error::{Failure, failures_into};
use crate::secrets;

/// What changes.
#[derive(Debug, Clone)]
pub struct UpdateProfile {
    /// Display name.
    pub name: Option<String>,
    /// Contact address.
    pub contact_email: Edit<Email>,
    /// Contact phone.
    pub contact_phone: Edit<String>,
    /// Telegram bot token.
    pub telegram_token: Edit<Secret>,
    /// Telegram chat.
    pub telegram_chat_id: Edit<String>,
    /// Whether notifications are wanted.
    pub notices_enabled: Option<bool>,
}

/// Writes the fields that were sent; the others stay.
///
/// # Errors
/// [`CompanyError`].
pub async fn update_profile(
    app: &App,
    admin: &TenantAdmin,
    change: UpdateProfile,
) -> Result<Company, CompanyError> {
    let id = admin.tenant_id();
    app.write(Scope::Tenant(id.clone()), async |uow| {
        let found = uow.tenants().find_for_update(id).await?;
        let mut tenant = found.ok_or(CompanyError::NotFound)?;
        let context = secrets::telegram_token(id);
        let sealed = match change.telegram_token {
            Edit::Keep => tenant.telegram.bot_token.clone(),
            Edit::Clear => None,
            Edit::Set(token) => Some(app.ports.secrets.seal(&context, &token)),
        };
        let profile = TenantProfile {
            name: change.name.unwrap_or(tenant.name),
            contact_email: change.contact_email.apply(tenant.contact_email),
            contact_phone: change.contact_phone.apply(tenant.contact_phone),
            telegram: TelegramSettings {
                bot_token: sealed,
                chat_id: change.telegram_chat_id.apply(tenant.telegram.chat_id),
                is_enabled: change.notices_enabled.unwrap_or(tenant.telegram.is_enabled),
            },
        };
        uow.tenants().update_profile(id, &profile).await?;
        let entry = admin.session().audit(
            app.now(),
            "company.update",
            Some(id),
            ("tenant", id.as_str()),
        );
        uow.audit().append(&entry).await?;
        tenant.name = profile.name;
        tenant.contact_email = profile.contact_email;
        tenant.contact_phone = profile.contact_phone;
        tenant.telegram = profile.telegram;
        opened(app, tenant)
    })
    .await
}

/// Why a company cannot be shown or changed.
#[derive(Debug, thiserror::Error)]
pub enum CompanyError {
    /// The company's row has vanished.
    #[error("no such company")]
    NotFound,
    /// Could not be done.
    #[error(transparent)]
    Failure(#[from] Failure),
}
failures_into!(CompanyError);

/// A company with the one secret of which a part is shown.
#[derive(Debug, Clone)]
pub struct Company {
    /// The company.
    pub tenant: Tenant,
    /// The Telegram bot's token, of which people see the last four characters.
    pub telegram_token: Option<Secret>,
}

/// The operator's company.
///
/// # Errors
/// [`CompanyError`].
pub async fn find_company(app: &App, admin: &TenantAdmin) -> Result<Company, CompanyError> {
    let id = admin.tenant_id();
    let found = app
        .read(Scope::Tenant(id.clone()), async |uow| {
            uow.tenants().find(id).await
        })
        .await?;
    let tenant = found.ok_or(CompanyError::NotFound)?;
    opened(app, tenant)
}

/// Opens what of the company is shown in part.
pub(crate) fn opened(app: &App, tenant: Tenant) -> Result<Company, CompanyError> {
    let telegram_token = match &tenant.telegram.bot_token {
        Some(sealed) => Some(
            app.ports
                .secrets
                .open(&secrets::telegram_token(&tenant.id), sealed)?,
        ),
        None => None,
    };
    Ok(Company {
        tenant,
        telegram_token,
    })
}
