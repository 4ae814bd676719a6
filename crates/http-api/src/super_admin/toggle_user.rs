//! `PUT /admin/usuarios/{usuario_id}/toggle-activo`.

use actix_web::{HttpRequest, web};
use application::platform::users::{ToggleUserError, toggle_user};
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsSuperAdmin;
use crate::state::State;
use crate::super_admin::path::user_id;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "PUT",
    "/admin/usuarios/{usuario_id}/toggle-activo",
    Access::SuperAdmin,
    || web::put().to(handle),
);

/// Cómo quedó el usuario.
#[derive(Serialize, ToSchema)]
pub(crate) struct ToggledUserView {
    /// Texto para personas.
    message: &'static str,
    /// El usuario.
    usuario_id: i64,
    /// Si puede entrar ahora.
    #[serde(rename = "activo")]
    is_active: bool,
}

impl From<ToggleUserError> for ApiError {
    fn from(error: ToggleUserError) -> Self {
        match error {
            ToggleUserError::NotFound => Self::not_found("Usuario no encontrado"),
            ToggleUserError::Own => Self::bad_request("No puedes desactivar tu propio usuario"),
            ToggleUserError::Failure(failure) => failure.into(),
        }
    }
}

/// Activar o desactivar un usuario. Sus sesiones terminan al desactivarlo.
#[utoipa::path(
    put, path = "/admin/usuarios/{usuario_id}/toggle-activo", tag = "Plataforma",
    params(("usuario_id" = i64, Path, description = "Usuario")), security(("sesion" = [])),
    responses(
        (status = 200, description = "Cambiado", body = ToggledUserView),
        (status = 400, description = "Es uno mismo", body = crate::wire::error::ErrorView),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo super admin", body = crate::wire::error::ErrorView),
        (status = 404, description = "No existe", body = crate::wire::error::ErrorView),
        (status = 422, description = "Número no válido", body = crate::wire::error::ProblemsView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
) -> Result<web::Json<ToggledUserView>, ApiError> {
    let id = user_id(&request)?;
    let is_active = toggle_user(&state.app, &admin.0, id).await?;
    let message = if is_active {
        "Usuario activado"
    } else {
        "Usuario desactivado"
    };
    Ok(web::Json(ToggledUserView {
        message,
        usuario_id: id.get(),
        is_active,
    }))
}
