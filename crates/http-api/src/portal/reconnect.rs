//! Devices that come back.

use actix_web::{HttpRequest, web};
use application::error::Failure;
use application::portal::reconnect::{Reconnect, ReconnectAnswer, base_name, reconnect};
use application::vocabulary::{DeviceConnection, NotConnected, ReconnectOutcome, SessionInfo};
use domain::network::MacAddress;
use domain::secret::Secret;
use http_kit::client_address::limited_address;
use serde::Serialize;
use utoipa::ToSchema;

use crate::body::Body;
use crate::body::raw::RawBody;
use crate::endpoint::{Access, Endpoint, post, tagged};
use crate::error::{ApiError, log_chain};
use crate::extract::AsPortal;
use crate::limits::subjects::Subject;
use crate::portal::hotspot_texts::{
    INTERNAL_CODE, ROUTER_INACTIVE, SERVER_FAILED, TENANT_INACTIVE, TOO_MANY, code, text,
};
use crate::portal::{MAX_NAME, MAX_PASSWORD};
use crate::state::State;
use crate::wire::names::{ConnectionName, ReconnectName};
use crate::wire::values::iso;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    tagged(
        "Portal",
        [post(
            "/api/v1/hotspot/auto-reconnect",
            Access::Portal,
            reconnect_device,
        )
        .id("reconectarDispositivo")
        .summary(
            "Conectar de nuevo un dispositivo que vuelve. Responde 200 también cuando no se puede.",
        )
        .body(&DEVICE)
        .ok::<ReconnectView>("El resultado; `estado` y `auto_conexion` dicen cuál")
        .refuses(429, "Demasiadas solicitudes")],
    )
}

/// The request, or none together with a problem.
static DEVICE: Body<Option<Reconnect>> = Body::new(
    "ReconnectBody",
    "Las credenciales que el portal guardó, y el dispositivo que vuelve.",
    |fields| {
        let username = fields
            .field(
                "username",
                "Usuario; puede venir codificado como en una URL y terminar en `_RANDMAC<n>`.",
            )
            .example("PT-K7Q2M")
            .url_decoded(MAX_NAME);
        let password = fields
            .field("password", "Contraseña; vacía para usuarios de PIN.")
            .optional_secret(MAX_PASSWORD);
        fields
            .field("stored_mac", "MAC que el portal recordaba. No se usa.")
            .ignored();
        let mac = fields
            .field(
                "current_mac",
                "MAC del dispositivo ahora; puede venir codificada como en una URL.",
            )
            .example("AA:BB:CC:00:11:22")
            .url_decoded_mac();
        let ip = fields
            .field("current_ip", "IPv4 del dispositivo ahora.")
            .example("10.5.50.9")
            .optional_ipv4();
        fields
            .field("current_ssid", "Red del dispositivo. No se usa.")
            .ignored();
        Some(Reconnect {
            username,
            password: Secret::new(password.unwrap_or_default()),
            mac: mac?,
            ip,
        })
    },
);

/// Cómo quedó el dispositivo.
#[derive(Debug, Serialize, ToSchema)]
struct ReconnectView {
    /// Si el usuario existe y se intentó conectar.
    success: bool,
    /// `activo`, `expirado`, `empresa_inactiva`, `router_inactivo` o `error`. Solo con `expirado`
    /// debe el portal olvidar las credenciales.
    #[serde(rename = "estado")]
    #[schema(value_type = ReconnectName)]
    state: &'static str,
    /// `conectado` o `no_conectado`.
    #[serde(rename = "auto_conexion")]
    #[schema(value_type = ConnectionName)]
    connection: &'static str,
    /// La sesión en el router, si se conectó.
    #[serde(rename = "datos_sesion")]
    #[schema(required = true)]
    session: Option<ReconnectedSessionView>,
    /// La MAC de ahora.
    #[serde(rename = "nueva_mac")]
    #[schema(example = "AA:BB:CC:00:11:22")]
    mac: String,
    /// Tiempo usado, como lo escribe el router.
    #[serde(rename = "tiempo_acumulado")]
    #[schema(required = true)]
    used_time: Option<String>,
    /// Sin uso; siempre nulo.
    #[serde(rename = "tiempo_restante")]
    #[schema(required = true)]
    remaining_time: Option<String>,
    /// Sin uso; siempre nulo.
    #[serde(rename = "primera_sesion")]
    #[schema(required = true)]
    first_session: Option<String>,
    /// Texto para el cliente.
    #[serde(rename = "mensaje")]
    message: &'static str,
    /// Qué falló, para programas.
    #[serde(rename = "error_detalle")]
    #[schema(required = true)]
    error_code: Option<String>,
    /// Ahora (UTC).
    timestamp: String,
}

