//! Error responses: always `{"detail": ...}`, never anything internal.

mod code;

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use application::auth::portal::PortalError;
use application::auth::session::SessionError;
use application::caller::WrongRole;
use application::error::Failure;
use http_kit::body::BodyError;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

pub(crate) use self::code::ErrorCode;
use crate::texts::INTERNAL;

#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    code: ErrorCode,
    detail: Value,
    more: Map<String, Value>,
    retry_after: Option<u64>,
}

impl ApiError {
    /// A response with this status and this text for people.
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            status,
            code: ErrorCode::of_status(status),
            detail: Value::String(detail.into()),
            more: Map::new(),
            retry_after: None,
        }
    }

    /// `400`.
    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// `401`.
    pub(crate) fn unauthorized(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, detail)
    }

    /// `403`.
    pub(crate) fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    /// `404`.
    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    /// `500`: something of ours; the log knows what.
    pub(crate) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, INTERNAL)
    }

    /// `409`.
    pub(crate) fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, detail)
    }

    /// `429`: what there was too much of, for people, and when to try again.
    pub(crate) fn too_many(what: &str, seconds: u64) -> Self {
        let unit = if seconds == 1 { "segundo" } else { "segundos" };
        let detail = format!("{what} Espere {seconds} {unit} e intente de nuevo.");
        Self::new(StatusCode::TOO_MANY_REQUESTS, detail).retry_after(seconds)
    }

    /// `503`: trying again soon may help.
    pub(crate) fn unavailable() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "El servicio no está disponible en este momento. Intente de nuevo en unos segundos.",
        )
        .retry_after(2)
    }

    /// `422` with the list of fields.
    pub(crate) fn invalid(problems: &[Problem]) -> Self {
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            code: ErrorCode::InvalidData,
            detail: json!(problems),
            more: Map::new(),
            retry_after: None,
        }
    }

    /// Says for programs what happened, where the status alone does not.
    pub(crate) fn code(mut self, code: ErrorCode) -> Self {
        self.code = code;
        self
    }

    /// Adds a field beside `detail`.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.more.insert(name.to_owned(), value.into());
        self
    }

    /// Adds `Retry-After`.
    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status, self.detail)
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut body = self.more.clone();
        body.insert("detail".to_owned(), self.detail.clone());
        body.insert("codigo".to_owned(), json!(self.code));
        let mut response = HttpResponse::build(self.status);
        if let Some(seconds) = self.retry_after {
            response.insert_header((RETRY_AFTER, seconds.to_string()));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.insert_header((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
        }
        response.json(body)
    }
}

/// Logs an error with its whole chain, once, here at the edge.
pub(crate) fn log_chain(error: &dyn std::error::Error) {
    let mut chain = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        chain.push_str(": ");
        chain.push_str(&cause.to_string());
        source = cause.source();
    }
    tracing::error!(error = chain, "a request failed");
}

impl From<Failure> for ApiError {
    fn from(failure: Failure) -> Self {
        log_chain(&failure);
        if failure.is_temporary() {
            Self::unavailable()
        } else {
            Self::internal()
        }
    }
}

impl From<BodyError> for ApiError {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooSlow => Self::new(
                StatusCode::REQUEST_TIMEOUT,
                "La solicitud tardó demasiado en llegar. Revise su conexión e intente de nuevo.",
            ),
            BodyError::TooLarge => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "La solicitud es demasiado grande",
            ),
            BodyError::Incomplete => Self::bad_request(
                "La solicitud llegó incompleta. Revise su conexión e intente de nuevo.",
            ),
        }
    }
}

impl From<serde_json::Error> for ApiError {
    fn from(error: serde_json::Error) -> Self {
        log_chain(&error);
        Self::internal()
    }
}

impl From<SessionError> for ApiError {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Invalid => {
                Self::unauthorized("Token inválido").code(ErrorCode::SessionInvalid)
            }
            SessionError::Expired => {
                Self::unauthorized("Token expirado").code(ErrorCode::SessionExpired)
            }
            SessionError::Inactive => {
                Self::unauthorized("Usuario no activo").code(ErrorCode::UserInactive)
            }
            SessionError::TenantInactive => Self::unauthorized(
                "Su empresa está desactivada. Hable con quien administra la plataforma.",
            )
            .code(ErrorCode::TenantInactive),
            SessionError::Failure(failure) => failure.into(),
        }
    }
}

impl From<PortalError> for ApiError {
    fn from(error: PortalError) -> Self {
        match error {
            PortalError::Format => {
                Self::unauthorized("Formato de API Key inválido").code(ErrorCode::KeyInvalid)
            }
            PortalError::Invalid => {
                Self::unauthorized("API Key inválida").code(ErrorCode::KeyInvalid)
            }
            PortalError::Expired => {
                Self::unauthorized("API Key expirada").code(ErrorCode::KeyExpired)
            }
            PortalError::Revoked => {
                Self::unauthorized("API Key no válida o revocada").code(ErrorCode::KeyRevoked)
            }
            PortalError::Failure(failure) => failure.into(),
        }
    }
}

impl From<WrongRole> for ApiError {
    fn from(error: WrongRole) -> Self {
        let refusal = match error {
            WrongRole::SuperAdminRequired => Self::forbidden("Se requiere rol SUPER_ADMIN"),
            WrongRole::TenantAdminRequired => Self::forbidden("Se requiere rol CLIENTE_ADMIN"),
        };
        refusal.code(ErrorCode::WrongRole)
    }
}

/// Un error, con un texto para personas.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErrorView {
    /// Qué pasó y qué hacer.
    detail: String,
    /// Qué pasó, para programas.
    #[serde(rename = "codigo")]
    code: ErrorCode,
}

/// Los campos que no son válidos.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProblemsView {
    /// Un elemento por campo.
    detail: Vec<Problem>,
    /// Siempre `datos_invalidos`.
    #[serde(rename = "codigo")]
    code: ErrorCode,
}

/// Los campos que no son válidos, o un texto: una clave que ya se usó con otros datos.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes what ApiError writes")]
pub(crate) enum ProblemsOrErrorView {
    Problems(ProblemsView),
    Error(ErrorView),
}

/// Un campo que no es válido.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// Dónde: `body`, `query`, `path` o `header`, y luego el campo.
    loc: Vec<String>,
    /// Qué, para personas.
    msg: String,
    /// Qué, para programas.
    #[serde(rename = "type")]
    kind: &'static str,
}

impl Problem {
    /// A problem with a field of the body, the query or the path.
    pub(crate) fn of_field(
        place: &str,
        field: &str,
        kind: &'static str,
        msg: impl Into<String>,
    ) -> Self {
        Self {
            loc: vec![place.to_owned(), field.to_owned()],
            msg: msg.into(),
            kind,
        }
    }

    /// A problem with the whole body.
    pub(crate) fn of_body(kind: &'static str, msg: impl Into<String>) -> Self {
        Self {
            loc: vec!["body".to_owned()],
            msg: msg.into(),
            kind,
        }
    }
}
