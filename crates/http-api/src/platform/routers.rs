//! Routers of a tenant.

use actix_web::{HttpRequest, HttpResponse, web};
use application::platform::api_keys::IssuedKey;
use application::platform::routers::{
    CreateRouter, RouterError, create_router, delete_router, find_router, list_routers,
    set_router_active, toggle_router,
};
use domain::ids::RouterId;
use domain::router::{PLAIN_PORT, Router, TlsMode};
use domain::secret::Secret;
use serde::Serialize;
use utoipa::ToSchema;

use crate::body::Body;
use crate::body::fields::Fields;
use crate::body::raw::RawBody;
use crate::endpoint::{Access, Endpoint, delete, get, post, put, tagged};
use crate::error::{ApiError, ErrorCode};
use crate::extract::AsSuperAdmin;
use crate::platform::api_keys::IssuedKeyView;
use crate::platform::{WANTED_STATE, router_ids, tenant_id};
use crate::state::State;
use crate::texts::{TENANT_NOT_FOUND, TENANT_ROUTER_NOT_FOUND};
use crate::wire::filters::ListFilter;
use crate::wire::names::TlsModeName;
use crate::wire::tls::{complete, read_tls};
use crate::wire::values::iso;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    tagged(
        "Plataforma",
        [
            post(
                "/admin/empresas/{empresa_id}/routers",
                Access::SuperAdmin,
                create,
            )
            .id("crearRouter")
            .summary("Registrar un router y emitir su llave.")
            .path_text("empresa_id", "Empresa")
            .body(&NEW_ROUTER)
            .ok::<CreatedRouterView>("Registrado")
            .refuses(400, "El cuerpo nombra otra empresa")
            .refuses(404, "No existe la empresa"),
            get(
                "/admin/empresas/{empresa_id}/routers",
                Access::SuperAdmin,
                list,
            )
            .id("listarRoutersDeEmpresa")
            .summary("Los routers de una empresa.")
            .path_text("empresa_id", "Empresa")
            .query(ListFilter::read)
            .ok_list::<RouterView>("Routers")
            .with_next_page()
            .refuses(404, "No existe la empresa"),
            get(
                "/admin/empresas/{empresa_id}/routers/{router_id}",
                Access::SuperAdmin,
                find,
            )
            .id("obtenerRouter")
            .summary("Un router de una empresa.")
            .path_text("empresa_id", "Empresa")
            .path_text("router_id", "Router")
            .ok::<RouterView>("El router")
            .refuses(404, "No existe"),
            put(
                "/admin/empresas/{empresa_id}/routers/{router_id}/toggle-activo",
                Access::SuperAdmin,
                toggle,
            )
            .id("alternarRouter")
            .summary("Activar o desactivar un router. Desactivado no vende.")
            .path_text("empresa_id", "Empresa")
            .path_text("router_id", "Router")
            .ok::<ToggledRouterView>("Cambiado")
            .refuses(404, "No existe"),
            put(
                "/admin/empresas/{empresa_id}/routers/{router_id}/estado",
                Access::SuperAdmin,
                set_state,
            )
            .id("ponerEstadoRouter")
            .summary("Activar o desactivar un router. Repetirlo no cambia nada.")
            .path_text("empresa_id", "Empresa")
            .path_text("router_id", "Router")
            .body(&WANTED_STATE)
            .ok::<ToggledRouterView>("Como se pidió")
            .refuses(404, "No existe"),
            delete(
                "/admin/empresas/{empresa_id}/routers/{router_id}",
                Access::SuperAdmin,
                remove,
            )
            .id("eliminarRouter")
            .summary("Eliminar un router sin productos ni ventas, con sus llaves.")
            .path_text("empresa_id", "Empresa")
            .path_text("router_id", "Router")
            .ok::<DeletedRouterView>("Eliminado")
            .refuses(400, "Tiene productos o ventas")
            .refuses(404, "No existe"),
        ],
    )
}

/// Un router. Usuario y contraseña nunca aparecen.
#[derive(Serialize, ToSchema)]
struct RouterView {
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
    #[schema(example = "192.168.100.1")]
    host: String,
    /// Puerto de la API.
    #[serde(rename = "puerto")]
    #[schema(example = 8728)]
    port: u16,
    /// Dónde está.
    #[serde(rename = "ubicacion")]
    #[schema(required = true)]
    location: Option<String>,
    /// Si puede vender.
    #[serde(rename = "activo")]
    is_active: bool,
    /// Cómo se protege la conexión.
    #[serde(rename = "tls_modo")]
    #[schema(value_type = TlsModeName)]
    tls_mode: &'static str,
    /// Cuándo se registró (UTC).
    #[serde(rename = "creado_en")]
    created_at: String,
}

impl From<Router> for RouterView {
    fn from(router: Router) -> Self {
        Self {
            id: router.id.as_str().to_owned(),
            tenant_id: router.tenant_id.as_str().to_owned(),
            name: router.name,
            host: router.host.as_str().to_owned(),
            port: router.port,
            location: router.location,
            is_active: router.is_active,
            tls_mode: router.tls.mode.as_str(),
            created_at: iso(router.created_at),
        }
    }
}