/// Una sesión como la muestra el router.
#[derive(Debug, Serialize, ToSchema)]
struct ReconnectedSessionView {
    /// Usuario.
    #[schema(example = "PT-K7Q2M")]
    user: String,
    /// Dirección.
    #[schema(example = "10.5.50.9", required = true)]
    address: Option<String>,
    /// Tiempo conectado.
    #[schema(example = "0s", required = true)]
    uptime: Option<String>,
    /// Bytes enviados por el cliente.
    #[serde(rename = "bytes-in")]
    #[schema(example = "0", required = true)]
    bytes_in: Option<String>,
    /// Bytes recibidos por el cliente.
    #[serde(rename = "bytes-out")]
    #[schema(example = "0", required = true)]
    bytes_out: Option<String>,
}

impl From<SessionInfo> for ReconnectedSessionView {
    fn from(session: SessionInfo) -> Self {
        Self {
            user: session.user,
            address: session.address,
            uptime: session.uptime,
            bytes_in: session.bytes_in,
            bytes_out: session.bytes_out,
        }
    }
}

/// A result without a session, and why.
fn failed(
    mac: MacAddress,
    state: &'static str,
    message: &'static str,
    error_code: Option<String>,
    timestamp: String,
) -> ReconnectView {
    ReconnectView {
        success: false,
        state,
        connection: "no_conectado",
        session: None,
        mac: mac.to_string(),
        used_time: None,
        remaining_time: None,
        first_session: None,
        message,
        error_code,
        timestamp,
    }
}

fn view(
    outcome: Result<ReconnectAnswer, Failure>,
    mac: MacAddress,
    timestamp: String,
) -> ReconnectView {
    let failed = |state, message, error_code| failed(mac, state, message, error_code, timestamp);
    match outcome {
        Ok(ReconnectAnswer::TenantInactive) => failed("empresa_inactiva", TENANT_INACTIVE, None),
        Ok(ReconnectAnswer::RouterInactive) => failed("router_inactivo", ROUTER_INACTIVE, None),
        Ok(ReconnectAnswer::Unknown | ReconnectAnswer::Outcome(ReconnectOutcome::NotFound)) => {
            failed(
                "expirado",
                "Usuario no encontrado. Su acceso terminó o los datos no son correctos; puede comprar uno nuevo.",
                None,
            )
        }
        Ok(ReconnectAnswer::Outcome(ReconnectOutcome::PolicyMissing(policy))) => failed(
            "error",
            "El punto de acceso no permite la conexión automática. Use sus credenciales en la página de acceso.",
            Some(format!("policy_missing:{policy}")),
        ),
        Ok(ReconnectAnswer::RouterFailed(error)) => {
            failed("error", text(&error), Some(code(&error).to_owned()))
        }
        Ok(ReconnectAnswer::Outcome(ReconnectOutcome::User {
            uptime, connection, ..
        })) => match connection {
            DeviceConnection::Connected(session) => ReconnectView {
                success: true,
                connection: "conectado",
                session: Some(session.into()),
                used_time: uptime,
                ..failed(
                    "activo",
                    "Su dispositivo está conectado de nuevo. ¡Disfrute su conexión!",
                    None,
                )
            },
            DeviceConnection::NotConnected(why) => {
                let (error_code, message) = not_connected(why);
                ReconnectView {
                    success: true,
                    used_time: uptime,
                    ..failed("activo", message, Some(error_code.to_owned()))
                }
            }
        },
        Err(failure) => {
            log_chain(&failure);
            failed("error", SERVER_FAILED, Some(INTERNAL_CODE.to_owned()))
        }
    }
}

/// The code for the page and the text for the person.
const fn not_connected(why: NotConnected) -> (&'static str, &'static str) {
    match why {
        NotConnected::HostUnknown => (
            "host_unknown",
            "No se detectó su dispositivo en esta red. Conéctese a la red WiFi e intente de nuevo.",
        ),
        NotConnected::Refused => (
            "login_refused",
            "El punto de acceso no aceptó la conexión automática. Use sus credenciales para conectarse.",
        ),
        NotConnected::Undecided => (
            "login_undecided",
            "El punto de acceso no pudo conectar su dispositivo en este momento. Intente de nuevo en unos segundos.",
        ),
        NotConnected::WrongDevice => (
            "wrong_device",
            "Este acceso está ligado a otro dispositivo. Consulte con el establecimiento.",
        ),
        NotConnected::LimitReached => (
            "limit_reached",
            "Se alcanzó el límite de este acceso. Puede comprar uno nuevo.",
        ),
        NotConnected::NotVerified => (
            "not_verified",
            "La conexión no se pudo confirmar. Si no tiene internet, use sus credenciales para conectarse.",
        ),
        NotConnected::Disabled => (
            "user_disabled",
            "Este acceso está desactivado. Consulte con el establecimiento.",
        ),
    }
}

