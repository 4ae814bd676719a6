//! Tenants.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::contact::Email;
use domain::gateway::{ByGateway, GatewayKind, GatewayMode};
use domain::ids::TenantId;
use domain::secret::Sealed;
use domain::tenant::{GatewaySettings, TelegramSettings, Tenant};
use ports::store::error::StoreError;
use ports::store::tenants::{Logo, TenantProfile};

use crate::rows::convert::{RowName, from_sql_time, to_sql_time};
use crate::schema::{empresas, logos};

/// A tenant with the present version of its gateway settings.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = empresas, check_for_backend(diesel::pg::Pg))]
pub(crate) struct TenantRow {
    id: String,
    nombre: String,
    contacto_email: Option<String>,
    contacto_telefono: Option<String>,
    logo_url: Option<String>,
    conekta_private_key: Option<String>,
    conekta_public_key: Option<String>,
    conekta_mode: String,
    conekta_webhook_public_keys: Vec<String>,
    conekta_collector: Option<String>,
    conekta_version: i64,
    mercado_pago_access_token: Option<String>,
    mercado_pago_public_key: Option<String>,
    mercado_pago_mode: String,
    mercado_pago_webhook_secret: Option<String>,
    mercado_pago_collector: Option<String>,
    mercado_pago_version: i64,
    telegram_bot_token: Option<String>,
    telegram_chat_id: Option<String>,
    notificaciones_telegram: bool,
    activa: bool,
    creada_en: NaiveDateTime,
}

/// A sealed text; an older database marks "not set" by an empty one.
fn sealed(text: Option<String>) -> Option<Sealed> {
    text.filter(|text| !text.is_empty())
        .map(Sealed::from_stored)
}

fn stored(sealed: Option<&Sealed>) -> Option<String> {
    sealed.map(|sealed| sealed.as_str().to_owned())
}

impl TenantRow {
    /// A tenant to be stored, with these versions of its gateway settings.
    pub(crate) fn new(tenant: &Tenant, conekta_version: i64, mercado_pago_version: i64) -> Self {
        let conekta = tenant.gateway(GatewayKind::Conekta);
        let mercado_pago = tenant.gateway(GatewayKind::MercadoPago);
        Self {
            id: tenant.id.to_string(),
            nombre: tenant.name.clone(),
            contacto_email: tenant.contact_email.as_ref().map(|e| e.as_str().to_owned()),
            contacto_telefono: tenant.contact_phone.clone(),
            logo_url: tenant.logo_url.clone(),
            conekta_private_key: stored(conekta.secret.as_ref()),
            conekta_public_key: conekta.public_key.clone(),
            conekta_mode: conekta.mode.as_str().to_owned(),
            conekta_webhook_public_keys: conekta.webhook_public_keys.clone(),
            conekta_collector: conekta.collector.clone(),
            conekta_version,
            mercado_pago_access_token: stored(mercado_pago.secret.as_ref()),
            mercado_pago_public_key: mercado_pago.public_key.clone(),
            mercado_pago_mode: mercado_pago.mode.as_str().to_owned(),
            mercado_pago_webhook_secret: stored(mercado_pago.webhook_secret.as_ref()),
            mercado_pago_collector: mercado_pago.collector.clone(),
            mercado_pago_version,
            telegram_bot_token: stored(tenant.telegram.bot_token.as_ref()),
            telegram_chat_id: tenant.telegram.chat_id.clone(),
            notificaciones_telegram: tenant.telegram.is_enabled,
            activa: tenant.is_active,
            creada_en: to_sql_time(tenant.created_at),
        }
    }

    /// The tenant.
    pub(crate) fn into_domain(self) -> Result<Tenant, StoreError> {
        let name = RowName::new("empresas", &self.id);
        let conekta = GatewaySettings {
            kind: GatewayKind::Conekta,
            version: self.conekta_version,
            secret: sealed(self.conekta_private_key),
            public_key: self.conekta_public_key,
            mode: name.need(GatewayMode::from_str_name(&self.conekta_mode))?,
            webhook_secret: None,
            webhook_public_keys: self.conekta_webhook_public_keys,
            collector: self.conekta_collector,
        };
        let mercado_pago = GatewaySettings {
            kind: GatewayKind::MercadoPago,
            version: self.mercado_pago_version,
            secret: sealed(self.mercado_pago_access_token),
            public_key: self.mercado_pago_public_key,
            mode: name.need(GatewayMode::from_str_name(&self.mercado_pago_mode))?,
            webhook_secret: sealed(self.mercado_pago_webhook_secret),
            webhook_public_keys: Vec::new(),
            collector: self.mercado_pago_collector,
        };
        let mut gateways = ByGateway::new(GatewaySettings::unset);
        *gateways.get_mut(GatewayKind::Conekta) = conekta;
        *gateways.get_mut(GatewayKind::MercadoPago) = mercado_pago;
        Ok(Tenant {
            id: name.id(TenantId::parse(&self.id))?,
            name: self.nombre,
            contact_email: self.contacto_email.map(Email::from_stored),
            contact_phone: self.contacto_telefono,
            logo_url: self.logo_url,
            is_active: self.activa,
            created_at: from_sql_time(self.creada_en),
            gateways,
            telegram: TelegramSettings {
                bot_token: sealed(self.telegram_bot_token),
                chat_id: self.telegram_chat_id,
                is_enabled: self.notificaciones_telegram,
            },
        })
    }
}

