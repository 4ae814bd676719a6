//! An operator's gateway credentials and webhook secrets.

use std::sync::Arc;

use domain::gateway::{GatewayKind, GatewayMode};
use domain::ids::TenantId;
use domain::secret::Secret;
use domain::tenant::Tenant;
use ports::store::Scope;
use ports::store::purchases::SalesTotals;
use ports::store::tenants::TenantProfile;

use crate::app::App;
use crate::caller::{Owner, TenantAdmin};
use crate::edit::Edit;
use crate::error::{Failure, failures_into};
use crate::secrets;

/// What changes of one gateway's settings.
#[derive(Debug, Clone)]
pub struct ConfigureGateway {
    /// Which gateway.
    pub kind: GatewayKind,
    /// Private key or access token.
    pub secret: Edit<Secret>,
    /// Public key.
    pub public_key: Edit<String>,
    /// Test or live; written only when sent.
    pub mode: Option<GatewayMode>,
    /// Mercado Pago: secret that signs events.
    pub webhook_secret: Edit<Secret>,
    /// Conekta: PEM public keys that sign events, all of them.
    pub webhook_public_keys: Option<Vec<String>>,
    /// Telegram, which one endpoint sets along.
    pub telegram_token: Edit<Secret>,
    /// Telegram chat.
    pub telegram_chat_id: Edit<String>,
    /// Whether notifications are wanted.
    pub notices_enabled: Option<bool>,
}

impl ConfigureGateway {
    /// A change of nothing.
    #[must_use]
    pub const fn nothing(kind: GatewayKind) -> Self {
        Self {
            kind,
            secret: Edit::Keep,
            public_key: Edit::Keep,
            mode: None,
            webhook_secret: Edit::Keep,
            webhook_public_keys: None,
            telegram_token: Edit::Keep,
            telegram_chat_id: Edit::Keep,
            notices_enabled: None,
        }
    }

    fn touches_gateway(&self) -> bool {
        self.secret != Edit::Keep
            || self.public_key != Edit::Keep
            || self.mode.is_some()
            || self.webhook_secret != Edit::Keep
            || self.webhook_public_keys.is_some()
    }

    fn touches_telegram(&self) -> bool {
        self.telegram_token != Edit::Keep
            || self.telegram_chat_id != Edit::Keep
            || self.notices_enabled.is_some()
    }
}

