//! Checks that ask the router itself: its hotspot profiles, and whether it can be reached.
//! the other side said word for word.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use application::operator::routers::{RouterError, router_profiles, test_connection};
use application::vocabulary::{HotspotError, ProfileRow, TlsTrouble};
use domain::ids::RouterId;
use domain::router::{Router, TlsMode};
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoint::{Access, Endpoint, get, tagged};
use crate::error::{ApiError, ErrorCode, Problem};
use crate::extract::AsTenantAdmin;
use crate::operator::routers::router_id;
use crate::state::State;
use crate::texts::{OWN_ROUTER_NOT_FOUND, ROUTER_NOT_FOUND};
use crate::wire::values::iso;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    tagged(
        "Routers",
        [
            get(
                "/api/v1/admin/routers/{router_id}/mikrotik-profiles",
                Access::TenantAdmin,
                profiles,
            )
            .id("listarPerfilesRouter")
            .summary("Los perfiles del hotspot, leídos ahora del router.")
            .path_text("router_id", "Router")
            .ok_list::<ProfileView>("Perfiles")
            .refuses(400, "Desactivado, o no se pudo conectar")
            .refuses(404, "No existe")
            .refuses(500, "El router rechazó la lectura"),
            get(
                "/api/v1/admin/routers/{router_id}/test-connection",
                Access::TenantAdmin,
                connect,
            )
            .id("probarRouter")
            .summary("Probar la conexión con un router, activo o no. Siempre responde 200.")
            .path_text("router_id", "Router")
            .ok::<ConnectionTestView>("Resultado"),
        ],
    )
}

/// Un perfil del hotspot. Cada valor es el texto del router, o nulo si no está.
#[derive(Serialize, ToSchema)]
struct ProfileView {
    /// `.id` en el router.
    #[schema(example = "*2", required = true)]
    id: Option<String>,
    /// Nombre.
    #[schema(example = "1hora", required = true)]
    name: Option<String>,
    /// Duración de una sesión.
    #[schema(example = "1h", required = true)]
    session_timeout: Option<String>,
    /// Inactividad permitida.
    #[schema(required = true)]
    idle_timeout: Option<String>,
    /// Velocidad.
    #[schema(example = "5M/5M", required = true)]
    rate_limit: Option<String>,
    /// Lista de direcciones.
    #[schema(required = true)]
    address_list: Option<String>,
    /// Dispositivos a la vez.
    #[schema(required = true)]
    shared_users: Option<String>,
    /// Comprobación de presencia.
    #[schema(required = true)]
    keepalive_timeout: Option<String>,
    /// Actualización de la página de estado.
    #[schema(required = true)]
    status_autorefresh: Option<String>,
    /// Duración de la cookie por MAC.
    #[schema(required = true)]
    mac_cookie_timeout: Option<String>,
}

impl From<ProfileRow> for ProfileView {
    fn from(row: ProfileRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            session_timeout: row.session_timeout,
            idle_timeout: row.idle_timeout,
            rate_limit: row.rate_limit,
            address_list: row.address_list,
            shared_users: row.shared_users,
            keepalive_timeout: row.keepalive_timeout,
            status_autorefresh: row.status_autorefresh,
            mac_cookie_timeout: row.mac_cookie_timeout,
        }
    }
}

impl From<RouterError> for ApiError {
    fn from(error: RouterError) -> Self {
        match error {
            RouterError::NotFound => {
                Self::not_found(OWN_ROUTER_NOT_FOUND).code(ErrorCode::RouterNotFound)
            }
            RouterError::TlsIncomplete(mode) => {
                let field = match mode {
                    TlsMode::Authority => "tls_ca_pem",
                    _ => "tls_huella_sha256",
                };
                let msg = format!("Es obligatorio con tls_modo {}", mode.as_str());
                Self::invalid(&[Problem::of_field("body", field, "missing", msg)])
            }
            RouterError::PasswordNeeded => Self::invalid(&[Problem::of_field(
                "body",
                "password",
                "missing",
                "Es obligatoria cuando cambian host o puerto, o tls_modo a uno menos seguro"
                    .to_owned(),
            )]),
            RouterError::NoPublicAddress => Self::new(
                StatusCode::CONFLICT,
                "El servidor no conoce su dirección pública. Pida al administrador de la \
                 plataforma que la configure (PUBLIC_BASE_URL).",
            ),
            RouterError::Inactive => Self::bad_request(
                "El router está desactivado. Pida al administrador de la plataforma que lo active.",
            ),
            RouterError::Unreadable { address, error } => {
                let status = match error {
                    HotspotError::Refused(_) | HotspotError::NotPermitted => {
                        StatusCode::INTERNAL_SERVER_ERROR
                    }
                    _ => StatusCode::BAD_REQUEST,
                };
                Self::new(status, router_trouble(&error, &address))
            }
            RouterError::Failure(failure) => failure.into(),
        }
    }
}

