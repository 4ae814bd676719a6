//! Credentials of the payment gateways.

use actix_web::web;
use application::edit::Edit;
use application::operator::company::find_company;
use application::operator::gateway_settings::{
    ConfigureGateway, GatewaySettingsError, configure_gateway, learn_collector,
};
use domain::gateway::{GatewayKind, GatewayMode};
use domain::secret::Secret;
use domain::tenant::Tenant;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::body::Body;
use crate::body::field::Field;
use crate::body::fields::Fields;
use crate::body::raw::RawBody;
use crate::endpoint::{Access, Endpoint, get, post, put, tagged};
use crate::error::{ApiError, ErrorCode};
use crate::extract::AsTenantAdmin;
use crate::operator::company::MASK;
use crate::state::State;
use crate::texts::TENANT_NOT_FOUND;
use crate::wire::names::ModeName;

const TENANT_INACTIVE: &str = "Empresa inactiva";
const GONE: &str = "Ya no existe";

pub(crate) fn endpoints() -> Vec<Endpoint> {
    let conekta_settings = get(
        "/api/v1/admin/mi-empresa/conekta",
        Access::TenantAdmin,
        conekta,
    )
    .id("configuracionConekta")
    .summary("La configuración de Conekta.")
    .ok::<ConektaView>("Configuración")
    .refuses(404, GONE);
    let mercado_pago_settings = get(
        "/api/v1/admin/mi-empresa/mercado-pago",
        Access::TenantAdmin,
        mercado_pago,
    )
    .id("configuracionMercadoPago")
    .summary("La configuración de Mercado Pago.")
    .ok::<MercadoPagoSettingsAnswer>("Configuración")
    .refuses(404, GONE);
    let all_credentials = post(
        "/api/v1/payments/configurar-credenciales",
        Access::TenantAdmin,
        configure_credentials,
    )
    .id("configurarMercadoPagoYTelegram")
    .summary("Guardar las credenciales de Mercado Pago y Telegram, cifradas.")
    .body(&ALL_CREDENTIALS)
    .ok::<CredentialsSavedView>("Guardadas")
    .refuses(400, TENANT_INACTIVE)
    .refuses(404, GONE);
    let configure_conekta = post(
        "/api/v1/admin/mi-empresa/configurar-conekta",
        Access::TenantAdmin,
        |state, admin, body| configure(&CONEKTA, state, admin, body),
    )
    .id("configurarConekta")
    .summary("Guardar las credenciales de Conekta, cifradas.");
    let configure_conekta_by_older_path = put(
        "/api/v1/admin/mi-empresa/conekta-config",
        Access::TenantAdmin,
        |state, admin, body| configure(&CONEKTA_BY_OLDER_PATH, state, admin, body),
    )
    .id("configurarConektaAnterior")
    .summary("Guardar las credenciales de Conekta (dirección anterior).");
    let configure_mercado_pago = post(
        "/api/v1/admin/mi-empresa/configurar-credenciales",
        Access::TenantAdmin,
        |state, admin, body| configure(&MERCADO_PAGO, state, admin, body),
    )
    .id("configurarMercadoPago")
    .summary("Guardar las credenciales de Mercado Pago, cifradas.");
    tagged(
        "Empresa",
        [
            conekta_settings,
            CONEKTA.described(configure_conekta),
            CONEKTA_BY_OLDER_PATH.described(configure_conekta_by_older_path),
            mercado_pago_settings,
            MERCADO_PAGO.described(configure_mercado_pago),
            all_credentials,
        ],
    )
}

/// La configuración de Conekta.
#[derive(Serialize, ToSchema)]
struct ConektaView {
    /// Texto para personas.
    message: &'static str,
    /// La configuración.
    #[serde(rename = "configuracion_actual")]
    present: ConektaSettingsView,
}

