//! `POST /admin/empresas`.

use actix_web::web;
use application::platform::tenants::{CreateTenant, create_tenant};
use domain::gateway::GatewayMode;
use domain::secret::Secret;
use utoipa::ToSchema;

use crate::body::fields::Fields;
use crate::body::raw::RawBody;
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsSuperAdmin;
use crate::state::State;
use crate::super_admin::tenant_view::TenantView;

pub(crate) const ENDPOINT: Endpoint =
    Endpoint::new("POST", "/admin/empresas", Access::SuperAdmin, || {
        web::post().to(handle)
    });

/// Una empresa nueva. Las llaves de Conekta pueden ser provisionales.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; it is read field by field")]
pub(crate) struct CreateTenantBody {
    /// Nombre.
    #[schema(example = "WiFi Café Central", max_length = 100)]
    nombre: String,
    /// Correo de contacto.
    #[schema(format = Email, example = "contacto@cafecentral.com", max_length = 100)]
    contacto_email: String,
    /// Teléfono de contacto.
    #[schema(example = "5512345678", max_length = 20)]
    contacto_telefono: Option<String>,
    /// Llave privada de Conekta.
    #[schema(example = "key_test_default", max_length = 100)]
    conekta_private_key: Option<String>,
    /// Llave pública de Conekta.
    #[schema(example = "key_test_default_pub", max_length = 100)]
    conekta_public_key: Option<String>,
    /// `test` o `live`.
    #[schema(example = "test")]
    conekta_mode: Option<String>,
}

fn read(mut fields: Fields) -> Result<CreateTenant, ApiError> {
    let command = CreateTenant {
        name: fields.text(&["nombre"], 100),
        contact_email: fields.email(&["contacto_email"]),
        contact_phone: fields.optional_text_or_number(&["contacto_telefono"], 20),
        conekta_private_key: Secret::new(
            fields
                .optional_secret(&["conekta_private_key"], 100)
                .unwrap_or_else(|| "key_test_default".to_owned()),
        ),
        conekta_public_key: fields
            .optional_text(&["conekta_public_key"], 100, true)
            .unwrap_or_else(|| "key_test_default_pub".to_owned()),
        conekta_mode: fields
            .optional_choice(&["conekta_mode"], GatewayMode::from_str_name, "test o live")
            .unwrap_or(GatewayMode::Test),
    };
    fields.finish()?;
    Ok(command)
}

/// Registrar una empresa.
#[utoipa::path(
    post, path = "/admin/empresas", tag = "Plataforma", request_body = CreateTenantBody,
    security(("sesion" = [])),
    responses(
        (status = 200, description = "Creada", body = TenantView),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo super admin", body = crate::wire::error::ErrorView),
        (status = 422, description = "Datos no válidos", body = crate::wire::error::ProblemsView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    admin: AsSuperAdmin,
    body: RawBody,
) -> Result<web::Json<TenantView>, ApiError> {
    let command = read(body.fields()?)?;
    Ok(web::Json(
        create_tenant(&state.app, &admin.0, command).await?.into(),
    ))
}
