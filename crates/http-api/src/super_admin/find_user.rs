//! `GET /admin/usuarios/{usuario_id}`.

use actix_web::{HttpRequest, web};
use application::platform::users::find_user;

use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsSuperAdmin;
use crate::state::State;
use crate::super_admin::path::user_id;
use crate::wire::user::UserView;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "GET",
    "/admin/usuarios/{usuario_id}",
    Access::SuperAdmin,
    || web::get().to(handle),
);

/// Un usuario del panel.
#[utoipa::path(
    get, path = "/admin/usuarios/{usuario_id}", tag = "Plataforma",
    params(("usuario_id" = i64, Path, description = "Usuario")), security(("sesion" = [])),
    responses(
        (status = 200, description = "El usuario", body = UserView),
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
) -> Result<web::Json<UserView>, ApiError> {
    let id = user_id(&request)?;
    let found = find_user(&state.app, &admin.0, id).await?;
    let user = found.ok_or_else(|| ApiError::not_found("Usuario no encontrado"))?;
    Ok(web::Json(UserView::from(&user)))
}
