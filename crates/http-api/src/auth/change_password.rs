//! `POST /api/v1/auth/change-password`.

use actix_web::web;
use application::auth::change_password::{ChangePasswordError, change_password};
use domain::secret::Secret;
use domain::user::{MAX_PASSWORD, MIN_PASSWORD, password_length_fits};
use utoipa::ToSchema;

use crate::body::fields::Fields;
use crate::body::raw::RawBody;
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AnySession;
use crate::state::State;
use crate::wire::error::MessageView;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "POST",
    "/api/v1/auth/change-password",
    Access::Session,
    || web::post().to(handle),
);

/// La contraseña de ahora y la nueva.
#[derive(ToSchema)]
pub(crate) struct ChangePasswordBody {
    /// La contraseña de ahora.
    #[schema(value_type = String, format = Password)]
    current_password: Secret,
    /// La nueva, de 8 a 128 bytes.
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 128)]
    new_password: Secret,
}

impl ChangePasswordBody {
    fn read(mut fields: Fields) -> Result<Self, ApiError> {
        let current = fields.secret("current_password", 1024);
        let new = fields.secret("new_password", 1024);
        if !new.is_empty() && !password_length_fits(&new) {
            let msg = format!("Debe tener de {MIN_PASSWORD} a {MAX_PASSWORD} bytes");
            fields.problem("new_password", "value_error", msg);
        }
        fields.finish()?;
        Ok(Self {
            current_password: Secret::new(current),
            new_password: Secret::new(new),
        })
    }
}

impl From<ChangePasswordError> for ApiError {
    fn from(error: ChangePasswordError) -> Self {
        match error {
            ChangePasswordError::WrongCurrent => Self::bad_request("Contraseña actual incorrecta"),
            ChangePasswordError::BadLength => {
                Self::bad_request("La contraseña nueva debe tener de 8 a 128 bytes")
            }
            ChangePasswordError::Failure(failure) => failure.into(),
        }
    }
}

/// Cambiar la propia contraseña. Cierra todas las sesiones de quien la cambia.
#[utoipa::path(
    post, path = "/api/v1/auth/change-password", tag = "Sesión",
    request_body = ChangePasswordBody, security(("sesion" = [])),
    responses(
        (status = 200, description = "Contraseña cambiada", body = MessageView),
        (status = 400, description = "Contraseña actual incorrecta", body = crate::wire::error::ErrorView),
        (status = 401, description = "Token inválido", body = crate::wire::error::ErrorView),
        (status = 422, description = "Datos no válidos", body = crate::wire::error::ProblemsView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    session: AnySession,
    body: RawBody,
) -> Result<web::Json<MessageView>, ApiError> {
    let body = ChangePasswordBody::read(body.fields()?)?;
    change_password(
        &state.app,
        &session.0,
        body.current_password,
        body.new_password,
    )
    .await?;
    Ok(web::Json(MessageView::new(
        "Contraseña actualizada exitosamente",
    )))
}
