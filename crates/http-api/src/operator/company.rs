//! The operator's own company.

use actix_web::web;
use application::edit::Edit;
use application::operator::company::{
    Company, CompanyError, UpdateProfile, find_company, update_profile,
};
use domain::gateway::GatewayKind;
use domain::secret::Secret;
use serde::Serialize;
use utoipa::ToSchema;

use crate::body::Body;
use crate::body::raw::RawBody;
use crate::endpoint::{Access, Endpoint, get, put, tagged};
use crate::error::{ApiError, ErrorCode};
use crate::extract::AsTenantAdmin;
use crate::state::State;
use crate::texts::TENANT_NOT_FOUND;
use crate::wire::names::ModeName;
use crate::wire::values::iso;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    tagged(
        "Empresa",
        [
            get("/api/v1/admin/mi-empresa", Access::TenantAdmin, find)
                .id("obtenerMiEmpresa")
                .summary("La empresa de quien pregunta.")
                .ok::<CompanyView>("La empresa")
                .refuses(404, "Ya no existe"),
            put("/api/v1/admin/mi-empresa", Access::TenantAdmin, update)
                .id("cambiarMiEmpresa")
                .summary("Cambiar los datos de la propia empresa.")
                .body(&CHANGE)
                .ok::<UpdatedCompanyView>("Cambiada")
                .refuses(404, "Ya no existe"),
        ],
    )
}

/// What stands for a secret.
pub(super) const MASK: &str = "********";

/// The mask and the last four characters: enough to recognise, too little to use.
pub(super) fn masked(secret: &Secret) -> String {
    let length = secret.expose().chars().count();
    let hidden = if length >= 12 {
        length.saturating_sub(4)
    } else {
        length
    };
    let tail: String = secret.expose().chars().skip(hidden).collect();
    format!("{MASK}{tail}")
}

/// La empresa. Las llaves privadas nunca aparecen.
#[derive(Serialize, ToSchema)]
struct CompanyView {
    /// Identificador.
    #[schema(example = "EMP_7B20C4D91E")]
    id: String,
    /// Nombre.
    #[serde(rename = "nombre")]
    name: String,
    /// Correo de contacto.
    #[serde(rename = "contacto_email")]
    #[schema(required = true)]
    contact_email: Option<String>,
    /// Teléfono de contacto.
    #[serde(rename = "contacto_telefono")]
    #[schema(required = true)]
    contact_phone: Option<String>,
    /// Ruta del logotipo.
    #[schema(required = true)]
    logo_url: Option<String>,
    /// `test` o `live`.
    #[schema(value_type = ModeName)]
    conekta_mode: &'static str,
    /// Llave pública de Conekta.
    #[schema(required = true)]
    conekta_public_key: Option<String>,
    /// `test` o `live`.
    #[schema(value_type = ModeName)]
    mercado_pago_mode: &'static str,
    /// Llave pública de Mercado Pago.
    #[schema(required = true)]
    mercado_pago_public_key: Option<String>,
    /// Si puede vender.
    #[serde(rename = "activa")]
    is_active: bool,
    /// Cuándo se creó (UTC).
    #[serde(rename = "creada_en")]
    created_at: String,
    /// Token del bot, oculto salvo los últimos 4 caracteres.
    #[schema(required = true)]
    telegram_bot_token: Option<String>,
    /// Chat de Telegram.
    #[schema(required = true)]
    telegram_chat_id: Option<String>,
    /// Si se envían avisos.
    #[serde(rename = "notificaciones_telegram")]
    notices_enabled: bool,
}

impl From<Company> for CompanyView {
    fn from(company: Company) -> Self {
        let Company {
            tenant,
            telegram_token,
        } = company;
        Self {
            id: tenant.id.as_str().to_owned(),
            name: tenant.name,
            contact_email: tenant.contact_email.map(|email| email.as_str().to_owned()),
            contact_phone: tenant.contact_phone,
            logo_url: tenant.logo_url,
            conekta_mode: tenant.gateways.get(GatewayKind::Conekta).mode.as_str(),
            conekta_public_key: tenant.gateways.get(GatewayKind::Conekta).public_key.clone(),
            mercado_pago_mode: tenant.gateways.get(GatewayKind::MercadoPago).mode.as_str(),
            mercado_pago_public_key: tenant
                .gateways
                .get(GatewayKind::MercadoPago)
                .public_key
                .clone(),
            is_active: tenant.is_active,
            created_at: iso(tenant.created_at),
            telegram_bot_token: telegram_token.as_ref().map(masked),
            telegram_chat_id: tenant.telegram.chat_id,
            notices_enabled: tenant.telegram.is_enabled,
        }
    }
}

