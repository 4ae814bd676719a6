//! `POST /api/v1/auth/login`.

use actix_web::{HttpRequest, web};
use application::auth::login::{LoggedIn, LoginError, login};
use domain::contact::Email;
use domain::secret::Secret;
use serde::Serialize;
use utoipa::ToSchema;

use crate::body::fields::Fields;
use crate::body::raw::RawBody;
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::origin;
use crate::extract::client_address::limited_address;
use crate::state::State;
use crate::wire::time::iso;
use crate::wire::user::UserView;

pub(crate) const ENDPOINT: Endpoint =
    Endpoint::new("POST", "/api/v1/auth/login", Access::Public, || {
        web::post().to(handle)
    });

/// Longer than any password ever accepted, so that a long wrong one is wrong, not invalid.
const MAX_SUBMITTED: usize = 1024;

/// Correo y contraseña.
#[derive(ToSchema)]
pub(crate) struct LoginBody {
    /// Correo electrónico.
    #[schema(value_type = String, format = Email, example = "admin@tuempresa.com")]
    email: Email,
    /// Contraseña.
    #[schema(value_type = String, format = Password, example = "ClaveAdminFichas123!")]
    password: Secret,
}

impl LoginBody {
    fn read(mut fields: Fields) -> Result<Self, ApiError> {
        let email = fields.email(&["email"]);
        let password = Secret::new(fields.secret("password", MAX_SUBMITTED));
        fields.finish()?;
        Ok(Self { email, password })
    }
}

/// Una sesión nueva.
#[derive(Serialize, ToSchema)]
pub(crate) struct LoginView {
    /// Token para `Authorization: Bearer`.
    access_token: String,
    /// Siempre `bearer`.
    #[schema(example = "bearer")]
    token_type: &'static str,
    /// Cuándo expira (UTC).
    #[schema(example = "2026-03-05T10:00:00")]
    expires_at: String,
    /// Quién entró.
    user: UserView,
}

impl From<LoggedIn> for LoginView {
    fn from(session: LoggedIn) -> Self {
        Self {
            access_token: session.token,
            token_type: "bearer",
            expires_at: iso(session.expires_at),
            user: UserView::from(&session.user),
        }
    }
}

impl From<LoginError> for ApiError {
    fn from(error: LoginError) -> Self {
        match error {
            LoginError::WrongCredentials => Self::unauthorized("Credenciales incorrectas"),
            LoginError::Inactive => {
                Self::unauthorized("Usuario inactivo. Contacta al administrador.")
            }
            LoginError::Failure(failure) => failure.into(),
        }
    }
}

/// Entrar con correo y contraseña.
#[utoipa::path(
    post, path = "/api/v1/auth/login", tag = "Sesión", request_body = LoginBody,
    responses(
        (status = 200, description = "Sesión iniciada", body = LoginView),
        (status = 401, description = "Credenciales incorrectas o usuario inactivo", body = crate::wire::error::ErrorView),
        (status = 422, description = "Datos no válidos", body = crate::wire::error::ProblemsView),
        (status = 429, description = "Demasiados intentos", body = crate::wire::error::ErrorView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    body: RawBody,
) -> Result<web::Json<LoginView>, ApiError> {
    let body = LoginBody::read(body.fields()?)?;
    let LoginBody { email, password } = body;
    let limits = &state.limits.logins;
    let address = limited_address(&request);
    let delay = limits
        .admit(address, &email, state.app.now())
        .map_err(|throttled| {
            ApiError::too_many("Demasiados intentos de inicio de sesión.", throttled)
        })?;
    state.app.pause(delay).await;
    let outcome = login(&state.app, &email, password, &origin(&request)).await;
    match &outcome {
        // The password was right either way.
        Ok(_) | Err(LoginError::Inactive) => limits.succeeded(address, &email),
        Err(LoginError::WrongCredentials) => limits.failed(&email, state.app.now()),
        Err(LoginError::Failure(_)) => {}
    }
    Ok(web::Json(outcome?.into()))
}
