//! `POST /api/v1/payments/configurar-credenciales`.

use actix_web::web;
use application::edit::Edit;
use application::operator::gateway_settings::learn_collector;
use application::operator::gateway_settings::{ConfigureGateway, configure_gateway};
use domain::gateway::GatewayKind;
use domain::secret::Secret;
use domain::tenant::Tenant;
use serde::Serialize;
use utoipa::ToSchema;

use crate::body::fields::Fields;
use crate::body::raw::RawBody;
use crate::client_admin::gateway_error::{MAX_KEY, mode_warning, read_mode};
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsTenantAdmin;
use crate::state::State;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "POST",
    "/api/v1/payments/configurar-credenciales",
    Access::TenantAdmin,
    || web::post().to(handle),
);

/// Credenciales de Mercado Pago y Telegram. Un texto vacío borra; lo que falta queda igual.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; it is read field by field")]
pub(crate) struct ConfigureCredentialsBody {
    /// Token de acceso de Mercado Pago.
    #[schema(format = Password, example = "APP_USR-xxxxxxxxxxxxxxxx")]
    access_token: Option<String>,
    /// Llave pública.
    #[schema(example = "APP_USR-pub-xxxxxxxxxxxxxxxx")]
    public_key: Option<String>,
    /// Secreto que firma los avisos.
    #[schema(format = Password, example = "whsec_xxxxxxxxxxxxxxxx")]
    webhook_secret: Option<String>,
    /// `test` o `live`; solo se escribe si se envía.
    #[schema(example = "live")]
    mode: Option<String>,
    /// Token del bot de Telegram.
    #[schema(format = Password)]
    telegram_bot_token: Option<String>,
    /// Chat de Telegram.
    telegram_chat_id: Option<String>,
    /// Si se envían avisos.
    notificaciones_telegram: Option<bool>,
}

/// Guardado, con un resumen.
#[derive(Serialize, ToSchema)]
pub(crate) struct CredentialsSavedView {
    /// Siempre `true`.
    success: bool,
    /// Texto para personas.
    message: &'static str,
    /// La empresa.
    empresa: NamedCompanyView,
    /// Qué cambió.
    #[serde(rename = "campos_modificados", skip_serializing_if = "Vec::is_empty")]
    changed: Vec<String>,
    /// Cómo quedó.
    #[serde(
        rename = "configuracion_actual",
        skip_serializing_if = "Option::is_none"
    )]
    present: Option<SummaryView>,
    /// Cómo está, cuando no cambió nada.
    #[serde(rename = "configurado", skip_serializing_if = "Option::is_none")]
    unchanged: Option<SummaryView>,
    /// Si la llave dice ser de otro modo que el configurado.
    #[serde(rename = "advertencia", skip_serializing_if = "Option::is_none")]
    warning: Option<&'static str>,
}

/// La empresa.
#[derive(Serialize, ToSchema)]
pub(crate) struct NamedCompanyView {
    /// Identificador.
    id: String,
    /// Nombre.
    #[serde(rename = "nombre")]
    name: String,
}

/// Qué está configurado.
#[derive(Serialize, ToSchema)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the wire has a flag for each setting"
)]
pub(crate) struct SummaryView {
    /// Hay token de acceso.
    access_token: bool,
    /// Hay secreto de avisos.
    webhook_secret: bool,
    /// Hay llave pública.
    public_key: bool,
    /// `test` o `live`.
    mode: &'static str,
    /// Hay bot y chat.
    #[serde(rename = "telegram_configurado")]
    telegram_is_set: bool,
    /// Se envían avisos.
    #[serde(rename = "telegram_activo")]
    telegram_is_on: bool,
}

impl From<&Tenant> for SummaryView {
    fn from(tenant: &Tenant) -> Self {
        let settings = &tenant.mercado_pago;
        let telegram = &tenant.telegram;
        Self {
            access_token: settings.secret.is_some(),
            webhook_secret: settings.webhook_secret.is_some(),
            public_key: settings.public_key.is_some(),
            mode: settings.mode.as_str(),
            telegram_is_set: telegram.bot_token.is_some() && telegram.chat_id.is_some(),
            telegram_is_on: telegram.is_enabled,
        }
    }
}