async fn profiles(
    state: web::Data<State>,
    request: HttpRequest,
    admin: AsTenantAdmin,
) -> Result<web::Json<Vec<ProfileView>>, ApiError> {
    let id = router_id(&request)?;
    let rows = router_profiles(&state.app, &admin.0, &id).await?;
    Ok(web::Json(rows.into_iter().map(ProfileView::from).collect()))
}

/// Lo que resultó de conectar.
#[derive(Serialize, ToSchema)]
struct ConnectionTestView {
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
    #[serde(rename = "tls_huella_sha256", skip_serializing_if = "Option::is_none")]
    tls_fingerprint: Option<String>,
    /// Qué falló.
    #[schema(required = true)]
    error: Option<String>,
    /// Ahora (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<String>,
}

/// El router.
#[derive(Serialize, ToSchema)]
struct TestedRouterView {
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
        tls_fingerprint: None,
        error: None,
        timestamp: None,
    }
}

async fn connect(
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
            ..failed(ROUTER_NOT_FOUND)
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
            tls_fingerprint: probe.fingerprint,
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

/// Why the router at `address` (`host:port`) could not be used.
fn router_trouble(error: &HotspotError, address: &str) -> String {
    let why = match error {
        HotspotError::TimedOut => format!("Timeout al conectar a {address}"),
        HotspotError::Unreachable => format!(
            "{address} no responde; revise la dirección, el puerto, y que el servicio API esté habilitado y acepte a este servidor"
        ),
        HotspotError::Suspended => {
            format!("{address} no respondía hace un momento; intente de nuevo")
        }
        HotspotError::AddressNotAllowed => {
            format!(
                "la dirección {address} no está permitida por el administrador de la plataforma"
            )
        }
        HotspotError::Tls(trouble) => {
            format!(
                "falló la conexión TLS con {address}: {}",
                tls_trouble(*trouble)
            )
        }
        HotspotError::CertificateChanged => format!(
            "el certificado de {address} cambió; si es correcto, guarde el router con tls_modo primera_vez"
        ),
        HotspotError::LoginRefused => "usuario o contraseña incorrectos".to_owned(),
        HotspotError::NotPermitted => {
            "al usuario de RouterOS le faltan permisos (read, write, api)".to_owned()
        }
        HotspotError::ProfileMissing => "el perfil no existe en el router".to_owned(),
        HotspotError::NamesTaken => "los nombres de usuario elegidos ya existen".to_owned(),
        HotspotError::Unsupported(_) => format!(
            "{address} no parece un hotspot de RouterOS; revise el puerto y que el router tenga un hotspot"
        ),
        HotspotError::Refused(_) => {
            "el router rechazó la operación; revise su registro e intente de nuevo".to_owned()
        }
    };
    format!("No se pudo conectar al router: {why}")
}

const fn tls_trouble(trouble: TlsTrouble) -> &'static str {
    match trouble {
        TlsTrouble::SpeaksTls => {
            "ese puerto usa TLS (api-ssl, normalmente 8729); cambie tls_modo o el puerto"
        }
        TlsTrouble::SpeaksPlain => {
            "ese puerto no usa TLS (api, normalmente 8728); cambie el puerto o tls_modo"
        }
        TlsTrouble::NoCertificate => {
            "el servicio api-ssl no tiene certificado; asígnele uno en el router"
        }
        TlsTrouble::Untrusted => {
            "no se confía en su certificado; revise tls_ca_pem, tls_huella_sha256 o tls_modo"
        }
        TlsTrouble::Failed => "no hubo acuerdo; revise api-ssl en el router",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_library_said_in_english_is_not_repeated() {
        for error in [
            HotspotError::Unsupported("the command does not exist there".to_owned()),
            HotspotError::Refused("it is overloaded".to_owned()),
            HotspotError::Tls(TlsTrouble::NoCertificate),
        ] {
            let text = router_trouble(&error, "10.0.0.1:8729");
            assert!(!text.contains(" the ") && !text.contains("it is"), "{text}");
            assert!(
                text.starts_with("No se pudo conectar al router: "),
                "{text}"
            );
        }
    }
}