/// A tenant's own fields; absent ones are emptied.
#[derive(AsChangeset)]
#[diesel(table_name = empresas, treat_none_as_null = true)]
pub(crate) struct ProfileChanges<'a> {
    nombre: &'a str,
    contacto_email: Option<&'a str>,
    contacto_telefono: Option<&'a str>,
    telegram_bot_token: Option<&'a str>,
    telegram_chat_id: Option<&'a str>,
    notificaciones_telegram: bool,
}

impl<'a> From<&'a TenantProfile> for ProfileChanges<'a> {
    fn from(profile: &'a TenantProfile) -> Self {
        Self {
            nombre: &profile.name,
            contacto_email: profile.contact_email.as_ref().map(Email::as_str),
            contacto_telefono: profile.contact_phone.as_deref(),
            telegram_bot_token: profile.telegram.bot_token.as_ref().map(Sealed::as_str),
            telegram_chat_id: profile.telegram.chat_id.as_deref(),
            notificaciones_telegram: profile.telegram.is_enabled,
        }
    }
}

/// The mirror of Conekta's present settings.
#[derive(AsChangeset)]
#[diesel(table_name = empresas, treat_none_as_null = true)]
pub(crate) struct ConektaChanges<'a> {
    #[diesel(column_name = conekta_private_key)]
    private_key: Option<&'a str>,
    #[diesel(column_name = conekta_public_key)]
    public_key: Option<&'a str>,
    #[diesel(column_name = conekta_mode)]
    mode: &'static str,
    #[diesel(column_name = conekta_webhook_public_keys)]
    webhook_public_keys: &'a [String],
    #[diesel(column_name = conekta_collector)]
    collector: Option<&'a str>,
}

impl<'a> From<&'a GatewaySettings> for ConektaChanges<'a> {
    fn from(settings: &'a GatewaySettings) -> Self {
        Self {
            private_key: settings.secret.as_ref().map(Sealed::as_str),
            public_key: settings.public_key.as_deref(),
            mode: settings.mode.as_str(),
            webhook_public_keys: &settings.webhook_public_keys,
            collector: settings.collector.as_deref(),
        }
    }
}

/// The mirror of Mercado Pago's present settings.
#[derive(AsChangeset)]
#[diesel(table_name = empresas, treat_none_as_null = true)]
pub(crate) struct MercadoPagoChanges<'a> {
    #[diesel(column_name = mercado_pago_access_token)]
    access_token: Option<&'a str>,
    #[diesel(column_name = mercado_pago_public_key)]
    public_key: Option<&'a str>,
    #[diesel(column_name = mercado_pago_mode)]
    mode: &'static str,
    #[diesel(column_name = mercado_pago_webhook_secret)]
    webhook_secret: Option<&'a str>,
    #[diesel(column_name = mercado_pago_collector)]
    collector: Option<&'a str>,
}

impl<'a> From<&'a GatewaySettings> for MercadoPagoChanges<'a> {
    fn from(settings: &'a GatewaySettings) -> Self {
        Self {
            access_token: settings.secret.as_ref().map(Sealed::as_str),
            public_key: settings.public_key.as_deref(),
            mode: settings.mode.as_str(),
            webhook_secret: settings.webhook_secret.as_ref().map(Sealed::as_str),
            collector: settings.collector.as_deref(),
        }
    }
}

/// An uploaded logo.
#[derive(Queryable, Selectable)]
#[diesel(table_name = logos, check_for_backend(diesel::pg::Pg))]
pub(crate) struct LogoRow {
    archivo: String,
    tipo: String,
    contenido: Vec<u8>,
    etag: String,
}

impl From<LogoRow> for Logo {
    fn from(row: LogoRow) -> Self {
        Self {
            file_name: row.archivo,
            content_type: row.tipo,
            content: row.contenido,
            etag: row.etag,
        }
    }
}

/// A logo to be stored, or to replace the one that is.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = logos)]
pub(crate) struct NewLogoRow<'a> {
    pub(crate) empresa_id: &'a str,
    pub(crate) archivo: &'a str,
    pub(crate) tipo: &'a str,
    pub(crate) contenido: &'a [u8],
    pub(crate) etag: &'a str,
    pub(crate) creado_en: NaiveDateTime,
}
