//! `GET /api/v1/webhook/empresa/{empresa_id}/estado-webhook`.

use actix_web::{HttpRequest, web};
use application::operator::gateway_settings::webhook_status;
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AnySession;
use crate::state::State;
use crate::webhooks::owner::{TENANT_NOT_FOUND, owner};
use crate::webhooks::urls;
use crate::wire::time::iso;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "GET",
    "/api/v1/webhook/empresa/{empresa_id}/estado-webhook",
    Access::TenantOrSuperAdmin,
    || web::get().to(handle),
);

/// Cómo están los avisos de Mercado Pago de una empresa.
#[derive(Serialize, ToSchema)]
pub(crate) struct WebhookStatusView {
    /// La empresa.
    empresa: WebhookSettingsView,
    /// Los números.
    #[serde(rename = "estadisticas")]
    numbers: WebhookNumbersView,
    /// Lo que se registra en Mercado Pago.
    #[serde(rename = "configuracion_webhook")]
    registration: WebhookRegistrationView,
    /// `configurado` cuando hay secreto, si no `pendiente`.
    #[serde(rename = "estado")]
    #[schema(example = "configurado")]
    state: &'static str,
    /// Ahora (UTC).
    timestamp: String,
}

/// La empresa y qué tiene configurado; ningún secreto se muestra.
#[derive(Serialize, ToSchema)]
pub(crate) struct WebhookSettingsView {
    /// Identificador.
    #[schema(example = "EMP_7B20C4D91E")]
    id: String,
    /// Nombre.
    #[serde(rename = "nombre")]
    name: String,
    /// `test` o `live`.
    #[serde(rename = "modo_mercado_pago")]
    mode: &'static str,
    /// Si hay token de acceso.
    #[serde(rename = "access_token_configurado")]
    has_token: bool,
    /// Si hay secreto de avisos.
    #[serde(rename = "webhook_secret_configurado")]
    has_secret: bool,
}

/// Los números de la empresa.
#[derive(Serialize, ToSchema)]
pub(crate) struct WebhookNumbersView {
    /// Ventas cuyo cobro se envió.
    #[serde(rename = "total_transacciones")]
    total: i64,
}

/// Lo que se registra en Mercado Pago.
#[derive(Serialize, ToSchema)]
pub(crate) struct WebhookRegistrationView {
    /// Dirección; solo la ruta si el servidor no conoce su dirección pública.
    url: String,
    /// Método.
    #[serde(rename = "metodo")]
    #[schema(example = "POST")]
    method: &'static str,
    /// Encabezado de la firma.
    #[serde(rename = "header_firma")]
    #[schema(example = "X-Signature")]
    signature_header: &'static str,
    /// Tipo de contenido.
    #[serde(rename = "tipo_contenido")]
    #[schema(example = "application/json")]
    content_type: &'static str,
}

/// Cómo están los avisos de Mercado Pago de una empresa.
#[utoipa::path(
    get, path = "/api/v1/webhook/empresa/{empresa_id}/estado-webhook", tag = "Avisos",
    params(("empresa_id" = String, Path, description = "Empresa: la propia, o cualquiera para un super admin")),
    security(("sesion" = [])),
    responses(
        (status = 200, description = "Estado", body = WebhookStatusView),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 404, description = "No existe, o es de otro", body = crate::wire::error::ErrorView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    session: AnySession,
) -> Result<web::Json<WebhookStatusView>, ApiError> {
    let owner = owner(&request, session.0)?;
    let (tenant, totals) = webhook_status(&state.app, &owner)
        .await?
        .ok_or_else(|| ApiError::not_found(TENANT_NOT_FOUND))?;
    let settings = &tenant.mercado_pago;
    let has_secret = settings.webhook_secret.is_some();
    let base = state.app.settings().public_base_url.as_deref();
    Ok(web::Json(WebhookStatusView {
        numbers: WebhookNumbersView {
            total: totals.total,
        },
        registration: WebhookRegistrationView {
            url: urls::of_tenant(base, tenant.id.as_str()),
            method: "POST",
            signature_header: "X-Signature",
            content_type: "application/json",
        },
        state: if has_secret {
            "configurado"
        } else {
            "pendiente"
        },
        timestamp: iso(state.app.now()),
        empresa: WebhookSettingsView {
            id: tenant.id.as_str().to_owned(),
            mode: settings.mode.as_str(),
            has_token: settings.secret.is_some(),
            has_secret,
            name: tenant.name,
        },
    }))
}
