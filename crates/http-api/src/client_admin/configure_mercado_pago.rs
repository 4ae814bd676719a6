//! `POST /api/v1/admin/mi-empresa/configurar-credenciales`.

use actix_web::web;
use application::operator::gateway_settings::learn_collector;
use application::operator::gateway_settings::{ConfigureGateway, configure_gateway};
use domain::gateway::GatewayKind;
use utoipa::ToSchema;

use crate::body::fields::Fields;
use crate::body::raw::RawBody;
use crate::client_admin::configure_conekta::ConfiguredView;
use crate::client_admin::gateway_error::{
    keep_or_set_secret, keep_or_set_text, mode_warning, read_mode,
};
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsTenantAdmin;
use crate::state::State;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "POST",
    "/api/v1/admin/mi-empresa/configurar-credenciales",
    Access::TenantAdmin,
    || web::post().to(handle),
);

/// Credenciales de Mercado Pago. Lo que falta o está vacío queda igual.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; it is read field by field")]
pub(crate) struct ConfigureMercadoPagoBody {
    /// Token de acceso.
    #[schema(format = Password, example = "APP_USR-xxxxxxxxxxxxxxxx")]
    access_token: Option<String>,
    /// Llave pública.
    #[schema(example = "APP_USR-pub-xxxxxxxxxxxxxxxx")]
    public_key: Option<String>,
    /// Secreto que firma los avisos.
    #[schema(format = Password)]
    webhook_secret: Option<String>,
    /// `test` o `live`; solo se escribe si se envía.
    #[schema(example = "live")]
    mode: Option<String>,
}

fn read(mut fields: Fields) -> Result<ConfigureGateway, ApiError> {
    let change = ConfigureGateway {
        secret: keep_or_set_secret(&mut fields, &["access_token"]),
        public_key: keep_or_set_text(&mut fields, &["public_key"]),
        webhook_secret: keep_or_set_secret(&mut fields, &["webhook_secret"]),
        mode: read_mode(&mut fields, &["mode"]),
        ..ConfigureGateway::nothing(GatewayKind::MercadoPago)
    };
    fields.finish()?;
    Ok(change)
}

/// Guardar las credenciales de Mercado Pago, cifradas.
#[utoipa::path(
    post, path = "/api/v1/admin/mi-empresa/configurar-credenciales", tag = "Empresa",
    request_body = ConfigureMercadoPagoBody, security(("sesion" = [])),
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
    let change = read(body.fields()?)?;
    let configured = configure_gateway(&state.app, &admin.0, change).await?;
    learn_collector(&state.app, admin.0.tenant_id().clone());
    Ok(web::Json(ConfiguredView {
        message: "Credenciales de Mercado Pago actualizadas correctamente",
        warning: mode_warning(configured.contradicted_by),
    }))
}
