//! `PUT /api/v1/admin/mi-empresa/routers/{router_id}`.

use actix_web::{HttpRequest, web};
use application::edit::Edit;
use application::operator::routers::{
    UpdateRouter, UpdateRouterError, UpdatedRouter, update_router,
};
use domain::secret::Secret;
use serde::Serialize;
use utoipa::ToSchema;

use crate::body::fields::{Change, Fields};
use crate::body::problem::Problem;
use crate::body::raw::RawBody;
use crate::client_admin::router_path::{ROUTER_NOT_FOUND, router_id};
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsTenantAdmin;
use crate::state::State;
use crate::wire::router_tls::read_tls;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "PUT",
    "/api/v1/admin/mi-empresa/routers/{router_id}",
    Access::TenantAdmin,
    || web::put().to(handle),
);

/// Lo que cambia. Lo que no se envía queda igual, salvo `puerto`, que entonces es 8728.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; it is read field by field")]
pub(crate) struct UpdateRouterBody {
    /// Nombre.
    #[schema(max_length = 100)]
    nombre: Option<String>,
    /// Dirección IP o nombre de host.
    #[schema(example = "10.0.0.1")]
    host: Option<String>,
    /// Puerto; si falta, 8728.
    #[schema(example = 8728, minimum = 1, maximum = 65535)]
    puerto: Option<u16>,
    /// Usuario de RouterOS.
    #[schema(example = "pagos-api-v2", max_length = 50)]
    usuario: Option<String>,
    /// La contraseña nueva, en claro (también `password`); se guarda cifrada.
    #[schema(format = Password)]
    password_encrypted: Option<String>,
    /// Dónde está; nulo lo borra.
    #[schema(max_length = 200)]
    ubicacion: Option<String>,
    /// `ninguno`, `primera_vez`, `huella`, `ca`, `publico` o `inseguro`.
    tls_modo: Option<String>,
    /// Certificado de la autoridad (PEM), con `ca`.
    tls_ca_pem: Option<String>,
    /// Huella SHA-256 del certificado, con `huella`.
    tls_huella_sha256: Option<String>,
}

fn read(mut fields: Fields) -> Result<UpdateRouter, ApiError> {
    for name in ["host", "usuario"] {
        if fields.has(name) && fields.json(name).is_null() {
            fields.problem(name, "null_value", "No puede ser nulo");
        }
    }
    let tls = read_tls(&mut fields);
    let location = match fields.change_text("ubicacion", 200) {
        Change::Keep => Edit::Keep,
        Change::Clear => Edit::Clear,
        Change::Set(text) => Edit::Set(text),
    };
    let change = UpdateRouter {
        name: fields.update_text("nombre", 100),
        host: fields.optional_host("host"),
        port: fields
            .optional_integer(&["puerto"], 1..=65535)
            .and_then(|port| u16::try_from(port).ok()),
        username: fields.optional_text(&["usuario"], 50, false),
        password: fields
            .optional_secret(&["password_encrypted", "password"], 255)
            .map(Secret::new),
        location,
        tls_mode: tls.mode,
        tls_ca_pem: tls.ca_pem,
        tls_fingerprint: tls.fingerprint,
    };
    fields.finish()?;
    Ok(change)
}

/// El router después del cambio.
#[derive(Serialize, ToSchema)]
pub(crate) struct UpdatedRouterView {
    /// Texto para personas.
    message: &'static str,
    /// El router.
    router: UpdatedRouterFields,
    /// Si la falta de `puerto` lo cambió a 8728.
    #[serde(rename = "advertencia", skip_serializing_if = "Option::is_none")]
    warning: Option<String>,
}

/// El router, sin su contraseña.
#[derive(Serialize, ToSchema)]
pub(crate) struct UpdatedRouterFields {
    /// Identificador.
    id: String,
    /// Nombre.
    #[serde(rename = "nombre")]
    name: String,
    /// Dirección.
    host: String,
    /// Puerto.
    #[serde(rename = "puerto")]
    port: u16,
    /// Usuario de RouterOS.
    #[serde(rename = "usuario")]
    username: String,
    /// Dónde está.
    #[serde(rename = "ubicacion")]
    location: Option<String>,
    /// Si puede vender.
    #[serde(rename = "activo")]
    is_active: bool,
    /// Cómo se protege la conexión.
    tls_modo: &'static str,
}

impl From<UpdatedRouter> for UpdatedRouterView {
    fn from(updated: UpdatedRouter) -> Self {
        let UpdatedRouter { router, port_was } = updated;
        Self {
            message: "Router actualizado correctamente",
            router: UpdatedRouterFields {
                id: router.id.as_str().to_owned(),
                name: router.name,
                host: router.host.as_str().to_owned(),
                port: router.port,
                username: router.username,
                location: router.location,
                is_active: router.is_active,
                tls_modo: router.tls.mode.as_str(),
            },
            warning: port_was.map(|port| {
                format!(
                    "No se envió puerto: cambió de {port} a 8728. Envíe puerto para conservarlo."
                )
            }),
        }
    }
}

impl From<UpdateRouterError> for ApiError {
    fn from(error: UpdateRouterError) -> Self {
        match error {
            UpdateRouterError::NotFound => Self::not_found(ROUTER_NOT_FOUND),
            UpdateRouterError::TlsIncomplete(mode) => {
                let field = match mode {
                    domain::router::TlsMode::Authority => "tls_ca_pem",
                    _ => "tls_huella_sha256",
                };
                let msg = format!("Es obligatorio con tls_modo {}", mode.as_str());
                Self::invalid(&[Problem::of_field("body", field, "missing", msg)])
            }
            UpdateRouterError::Failure(failure) => failure.into(),
        }
    }
}

/// Cambiar los datos de un router propio.
#[utoipa::path(
    put, path = "/api/v1/admin/mi-empresa/routers/{router_id}", tag = "Routers",
    params(("router_id" = String, Path, description = "Router")),
    request_body = UpdateRouterBody, security(("sesion" = [])),
    responses(
        (status = 200, description = "Cambiado", body = UpdatedRouterView),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo cliente_admin", body = crate::wire::error::ErrorView),
        (status = 404, description = "No existe", body = crate::wire::error::ErrorView),
        (status = 422, description = "Datos no válidos", body = crate::wire::error::ProblemsView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsTenantAdmin,
    body: RawBody,
) -> Result<web::Json<UpdatedRouterView>, ApiError> {
    let change = read(body.fields()?)?;
    let id = router_id(&request)?;
    Ok(web::Json(
        update_router(&state.app, &admin.0, &id, change)
            .await?
            .into(),
    ))
}