/// La configuración de Conekta, con la llave privada oculta.
#[derive(Serialize, ToSchema)]
struct ConektaSettingsView {
    /// Llave pública.
    #[schema(required = true)]
    conekta_public_key: Option<String>,
    /// `test` o `live`.
    #[schema(value_type = ModeName)]
    conekta_mode: &'static str,
    /// `********` si hay una.
    #[schema(required = true)]
    conekta_private_key: Option<&'static str>,
    /// Cuántas llaves públicas firman los avisos.
    webhook_public_keys: usize,
}

async fn conekta(
    state: web::Data<State>,
    admin: AsTenantAdmin,
) -> Result<web::Json<ConektaView>, ApiError> {
    let company = find_company(&state.app, &admin.0).await?;
    let settings = company.tenant.gateway(GatewayKind::Conekta).clone();
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

/// Keys that may sign messages at once, for rotation.
const MAX_SIGNING_KEYS: usize = 3;
/// Longest key or token.
const MAX_KEY: usize = 1024;
/// Longest public key.
const MAX_PUBLIC_KEY: usize = 255;
/// Longest PEM public key.
const MAX_PEM: usize = 4096;

/// Guardado.
#[derive(Serialize, ToSchema)]
struct ConfiguredView {
    /// Texto para personas.
    message: &'static str,
    /// Si la llave dice ser de otro modo que el configurado.
    #[serde(rename = "advertencia", skip_serializing_if = "Option::is_none")]
    warning: Option<&'static str>,
}

/// What the three addresses that store credentials differ in.
struct Form {
    body: &'static Body<ConfigureGateway>,
    message: &'static str,
    /// Whether the gateway is asked for the account behind the credentials.
    asks_account: bool,
}

impl Form {
    fn described(&self, endpoint: Endpoint) -> Endpoint {
        endpoint
            .body(self.body)
            .ok::<ConfiguredView>("Guardadas")
            .refuses(400, TENANT_INACTIVE)
            .refuses(404, GONE)
    }
}

static CONEKTA: Form = Form {
    body: &CONEKTA_CREDENTIALS,
    message: "Credenciales de Conekta actualizadas correctamente",
    asks_account: false,
};
static CONEKTA_BY_OLDER_PATH: Form = Form {
    message: "Configuración de Conekta actualizada",
    ..CONEKTA
};
static MERCADO_PAGO: Form = Form {
    body: &MERCADO_PAGO_CREDENTIALS,
    message: "Credenciales de Mercado Pago actualizadas correctamente",
    asks_account: true,
};

static CONEKTA_CREDENTIALS: Body<ConfigureGateway> = Body::new(
    "ConfigureConektaBody",
    "Credenciales de Conekta. Lo que falta o está vacío queda igual.",
    |fields| {
        let secret = fields
            .field(
                "private_key",
                "Llave privada (también `conekta_private_key`).",
            )
            .alias("conekta_private_key")
            .example("key_live_xxxxxxxxxxxxxxxx")
            .optional_secret(MAX_KEY);
        let public_key = fields
            .field(
                "public_key",
                "Llave pública (también `conekta_public_key`).",
            )
            .alias("conekta_public_key")
            .example("key_live_pub_xxxxxxxxxxxxxxxx")
            .limits_not_described()
            .optional_text(MAX_PUBLIC_KEY);
        let mode = fields
            .field(
                "mode",
                "`test` o `live` (también `conekta_mode`); solo se escribe si se envía.",
            )
            .alias("conekta_mode")
            .example("live")
            .optional_mode();
        ConfigureGateway {
            secret: set_secret(secret),
            public_key: set(public_key),
            mode,
            webhook_public_keys: read_signing_keys(fields),
            ..ConfigureGateway::nothing(GatewayKind::Conekta)
        }
    },
);

static MERCADO_PAGO_CREDENTIALS: Body<ConfigureGateway> = Body::new(
    "ConfigureMercadoPagoBody",
    "Credenciales de Mercado Pago. Lo que falta o está vacío queda igual.",
    |fields| {
        let secret = fields
            .field("access_token", "Token de acceso.")
            .example("APP_USR-xxxxxxxxxxxxxxxx")
            .optional_secret(MAX_KEY);
        let public_key = fields
            .field("public_key", "Llave pública.")
            .example("APP_USR-pub-xxxxxxxxxxxxxxxx")
            .limits_not_described()
            .optional_text(MAX_PUBLIC_KEY);
        let webhook_secret = fields
            .field("webhook_secret", "Secreto que firma los avisos.")
            .optional_secret(MAX_KEY);
        let mode = fields
            .field("mode", "`test` o `live`; solo se escribe si se envía.")
            .example("live")
            .optional_mode();
        ConfigureGateway {
            secret: set_secret(secret),
            public_key: set(public_key),
            webhook_secret: set_secret(webhook_secret),
            mode,
            ..ConfigureGateway::nothing(GatewayKind::MercadoPago)
        }
    },
);

fn set<T>(sent: Option<T>) -> Edit<T> {
    sent.map_or(Edit::Keep, Edit::Set)
}

fn set_secret(sent: Option<String>) -> Edit<Secret> {
    set(sent.map(|text| Secret::new(text.trim())))
}

impl Field<'_> {
    /// `test` or `live`, if sent.
    fn optional_mode(self) -> Option<GatewayMode> {
        self.optional_choice(GatewayMode::from_str_name, &["test", "live"])
    }
}

