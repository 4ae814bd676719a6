//! `PUT /api/v1/admin/mi-empresa`.

use actix_web::web;
use application::edit::Edit;
use application::operator::company::Company;
use application::operator::company::{UpdateProfile, update_profile};
use domain::contact::Email;
use domain::secret::Secret;
use serde::Serialize;
use utoipa::ToSchema;

use crate::body::fields::{Change, Fields};
use crate::body::raw::RawBody;
use crate::client_admin::company::{MASK, masked};
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsTenantAdmin;
use crate::state::State;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "PUT",
    "/api/v1/admin/mi-empresa",
    Access::TenantAdmin,
    || web::put().to(handle),
);

/// Lo que cambia. Lo que no se envía queda igual; nulo borra lo que puede faltar.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; it is read field by field")]
pub(crate) struct UpdateCompanyBody {
    /// Nombre.
    #[schema(max_length = 100)]
    nombre: Option<String>,
    /// Correo de contacto.
    #[schema(format = Email, max_length = 100)]
    contacto_email: Option<String>,
    /// Teléfono de contacto.
    #[schema(max_length = 20)]
    contacto_telefono: Option<String>,
    /// Token del bot; el texto oculto de la consulta lo deja igual.
    #[schema(max_length = 255)]
    telegram_bot_token: Option<String>,
    /// Chat de Telegram.
    #[schema(max_length = 50)]
    telegram_chat_id: Option<String>,
    /// Si se envían avisos.
    notificaciones_telegram: Option<bool>,
}

fn edit<T>(change: Change<String>, make: impl Fn(String) -> T) -> Edit<T> {
    match change {
        Change::Keep => Edit::Keep,
        Change::Clear => Edit::Clear,
        Change::Set(text) => Edit::Set(make(text)),
    }
}

fn read(mut fields: Fields) -> Result<UpdateProfile, ApiError> {
    let name = fields.update_text("nombre", 100);
    let contact_email = if fields.json("contacto_email").is_null() && fields.has("contacto_email") {
        Edit::Clear
    } else {
        fields
            .optional_email(&["contacto_email"])
            .map_or(Edit::Keep, Edit::<Email>::Set)
    };
    let contact_phone = edit(fields.change_text("contacto_telefono", 20), |text| text);
    let telegram_token = match fields.change_text("telegram_bot_token", 255) {
        // What the panel was shown comes back when nobody typed a new one.
        Change::Set(text) if text.starts_with(MASK) => Edit::Keep,
        other => edit(other, Secret::new),
    };
    let telegram_chat_id = edit(fields.change_text("telegram_chat_id", 50), |text| text);
    let notices_enabled = fields.optional_bool(&["notificaciones_telegram"]);
    fields.finish()?;
    Ok(UpdateProfile {
        name,
        contact_email,
        contact_phone,
        telegram_token,
        telegram_chat_id,
        notices_enabled,
    })
}

/// La empresa después del cambio.
#[derive(Serialize, ToSchema)]
pub(crate) struct UpdatedCompanyView {
    /// Texto para personas.
    message: &'static str,
    /// Lo que se puede cambiar, como quedó.
    empresa: CompanyProfileView,
}

/// Lo que el cliente puede cambiar de su empresa.
#[derive(Serialize, ToSchema)]
pub(crate) struct CompanyProfileView {
    /// Nombre.
    #[serde(rename = "nombre")]
    name: String,
    /// Correo de contacto.
    #[serde(rename = "contacto_email")]
    contact_email: Option<String>,
    /// Teléfono de contacto.
    #[serde(rename = "contacto_telefono")]
    contact_phone: Option<String>,
    /// Token del bot, oculto salvo los últimos 4 caracteres.
    telegram_bot_token: Option<String>,
    /// Chat de Telegram.
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

/// Cambiar los datos de la propia empresa.
#[utoipa::path(
    put, path = "/api/v1/admin/mi-empresa", tag = "Empresa", request_body = UpdateCompanyBody,
    security(("sesion" = [])),
    responses(
        (status = 200, description = "Cambiada", body = UpdatedCompanyView),
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
) -> Result<web::Json<UpdatedCompanyView>, ApiError> {
    let change = read(body.fields()?)?;
    let company = update_profile(&state.app, &admin.0, change).await?;
    Ok(web::Json(UpdatedCompanyView {
        message: "Empresa actualizada correctamente",
        empresa: company.into(),
    }))
}
