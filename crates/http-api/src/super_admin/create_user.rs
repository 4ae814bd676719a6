//! `POST /admin/usuarios`.

use actix_web::web;
use application::platform::users::{CreateUser, CreateUserError, create_user};
use domain::secret::Secret;
use domain::user::{MAX_PASSWORD, MIN_PASSWORD, password_length_fits};
use serde::Serialize;
use utoipa::ToSchema;

use crate::body::fields::Fields;
use crate::body::raw::RawBody;
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsSuperAdmin;
use crate::state::State;
use crate::super_admin::path::TENANT_NOT_FOUND;
use crate::wire::user::UserView;

pub(crate) const ENDPOINT: Endpoint =
    Endpoint::new("POST", "/admin/usuarios", Access::SuperAdmin, || {
        web::post().to(handle)
    });

/// Un usuario nuevo del panel.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; it is read field by field")]
pub(crate) struct CreateUserBody {
    /// Correo con el que entra.
    #[schema(format = Email, example = "admin@cafecentral.com", max_length = 100)]
    email: String,
    /// Contraseña inicial, de 8 a 128 bytes.
    #[schema(format = Password, example = "ClientePass456!", min_length = 8, max_length = 128)]
    password: String,
    /// Nombre completo.
    #[schema(example = "Carlos Ramírez", max_length = 100)]
    nombre: String,
    /// `super_admin` o `cliente_admin`.
    #[schema(example = "cliente_admin")]
    rol: String,
    /// Empresa de un `cliente_admin`.
    #[schema(example = "EMP_7B20C4D91E")]
    empresa_id: Option<String>,
}

fn read(mut fields: Fields) -> Result<CreateUser, ApiError> {
    let email = fields.email(&["email"]);
    let password = fields.secret("password", 1024);
    if !password.is_empty() && !password_length_fits(&password) {
        let msg = format!("Debe tener de {MIN_PASSWORD} a {MAX_PASSWORD} bytes");
        fields.problem("password", "value_error", msg);
    }
    let name = fields.text(&["nombre"], 100);
    let role = fields.text(&["rol"], 50);
    let tenant_id = fields.optional_text(&["empresa_id"], 100, true);
    fields.finish()?;
    Ok(CreateUser {
        email,
        password: Secret::new(password),
        name,
        role,
        tenant_id,
    })
}

/// El usuario creado.
#[derive(Serialize, ToSchema)]
pub(crate) struct CreatedUserView {
    /// Texto para personas.
    message: &'static str,
    /// El usuario.
    usuario: UserView,
}

impl From<CreateUserError> for ApiError {
    fn from(error: CreateUserError) -> Self {
        match error {
            CreateUserError::BadRole => {
                Self::bad_request("Rol inválido. Debe ser 'super_admin' o 'cliente_admin'")
            }
            CreateUserError::TenantRequired => {
                Self::bad_request("cliente_admin requiere empresa_id")
            }
            CreateUserError::TenantNotFound => Self::not_found(TENANT_NOT_FOUND),
            CreateUserError::TenantForbidden => {
                Self::bad_request("super_admin no debe tener empresa_id")
            }
            CreateUserError::EmailTaken => Self::bad_request("El email ya está registrado"),
            CreateUserError::Failure(failure) => failure.into(),
        }
    }
}

/// Crear un usuario del panel.
#[utoipa::path(
    post, path = "/admin/usuarios", tag = "Plataforma", request_body = CreateUserBody,
    security(("sesion" = [])),
    responses(
        (status = 200, description = "Creado", body = CreatedUserView),
        (status = 400, description = "Rol, empresa o correo no válidos", body = crate::wire::error::ErrorView),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo super admin", body = crate::wire::error::ErrorView),
        (status = 404, description = "No existe la empresa", body = crate::wire::error::ErrorView),
        (status = 422, description = "Datos no válidos", body = crate::wire::error::ProblemsView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    admin: AsSuperAdmin,
    body: RawBody,
) -> Result<web::Json<CreatedUserView>, ApiError> {
    let command = read(body.fields()?)?;
    let user = create_user(&state.app, &admin.0, command).await?;
    Ok(web::Json(CreatedUserView {
        message: "Usuario creado exitosamente",
        usuario: UserView::from(&user),
    }))
}