impl From<RouterError> for ApiError {
    fn from(error: RouterError) -> Self {
        match error {
            RouterError::TenantNotFound => {
                Self::not_found(TENANT_NOT_FOUND).code(ErrorCode::TenantNotFound)
            }
            RouterError::NotFound => {
                Self::not_found(TENANT_ROUTER_NOT_FOUND).code(ErrorCode::RouterNotFound)
            }
            RouterError::InUse(in_use) if in_use.products > 0 => Self::bad_request(format!(
                "No se puede eliminar el router porque tiene {} producto(s) asociado(s)",
                in_use.products
            )),
            RouterError::InUse(in_use) => Self::bad_request(format!(
                "No se puede eliminar el router porque tiene {} transacción(es) asociada(s)",
                in_use.purchases
            )),
            RouterError::Failure(failure) => failure.into(),
        }
    }
}

/// Longest name of a host.
const MAX_HOST: usize = 253;

static NEW_ROUTER: Body<(CreateRouter, Option<String>)> =
    Body::new("CreateRouterBody", "Un router nuevo.", |fields| {
        let named_tenant = fields
            .field(
                "empresa_id",
                "Empresa; si se envía, debe ser la de la ruta.",
            )
            .limits_not_described()
            .optional_text(50);
        let name = fields
            .field("nombre", "Nombre.")
            .example("Router Principal - Café Central")
            .text(100);
        let host = fields
            .field("host", "Dirección IP o nombre de host.")
            .example("192.168.100.1")
            .max_length(MAX_HOST)
            .host();
        let port = fields
            .field("puerto", "Puerto de la API de RouterOS.")
            .example(8728)
            .optional_port()
            .unwrap_or(PLAIN_PORT);
        let username = fields
            .field("usuario", "Usuario de RouterOS.")
            .example("pagos-api")
            .text(50);
        let password = fields
            .field("password", "Contraseña de RouterOS.")
            .secret(255);
        let location = fields
            .field("ubicacion", "Dónde está.")
            .example("Planta baja, junto a caja")
            .optional_text(200);
        let sent = read_tls(fields);
        let command = CreateRouter {
            name,
            host,
            port,
            username,
            password: Secret::new(password),
            tls: complete(fields, TlsMode::default_for(port), sent),
            location,
        };
        (command, named_tenant)
    });

/// El router con su llave. La llave solo se muestra aquí.
#[derive(Serialize, ToSchema)]
struct CreatedRouterView {
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
    #[schema(required = true)]
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

async fn create(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
    body: RawBody,
) -> Result<web::Json<CreatedRouterView>, ApiError> {
    let (command, named_tenant) = NEW_ROUTER.read(body)?;
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

async fn list(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
) -> Result<HttpResponse, ApiError> {
    let mut query = Fields::of_query(&request);
    let filter = ListFilter::read(&mut query);
    query.finish()?;
    let tenant = tenant_id(&request)?;
    let mut routers = list_routers(&state.app, &admin.0, &tenant).await?;
    routers.retain(|router| {
        let location = router.location.as_deref().unwrap_or_default();
        let texts = [
            router.id.as_str(),
            router.name.as_str(),
            router.host.as_str(),
            location,
        ];
        filter.fits(router.is_active, router.created_at, &texts)
    });
    Ok(filter
        .page
        .of(routers, |router| router.id.to_string())
        .list(RouterView::from))
}

async fn find(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
) -> Result<web::Json<RouterView>, ApiError> {
    let (tenant, router) = router_ids(&request)?;
    Ok(web::Json(
        find_router(&state.app, &admin.0, &tenant, &router)
            .await?
            .into(),
    ))
}

/// Cómo quedó el router.
#[derive(Serialize, ToSchema)]
struct ToggledRouterView {
    /// Texto para personas.
    message: &'static str,
    /// El router.
    router_id: String,
    /// Si puede vender ahora.
    #[serde(rename = "activo")]
    is_active: bool,
}

async fn toggle(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
) -> Result<web::Json<ToggledRouterView>, ApiError> {
    let (tenant, router) = router_ids(&request)?;
    let is_active = toggle_router(&state.app, &admin.0, &tenant, &router).await?;
    Ok(toggled_view(&router, is_active))
}

async fn set_state(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
    body: RawBody,
) -> Result<web::Json<ToggledRouterView>, ApiError> {
    let wanted = WANTED_STATE.read(body)?;
    let (tenant, router) = router_ids(&request)?;
    let is_active = set_router_active(&state.app, &admin.0, &tenant, &router, wanted).await?;
    Ok(toggled_view(&router, is_active))
}

fn toggled_view(router: &RouterId, is_active: bool) -> web::Json<ToggledRouterView> {
    let message = if is_active {
        "Router activado correctamente"
    } else {
        "Router desactivado correctamente"
    };
    web::Json(ToggledRouterView {
        message,
        router_id: router.as_str().to_owned(),
        is_active,
    })
}

/// El router eliminado.
#[derive(Serialize, ToSchema)]
struct DeletedRouterView {
    /// Texto para personas.
    message: &'static str,
    /// El router.
    router_id: String,
    /// La empresa.
    #[serde(rename = "empresa_id")]
    tenant_id: String,
}

async fn remove(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsSuperAdmin,
) -> Result<web::Json<DeletedRouterView>, ApiError> {
    let (tenant, router) = router_ids(&request)?;
    delete_router(&state.app, &admin.0, &tenant, &router).await?;
    Ok(web::Json(DeletedRouterView {
        message: "Router eliminado exitosamente",
        router_id: router.as_str().to_owned(),
        tenant_id: tenant.as_str().to_owned(),
    }))
}