/// Absent and null keep, an empty text clears, anything else sets.
fn edit(fields: &mut Fields, name: &str, max: usize) -> Edit<String> {
    let is_empty = fields
        .json(name)
        .as_str()
        .is_some_and(|text| text.trim().is_empty());
    if is_empty {
        return Edit::Clear;
    }
    fields
        .optional_secret(&[name], max)
        .map_or(Edit::Keep, |text| Edit::Set(text.trim().to_owned()))
}

fn secret(edit: Edit<String>) -> Edit<Secret> {
    match edit {
        Edit::Keep => Edit::Keep,
        Edit::Clear => Edit::Clear,
        Edit::Set(text) => Edit::Set(Secret::new(text)),
    }
}

fn label<T>(name: &str, is_secret: bool, edit: &Edit<T>) -> Option<String> {
    match (edit, is_secret) {
        (Edit::Keep, _) => None,
        (Edit::Set(_), true) => Some(format!("{name} (actualizado)")),
        (Edit::Clear, true) => Some(format!("{name} (eliminado)")),
        (Edit::Set(_) | Edit::Clear, false) => Some(name.to_owned()),
    }
}

fn read(mut fields: Fields) -> Result<(ConfigureGateway, Vec<String>), ApiError> {
    let access_token = edit(&mut fields, "access_token", MAX_KEY);
    let webhook_secret = edit(&mut fields, "webhook_secret", MAX_KEY);
    let public_key = edit(&mut fields, "public_key", 255);
    let mode = read_mode(&mut fields, &["mode"]);
    let telegram_token = edit(&mut fields, "telegram_bot_token", 255);
    let telegram_chat_id = edit(&mut fields, "telegram_chat_id", 50);
    let notices_enabled = fields.optional_bool(&["notificaciones_telegram"]);
    fields.finish()?;
    let changed = [
        label("access_token", true, &access_token),
        label("webhook_secret", true, &webhook_secret),
        label("public_key", false, &public_key),
        mode.map(|_| "mode".to_owned()),
        label("telegram_bot_token", true, &telegram_token),
        label("telegram_chat_id", false, &telegram_chat_id),
        notices_enabled.map(|_| "notificaciones_telegram".to_owned()),
    ];
    let change = ConfigureGateway {
        secret: secret(access_token),
        webhook_secret: secret(webhook_secret),
        public_key,
        mode,
        telegram_token: secret(telegram_token),
        telegram_chat_id,
        notices_enabled,
        ..ConfigureGateway::nothing(GatewayKind::MercadoPago)
    };
    Ok((change, changed.into_iter().flatten().collect()))
}

/// Guardar las credenciales de Mercado Pago y Telegram, cifradas.
#[utoipa::path(
    post, path = "/api/v1/payments/configurar-credenciales", tag = "Empresa",
    request_body = ConfigureCredentialsBody, security(("sesion" = [])),
    responses(
        (status = 200, description = "Guardadas", body = CredentialsSavedView),
        (status = 400, description = "Empresa inactiva", body = crate::wire::error::ErrorView),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo cliente_admin", body = crate::wire::error::ErrorView),
        (status = 404, description = "Ya no existe", body = crate::wire::error::ErrorView),
        (status = 422, description = "Datos no válidos", body = crate::wire::error::ProblemsView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    admin: AsTenantAdmin,
    body: RawBody,
) -> Result<web::Json<CredentialsSavedView>, ApiError> {
    let (change, changed) = read(body.fields()?)?;
    let token_changed = change.secret != Edit::Keep;
    let configured = configure_gateway(&state.app, &admin.0, change).await?;
    if token_changed {
        learn_collector(&state.app, admin.0.tenant_id().clone());
    }
    let tenant = &configured.tenant;
    let summary = SummaryView::from(tenant);
    let (message, present, unchanged) = if changed.is_empty() {
        ("No se enviaron cambios", None, Some(summary))
    } else {
        (
            "Credenciales actualizadas correctamente",
            Some(summary),
            None,
        )
    };
    Ok(web::Json(CredentialsSavedView {
        success: true,
        message,
        empresa: NamedCompanyView {
            id: tenant.id.as_str().to_owned(),
            name: tenant.name.clone(),
        },
        changed,
        present,
        unchanged,
        warning: mode_warning(configured.contradicted_by),
    }))
}
