//! Hotspot users and their profiles.

use actix_web::{HttpRequest, web};
use application::error::Failure;
use application::portal::reconnect::{ProfileInfoAnswer, profile_info};
use application::vocabulary::{ProfileInfoOutcome, UserProfileInfo};
use domain::secret::Secret;
use http_kit::client_address::limited_address;
use serde::Serialize;
use serde_json::{Map, Value};
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
use crate::wire::names::ProfileInfoName;
use crate::wire::values::iso;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    tagged(
        "Portal",
        [
            post("/api/v1/hotspot/user/profile-info", Access::Portal, find)
                .id("consultarUsuarioHotspot")
                .summary(
                    "Consultar un usuario del hotspot con sus credenciales. Responde 200 \
                     también cuando no se puede.",
                )
                .body(&CREDENTIALS)
                .ok::<ProfileInfoView>("El resultado; `estado` dice cuál")
                .refuses(429, "Demasiadas solicitudes"),
        ],
    )
}

static CREDENTIALS: Body<(String, Option<Secret>)> = Body::new(
    "ProfileInfoBody",
    "Las credenciales de un usuario del hotspot.",
    |fields| {
        let username = fields
            .field(
                "username",
                "Usuario; puede venir codificado como en una URL.",
            )
            .example("PT-K7Q2M")
            .url_decoded(MAX_NAME);
        let password = fields
            .field("password", "Contraseña; no se envía para usuarios de PIN.")
            .optional_secret(MAX_PASSWORD);
        (username, password.map(Secret::new))
    },
);

/// Un usuario del hotspot y su perfil. Fuera de `ok` solo hay estado y textos.
#[derive(Debug, Serialize, ToSchema)]
struct ProfileInfoView {
    /// Si se encontró y las credenciales son las suyas.
    success: bool,
    /// `ok`, `credenciales_invalidas`, `empresa_inactiva`, `router_inactivo` o `error`.
    #[serde(rename = "estado")]
    #[schema(value_type = ProfileInfoName)]
    state: &'static str,
    /// Usuario.
    #[schema(example = "PT-K7Q2M")]
    username: String,
    /// `usuario_contrasena` o `pin`.
    #[serde(rename = "tipo_usuario")]
    #[schema(required = true)]
    kind: Option<&'static str>,
    /// Perfil.
    #[schema(required = true)]
    profile: Option<String>,
    /// Cuánto dura la cookie de MAC del perfil.
    #[schema(example = "3d", required = true)]
    mac_cookie_timeout: Option<String>,
    /// Si el perfil entra por MAC.
    #[schema(required = true)]
    mac_authentication: Option<bool>,
    /// Si el usuario está desactivado en el router.
    #[schema(required = true)]
    disabled: Option<bool>,
    /// Comentario del usuario en el router.
    #[schema(required = true)]
    comment: Option<String>,
    /// Límite de tiempo.
    #[schema(required = true)]
    limit_uptime: Option<String>,
    /// Lo que el router guarda del usuario, sin la contraseña.
    #[serde(rename = "datos_completos")]
    #[schema(value_type = Option<Object>, required = true)]
    attributes: Option<Map<String, Value>>,
    /// Texto para personas.
    #[serde(rename = "mensaje")]
    #[schema(required = true)]
    message: Option<&'static str>,
    /// Qué falló, para programas.
    #[serde(rename = "error_detalle")]
    #[schema(required = true)]
    error_code: Option<String>,
    /// Ahora (UTC).
    timestamp: String,
}

fn failed(
    username: String,
    state: &'static str,
    message: &'static str,
    error_code: Option<String>,
    timestamp: String,
) -> ProfileInfoView {
    ProfileInfoView {
        success: false,
        state,
        username,
        kind: None,
        profile: None,
        mac_cookie_timeout: None,
        mac_authentication: None,
        disabled: None,
        comment: None,
        limit_uptime: None,
        attributes: None,
        message: Some(message),
        error_code,
        timestamp,
    }
}

fn found(info: UserProfileInfo, timestamp: String) -> ProfileInfoView {
    // The port promises to leave the password out; this does not rely on it.
    let attributes = info
        .attributes
        .into_iter()
        .filter(|(name, _)| name != "password")
        .map(|(name, value)| (name, Value::String(value)))
        .collect();
    ProfileInfoView {
        success: true,
        state: "ok",
        username: info.name,
        kind: Some(if info.is_pin {
            "pin"
        } else {
            "usuario_contrasena"
        }),
        profile: info.profile,
        mac_cookie_timeout: info.mac_cookie_timeout,
        mac_authentication: Some(info.mac_authentication),
        disabled: Some(info.disabled),
        comment: Some(info.comment),
        limit_uptime: info.limit_uptime,
        attributes: Some(attributes),
        message: None,
        error_code: None,
        timestamp,
    }
}

