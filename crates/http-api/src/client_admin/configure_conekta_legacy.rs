//! `PUT /api/v1/admin/mi-empresa/conekta-config`, an older address of the same.

use actix_web::web;

use crate::body::raw::RawBody;
use crate::client_admin::configure_conekta::{ConfigureConektaBody, ConfiguredView, configure};
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsTenantAdmin;
use crate::state::State;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "PUT",
    "/api/v1/admin/mi-empresa/conekta-config",
    Access::TenantAdmin,
    || web::put().to(handle),
);

/// Guardar las credenciales de Conekta (dirección anterior).
#[utoipa::path(
    put, path = "/api/v1/admin/mi-empresa/conekta-config", tag = "Empresa",
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
        "Configuración de Conekta actualizada",
    )
    .await
}
