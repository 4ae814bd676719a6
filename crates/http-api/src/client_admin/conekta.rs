//! `GET /api/v1/admin/mi-empresa/conekta`.

use actix_web::web;
use application::operator::company::find_company;
use serde::Serialize;
use utoipa::ToSchema;

use crate::client_admin::company::MASK;
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsTenantAdmin;
use crate::state::State;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "GET",
    "/api/v1/admin/mi-empresa/conekta",
    Access::TenantAdmin,
    || web::get().to(handle),
);

/// La configuración de Conekta.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConektaView {
    /// Texto para personas.
    message: &'static str,
    /// La configuración.
    #[serde(rename = "configuracion_actual")]
    present: ConektaSettingsView,
}

/// La configuración de Conekta, con la llave privada oculta.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConektaSettingsView {
    /// Llave pública.
    conekta_public_key: Option<String>,
    /// `test` o `live`.
    conekta_mode: &'static str,
    /// `********` si hay una.
    conekta_private_key: Option<&'static str>,
    /// Cuántas llaves públicas firman los avisos.
    webhook_public_keys: usize,
}

/// La configuración de Conekta.
#[utoipa::path(
    get, path = "/api/v1/admin/mi-empresa/conekta", tag = "Empresa", security(("sesion" = [])),
    responses(
        (status = 200, description = "Configuración", body = ConektaView),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo cliente_admin", body = crate::wire::error::ErrorView),
        (status = 404, description = "Ya no existe", body = crate::wire::error::ErrorView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    admin: AsTenantAdmin,
) -> Result<web::Json<ConektaView>, ApiError> {
    let settings = find_company(&state.app, &admin.0).await?.tenant.conekta;
    Ok(web::Json(ConektaView {
        message: "Configuración cargada",
        present: ConektaSettingsView {
            conekta_public_key: settings.public_key,
            conekta_mode: settings.mode.as_str(),
            conekta_private_key: settings.secret.map(|_| MASK),
            webhook_public_keys: settings.webhook_public_keys.len(),
        },
    }))
}
