//! Sessions of the panel.

use actix_web::{HttpRequest, web};
use application::auth::change_password::{ChangePasswordError, change_password};
use application::auth::login::{LoggedIn, LoginError, login};
use application::auth::session::logout;
use domain::contact::Email;
use domain::secret::Secret;
use http_kit::client_address::limited_address;
use serde::Serialize;
use utoipa::ToSchema;

use crate::body::Body;
use crate::body::raw::RawBody;
use crate::endpoint::{Access, Endpoint, post, tagged};
use crate::error::{ApiError, ErrorCode};
use crate::extract::{AnySession, origin};
use crate::state::State;
use crate::texts::PASSWORD_CHANGED;
use crate::wire::values::iso;
use crate::wire::views::{MessageView, UserView};

pub(crate) fn endpoints() -> Vec<Endpoint> {
    tagged(
        "Sesión",
        [
            post("/api/v1/auth/login", Access::Public, sign_in)
                .id("iniciarSesion")
                .summary("Entrar con correo y contraseña.")
                .body(&LOGIN)
                .ok::<LoginView>("Sesión iniciada")
                .refuses(401, "Credenciales incorrectas o usuario inactivo")
                .refuses(429, "Demasiados intentos"),
            post("/api/v1/auth/logout", Access::Session, sign_out)
                .id("cerrarSesion")
                .summary("Cerrar esta sesión: el token deja de valer.")
                .ok::<MessageView>("Sesión cerrada"),
            post(
                "/api/v1/auth/change-password",
                Access::Session,
                set_password,
            )
            .id("cambiarContrasena")
            .summary("Cambiar la propia contraseña. Cierra todas las sesiones de quien la cambia.")
            .body(&PASSWORDS)
            .ok::<MessageView>("Contraseña cambiada")
            .refuses(400, "Contraseña actual incorrecta")
            .refuses(429, "Demasiados intentos"),
        ],
    )
}

static LOGIN: Body<(Email, Secret)> = Body::new("LoginBody", "Correo y contraseña.", |fields| {
    let email = fields
        .field("email", "Correo electrónico.")
        .example("admin@tuempresa.com")
        .limits_not_described()
        .email();
    let password = fields
        .field("password", "Contraseña.")
        .example("ClaveAdminFichas123!")
        .password();
    (email, Secret::new(password))
});

/// Una sesión nueva.
#[derive(Serialize, ToSchema)]
struct LoginView {
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
            LoginError::WrongCredentials => {
                Self::unauthorized("Credenciales incorrectas").code(ErrorCode::WrongCredentials)
            }
            LoginError::Inactive => {
                Self::unauthorized("Usuario inactivo. Contacta al administrador.")
                    .code(ErrorCode::UserInactive)
            }
            LoginError::Failure(failure) => failure.into(),
        }
    }
}

async fn sign_in(
    state: web::Data<State>,
    request: HttpRequest,
    body: RawBody,
) -> Result<web::Json<LoginView>, ApiError> {
    let (email, password) = LOGIN.read(body)?;
    let limits = &state.limits.logins;
    let address = limited_address(&request);
    let admitted = limits
        .admit(address, &email, state.app.now())
        .map_err(|throttled| {
            ApiError::too_many(
                "Demasiados intentos de inicio de sesión.",
                throttled.retry_after,
            )
        })?;
    state.app.pause(admitted.delay).await;
    let outcome = login(&state.app, &email, password, &origin(&request)).await;
    match &outcome {
        // The password was right either way.
        Ok(_) | Err(LoginError::Inactive) => limits.succeeded(address, &email),
        Err(LoginError::WrongCredentials) => limits.failed(address, &email, state.app.now()),
        Err(LoginError::Failure(_)) => {}
    }
    Ok(web::Json(outcome?.into()))
}

async fn sign_out(
    state: web::Data<State>,
    session: AnySession,
) -> Result<web::Json<MessageView>, ApiError> {
    logout(&state.app, &session.0).await?;
    Ok(web::Json(MessageView::new("Sesión cerrada exitosamente")))
}

/// The password now and the new one.
static PASSWORDS: Body<(Secret, Secret)> = Body::new(
    "ChangePasswordBody",
    "La contraseña de ahora y la nueva.",
    |fields| {
        let current = fields
            .field("current_password", "La contraseña de ahora.")
            .password();
        let new = fields
            .field("new_password", "La nueva, de 8 a 128 caracteres.")
            .new_password();
        (Secret::new(current), Secret::new(new))
    },
);

impl From<ChangePasswordError> for ApiError {
    fn from(error: ChangePasswordError) -> Self {
        match error {
            ChangePasswordError::WrongCurrent => {
                Self::bad_request("Contraseña actual incorrecta").code(ErrorCode::WrongCredentials)
            }
            ChangePasswordError::BadLength => {
                Self::bad_request("La contraseña nueva debe tener de 8 a 128 caracteres")
            }
            ChangePasswordError::Failure(failure) => failure.into(),
        }
    }
}

async fn set_password(
    state: web::Data<State>,
    request: HttpRequest,
    session: AnySession,
    body: RawBody,
) -> Result<web::Json<MessageView>, ApiError> {
    let (current, new) = PASSWORDS.read(body)?;
    // Guessing the password with a stolen token is no easier than guessing it at the log-in.
    let limits = &state.limits.logins;
    let address = limited_address(&request);
    let email = session.0.user().email.clone();
    let admitted = limits
        .admit(address, &email, state.app.now())
        .map_err(|throttled| {
            ApiError::too_many(
                "Demasiados intentos de cambiar la contraseña.",
                throttled.retry_after,
            )
        })?;
    state.app.pause(admitted.delay).await;
    let outcome = change_password(&state.app, &session.0, current, new).await;
    match &outcome {
        Ok(()) => limits.succeeded(address, &email),
        Err(ChangePasswordError::WrongCurrent) => {
            limits.failed(address, &email, state.app.now());
        }
        Err(ChangePasswordError::BadLength | ChangePasswordError::Failure(_)) => {}
    }
    outcome?;
    Ok(web::Json(MessageView::new(PASSWORD_CHANGED)))
}
