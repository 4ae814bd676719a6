//! A tenant's webhook at Mercado Pago.

use actix_web::{HttpRequest, web};
use application::caller::{Owner, Session};
use application::operator::gateway_settings::{configure_secret, webhook_status};
use domain::gateway::GatewayKind;
use domain::ids::TenantId;
use domain::secret::Secret;
use serde::Serialize;
use utoipa::ToSchema;

use crate::body::Body;
use crate::body::raw::RawBody;
use crate::endpoint::{Access, Endpoint, get, post, tagged};
use crate::error::{ApiError, ErrorCode};
use crate::extract::AnySession;
use crate::state::State;
use crate::texts::TENANT_NOT_FOUND;
use crate::wire::names::ModeName;
use crate::wire::values::iso;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    tagged(
        "Avisos",
        [
            post(
                "/api/v1/webhook/empresa/{empresa_id}/configurar-webhook",
                Access::TenantOrSuperAdmin,
                configure,
            )
            .id("configurarWebhook")
            .summary("Guardar el secreto que firma los avisos de Mercado Pago de una empresa.")
            .path_text(
                "empresa_id",
                "Empresa: la propia, o cualquiera para un super admin",
            )
            .body(&SECRET)
            .ok::<WebhookConfiguredView>("Guardado")
            .refuses(400, "Falta el secreto")
            .refuses(404, "No existe, o es de otro"),
            get(
                "/api/v1/webhook/empresa/{empresa_id}/estado-webhook",
                Access::TenantOrSuperAdmin,
                status,
            )
            .id("estadoWebhook")
            .summary("Cómo están los avisos de Mercado Pago de una empresa.")
            .path_text(
                "empresa_id",
                "Empresa: la propia, o cualquiera para un super admin",
            )
            .ok::<WebhookStatusView>("Estado")
            .refuses(404, "No existe, o es de otro"),
            get("/api/v1/webhook/test-webhook", Access::Public, test)
                .id("probarWebhook")
                .summary("Comprobar que los avisos pueden llegar a este servidor.")
                .ok::<TestWebhookView>("El servidor responde"),
        ],
    )
}

/// Longest secret.
const MAX_SECRET: usize = 1024;

static SECRET: Body<Option<Secret>> = Body::new(
    "ConfigureWebhookBody",
    "El secreto que Mercado Pago muestra al configurar los avisos.",
    |fields| {
        let secret = fields
            .field(
                "webhook_secret",
                "El secreto. Se guarda cifrado y no se vuelve a mostrar.",
            )
            .described_as_required()
            .max_length(MAX_SECRET)
            .optional_secret(MAX_SECRET);
        secret.map(|text| Secret::new(text.trim()))
    },
);

/// Secreto guardado. Nada de él se repite.
#[derive(Serialize, ToSchema)]
struct WebhookConfiguredView {
    /// Siempre `true`.
    success: bool,
    /// Texto para personas.
    message: &'static str,
    /// La empresa.
    #[serde(rename = "empresa")]
    tenant: WebhookTenantView,
    /// La dirección que se registra en Mercado Pago; solo la ruta si el servidor no conoce su
    /// dirección pública.
    webhook_url: String,
    /// Los pasos que siguen.
    #[serde(rename = "instrucciones")]
    instructions: Vec<String>,
}

/// La empresa.
#[derive(Serialize, ToSchema)]
struct WebhookTenantView {
    /// Identificador.
    #[schema(example = "EMP_7B20C4D91E")]
    id: String,
    /// Nombre.
    #[serde(rename = "nombre")]
    name: String,
}

async fn configure(
    state: web::Data<State>,
    request: HttpRequest,
    session: AnySession,
    body: RawBody,
) -> Result<web::Json<WebhookConfiguredView>, ApiError> {
    let secret = SECRET.read(body)?;
    let owner = owner(&request, session.0)?;
    let tenant = configure_secret(&state.app, &owner, secret).await?;
    let base = state.app.settings().public_base_url.as_deref();
    let webhook_url = address_of_tenant(base, tenant.id.as_str());
    Ok(web::Json(WebhookConfiguredView {
        success: true,
        message: "Webhook configurado correctamente",
        instructions: vec![
            "Entre a Mercado Pago, en Tus integraciones, y abra su aplicación".to_owned(),
            format!("En Webhooks, registre esta dirección: {webhook_url}"),
            "Active el evento Pagos (payment)".to_owned(),
            "Guarde y use Simular notificación para comprobarlo".to_owned(),
        ],
        tenant: WebhookTenantView {
            id: tenant.id.as_str().to_owned(),
            name: tenant.name,
        },
        webhook_url,
    }))
}

