//! `PUT /admin/usuarios/{usuario_id}/password`.

use actix_web::{HttpRequest, web};
use application::platform::users::reset_password;
use domain::secret::Secret;
use domain::user::{MAX_PASSWORD, MIN_PASSWORD, password_length_fits};
use utoipa::ToSchema;

use crate::body::fields::Fields;
use crate::body::raw::RawBody;
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsSuperAdmin;
use crate::state::State;
use crate::super_admin::path::user_id;
use crate::wire::error::MessageView;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "PUT",
    "/admin/usuarios/{usuario_id}/password",
    Access::SuperAdmin,
    || web::put().to(handle),
);

/// La contraseña nueva.
#[derive(ToSchema)]
pub(crate) struct ResetPasswordBody {
    /// De 8 a 128 bytes. También se acepta como `password`.
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128)]
    new_password: Secret,
}

impl ResetPasswordBody {
    fn read(mut fields: Fields) -> Result<Self, ApiError> {
        let sent = fields.optional_secret(&["new_password", "password"], 1024);
        if let Some(new) = &sent {
            if !password_length_fits(new) {
                let msg = format!("Debe tener de {MIN_PASSWORD} a {MAX_PASSWORD} bytes");
                fields.problem("new_password", "value_error", msg);
            }
        } else if fields.is_fine() {
            fields.problem("new_password", "missing", "Este campo es obligatorio");
        }
        fields.finish()?;
        Ok(Self {
            new_password: Secret::new(sent.unwrap_or_default()),
        })
    }
}

/// Poner una contraseña nueva a un usuario. Todas sus sesiones terminan.
#[utoipa::path(
    put, path = "/admin/usuarios/{usuario_id}/password", tag = "Plataforma",
    params(("usuario_id" = i64, Path, description = "Usuario")),
    request_body = ResetPasswordBody, security(("sesion" = [])),
    responses(
        (status = 200, description = "Contraseña cambiada", body = MessageView),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo super admin", body = crate::wire::error::ErrorView),
        (status = 404, description = "No existe", body = crate::wire::error::ErrorView),
        (status = 422, description = "Datos no válidos", body = crate::wire::error::ProblemsView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
    body: RawBody,
) -> Result<web::Json<MessageView>, ApiError> {
    let id = user_id(&request)?;
    let body = ResetPasswordBody::read(body.fields()?)?;
    if reset_password(&state.app, &admin.0, id, body.new_password).await? {
        Ok(web::Json(MessageView::new(
            "Contraseña actualizada exitosamente",
        )))
    } else {
        Err(ApiError::not_found("Usuario no encontrado"))
    }
}
