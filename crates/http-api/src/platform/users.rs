//! Users of the panel.

use actix_web::{HttpRequest, HttpResponse, web};
use application::platform::users::{
    CreateUser, UserError, create_user, find_user, list_users, reset_password, set_user_active,
    toggle_user,
};
use application::vocabulary::UserFilter;
use domain::ids::UserId;
use domain::secret::Secret;
use serde::Serialize;
use utoipa::ToSchema;

use crate::body::Body;
use crate::body::fields::{Fields, path_id};
use crate::body::raw::RawBody;
use crate::endpoint::{Access, Endpoint, get, post, put, tagged};
use crate::error::{ApiError, ErrorCode};
use crate::extract::AsSuperAdmin;
use crate::platform::WANTED_STATE;
use crate::state::State;
use crate::texts::{PASSWORD_CHANGED, TENANT_NOT_FOUND, USER_NOT_FOUND};
use crate::wire::filters::ListFilter;
use crate::wire::views::{MessageView, UserView};

pub(crate) fn endpoints() -> Vec<Endpoint> {
    tagged(
        "Plataforma",
        [
            post("/admin/usuarios", Access::SuperAdmin, create)
                .id("crearUsuario")
                .summary("Crear un usuario del panel.")
                .body(&NEW_USER)
                .ok::<CreatedUserView>("Creado")
                .refuses(400, "Rol, empresa o correo no válidos")
                .refuses(404, "No existe la empresa"),
            get("/admin/usuarios", Access::SuperAdmin, list)
                .id("listarUsuarios")
                .summary("Usuarios del panel. Un filtro desconocido no encuentra a nadie.")
                .query(read_filter)
                .ok_list::<UserView>("Usuarios")
                .with_next_page(),
            get("/admin/usuarios/{usuario_id}", Access::SuperAdmin, find)
                .id("obtenerUsuario")
                .summary("Un usuario del panel.")
                .path_number("usuario_id", "Usuario")
                .ok::<UserView>("El usuario")
                .refuses(404, "No existe"),
            put(
                "/admin/usuarios/{usuario_id}/toggle-activo",
                Access::SuperAdmin,
                toggle,
            )
            .id("alternarUsuario")
            .summary("Activar o desactivar un usuario. Sus sesiones terminan al desactivarlo.")
            .path_number("usuario_id", "Usuario")
            .ok::<ToggledUserView>("Cambiado")
            .refuses(400, "Es uno mismo")
            .refuses(404, "No existe"),
            put(
                "/admin/usuarios/{usuario_id}/estado",
                Access::SuperAdmin,
                set_state,
            )
            .id("ponerEstadoUsuario")
            .summary("Activar o desactivar un usuario. Repetirlo no cambia nada.")
            .path_number("usuario_id", "Usuario")
            .body(&WANTED_STATE)
            .ok::<ToggledUserView>("Como se pidió")
            .refuses(400, "Es uno mismo")
            .refuses(404, "No existe"),
            put(
                "/admin/usuarios/{usuario_id}/password",
                Access::SuperAdmin,
                set_password,
            )
            .id("ponerContrasena")
            .summary("Poner una contraseña nueva a un usuario. Todas sus sesiones terminan.")
            .path_number("usuario_id", "Usuario")
            .body(&NEW_PASSWORD)
            .ok::<MessageView>("Contraseña cambiada")
            .refuses(404, "No existe"),
        ],
    )
}

static NEW_USER: Body<CreateUser> =
    Body::new("CreateUserBody", "Un usuario nuevo del panel.", |fields| {
        CreateUser {
            email: fields
                .field("email", "Correo con el que entra.")
                .example("admin@cafecentral.com")
                .email(),
            password: Secret::new(
                fields
                    .field("password", "Contraseña inicial, de 8 a 128 caracteres.")
                    .example("ClientePass456!")
                    .new_password(),
            ),
            name: fields
                .field("nombre", "Nombre completo.")
                .example("Carlos Ramírez")
                .text(100),
            role: fields
                .field("rol", "`super_admin` o `cliente_admin`.")
                .example("cliente_admin")
                .one_of(&["super_admin", "cliente_admin"])
                .limits_not_described()
                .text(50),
            tenant_id: fields
                .field("empresa_id", "Empresa de un `cliente_admin`.")
                .example("EMP_7B20C4D91E")
                .limits_not_described()
                .optional_text(100),
        }
    });

/// El usuario creado.
#[derive(Serialize, ToSchema)]
struct CreatedUserView {
    /// Texto para personas.
    message: &'static str,
    /// El usuario.
    #[serde(rename = "usuario")]
    user: UserView,
}

