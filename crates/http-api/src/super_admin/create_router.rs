//! `POST /admin/empresas/{empresa_id}/routers`.

use actix_web::{HttpRequest, web};
use application::platform::api_keys::IssuedKey;
use application::platform::routers::{CreateRouter, create_router};
use domain::router::{PLAIN_PORT, Router, TlsMode};
use domain::secret::Secret;
use serde::Serialize;
use utoipa::ToSchema;

use crate::body::fields::Fields;
use crate::body::raw::RawBody;
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsSuperAdmin;
use crate::state::State;
use crate::super_admin::api_key_view::IssuedKeyView;
use crate::super_admin::path::tenant_id;
use crate::wire::router_tls::{complete, read_tls};
use crate::wire::time::iso;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "POST",
    "/admin/empresas/{empresa_id}/routers",
    Access::SuperAdmin,
    || web::post().to(handle),
);

/// Un router nuevo.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the body; it is read field by field")]
pub(crate) struct CreateRouterBody {
    /// Empresa; si se envía, debe ser la de la ruta.
    empresa_id: Option<String>,
    /// Nombre.
    #[schema(example = "Router Principal - Café Central", max_length = 100)]
    nombre: String,
    /// Dirección IP o nombre de host.
    #[schema(example = "192.168.100.1", max_length = 253)]
    host: String,
    /// Puerto de la API de RouterOS.
    #[schema(example = 8728, minimum = 1, maximum = 65535)]
    puerto: Option<u16>,
    /// Usuario de RouterOS.
    #[schema(example = "pagos-api", max_length = 50)]
    usuario: String,
    /// Contraseña de RouterOS.
    #[schema(format = Password)]
    password: String,
    /// Dónde está.
    #[schema(example = "Planta baja, junto a caja", max_length = 200)]
    ubicacion: Option<String>,
    /// `ninguno`, `primera_vez`, `huella`, `ca`, `publico` o `inseguro`.
    tls_modo: Option<String>,
    /// Certificado de la autoridad (PEM), con `ca`.
    tls_ca_pem: Option<String>,
    /// Huella SHA-256 del certificado, con `huella`.
    tls_huella_sha256: Option<String>,
}

fn read(mut fields: Fields) -> Result<(CreateRouter, Option<String>), ApiError> {
    let named_tenant = fields.optional_text(&["empresa_id"], 50, true);
    let name = fields.text(&["nombre"], 100);
    let host = fields.host("host");
    let port = fields
        .optional_integer(&["puerto"], 1..=65535)
        .and_then(|port| u16::try_from(port).ok())
        .unwrap_or(PLAIN_PORT);
    let username = fields.text(&["usuario"], 50);
    let password = Secret::new(fields.secret("password", 255));
    let location = fields.optional_text(&["ubicacion"], 200, true);
    let sent = read_tls(&mut fields);
    let tls = complete(&mut fields, TlsMode::default_for(port), sent);
    fields.finish()?;
    let command = CreateRouter {
        name,
        host,
        port,
        username,
        password,
        tls,
        location,
    };
    Ok((command, named_tenant))
}

/// El router con su llave. La llave solo se muestra aquí.
#[derive(Serialize, ToSchema)]
pub(crate) struct CreatedRouterView {
    /// Identificador.
    #[schema(example = "RTR_51D0A2BC")]
    id: String,
    /// Empresa.
    #[serde(rename = "empresa_id")]
    tenant_id: String,
    /// Nombre.
    #[serde(rename = "nombre")]
    name: String,
    /// Dirección.
    host: String,
    /// Puerto.
    #[serde(rename = "puerto")]
    port: u16,
    /// Dónde está.
    #[serde(rename = "ubicacion")]
    location: Option<String>,
    /// Si puede vender.
    #[serde(rename = "activo")]
    is_active: bool,
    /// La llave para el portal. Guárdela: no se vuelve a mostrar.
    #[schema(example = "jwt_eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...")]
    api_key: String,
    /// Lo que se sabe de la llave.
    api_key_info: IssuedKeyView,
    /// Cuándo se registró (UTC).
    #[serde(rename = "creado_en")]
    created_at: String,
}

impl From<(Router, IssuedKey)> for CreatedRouterView {
    fn from((router, issued): (Router, IssuedKey)) -> Self {
        Self {
            id: router.id.as_str().to_owned(),
            tenant_id: router.tenant_id.as_str().to_owned(),
            name: router.name,
            host: router.host.as_str().to_owned(),
            port: router.port,
            location: router.location,
            is_active: router.is_active,
            api_key: issued.key.expose().to_owned(),
            api_key_info: IssuedKeyView::from(&issued),
            created_at: iso(router.created_at),
        }
    }
}

/// Registrar un router y emitir su llave.
#[utoipa::path(
    post, path = "/admin/empresas/{empresa_id}/routers", tag = "Plataforma",
    params(("empresa_id" = String, Path, description = "Empresa")),
    request_body = CreateRouterBody, security(("sesion" = [])),
    responses(
        (status = 200, description = "Registrado", body = CreatedRouterView),
        (status = 400, description = "El cuerpo nombra otra empresa", body = crate::wire::error::ErrorView),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo super admin", body = crate::wire::error::ErrorView),
        (status = 404, description = "No existe la empresa", body = crate::wire::error::ErrorView),
        (status = 422, description = "Datos no válidos", body = crate::wire::error::ProblemsView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
    body: RawBody,
) -> Result<web::Json<CreatedRouterView>, ApiError> {
    let (command, named_tenant) = read(body.fields()?)?;
    let tenant = tenant_id(&request)?;
    if named_tenant.is_some_and(|named| named != tenant.as_str()) {
        return Err(ApiError::bad_request(
            "empresa_id no coincide con la empresa de la ruta",
        ));
    }
    Ok(web::Json(
        create_router(&state.app, &admin.0, &tenant, command)
            .await?
            .into(),
    ))
}