fn view(
    outcome: Result<ProfileInfoAnswer, Failure>,
    username: String,
    timestamp: String,
) -> ProfileInfoView {
    let failed = |state, message, error_code| {
        failed(username, state, message, error_code, timestamp.clone())
    };
    match outcome {
        Ok(ProfileInfoAnswer::Outcome(ProfileInfoOutcome::Found(info))) => found(*info, timestamp),
        Ok(ProfileInfoAnswer::Outcome(ProfileInfoOutcome::WrongCredentials)) => failed(
            "credenciales_invalidas",
            "El usuario o la contraseña no son correctos.",
            None,
        ),
        Ok(ProfileInfoAnswer::Outcome(ProfileInfoOutcome::PolicyMissing(policy))) => failed(
            "error",
            "El punto de acceso no permite esta consulta. Avise al establecimiento.",
            Some(format!("policy_missing:{policy}")),
        ),
        Ok(ProfileInfoAnswer::TenantInactive) => failed("empresa_inactiva", TENANT_INACTIVE, None),
        Ok(ProfileInfoAnswer::RouterInactive) => failed("router_inactivo", ROUTER_INACTIVE, None),
        Ok(ProfileInfoAnswer::RouterFailed(error)) => {
            failed("error", text(&error), Some(code(&error).to_owned()))
        }
        Err(failure) => {
            log_chain(&failure);
            failed("error", SERVER_FAILED, Some(INTERNAL_CODE.to_owned()))
        }
    }
}

async fn find(
    state: web::Data<State>,
    request: HttpRequest,
    portal: AsPortal,
    body: RawBody,
) -> Result<web::Json<ProfileInfoView>, ApiError> {
    let (username, password) = CREDENTIALS.read(body)?;
    let subject = Subject::hotspot_user(portal.0.key_id(), &username);
    let limits = &state.limits.reconnects;
    limits
        .check(&[subject], limited_address(&request))
        .map_err(|throttled| ApiError::too_many(TOO_MANY, throttled.retry_after))?;
    let address = limited_address(&request);
    let misses = &state.limits.misses;
    misses
        .check(&portal.0, address, None, state.app.now())
        .map_err(|throttled| ApiError::too_many(TOO_MANY, throttled.retry_after))?;
    let outcome = profile_info(&state.app, &portal.0, &username, password).await;
    if matches!(
        outcome,
        Ok(ProfileInfoAnswer::Outcome(
            ProfileInfoOutcome::WrongCredentials
        ))
    ) {
        misses.failed(&portal.0, address, None, state.app.now());
    }
    Ok(web::Json(view(outcome, username, iso(state.app.now()))))
}

#[cfg(test)]
mod tests {
    use application::vocabulary::HotspotError;
    use serde_json::json;

    use super::*;
    use crate::body::fields::Fields;

    fn written(outcome: ProfileInfoAnswer) -> Value {
        let view = view(
            Ok(outcome),
            "PT-K7Q2M".to_owned(),
            "2026-03-04T10:00:00".to_owned(),
        );
        serde_json::to_value(view).unwrap()
    }

    fn info() -> UserProfileInfo {
        UserProfileInfo {
            name: "PT-K7Q2M".to_owned(),
            is_pin: false,
            profile: Some("1hora".to_owned()),
            mac_cookie_timeout: Some("3d".to_owned()),
            mac_authentication: false,
            disabled: false,
            comment: String::new(),
            limit_uptime: None,
            attributes: vec![
                ("name".to_owned(), "PT-K7Q2M".to_owned()),
                ("password".to_owned(), "0481".to_owned()),
                ("limit-uptime".to_owned(), "1h".to_owned()),
            ],
        }
    }

    #[test]
    fn a_known_user_is_described_without_its_password() {
        let outcome = ProfileInfoOutcome::Found(Box::new(info()));
        assert_eq!(
            written(ProfileInfoAnswer::Outcome(outcome)),
            json!({
                "success": true, "estado": "ok", "username": "PT-K7Q2M",
                "tipo_usuario": "usuario_contrasena", "profile": "1hora",
                "mac_cookie_timeout": "3d", "mac_authentication": false, "disabled": false,
                "comment": "", "limit_uptime": null,
                "datos_completos": {"name": "PT-K7Q2M", "limit-uptime": "1h"},
                "mensaje": null, "error_detalle": null, "timestamp": "2026-03-04T10:00:00",
            })
        );
    }

    #[test]
    fn every_other_outcome_has_its_state_and_reveals_no_user() {
        for (outcome, state, error_code) in [
            (
                ProfileInfoAnswer::Outcome(ProfileInfoOutcome::WrongCredentials),
                "credenciales_invalidas",
                json!(null),
            ),
            (
                ProfileInfoAnswer::Outcome(ProfileInfoOutcome::PolicyMissing("sensitive")),
                "error",
                json!("policy_missing:sensitive"),
            ),
            (
                ProfileInfoAnswer::TenantInactive,
                "empresa_inactiva",
                json!(null),
            ),
            (
                ProfileInfoAnswer::RouterInactive,
                "router_inactivo",
                json!(null),
            ),
            (
                ProfileInfoAnswer::RouterFailed(HotspotError::Unreachable),
                "error",
                json!("router_unreachable"),
            ),
        ] {
            let body = written(outcome);
            assert_eq!(body["success"], json!(false));
            assert_eq!(body["estado"], json!(state));
            assert_eq!(body["error_detalle"], error_code);
            for field in ["profile", "comment", "datos_completos", "tipo_usuario"] {
                assert_eq!(body[field], json!(null), "{field}");
            }
        }
    }

    #[test]
    fn an_empty_password_is_none() {
        let map = Map::from_iter([
            ("username".to_owned(), json!("123%2045")),
            ("password".to_owned(), json!("")),
        ]);
        let fields = Fields::new("body", map);
        let (username, password) = CREDENTIALS.read_fields(fields).unwrap();
        assert_eq!(username, "123 45");
        assert_eq!(password, None);
    }
}
