//! `GET /api/v1/admin/routers/{router_id}/test-connection`.

use actix_web::{HttpRequest, web};
use application::operator::routers::test_connection;
use domain::ids::RouterId;
use domain::router::Router;
use serde::Serialize;
use utoipa::ToSchema;

use crate::client_admin::router_text::router_trouble;
use crate::endpoint::{Access, Endpoint};
use crate::error::ApiError;
use crate::extract::caller::AsTenantAdmin;
use crate::state::State;
use crate::wire::time::iso;

pub(crate) const ENDPOINT: Endpoint = Endpoint::new(
    "GET",
    "/api/v1/admin/routers/{router_id}/test-connection",
    Access::TenantAdmin,
    || web::get().to(handle),
);

/// Lo que resultó de conectar.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConnectionTestView {
    /// Si se pudo conectar y entrar.
    success: bool,
    /// Texto para personas.
    message: &'static str,
    /// El router.
    #[serde(skip_serializing_if = "Option::is_none")]
    router: Option<TestedRouterView>,
    /// Perfiles de hotspot encontrados.
    #[serde(
        rename = "perfiles_encontrados",
        skip_serializing_if = "Option::is_none"
    )]
    profile_count: Option<usize>,
    /// Nombre que el router se da.
    #[serde(skip_serializing_if = "Option::is_none")]
    router_name: Option<String>,
    /// Huella SHA-256 del certificado, con TLS.
    #[serde(skip_serializing_if = "Option::is_none")]
    tls_huella_sha256: Option<String>,
    /// Qué falló.
    error: Option<String>,
    /// Ahora (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<String>,
}

/// El router.
#[derive(Serialize, ToSchema)]
pub(crate) struct TestedRouterView {
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
    /// Si puede vender.
    #[serde(rename = "activo")]
    is_active: bool,
}

impl From<Router> for TestedRouterView {
    fn from(router: Router) -> Self {
        Self {
            id: router.id.as_str().to_owned(),
            name: router.name,
            host: router.host.as_str().to_owned(),
            port: router.port,
            is_active: router.is_active,
        }
    }
}

const fn failed(message: &'static str) -> ConnectionTestView {
    ConnectionTestView {
        success: false,
        message,
        router: None,
        profile_count: None,
        router_name: None,
        tls_huella_sha256: None,
        error: None,
        timestamp: None,
    }
}

/// Probar la conexión con un router, activo o no. Siempre responde 200.
#[utoipa::path(
    get, path = "/api/v1/admin/routers/{router_id}/test-connection", tag = "Routers",
    params(("router_id" = String, Path, description = "Router")), security(("sesion" = [])),
    responses(
        (status = 200, description = "Resultado", body = ConnectionTestView),
        (status = 401, description = "Sin sesión", body = crate::wire::error::ErrorView),
        (status = 403, description = "Solo cliente_admin", body = crate::wire::error::ErrorView),
    )
)]
pub(crate) async fn handle(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsTenantAdmin,
) -> Result<web::Json<ConnectionTestView>, ApiError> {
    let text = request.match_info().get("router_id").unwrap_or_default();
    let tested = if let Ok(id) = RouterId::parse(text) {
        test_connection(&state.app, &admin.0, &id).await?
    } else {
        None
    };
    let Some(found) = tested else {
        return Ok(web::Json(ConnectionTestView {
            error: Some("El router no existe o no pertenece a tu empresa".to_owned()),
            ..failed("Router no encontrado")
        }));
    };
    let timestamp = Some(iso(state.app.now()));
    let address = found.router.host.with_port(found.router.port);
    let router = Some(TestedRouterView::from(found.router));
    Ok(web::Json(match found.outcome {
        Ok(probe) => ConnectionTestView {
            success: true,
            message: "Conexión exitosa",
            router,
            profile_count: Some(probe.profile_count),
            router_name: Some(probe.identity),
            tls_huella_sha256: probe.fingerprint,
            error: None,
            timestamp,
        },
        Err(error) => ConnectionTestView {
            router,
            error: Some(router_trouble(&error, &address)),
            timestamp,
            ..failed("Error de conexión")
        },
    }))
}
