//! Stable codes of errors: what programs compare, while `detail` is for people and may change.

use actix_web::http::StatusCode;
use domain::gateway::DeclineReason;
use domain::purchase::{FailureReason, PurchaseState};
use serde::Serialize;
use utoipa::ToSchema;

/// Qué pasó, para programas. Los códigos no cambian; pueden añadirse otros: trate uno desconocido
/// según el estado HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
pub(crate) enum ErrorCode {
    // Of any request.
    #[serde(rename = "solicitud_invalida")]
    BadRequest,
    #[serde(rename = "datos_invalidos")]
    InvalidData,
    #[serde(rename = "falta_sesion")]
    SessionMissing,
    #[serde(rename = "sesion_invalida")]
    SessionInvalid,
    #[serde(rename = "sesion_expirada")]
    SessionExpired,
    #[serde(rename = "usuario_inactivo")]
    UserInactive,
    #[serde(rename = "credenciales_incorrectas")]
    WrongCredentials,
    #[serde(rename = "falta_llave")]
    KeyMissing,
    #[serde(rename = "llave_invalida")]
    KeyInvalid,
    #[serde(rename = "llave_expirada")]
    KeyExpired,
    #[serde(rename = "llave_revocada")]
    KeyRevoked,
    #[serde(rename = "no_autenticado")]
    Unauthorized,
    #[serde(rename = "rol_insuficiente")]
    WrongRole,
    #[serde(rename = "prohibido")]
    Forbidden,
    #[serde(rename = "no_encontrado")]
    NotFound,
    #[serde(rename = "empresa_no_encontrada")]
    TenantNotFound,
    #[serde(rename = "router_no_encontrado")]
    RouterNotFound,
    #[serde(rename = "producto_no_encontrado")]
    ProductNotFound,
    #[serde(rename = "usuario_no_encontrado")]
    UserNotFound,
    #[serde(rename = "venta_no_encontrada")]
    SaleNotFound,
    #[serde(rename = "compra_no_encontrada")]
    PurchaseNotFound,
    #[serde(rename = "metodo_no_permitido")]
    MethodNotAllowed,
    #[serde(rename = "solicitud_lenta")]
    TooSlow,
    #[serde(rename = "conflicto")]
    Conflict,
    #[serde(rename = "solicitud_demasiado_grande")]
    TooLarge,
    #[serde(rename = "demasiadas_solicitudes")]
    TooMany,
    #[serde(rename = "error_interno")]
    Internal,
    #[serde(rename = "servicio_externo")]
    Upstream,
    #[serde(rename = "no_disponible")]
    Unavailable,
    #[serde(rename = "sin_respuesta")]
    NoAnswer,
    // Of a payment that was not begun.
    #[serde(rename = "empresa_inactiva")]
    TenantInactive,
    #[serde(rename = "router_inactivo")]
    RouterInactive,
    #[serde(rename = "pasarela_no_configurada")]
    GatewayNotConfigured,
    #[serde(rename = "monto_no_coincide")]
    AmountMismatch,
    #[serde(rename = "moneda_no_aceptada")]
    CurrencyNotAccepted,
    #[serde(rename = "clave_con_otros_datos")]
    KeyReused,
    // Of a purchase that ended without a charge.
    #[serde(rename = "router_sin_respuesta")]
    RouterTimeout,
    #[serde(rename = "router_no_disponible")]
    RouterRefused,
    #[serde(rename = "plan_no_disponible")]
    ProfileMissing,
    #[serde(rename = "acceso_no_preparado")]
    NamesTaken,
    #[serde(rename = "pasarela_sin_respuesta")]
    GatewayTimeout,
    #[serde(rename = "pasarela_no_disponible")]
    GatewayRefused,
    #[serde(rename = "pasarela_saturada")]
    GatewayBusy,
    #[serde(rename = "datos_no_aceptados")]
    RequestInvalid,
    #[serde(rename = "compra_interrumpida")]
    Abandoned,
    // Of a declined card.
    #[serde(rename = "fondos_insuficientes")]
    InsufficientFunds,
    #[serde(rename = "rechazada_por_banco")]
    Declined,
    #[serde(rename = "llame_a_su_banco")]
    CallIssuer,
    #[serde(rename = "datos_de_tarjeta")]
    BadCardData,
    #[serde(rename = "tarjeta_vencida")]
    ExpiredCard,
    #[serde(rename = "riesgo")]
    Fraud,
    #[serde(rename = "limite_de_tarjeta")]
    LimitExceeded,
    #[serde(rename = "tarjeta_no_aceptada")]
    CardNotSupported,
    #[serde(rename = "verificacion_fallida")]
    ThreeDsFailed,
    #[serde(rename = "token_usado")]
    TokenUsed,
    #[serde(rename = "pago_duplicado")]
    Duplicated,
    #[serde(rename = "banco_sin_respuesta")]
    IssuerUnavailable,
    #[serde(rename = "mensualidades_no_aceptadas")]
    InvalidInstallments,
    #[serde(rename = "pago_rechazado")]
    OtherDecline,
    // Of a purchase that is open, or was.
    #[serde(rename = "compra_en_proceso")]
    StillRunning,
    #[serde(rename = "pago_en_verificacion")]
    Verifying,
    #[serde(rename = "pago_pendiente")]
    Pending,
    #[serde(rename = "pago_no_confirmado")]
    GivenUp,
    #[serde(rename = "reembolso_en_curso")]
    Refunding,
    #[serde(rename = "reembolsado")]
    Refunded,
    #[serde(rename = "contracargo")]
    ChargedBack,
}

