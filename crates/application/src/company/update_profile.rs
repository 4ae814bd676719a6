//! The operator changes the company's own fields.

use domain::contact::Email;
use domain::secret::Secret;
use domain::tenant::TelegramSettings;
use ports::store::Scope;
use ports::store::tenants::TenantProfile;

use crate::app::App;
use crate::caller::TenantAdmin;
use crate::company::find::{Company, CompanyError, opened};
use crate::secrets;

/// A field that may be kept, cleared or set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit<T> {
    /// As it is.
    Keep,
    /// None.
    Clear,
    /// This.
    Set(T),
}

impl<T> Edit<T> {
    /// The field after the edit.
    pub fn apply(self, present: Option<T>) -> Option<T> {
        match self {
            Self::Keep => present,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }
}

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
    /// Whether notices are wanted.
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
    let mut work = app.ports.store.begin(Scope::Tenant(id.clone())).await?;
    let Some(mut tenant) = work.tenants().find_for_update(id).await? else {
        work.rollback().await?;
        return Err(CompanyError::NotFound);
    };
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
    work.tenants().update_profile(id, &profile).await?;
    let entry = admin.session().audit(
        app.now(),
        "company.update",
        Some(id),
        ("tenant", id.as_str()),
    );
    work.audit().append(&entry).await?;
    work.commit().await?;
    tenant.name = profile.name;
    tenant.contact_email = profile.contact_email;
    tenant.contact_phone = profile.contact_phone;
    tenant.telegram = profile.telegram;
    opened(app, tenant)
}
