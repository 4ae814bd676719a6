//! `POST /api/v1/webhook/empresa/{empresa_id}/configurar-webhook`.

use actix_web::{HttpRequest, web};
use application::operator::gateway_settings::{ConfigureSecretError, configure_secret};
use domain::secret::Secret;
use serde::Serialize;
use utoipa::ToSchema;

use crate::body::raw::RawBody;
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AnySession;
use crate::state::State;
use crate::webhooks::owner::{TENANT_NOT_FOUND, owner};
use crate::webhooks::urls;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "POST",
    "/api/v1/webhook/empresa/{empresa_id}/configurar-webhook",
    Access::TenantOrSuperAdmin,
    || web::post().to(handle),
);

/// Longest secret.
const MAX_SECRET: usize = 1024;

/// El secreto que Mercado Pago muestra al configurar los avisos.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; it is read field by field")]
pub(crate) struct ConfigureWebhookBody {
    /// El secreto. Se guarda cifrado y no se vuelve a mostrar.
    #[schema(format = Password, max_length = 1024)]
    webhook_secret: String,
}

/// Secreto guardado. Nada de él se repite.
#[derive(Serialize, ToSchema)]
pub(crate) struct WebhookConfiguredView {
    /// Siempre `true`.
    success: bool,
    /// Texto para personas.
    message: &'static str,
    /// La empresa.
    empresa: WebhookTenantView,
    /// La dirección que se registra en Mercado Pago; solo la ruta si el servidor no conoce su
    /// dirección pública.
    webhook_url: String,
    /// Los pasos que siguen.
    #[serde(rename = "instrucciones")]
    instructions: Vec<String>,
}

/// La empresa.
#[derive(Serialize, ToSchema)]
pub(crate) struct WebhookTenantView {
    /// Identificador.
    #[schema(example = "EMP_7B20C4D91E")]
    id: String,
    /// Nombre.
    #[serde(rename = "nombre")]
    name: String,
}

impl From<ConfigureSecretError> for ApiError {
    fn from(error: ConfigureSecretError) -> Self {
        match error {
            ConfigureSecretError::NotFound => Self::not_found(TENANT_NOT_FOUND),
            ConfigureSecretError::SecretMissing => {
                Self::bad_request("Falta webhook_secret: cópielo del panel de Mercado Pago")
            }
            ConfigureSecretError::Failure(failure) => failure.into(),
        }
    }
}

/// Guardar el secreto que firma los avisos de Mercado Pago de una empresa.
#[utoipa::path(
    post, path = "/api/v1/webhook/empresa/{empresa_id}/configurar-webhook", tag = "Avisos",
    params(("empresa_id" = String, Path, description = "Empresa: la propia, o cualquiera para un super admin")),
    request_body = ConfigureWebhookBody, security(("sesion" = [])),
    responses(
        (status = 200, description = "Guardado", body = WebhookConfiguredView),
        (status = 400, description = "Falta el secreto", body = crate::wire::error::ErrorView),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 404, description = "No existe, o es de otro", body = crate::wire::error::ErrorView),
        (status = 422, description = "Datos no válidos", body = crate::wire::error::ProblemsView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    session: AnySession,
    body: RawBody,
) -> Result<web::Json<WebhookConfiguredView>, ApiError> {
    let mut fields = body.fields()?;
    let secret = fields.optional_secret(&["webhook_secret"], MAX_SECRET);
    fields.finish()?;
    let owner = owner(&request, session.0)?;
    let secret = secret.map(|text| Secret::new(text.trim()));
    let tenant = configure_secret(&state.app, &owner, secret).await?;
    let base = state.app.settings().public_base_url.as_deref();
    let webhook_url = urls::of_tenant(base, tenant.id.as_str());
    Ok(web::Json(WebhookConfiguredView {
        success: true,
        message: "Webhook configurado correctamente",
        instructions: vec![
            "Entre a Mercado Pago, en Tus integraciones, y abra su aplicación".to_owned(),
            format!("En Webhooks, registre esta dirección: {webhook_url}"),
            "Active el evento Pagos (payment)".to_owned(),
            "Guarde y use Simular notificación para comprobarlo".to_owned(),
        ],
        empresa: WebhookTenantView {
            id: tenant.id.as_str().to_owned(),
            name: tenant.name,
        },
        webhook_url,
    }))
}
