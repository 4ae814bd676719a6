//! `GET /api/v1/admin/routers/{router_id}/mikrotik-profiles`.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use application::operator::routers::{ProfilesError, router_profiles};
use application::vocabulary::{HotspotError, ProfileRow};
use serde::Serialize;
use utoipa::ToSchema;

use crate::client_admin::router_path::{ROUTER_NOT_FOUND, router_id};
use crate::client_admin::router_text::router_trouble;
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsTenantAdmin;
use crate::state::State;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "GET",
    "/api/v1/admin/routers/{router_id}/mikrotik-profiles",
    Access::TenantAdmin,
    || web::get().to(handle),
);

/// Un perfil del hotspot. Cada valor es el texto del router, o nulo si no está.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProfileView {
    /// `.id` en el router.
    #[schema(example = "*2")]
    id: Option<String>,
    /// Nombre.
    #[schema(example = "1hora")]
    name: Option<String>,
    /// Duración de una sesión.
    #[schema(example = "1h")]
    session_timeout: Option<String>,
    /// Inactividad permitida.
    idle_timeout: Option<String>,
    /// Velocidad.
    #[schema(example = "5M/5M")]
    rate_limit: Option<String>,
    /// Lista de direcciones.
    address_list: Option<String>,
    /// Dispositivos a la vez.
    shared_users: Option<String>,
    /// Comprobación de presencia.
    keepalive_timeout: Option<String>,
    /// Actualización de la página de estado.
    status_autorefresh: Option<String>,
    /// Duración de la cookie por MAC.
    mac_cookie_timeout: Option<String>,
}

impl From<ProfileRow> for ProfileView {
    fn from(row: ProfileRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            session_timeout: row.session_timeout,
            idle_timeout: row.idle_timeout,
            rate_limit: row.rate_limit,
            address_list: row.address_list,
            shared_users: row.shared_users,
            keepalive_timeout: row.keepalive_timeout,
            status_autorefresh: row.status_autorefresh,
            mac_cookie_timeout: row.mac_cookie_timeout,
        }
    }
}

impl From<ProfilesError> for ApiError {
    fn from(error: ProfilesError) -> Self {
        match error {
            ProfilesError::NotFound => Self::not_found(ROUTER_NOT_FOUND),
            ProfilesError::Inactive => Self::bad_request(
                "El router está desactivado. Pida al administrador de la plataforma que lo active.",
            ),
            ProfilesError::Router { address, error } => {
                let status = match error {
                    HotspotError::Refused(_) | HotspotError::NotPermitted => {
                        StatusCode::INTERNAL_SERVER_ERROR
                    }
                    _ => StatusCode::BAD_REQUEST,
                };
                Self::new(status, router_trouble(&error, &address))
            }
            ProfilesError::Failure(failure) => failure.into(),
        }
    }
}

/// Los perfiles del hotspot, leídos ahora del router.
#[utoipa::path(
    get, path = "/api/v1/admin/routers/{router_id}/mikrotik-profiles", tag = "Routers",
    params(("router_id" = String, Path, description = "Router")), security(("sesion" = [])),
    responses(
        (status = 200, description = "Perfiles", body = Vec<ProfileView>),
        (status = 400, description = "Desactivado, o no se pudo conectar", body = crate::wire::error::ErrorView),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo cliente_admin", body = crate::wire::error::ErrorView),
        (status = 404, description = "No existe", body = crate::wire::error::ErrorView),
        (status = 500, description = "El router rechazó la lectura", body = crate::wire::error::ErrorView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsTenantAdmin,
) -> Result<web::Json<Vec<ProfileView>>, ApiError> {
    let id = router_id(&request)?;
    let rows = router_profiles(&state.app, &admin.0, &id).await?;
    Ok(web::Json(rows.into_iter().map(ProfileView::from).collect()))
}