/// Why nothing was configured.
#[derive(Debug, thiserror::Error)]
pub enum GatewaySettingsError {
    /// The company's row has vanished.
    #[error("no such company")]
    NotFound,
    /// The company is switched off.
    #[error("the company is not active")]
    Inactive,
    /// There is no secret in the request.
    #[error("the secret is missing")]
    SecretMissing,
    /// Could not be done.
    #[error(transparent)]
    Failure(#[from] Failure),
}
failures_into!(GatewaySettingsError);

/// The company after the change, and whether its mode contradicts the key.
#[derive(Debug, Clone)]
pub struct Configured {
    /// The company.
    pub tenant: Tenant,
    /// The mode that the key itself tells, where that is another one than the configured.
    pub contradicted_by: Option<GatewayMode>,
}

/// Stores what was sent as a new version of the settings; sales made before keep theirs.
///
/// # Errors
/// [`GatewaySettingsError`].
pub async fn configure_gateway(
    app: &App,
    admin: &TenantAdmin,
    change: ConfigureGateway,
) -> Result<Configured, GatewaySettingsError> {
    let id = admin.tenant_id();
    let kind = change.kind;
    let boxed = app.ports.secrets.as_ref();
    app.write(Scope::Tenant(id.clone()), async |uow| {
        let found = uow.tenants().find_for_update(id).await?;
        let mut tenant = found.ok_or(GatewaySettingsError::NotFound)?;
        if !tenant.is_active {
            return Err(GatewaySettingsError::Inactive);
        }
        let touches_gateway = change.touches_gateway();
        let touches_telegram = change.touches_telegram();
        let mut settings = tenant.gateway(kind).clone();
        if matches!(change.secret, Edit::Set(_) | Edit::Clear) {
            // Another account may be behind the new token; its id is learned anew.
            settings.collector = None;
        }
        settings.secret = sealed(change.secret, settings.secret, |secret| {
            boxed.seal(&secrets::gateway_secret(id, kind), secret)
        });
        settings.webhook_secret =
            sealed(change.webhook_secret, settings.webhook_secret, |secret| {
                boxed.seal(&secrets::webhook_secret(id), secret)
            });
        settings.public_key = change.public_key.apply(settings.public_key);
        settings.mode = change.mode.unwrap_or(settings.mode);
        if let Some(keys) = change.webhook_public_keys {
            settings.webhook_public_keys = keys;
        }
        let secret = match &settings.secret {
            Some(sealed) => Some(boxed.open(&secrets::gateway_secret(id, kind), sealed)?),
            None => None,
        };
        let told = secret
            .as_ref()
            .and_then(|secret| app.gateway(kind).mode_of_key(secret.expose()));
        let contradicted_by = told.filter(|mode| *mode != settings.mode);
        if touches_gateway {
            settings.version = uow.tenants().set_gateway(id, &settings).await?;
        }
        let telegram = &mut tenant.telegram;
        telegram.bot_token = sealed(change.telegram_token, telegram.bot_token.take(), |secret| {
            boxed.seal(&secrets::telegram_token(id), secret)
        });
        telegram.chat_id = change.telegram_chat_id.apply(telegram.chat_id.take());
        telegram.is_enabled = change.notices_enabled.unwrap_or(telegram.is_enabled);
        if touches_telegram {
            let profile = TenantProfile {
                name: tenant.name.clone(),
                contact_email: tenant.contact_email.clone(),
                contact_phone: tenant.contact_phone.clone(),
                telegram: tenant.telegram.clone(),
            };
            uow.tenants().update_profile(id, &profile).await?;
        }
        if touches_gateway || touches_telegram {
            let subject = ("gateway", kind.as_str());
            let entry = admin
                .session()
                .audit(app.now(), "gateway.configure", Some(id), subject);
            uow.audit().append(&entry).await?;
        }
        *tenant.gateway_mut(kind) = settings;
        Ok(Configured {
            tenant,
            contradicted_by,
        })
    })
    .await
}

fn sealed<S>(edit: Edit<Secret>, present: Option<S>, seal: impl Fn(&Secret) -> S) -> Option<S> {
    match edit {
        Edit::Keep => present,
        Edit::Clear => None,
        Edit::Set(secret) => Some(seal(&secret)),
    }
}

/// Seals and stores the secret on the present version of the credentials: what was sold before
/// is checked with it too. Answers the tenant as it was before.
///
/// # Errors
/// [`GatewaySettingsError`].
pub async fn configure_secret(
    app: &App,
    owner: &Owner,
    secret: Option<Secret>,
) -> Result<Tenant, GatewaySettingsError> {
    let id = owner.tenant_id();
    app.write(Scope::Tenant(id.clone()), async |uow| {
        let Some(tenant) = uow.tenants().find_for_update(id).await? else {
            return Err(GatewaySettingsError::NotFound);
        };
        let Some(secret) = secret.filter(|secret| !secret.is_empty()) else {
            return Err(GatewaySettingsError::SecretMissing);
        };
        let sealed = app
            .ports
            .secrets
            .seal(&secrets::webhook_secret(id), &secret);
        uow.tenants().set_webhook_secret(id, Some(&sealed)).await?;
        let entry = owner.session().audit(
            app.now(),
            "webhook.configure",
            Some(id),
            ("gateway", "mercado_pago"),
        );
        uow.audit().append(&entry).await?;
        Ok(tenant)
    })
    .await
}

/// The tenant and its sums; `None` if there is no such tenant.
///
/// # Errors
/// [`Failure`].
pub async fn webhook_status(
    app: &App,
    owner: &Owner,
) -> Result<Option<(Tenant, SalesTotals)>, Failure> {
    let id = owner.tenant_id();
    let (tenant, totals) = app
        .read(Scope::Tenant(id.clone()), async |uow| {
            let tenant = uow.tenants().find(id).await?;
            let totals = uow.purchases().totals(id).await?;
            Ok((tenant, totals))
        })
        .await?;
    Ok(tenant.map(|tenant| (tenant, totals)))
}

/// Asks the gateways whose keys these are and notes the answers, in a task of its own: nobody
/// waits for it, and without an answer the collector is simply not compared.
pub fn learn_collector(app: &Arc<App>, tenant: TenantId) {
    let task = {
        let app = Arc::clone(app);
        Box::pin(async move {
            for kind in GatewayKind::ALL {
                if let Err(error) = learn(&app, &tenant, kind).await {
                    tracing::warn!(%tenant, %kind, %error, "the gateway account's id was not learned");
                }
            }
        })
    };
    app.ports.spawner.spawn(task);
}

async fn learn(app: &App, tenant_id: &TenantId, kind: GatewayKind) -> Result<(), Failure> {
    let tenant = app
        .read(Scope::Tenant(tenant_id.clone()), async |uow| {
            uow.tenants().find(tenant_id).await
        })
        .await?;
    let Some(tenant) = tenant else { return Ok(()) };
    let settings = tenant.gateway(kind);
    if settings.collector.is_some() {
        return Ok(());
    }
    let secrets = app.ports.secrets.as_ref();
    let Some(account) = secrets::open_account(secrets, tenant_id, settings)? else {
        return Ok(());
    };
    let Ok(Some(collector)) = app.gateway(kind).account_id(&account).await else {
        return Ok(());
    };
    app.write(Scope::Tenant(tenant_id.clone()), async |uow| {
        uow.tenants()
            .set_collector(tenant_id, kind, account.version, &collector)
            .await?;
        Ok(())
    })
    .await
}
