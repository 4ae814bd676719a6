//! A router as the platform owner sees it.

use domain::router::Router;
use serde::Serialize;
use utoipa::ToSchema;

use crate::wire::time::iso;

/// Un router. Usuario y contraseña nunca aparecen.
#[derive(Serialize, ToSchema)]
pub(crate) struct RouterView {
    /// Identificador.
    #[schema(example = "RTR_51D0A2BC")]
    id: String,
    /// Empresa.
    #[serde(rename = "empresa_id")]
    tenant_id: String,
    /// Nombre.
    #[serde(rename = "nombre")]
    name: String,
    /// Dirección.
    #[schema(example = "192.168.100.1")]
    host: String,
    /// Puerto de la API.
    #[serde(rename = "puerto")]
    #[schema(example = 8728)]
    port: u16,
    /// Dónde está.
    #[serde(rename = "ubicacion")]
    location: Option<String>,
    /// Si puede vender.
    #[serde(rename = "activo")]
    is_active: bool,
    /// Cómo se protege la conexión.
    #[schema(example = "ninguno")]
    tls_modo: &'static str,
    /// Cuándo se registró (UTC).
    #[serde(rename = "creado_en")]
    created_at: String,
}

impl From<Router> for RouterView {
    fn from(router: Router) -> Self {
        Self {
            id: router.id.as_str().to_owned(),
            tenant_id: router.tenant_id.as_str().to_owned(),
            name: router.name,
            host: router.host.as_str().to_owned(),
            port: router.port,
            location: router.location,
            is_active: router.is_active,
            tls_modo: router.tls.mode.as_str(),
            created_at: iso(router.created_at),
        }
    }
}
