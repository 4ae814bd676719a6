//! `GET /api/v1/admin/mi-empresa`.

use actix_web::web;
use application::operator::company::{Company, find_company};
use domain::secret::Secret;
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsTenantAdmin;
use crate::state::State;
use crate::wire::time::iso;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "GET",
    "/api/v1/admin/mi-empresa",
    Access::TenantAdmin,
    || web::get().to(handle),
);

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
pub(crate) struct CompanyView {
    /// Identificador.
    #[schema(example = "EMP_7B20C4D91E")]
    id: String,
    /// Nombre.
    #[serde(rename = "nombre")]
    name: String,
    /// Correo de contacto.
    #[serde(rename = "contacto_email")]
    contact_email: Option<String>,
    /// Teléfono de contacto.
    #[serde(rename = "contacto_telefono")]
    contact_phone: Option<String>,
    /// Ruta del logotipo.
    logo_url: Option<String>,
    /// `test` o `live`.
    conekta_mode: &'static str,
    /// Llave pública de Conekta.
    conekta_public_key: Option<String>,
    /// `test` o `live`.
    mercado_pago_mode: &'static str,
    /// Llave pública de Mercado Pago.
    mercado_pago_public_key: Option<String>,
    /// Si puede vender.
    #[serde(rename = "activa")]
    is_active: bool,
    /// Cuándo se creó (UTC).
    #[serde(rename = "creada_en")]
    created_at: String,
    /// Token del bot, oculto salvo los últimos 4 caracteres.
    telegram_bot_token: Option<String>,
    /// Chat de Telegram.
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
            conekta_mode: tenant.conekta.mode.as_str(),
            conekta_public_key: tenant.conekta.public_key,
            mercado_pago_mode: tenant.mercado_pago.mode.as_str(),
            mercado_pago_public_key: tenant.mercado_pago.public_key,
            is_active: tenant.is_active,
            created_at: iso(tenant.created_at),
            telegram_bot_token: telegram_token.as_ref().map(masked),
            telegram_chat_id: tenant.telegram.chat_id,
            notices_enabled: tenant.telegram.is_enabled,
        }
    }
}

/// La empresa de quien pregunta.
#[utoipa::path(
    get, path = "/api/v1/admin/mi-empresa", tag = "Empresa", security(("sesion" = [])),
    responses(
        (status = 200, description = "La empresa", body = CompanyView),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo cliente_admin", body = crate::wire::error::ErrorView),
        (status = 404, description = "Ya no existe", body = crate::wire::error::ErrorView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    admin: AsTenantAdmin,
) -> Result<web::Json<CompanyView>, ApiError> {
    Ok(web::Json(find_company(&state.app, &admin.0).await?.into()))
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
