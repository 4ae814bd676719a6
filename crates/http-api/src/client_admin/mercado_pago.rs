//! `GET /api/v1/admin/mi-empresa/mercado-pago`.

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
    "/api/v1/admin/mi-empresa/mercado-pago",
    Access::TenantAdmin,
    || web::get().to(handle),
);

/// La configuración de Mercado Pago.
#[derive(Serialize, ToSchema)]
pub(crate) struct MercadoPagoSettingsAnswer {
    /// Texto para personas.
    message: &'static str,
    /// La configuración.
    #[serde(rename = "configuracion_actual")]
    present: MercadoPagoSettingsView,
}

/// La configuración de Mercado Pago, con los secretos ocultos.
#[derive(Serialize, ToSchema)]
pub(crate) struct MercadoPagoSettingsView {
    /// `********` si hay uno.
    access_token: Option<&'static str>,
    /// Llave pública.
    public_key: Option<String>,
    /// `test` o `live`.
    mode: &'static str,
    /// `********` si hay uno.
    webhook_secret: Option<&'static str>,
}

/// La configuración de Mercado Pago.
#[utoipa::path(
    get, path = "/api/v1/admin/mi-empresa/mercado-pago", tag = "Empresa", security(("sesion" = [])),
    responses(
        (status = 200, description = "Configuración", body = MercadoPagoSettingsAnswer),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo cliente_admin", body = crate::wire::error::ErrorView),
        (status = 404, description = "Ya no existe", body = crate::wire::error::ErrorView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    admin: AsTenantAdmin,
) -> Result<web::Json<MercadoPagoSettingsAnswer>, ApiError> {
    let settings = find_company(&state.app, &admin.0)
        .await?
        .tenant
        .mercado_pago;
    Ok(web::Json(MercadoPagoSettingsAnswer {
        message: "Configuración cargada",
        present: MercadoPagoSettingsView {
            access_token: settings.secret.map(|_| MASK),
            public_key: settings.public_key,
            mode: settings.mode.as_str(),
            webhook_secret: settings.webhook_secret.map(|_| MASK),
        },
    }))
}