async fn reconnect_device(
    state: web::Data<State>,
    request: HttpRequest,
    portal: AsPortal,
    body: RawBody,
) -> Result<web::Json<ReconnectView>, ApiError> {
    let Some(command) = DEVICE.read(body)? else {
        return Err(ApiError::internal());
    };
    let mac = command.mac;
    let key = portal.0.key_id();
    let subjects = [
        Subject::device(key, mac),
        Subject::hotspot_user(key, base_name(&command.username)),
    ];
    let limits = &state.limits.reconnects;
    limits
        .check(&subjects, limited_address(&request))
        .map_err(|throttled| ApiError::too_many(TOO_MANY, throttled.retry_after))?;
    let address = limited_address(&request);
    let misses = &state.limits.misses;
    misses
        .check(&portal.0, address, Some(mac), state.app.now())
        .map_err(|throttled| ApiError::too_many(TOO_MANY, throttled.retry_after))?;
    let outcome = reconnect(&state.app, &portal.0, command).await;
    if matches!(outcome, Ok(ReconnectAnswer::Unknown)) {
        misses.failed(&portal.0, address, Some(mac), state.app.now());
    }
    Ok(web::Json(view(outcome, mac, iso(state.app.now()))))
}

#[cfg(test)]
mod tests {
    use application::vocabulary::HotspotError;
    use serde_json::{Map, Value, json};

    use super::*;
    use crate::body::fields::Fields;

    fn written(outcome: ReconnectAnswer) -> Value {
        let mac = MacAddress::parse("aa:bb:cc:00:11:22").unwrap();
        serde_json::to_value(view(Ok(outcome), mac, "2026-03-04T10:00:00".to_owned())).unwrap()
    }

    fn user(connection: DeviceConnection) -> ReconnectAnswer {
        ReconnectAnswer::Outcome(ReconnectOutcome::User {
            name: "PT-K7Q2M".to_owned(),
            uptime: Some("12m".to_owned()),
            connection,
        })
    }

    fn body(value: Value) -> Fields {
        match value {
            Value::Object(map) => Fields::new("body", map),
            _ => Fields::new("body", Map::new()),
        }
    }

    #[test]
    fn a_connected_device_gets_its_session() {
        let session = SessionInfo {
            id: Some("*1".to_owned()),
            user: "PT-K7Q2M".to_owned(),
            address: Some("10.5.50.9".to_owned()),
            uptime: Some("0s".to_owned()),
            bytes_in: Some("0".to_owned()),
            bytes_out: Some("0".to_owned()),
        };
        assert_eq!(
            written(user(DeviceConnection::Connected(session))),
            json!({
                "success": true, "estado": "activo", "auto_conexion": "conectado",
                "datos_sesion": {"user": "PT-K7Q2M", "address": "10.5.50.9", "uptime": "0s",
                    "bytes-in": "0", "bytes-out": "0"},
                "nueva_mac": "AA:BB:CC:00:11:22", "tiempo_acumulado": "12m",
                "tiempo_restante": null, "primera_sesion": null,
                "mensaje": "Su dispositivo está conectado de nuevo. ¡Disfrute su conexión!",
                "error_detalle": null, "timestamp": "2026-03-04T10:00:00",
            })
        );
    }

    #[test]
    fn a_user_that_cannot_be_connected_is_still_active() {
        for (why, error_code) in [
            (NotConnected::Disabled, "user_disabled"),
            (NotConnected::HostUnknown, "host_unknown"),
            (NotConnected::LimitReached, "limit_reached"),
        ] {
            let body = written(user(DeviceConnection::NotConnected(why)));
            assert_eq!(body["estado"], json!("activo"));
            assert_eq!(body["auto_conexion"], json!("no_conectado"));
            assert_eq!(body["datos_sesion"], json!(null));
            assert_eq!(body["error_detalle"], json!(error_code));
        }
    }

    #[test]
    fn only_an_unknown_user_is_expired() {
        for (outcome, state) in [
            (ReconnectAnswer::Unknown, "expirado"),
            (ReconnectAnswer::TenantInactive, "empresa_inactiva"),
            (ReconnectAnswer::RouterInactive, "router_inactivo"),
            (
                ReconnectAnswer::RouterFailed(HotspotError::Unreachable),
                "error",
            ),
            (
                ReconnectAnswer::Outcome(ReconnectOutcome::PolicyMissing("sensitive")),
                "error",
            ),
        ] {
            let body = written(outcome);
            assert_eq!(body["estado"], json!(state));
            assert_eq!(body["success"], json!(false));
            assert_eq!(body["auto_conexion"], json!("no_conectado"));
        }
    }

    #[test]
    fn encoded_names_and_macs_are_decoded() {
        let command = DEVICE.read_fields(body(json!({
            "username": "AA%3ABB%3ACC%3A00%3A11%3A22", "current_mac": "aa%3abb%3acc%3a00%3a11%3a22",
            "password": null, "stored_mac": "x", "current_ssid": "y",
        })))
        .unwrap()
        .unwrap();
        assert_eq!(command.username, "AA:BB:CC:00:11:22");
        assert_eq!(command.mac.to_string(), "AA:BB:CC:00:11:22");
        assert!(command.password.is_empty());
    }

    #[test]
    fn every_problem_is_reported() {
        let refusal = DEVICE.read_fields(body(json!({"current_ip": "x"})));
        let error = refusal.err().unwrap().to_string();
        for field in ["username", "current_mac", "current_ip"] {
            assert!(error.contains(field), "{field} in {error}");
        }
    }
}