impl From<UserError> for ApiError {
    fn from(error: UserError) -> Self {
        match error {
            UserError::BadRole => {
                Self::bad_request("Rol inválido. Debe ser 'super_admin' o 'cliente_admin'")
            }
            UserError::TenantRequired => Self::bad_request("cliente_admin requiere empresa_id"),
            UserError::TenantNotFound => {
                Self::not_found(TENANT_NOT_FOUND).code(ErrorCode::TenantNotFound)
            }
            UserError::TenantForbidden => Self::bad_request("super_admin no debe tener empresa_id"),
            UserError::EmailTaken => Self::bad_request("El email ya está registrado"),
            UserError::NotFound => Self::not_found(USER_NOT_FOUND).code(ErrorCode::UserNotFound),
            UserError::Own => Self::bad_request("No puedes desactivar tu propio usuario"),
            UserError::Failure(failure) => failure.into(),
        }
    }
}

/// The user in the path.
fn user_id(request: &HttpRequest) -> Result<UserId, ApiError> {
    Ok(UserId::new(path_id(request, "usuario_id")?))
}

async fn create(
    state: web::Data<State>,
    admin: AsSuperAdmin,
    body: RawBody,
) -> Result<web::Json<CreatedUserView>, ApiError> {
    let command = NEW_USER.read(body)?;
    let user = create_user(&state.app, &admin.0, command).await?;
    Ok(web::Json(CreatedUserView {
        message: "Usuario creado exitosamente",
        user: UserView::from(&user),
    }))
}

async fn list(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
) -> Result<HttpResponse, ApiError> {
    let mut query = Fields::of_query(&request);
    let (filter, narrow) = read_filter(&mut query);
    query.finish()?;
    let mut users = list_users(&state.app, &admin.0, &filter).await?;
    users.retain(|user| {
        let texts = [user.email.as_str(), user.name.as_str()];
        narrow.fits(user.is_active, user.created_at, &texts)
    });
    Ok(narrow
        .page
        .of(users, |user| user.id.to_string())
        .list(|user| UserView::from(&user)))
}

async fn find(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
) -> Result<web::Json<UserView>, ApiError> {
    let id = user_id(&request)?;
    let found = find_user(&state.app, &admin.0, id).await?;
    let user =
        found.ok_or_else(|| ApiError::not_found(USER_NOT_FOUND).code(ErrorCode::UserNotFound))?;
    Ok(web::Json(UserView::from(&user)))
}

/// Cómo quedó el usuario.
#[derive(Serialize, ToSchema)]
struct ToggledUserView {
    /// Texto para personas.
    message: &'static str,
    /// El usuario.
    #[serde(rename = "usuario_id")]
    user_id: i64,
    /// Si puede entrar ahora.
    #[serde(rename = "activo")]
    is_active: bool,
}

async fn toggle(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
) -> Result<web::Json<ToggledUserView>, ApiError> {
    let id = user_id(&request)?;
    let is_active = toggle_user(&state.app, &admin.0, id).await?;
    Ok(toggled_view(id, is_active))
}

async fn set_state(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
    body: RawBody,
) -> Result<web::Json<ToggledUserView>, ApiError> {
    let wanted = WANTED_STATE.read(body)?;
    let id = user_id(&request)?;
    let is_active = set_user_active(&state.app, &admin.0, id, wanted).await?;
    Ok(toggled_view(id, is_active))
}

fn toggled_view(id: UserId, is_active: bool) -> web::Json<ToggledUserView> {
    let message = if is_active {
        "Usuario activado"
    } else {
        "Usuario desactivado"
    };
    web::Json(ToggledUserView {
        message,
        user_id: id.get(),
        is_active,
    })
}

static NEW_PASSWORD: Body<Secret> =
    Body::new("ResetPasswordBody", "La contraseña nueva.", |fields| {
        let password = fields
            .field(
                "new_password",
                "De 8 a 128 caracteres. También se acepta como `password`.",
            )
            .alias("password");
        Secret::new(password.filled_new_password())
    });

/// Reads `rol`, `empresa_id`, and what every list takes.
fn read_filter(query: &mut Fields) -> (UserFilter, ListFilter) {
    let filter = UserFilter {
        role: query
            .field("rol", "`super_admin` o `cliente_admin`")
            .limits_not_described()
            .optional_text(50),
        tenant_id: query
            .field("empresa_id", "Empresa")
            .limits_not_described()
            .optional_text(50),
    };
    (filter, ListFilter::read(query))
}

async fn set_password(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
    body: RawBody,
) -> Result<web::Json<MessageView>, ApiError> {
    let id = user_id(&request)?;
    let new_password = NEW_PASSWORD.read(body)?;
    if reset_password(&state.app, &admin.0, id, new_password).await? {
        Ok(web::Json(MessageView::new(PASSWORD_CHANGED)))
    } else {
        Err(ApiError::not_found(USER_NOT_FOUND).code(ErrorCode::UserNotFound))
    }
}