fn read_signing_keys(fields: &mut Fields) -> Option<Vec<String>> {
    const FIELD: &str = "webhook_public_key";
    let sent = fields
        .field(
            FIELD,
            "Llave pública PEM que firma los avisos de Conekta; una, o una lista de hasta tres.",
        )
        .text_or_json();
    let keys = match sent {
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
    if keys.len() > MAX_SIGNING_KEYS || !keys.iter().all(well_formed) {
        let msg = format!("Debe ser una llave pública PEM, o hasta {MAX_SIGNING_KEYS}");
        fields.problem(FIELD, "value_error", msg);
        return None;
    }
    Some(keys)
}

async fn configure(
    form: &'static Form,
    state: web::Data<State>,
    admin: AsTenantAdmin,
    body: RawBody,
) -> Result<web::Json<ConfiguredView>, ApiError> {
    let change = form.body.read(body)?;
    let configured = configure_gateway(&state.app, &admin.0, change).await?;
    if form.asks_account {
        learn_collector(&state.app, admin.0.tenant_id().clone());
    }
    Ok(web::Json(ConfiguredView {
        message: form.message,
        warning: mode_warning(configured.contradicted_by),
    }))
}

/// La configuración de Mercado Pago.
#[derive(Serialize, ToSchema)]
struct MercadoPagoSettingsAnswer {
    /// Texto para personas.
    message: &'static str,
    /// La configuración.
    #[serde(rename = "configuracion_actual")]
    present: MercadoPagoSettingsView,
}

/// La configuración de Mercado Pago, con los secretos ocultos.
#[derive(Serialize, ToSchema)]
struct MercadoPagoSettingsView {
    /// `********` si hay uno.
    #[schema(required = true)]
    access_token: Option<&'static str>,
    /// Llave pública.
    #[schema(required = true)]
    public_key: Option<String>,
    /// `test` o `live`.
    #[schema(value_type = ModeName)]
    mode: &'static str,
    /// `********` si hay uno.
    #[schema(required = true)]
    webhook_secret: Option<&'static str>,
}

async fn mercado_pago(
    state: web::Data<State>,
    admin: AsTenantAdmin,
) -> Result<web::Json<MercadoPagoSettingsAnswer>, ApiError> {
    let company = find_company(&state.app, &admin.0).await?;
    let settings = company.tenant.gateway(GatewayKind::MercadoPago).clone();
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

/// Guardado, con un resumen.
#[derive(Serialize, ToSchema)]
struct CredentialsSavedView {
    /// Siempre `true`.
    success: bool,
    /// Texto para personas.
    message: &'static str,
    /// La empresa.
    #[serde(rename = "empresa")]
    tenant: NamedCompanyView,
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
struct NamedCompanyView {
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
struct SummaryView {
    /// Hay token de acceso.
    access_token: bool,
    /// Hay secreto de avisos.
    webhook_secret: bool,
    /// Hay llave pública.
    public_key: bool,
    /// `test` o `live`.
    #[schema(value_type = ModeName)]
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
        let settings = tenant.gateway(GatewayKind::MercadoPago);
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

/// The change, and the names of the fields that it touches.
static ALL_CREDENTIALS: Body<(ConfigureGateway, Vec<String>)> = Body::new(
    "ConfigureCredentialsBody",
    "Credenciales de Mercado Pago y Telegram. Un texto vacío borra; lo que falta queda igual.",
    |fields| {
        let access_token = fields
            .field("access_token", "Token de acceso de Mercado Pago.")
            .example("APP_USR-xxxxxxxxxxxxxxxx")
            .edit_secret(MAX_KEY);
        let public_key = fields
            .field("public_key", "Llave pública.")
            .example("APP_USR-pub-xxxxxxxxxxxxxxxx")
            .limits_not_described()
            .edit_bytes(MAX_PUBLIC_KEY);
        let webhook_secret = fields
            .field("webhook_secret", "Secreto que firma los avisos.")
            .example("whsec_xxxxxxxxxxxxxxxx")
            .edit_secret(MAX_KEY);
        let mode = fields
            .field("mode", "`test` o `live`; solo se escribe si se envía.")
            .example("live")
            .optional_mode();
        let telegram_token = fields
            .field("telegram_bot_token", "Token del bot de Telegram.")
            .edit_secret(255);
        let telegram_chat_id = fields
            .field("telegram_chat_id", "Chat de Telegram.")
            .limits_not_described()
            .edit_bytes(50);
        let notices_enabled = fields
            .field("notificaciones_telegram", "Si se envían avisos.")
            .optional_bool();
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
        (change, changed.into_iter().flatten().collect())
    },
);

async fn configure_credentials(
    state: web::Data<State>,
    admin: AsTenantAdmin,
    body: RawBody,
) -> Result<web::Json<CredentialsSavedView>, ApiError> {
    let (change, changed) = ALL_CREDENTIALS.read(body)?;
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
        tenant: NamedCompanyView {
            id: tenant.id.as_str().to_owned(),
            name: tenant.name.clone(),
        },
        changed,
        present,
        unchanged,
        warning: mode_warning(configured.contradicted_by),
    }))
}

impl From<GatewaySettingsError> for ApiError {
    fn from(error: GatewaySettingsError) -> Self {
        match error {
            GatewaySettingsError::NotFound => {
                Self::not_found(TENANT_NOT_FOUND).code(ErrorCode::TenantNotFound)
            }
            GatewaySettingsError::Inactive => Self::bad_request(TENANT_INACTIVE),
            GatewaySettingsError::SecretMissing => {
                Self::bad_request("Falta webhook_secret: cópielo del panel de Mercado Pago")
            }
            GatewaySettingsError::Failure(failure) => failure.into(),
        }
    }
}

/// The warning when a key is of another mode than the configured one.
fn mode_warning(mode_of_key: Option<GatewayMode>) -> Option<&'static str> {
    match mode_of_key {
        Some(GatewayMode::Live) => Some(
            "La llave es de producción (live), pero el modo configurado es test. Revise cuál de los dos es el correcto.",
        ),
        Some(GatewayMode::Test) => Some(
            "La llave es de pruebas (test), pero el modo configurado es live. Revise cuál de los dos es el correcto.",
        ),
        None => None,
    }
}
