//! Versions of gateway credentials.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::gateway::{GatewayKind, GatewayMode};
use domain::ids::TenantId;
use domain::secret::Sealed;
use domain::tenant::GatewaySettings;
use ports::store::error::StoreError;

use crate::rows::convert::RowName;
use crate::schema::credenciales_pasarela;

/// A version as read.
#[derive(Queryable, Selectable)]
#[diesel(table_name = credenciales_pasarela, check_for_backend(diesel::pg::Pg))]
pub(crate) struct GatewayRow {
    empresa_id: String,
    pasarela: String,
    version: i64,
    secreto: Option<String>,
    clave_publica: Option<String>,
    modo: String,
    webhook_secreto: Option<String>,
    webhook_claves_publicas: Vec<String>,
    cobrador: Option<String>,
}

impl GatewayRow {
    /// The settings as they were at this version.
    pub(crate) fn into_domain(self) -> Result<GatewaySettings, StoreError> {
        let name = RowName::new("credenciales_pasarela", &self.empresa_id);
        Ok(GatewaySettings {
            kind: name.need(GatewayKind::from_str_name(&self.pasarela))?,
            version: self.version,
            secret: self.secreto.map(Sealed::from_stored),
            public_key: self.clave_publica,
            mode: name.need(GatewayMode::from_str_name(&self.modo))?,
            webhook_secret: self.webhook_secreto.map(Sealed::from_stored),
            webhook_public_keys: self.webhook_claves_publicas,
            collector: self.cobrador,
        })
    }
}

/// A version to be stored.
#[derive(Insertable)]
#[diesel(table_name = credenciales_pasarela)]
pub(crate) struct NewGatewayRow<'a> {
    empresa_id: &'a str,
    pasarela: &'static str,
    version: i64,
    secreto: Option<&'a str>,
    clave_publica: Option<&'a str>,
    modo: &'static str,
    webhook_secreto: Option<&'a str>,
    webhook_claves_publicas: &'a [String],
    cobrador: Option<&'a str>,
    /// Left to the database where the caller has no time to give.
    creada_en: Option<NaiveDateTime>,
}

impl<'a> NewGatewayRow<'a> {
    /// These settings as that version.
    pub(crate) fn new(
        tenant: &'a TenantId,
        settings: &'a GatewaySettings,
        version: i64,
        at: Option<NaiveDateTime>,
    ) -> Self {
        Self {
            empresa_id: tenant.as_str(),
            pasarela: settings.kind.as_str(),
            version,
            secreto: settings.secret.as_ref().map(Sealed::as_str),
            clave_publica: settings.public_key.as_deref(),
            modo: settings.mode.as_str(),
            webhook_secreto: settings.webhook_secret.as_ref().map(Sealed::as_str),
            webhook_claves_publicas: &settings.webhook_public_keys,
            cobrador: settings.collector.as_deref(),
            creada_en: at,
        }
    }
}
