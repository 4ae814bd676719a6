//! The operator's company.

use domain::secret::Secret;
use domain::tenant::Tenant;
use ports::store::Scope;

use crate::app::App;
use crate::caller::TenantAdmin;
use crate::error::{Failure, failures_into};
use crate::secrets;

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
    let mut work = app.ports.store.begin(Scope::Tenant(id.clone())).await?;
    let found = work.tenants().find(id).await?;
    work.commit().await?;
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
