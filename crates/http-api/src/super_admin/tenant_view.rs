//! A tenant as the platform owner sees it.

use domain::tenant::Tenant;
use serde::Serialize;
use utoipa::ToSchema;

use crate::wire::time::iso;

/// Una empresa. Las llaves privadas nunca aparecen.
#[derive(Serialize, ToSchema)]
pub(crate) struct TenantView {
    /// Identificador.
    #[schema(example = "EMP_7B20C4D91E")]
    id: String,
    /// Nombre.
    #[serde(rename = "nombre")]
    #[schema(example = "WiFi Café Central")]
    name: String,
    /// Correo de contacto.
    #[serde(rename = "contacto_email")]
    contact_email: Option<String>,
    /// Teléfono de contacto.
    #[serde(rename = "contacto_telefono")]
    contact_phone: Option<String>,
    /// `test` o `live`.
    #[schema(example = "test")]
    conekta_mode: &'static str,
    /// Si puede vender.
    #[serde(rename = "activa")]
    is_active: bool,
    /// Cuándo se creó (UTC).
    #[serde(rename = "creada_en")]
    #[schema(example = "2026-03-04T10:00:00")]
    created_at: String,
}

impl From<Tenant> for TenantView {
    fn from(tenant: Tenant) -> Self {
        Self {
            id: tenant.id.as_str().to_owned(),
            name: tenant.name,
            contact_email: tenant.contact_email.map(|email| email.as_str().to_owned()),
            contact_phone: tenant.contact_phone,
            conekta_mode: tenant.conekta.mode.as_str(),
            is_active: tenant.is_active,
            created_at: iso(tenant.created_at),
        }
    }
}