impl ErrorCode {
    /// What a status says by itself.
    pub(super) const fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Self::Unauthorized,
            StatusCode::FORBIDDEN => Self::Forbidden,
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            StatusCode::REQUEST_TIMEOUT => Self::TooSlow,
            StatusCode::CONFLICT => Self::Conflict,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            StatusCode::UNPROCESSABLE_ENTITY => Self::InvalidData,
            StatusCode::TOO_MANY_REQUESTS => Self::TooMany,
            StatusCode::INTERNAL_SERVER_ERROR => Self::Internal,
            StatusCode::BAD_GATEWAY => Self::Upstream,
            StatusCode::SERVICE_UNAVAILABLE => Self::Unavailable,
            StatusCode::GATEWAY_TIMEOUT => Self::NoAnswer,
            _ => Self::BadRequest,
        }
    }

    pub(crate) const fn of_decline(reason: DeclineReason) -> Self {
        match reason {
            DeclineReason::InsufficientFunds => Self::InsufficientFunds,
            DeclineReason::Declined => Self::Declined,
            DeclineReason::CallIssuer => Self::CallIssuer,
            DeclineReason::BadCardData => Self::BadCardData,
            DeclineReason::ExpiredCard => Self::ExpiredCard,
            DeclineReason::Fraud => Self::Fraud,
            DeclineReason::LimitExceeded => Self::LimitExceeded,
            DeclineReason::CardNotSupported => Self::CardNotSupported,
            DeclineReason::ThreeDsFailed => Self::ThreeDsFailed,
            DeclineReason::TokenUsed => Self::TokenUsed,
            DeclineReason::Duplicated => Self::Duplicated,
            DeclineReason::IssuerUnavailable => Self::IssuerUnavailable,
            DeclineReason::InvalidInstallments => Self::InvalidInstallments,
            DeclineReason::Other => Self::OtherDecline,
        }
    }

    pub(crate) const fn of_failure(reason: FailureReason) -> Self {
        match reason {
            FailureReason::RouterTimeout => Self::RouterTimeout,
            FailureReason::RouterRefused => Self::RouterRefused,
            FailureReason::ProfileMissing => Self::ProfileMissing,
            FailureReason::NamesTaken => Self::NamesTaken,
            FailureReason::GatewayTimeout => Self::GatewayTimeout,
            FailureReason::GatewayRefused => Self::GatewayRefused,
            FailureReason::RequestInvalid => Self::RequestInvalid,
            FailureReason::GatewayBusy => Self::GatewayBusy,
            FailureReason::Abandoned => Self::Abandoned,
        }
    }

    /// Of money that went back, or is on its way.
    pub(crate) const fn of_return(state: PurchaseState) -> Self {
        match state {
            PurchaseState::ChargedBack => Self::ChargedBack,
            PurchaseState::Refunded => Self::Refunded,
            _ => Self::Refunding,
        }
    }
}
