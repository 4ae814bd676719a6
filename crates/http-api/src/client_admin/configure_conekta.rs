//! `POST /api/v1/admin/mi-empresa/configurar-conekta`.

use actix_web::web;
use application::caller::TenantAdmin;
use application::operator::gateway_settings::{ConfigureGateway, configure_gateway};
use domain::gateway::GatewayKind;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::body::fields::Fields;
use crate::body::raw::RawBody;
use crate::client_admin::gateway_error::{
    keep_or_set_secret, keep_or_set_text, mode_warning, read_mode,
};
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsTenantAdmin;
use crate::state::State;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "POST",
    "/api/v1/admin/mi-empresa/configurar-conekta",
    Access::TenantAdmin,
    || web::post().to(handle),
);

/// Keys that may sign notices at once, for rotation.
const MAX_NOTICE_KEYS: usize = 3;
/// Longest PEM public key.
const MAX_PEM: usize = 4096;

/// Credenciales de Conekta. Lo que falta o está vacío queda igual.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; it is read field by field")]
pub(crate) struct ConfigureConektaBody {
    /// Llave privada (también `conekta_private_key`).
    #[schema(format = Password, example = "key_live_xxxxxxxxxxxxxxxx")]
    private_key: Option<String>,
    /// Llave pública (también `conekta_public_key`).
    #[schema(example = "key_live_pub_xxxxxxxxxxxxxxxx")]
    public_key: Option<String>,
    /// `test` o `live` (también `conekta_mode`); solo se escribe si se envía.
    #[schema(example = "live")]
    mode: Option<String>,
    /// Llave pública PEM que firma los avisos de Conekta; una, o una lista de hasta tres.
    webhook_public_key: Option<String>,
}

/// Guardado.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConfiguredView {
    /// Texto para personas.
    pub(super) message: &'static str,
    /// Si la llave dice ser de otro modo que el configurado.
    #[serde(rename = "advertencia", skip_serializing_if = "Option::is_none")]
    pub(super) warning: Option<&'static str>,
}

fn read_notice_keys(fields: &mut Fields) -> Option<Vec<String>> {
    const FIELD: &str = "webhook_public_key";
    let keys = match fields.json(FIELD) {
        Value::Null => return None,
        Value::String(text) if text.trim().is_empty() => Vec::new(),
        Value::String(text) => vec![text],
        Value::Array(items) => items
            .into_iter()
            .filter_map(|item| item.as_str().map(str::to_owned))
            .collect(),
        _ => {
            fields.problem(
                FIELD,
                "string_type",
                "Debe ser un texto o una lista de textos",
            );
            return None;
        }
    };
    let well_formed = |key: &String| {
        key.len() <= MAX_PEM
            && key.contains("-----BEGIN PUBLIC KEY-----")
            && key.contains("-----END PUBLIC KEY-----")
            && key.is_ascii()
    };
    if keys.len() > MAX_NOTICE_KEYS || !keys.iter().all(well_formed) {
        let msg = format!("Debe ser una llave pública PEM, o hasta {MAX_NOTICE_KEYS}");
        fields.problem(FIELD, "value_error", msg);
        return None;
    }
    Some(keys)
}

fn read(mut fields: Fields) -> Result<ConfigureGateway, ApiError> {
    let change = ConfigureGateway {
        secret: keep_or_set_secret(&mut fields, &["private_key", "conekta_private_key"]),
        public_key: keep_or_set_text(&mut fields, &["public_key", "conekta_public_key"]),
        mode: read_mode(&mut fields, &["mode", "conekta_mode"]),
        webhook_public_keys: read_notice_keys(&mut fields),
        ..ConfigureGateway::nothing(GatewayKind::Conekta)
    };
    fields.finish()?;
    Ok(change)
}

/// Reads the body and stores it; shared with the older address.
pub(super) async fn configure(
    state: &State,
    admin: &TenantAdmin,
    body: RawBody,
    message: &'static str,
) -> Result<web::Json<ConfiguredView>, ApiError> {
    let change = read(body.fields()?)?;
    let configured = configure_gateway(&state.app, admin, change).await?;
    let warning = mode_warning(configured.contradicted_by);
    Ok(web::Json(ConfiguredView { message, warning }))
}

/// Guardar las credenciales de Conekta, cifradas.
#[utoipa::path(
    post, path = "/api/v1/admin/mi-empresa/configurar-conekta", tag = "Empresa",
    request_body = ConfigureConektaBody, security(("sesion" = [])),
    responses(
        (status = 200, description = "Guardadas", body = ConfiguredView),
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
) -> Result<web::Json<ConfiguredView>, ApiError> {
    configure(
        &state,
        &admin.0,
        body,
        "Credenciales de Conekta actualizadas correctamente",
    )
    .await
}
