//! The company's routers.

use actix_web::{HttpRequest, HttpResponse, web};
use application::operator::routers::{
    UpdateRouter, UpdatedRouter, list_own_checks, list_own_routers, update_router,
};
use application::vocabulary::RouterCheck;
use domain::ids::RouterId;
use domain::router::Router;
use domain::secret::Secret;
use serde::Serialize;
use utoipa::ToSchema;

use crate::body::Body;
use crate::body::fields::Fields;
use crate::body::raw::RawBody;
use crate::endpoint::{Access, Endpoint, get, put, tagged};
use crate::error::{ApiError, ErrorCode};
use crate::extract::AsTenantAdmin;
use crate::state::State;
use crate::texts::OWN_ROUTER_NOT_FOUND;
use crate::wire::filters::ListFilter;
use crate::wire::names::TlsModeName;
use crate::wire::tls::read_tls;
use crate::wire::values::iso;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    tagged(
        "Routers",
        [
            get(
                "/api/v1/admin/mi-empresa/routers",
                Access::TenantAdmin,
                list,
            )
            .id("listarMisRouters")
            .summary("Los routers de la propia empresa.")
            .query(ListFilter::read)
            .ok::<OwnRoutersView>("Routers")
            .with_next_page(),
            put(
                "/api/v1/admin/mi-empresa/routers/{router_id}",
                Access::TenantAdmin,
                update,
            )
            .id("cambiarMiRouter")
            .summary("Cambiar los datos de un router propio.")
            .path_text("router_id", "Router")
            .body(&CHANGE)
            .ok::<UpdatedRouterView>("Cambiado")
            .refuses(404, "No existe"),
        ],
    )
}

/// The router in the path. A malformed id is reported as not found.
pub(super) fn router_id(request: &HttpRequest) -> Result<RouterId, ApiError> {
    let text = request.match_info().get("router_id").unwrap_or_default();
    RouterId::parse(text).map_err(|_malformed| {
        ApiError::not_found(OWN_ROUTER_NOT_FOUND).code(ErrorCode::RouterNotFound)
    })
}

/// Los routers de la empresa.
#[derive(Serialize, ToSchema)]
struct OwnRoutersView {
    /// La empresa.
    #[serde(rename = "empresa_id")]
    tenant_id: String,
    /// Cuántos son los que se muestran.
    total: usize,
    /// Los routers.
    routers: Vec<OwnRouterView>,
}

/// Un router.
#[derive(Serialize, ToSchema)]
struct OwnRouterView {
    /// Identificador.
    id: String,
    /// Nombre.
    #[serde(rename = "nombre")]
    name: String,
    /// Dirección.
    host: String,
    /// Dónde está.
    #[serde(rename = "ubicacion")]
    #[schema(required = true)]
    location: Option<String>,
    /// Si puede vender.
    #[serde(rename = "activo")]
    is_active: bool,
    /// Cómo estaba en la última revisión: `ok`, `avisos` o `caido`; nulo si no la hubo.
    #[serde(rename = "estado")]
    #[schema(example = "ok")]
    status: Option<&'static str>,
    /// Desde cuándo está así (UTC).
    #[serde(rename = "estado_desde")]
    status_since: Option<String>,
    /// Cuándo se registró (UTC).
    #[serde(rename = "creado_en")]
    created_at: String,
}

impl OwnRouterView {
    fn new(router: Router, checks: &[RouterCheck]) -> Self {
        let check = checks.iter().find(|check| check.router_id == router.id);
        let outcome = check.and_then(|check| check.outcome);
        Self {
            status: outcome.map(|outcome| outcome.status.as_str()),
            status_since: outcome.map(|outcome| iso(outcome.since)),
            id: router.id.as_str().to_owned(),
            name: router.name,
            host: router.host.as_str().to_owned(),
            location: router.location,
            is_active: router.is_active,
            created_at: iso(router.created_at),
        }
    }
}

async fn list(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsTenantAdmin,
) -> Result<HttpResponse, ApiError> {
    let mut query = Fields::of_query(&request);
    let filter = ListFilter::read(&mut query);
    query.finish()?;
    let mut routers = list_own_routers(&state.app, &admin.0).await?;
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
    let checks = list_own_checks(&state.app, &admin.0).await?;
    let total = routers.len();
    let part = filter.page.of(routers, |router| router.id.to_string());
    Ok(part.response(|routers| OwnRoutersView {
        tenant_id: admin.0.tenant_id().as_str().to_owned(),
        total,
        routers: routers
            .into_iter()
            .map(|router| OwnRouterView::new(router, &checks))
            .collect(),
    }))
}

static CHANGE: Body<UpdateRouter> = Body::new(
    "UpdateRouterBody",
    "Lo que cambia. Lo que no se envía queda igual, salvo `puerto`, que entonces es 8728.",
    |fields| {
        let name = fields.field("nombre", "Nombre.").update_text(100);
        let host = fields
            .field("host", "Dirección IP o nombre de host.")
            .example("10.0.0.1")
            .not_null()
            .optional_host();
        let port = fields
            .field("puerto", "Puerto; si falta, 8728.")
            .example(8728)
            .optional_port();
        let username = fields
            .field("usuario", "Usuario de RouterOS.")
            .example("pagos-api-v2")
            .not_null()
            .optional_filled_text(50);
        let password = fields
            .field(
                "password_encrypted",
                "La contraseña, en claro (también `password`); se guarda cifrada. Obligatoria \
                 cuando cambian `host` o `puerto`, o `tls_modo` a uno menos seguro.",
            )
            .alias("password")
            .optional_secret(255);
        let location = fields
            .field("ubicacion", "Dónde está; nulo lo borra.")
            .edit_text(200);
        let tls = read_tls(fields);
        UpdateRouter {
            name,
            host,
            port,
            username,
            password: password.map(Secret::new),
            location,
            tls_mode: tls.mode,
            tls_ca_pem: tls.ca_pem,
            tls_fingerprint: tls.fingerprint,
        }
    },
);

/// El router después del cambio.
#[derive(Serialize, ToSchema)]
struct UpdatedRouterView {
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
struct UpdatedRouterFields {
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
    #[schema(required = true)]
    location: Option<String>,
    /// Si puede vender.
    #[serde(rename = "activo")]
    is_active: bool,
    /// Cómo se protege la conexión.
    #[serde(rename = "tls_modo")]
    #[schema(value_type = TlsModeName)]
    tls_mode: &'static str,
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
                tls_mode: router.tls.mode.as_str(),
            },
            warning: port_was.map(|port| {
                format!(
                    "No se envió puerto: cambió de {port} a 8728. Envíe puerto para conservarlo."
                )
            }),
        }
    }
}

async fn update(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsTenantAdmin,
    body: RawBody,
) -> Result<web::Json<UpdatedRouterView>, ApiError> {
    let change = CHANGE.read(body)?;
    let id = router_id(&request)?;
    Ok(web::Json(
        update_router(&state.app, &admin.0, &id, change)
            .await?
            .into(),
    ))
}