async fn find(
    state: web::Data<State>,
    admin: AsTenantAdmin,
) -> Result<web::Json<CompanyView>, ApiError> {
    Ok(web::Json(find_company(&state.app, &admin.0).await?.into()))
}

static CHANGE: Body<UpdateProfile> = Body::new(
    "UpdateCompanyBody",
    "Lo que cambia. Lo que no se envía queda igual; nulo borra lo que puede faltar.",
    |fields| UpdateProfile {
        name: fields.field("nombre", "Nombre.").update_text(100),
        contact_email: fields
            .field("contacto_email", "Correo de contacto.")
            .edit_email(),
        contact_phone: fields
            .field("contacto_telefono", "Teléfono de contacto.")
            .edit_text(20),
        telegram_token: token_edit(
            fields
                .field(
                    "telegram_bot_token",
                    "Token del bot; el texto oculto de la consulta lo deja igual.",
                )
                .edit_text(255),
        ),
        telegram_chat_id: fields
            .field("telegram_chat_id", "Chat de Telegram.")
            .edit_text(50),
        notices_enabled: fields
            .field("notificaciones_telegram", "Si se envían avisos.")
            .optional_bool(),
    },
);

fn token_edit(edit: Edit<String>) -> Edit<Secret> {
    match edit {
        // The panel sends the masked token back when it was not edited.
        Edit::Set(text) if text.starts_with(MASK) => Edit::Keep,
        Edit::Set(text) => Edit::Set(Secret::new(text)),
        Edit::Clear => Edit::Clear,
        Edit::Keep => Edit::Keep,
    }
}

/// La empresa después del cambio.
#[derive(Serialize, ToSchema)]
struct UpdatedCompanyView {
    /// Texto para personas.
    message: &'static str,
    /// Lo que se puede cambiar, como quedó.
    #[serde(rename = "empresa")]
    tenant: CompanyProfileView,
}

/// Lo que el cliente puede cambiar de su empresa.
#[derive(Serialize, ToSchema)]
struct CompanyProfileView {
    /// Nombre.
    #[serde(rename = "nombre")]
    name: String,
    /// Correo de contacto.
    #[serde(rename = "contacto_email")]
    #[schema(required = true)]
    contact_email: Option<String>,
    /// Teléfono de contacto.
    #[serde(rename = "contacto_telefono")]
    #[schema(required = true)]
    contact_phone: Option<String>,
    /// Token del bot, oculto salvo los últimos 4 caracteres.
    #[schema(required = true)]
    telegram_bot_token: Option<String>,
    /// Chat de Telegram.
    #[schema(required = true)]
    telegram_chat_id: Option<String>,
    /// Si se envían avisos.
    #[serde(rename = "notificaciones_telegram")]
    notices_enabled: bool,
}

impl From<Company> for CompanyProfileView {
    fn from(company: Company) -> Self {
        let Company {
            tenant,
            telegram_token,
        } = company;
        Self {
            name: tenant.name,
            contact_email: tenant.contact_email.map(|email| email.as_str().to_owned()),
            contact_phone: tenant.contact_phone,
            telegram_bot_token: telegram_token.as_ref().map(masked),
            telegram_chat_id: tenant.telegram.chat_id,
            notices_enabled: tenant.telegram.is_enabled,
        }
    }
}

async fn update(
    state: web::Data<State>,
    admin: AsTenantAdmin,
    body: RawBody,
) -> Result<web::Json<UpdatedCompanyView>, ApiError> {
    let change = CHANGE.read(body)?;
    let company = update_profile(&state.app, &admin.0, change).await?;
    Ok(web::Json(UpdatedCompanyView {
        message: "Empresa actualizada correctamente",
        tenant: company.into(),
    }))
}

impl From<CompanyError> for ApiError {
    fn from(error: CompanyError) -> Self {
        match error {
            CompanyError::NotFound => {
                Self::not_found(TENANT_NOT_FOUND).code(ErrorCode::TenantNotFound)
            }
            CompanyError::Failure(failure) => failure.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_end_of_a_long_secret_is_shown() {
        assert_eq!(masked(&Secret::new("123456:ABC-defgh")), "********efgh");
        assert_eq!(masked(&Secret::new("short")), "********");
        assert_eq!(masked(&Secret::new("ñandúñandúñandú")), "********andú");
    }
}