/// Cómo están los avisos de Mercado Pago de una empresa.
#[derive(Serialize, ToSchema)]
struct WebhookStatusView {
    /// La empresa.
    #[serde(rename = "empresa")]
    tenant: WebhookSettingsView,
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
struct WebhookSettingsView {
    /// Identificador.
    #[schema(example = "EMP_7B20C4D91E")]
    id: String,
    /// Nombre.
    #[serde(rename = "nombre")]
    name: String,
    /// `test` o `live`.
    #[serde(rename = "modo_mercado_pago")]
    #[schema(value_type = ModeName)]
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
struct WebhookNumbersView {
    /// Ventas cuyo cobro se envió.
    #[serde(rename = "total_transacciones")]
    total: i64,
}

/// Lo que se registra en Mercado Pago.
#[derive(Serialize, ToSchema)]
struct WebhookRegistrationView {
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

async fn status(
    state: web::Data<State>,
    request: HttpRequest,
    session: AnySession,
) -> Result<web::Json<WebhookStatusView>, ApiError> {
    let owner = owner(&request, session.0)?;
    let (tenant, totals) = webhook_status(&state.app, &owner)
        .await?
        .ok_or_else(|| ApiError::not_found(TENANT_NOT_FOUND).code(ErrorCode::TenantNotFound))?;
    let settings = tenant.gateways.get(GatewayKind::MercadoPago);
    let has_secret = settings.webhook_secret.is_some();
    let base = state.app.settings().public_base_url.as_deref();
    Ok(web::Json(WebhookStatusView {
        numbers: WebhookNumbersView {
            total: totals.total,
        },
        registration: WebhookRegistrationView {
            url: address_of_tenant(base, tenant.id.as_str()),
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
        tenant: WebhookSettingsView {
            id: tenant.id.as_str().to_owned(),
            mode: settings.mode.as_str(),
            has_token: settings.secret.is_some(),
            has_secret,
            name: tenant.name,
        },
    }))
}

/// A dónde llegan los avisos de Mercado Pago.
#[derive(Serialize, ToSchema)]
struct TestWebhookView {
    /// Siempre `active`.
    #[schema(example = "active")]
    status: &'static str,
    /// Servicio.
    #[schema(example = "Mercado Pago Webhook")]
    service: &'static str,
    /// Ruta.
    #[schema(example = "/api/v1/webhook/mercado-pago")]
    endpoint: &'static str,
    /// Método.
    #[schema(example = "POST")]
    method: &'static str,
    /// Texto para personas.
    description: &'static str,
    /// Dirección completa; nula si el servidor no conoce su dirección pública.
    #[serde(rename = "url_produccion")]
    #[schema(required = true)]
    live_url: Option<String>,
    /// La misma: pruebas y producción llegan a la misma dirección.
    #[serde(rename = "url_pruebas")]
    #[schema(required = true)]
    test_url: Option<String>,
    /// Siempre `ok`.
    #[schema(example = "ok")]
    health_check: &'static str,
    /// Ahora (UTC).
    timestamp: String,
}

async fn test(state: web::Data<State>) -> web::Json<TestWebhookView> {
    let url = shared_address(state.app.settings().public_base_url.as_deref());
    web::Json(TestWebhookView {
        status: "active",
        service: "Mercado Pago Webhook",
        endpoint: SHARED,
        method: "POST",
        description: "Recibe las notificaciones de pago de Mercado Pago",
        live_url: url.clone(),
        test_url: url,
        health_check: "ok",
        timestamp: iso(state.app.now()),
    })
}

/// The address that all tenants share.
const SHARED: &str = "/api/v1/webhook/mercado-pago";

/// A tenant's own address: whole where our public address is configured, else only its path.
fn address_of_tenant(public_base_url: Option<&str>, tenant_id: &str) -> String {
    format!(
        "{}{SHARED}/{tenant_id}",
        public_base_url.unwrap_or_default()
    )
}

/// The shared address; `None` where our public address is not configured.
fn shared_address(public_base_url: Option<&str>) -> Option<String> {
    public_base_url.map(|base| format!("{base}{SHARED}"))
}

/// The caller as administrator of the path's tenant. Another's tenant is reported as
/// not found.
fn owner(request: &HttpRequest, session: Session) -> Result<Owner, ApiError> {
    let not_found = || ApiError::not_found(TENANT_NOT_FOUND).code(ErrorCode::TenantNotFound);
    let text = request.match_info().get("empresa_id").unwrap_or_default();
    let tenant = TenantId::parse(text).map_err(|_malformed| not_found())?;
    session
        .into_owner_of(&tenant)
        .map_err(|_foreign| not_found())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_public_address_only_the_path_is_known() {
        assert_eq!(
            address_of_tenant(Some("https://pay.test"), "EMP_1"),
            "https://pay.test/api/v1/webhook/mercado-pago/EMP_1"
        );
        assert_eq!(
            address_of_tenant(None, "EMP_1"),
            "/api/v1/webhook/mercado-pago/EMP_1"
        );
        assert_eq!(shared_address(None), None);
    }
}
