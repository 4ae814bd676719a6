//! Texts for purchases that did not end in credentials. They are read by a person with a phone
//! in a café: what happened, whether money moved, what to do.

use actix_web::http::StatusCode;
use application::purchase::command::StartPurchaseError;
use domain::gateway::{DeclineReason, GatewayKind};
use domain::purchase::{FailureReason, PurchaseState};

use crate::error::{ApiError, ErrorCode};
use crate::texts::{CONEKTA_NOT_CONFIGURED, MERCADO_PAGO_NOT_CONFIGURED, PRODUCT_NOT_FOUND};

/// Where a customer asks for a purchase again.
pub(super) fn consult_path(token: &str) -> String {
    format!("/api/v1/payments/compra/{token}")
}

pub(super) fn refused(error: StartPurchaseError, gateway: GatewayKind) -> ApiError {
    match error {
        StartPurchaseError::ProductNotFound => ApiError::not_found(PRODUCT_NOT_FOUND).code(ErrorCode::ProductNotFound),
        StartPurchaseError::TenantInactive => ApiError::forbidden(
            "Este establecimiento no está vendiendo accesos en este momento. No se realizó ningún cargo.",
        )
        .code(ErrorCode::TenantInactive),
        StartPurchaseError::RouterInactive => ApiError::forbidden(
            "Este punto de acceso está desactivado y no puede vender. No se realizó ningún cargo.",
        )
        .code(ErrorCode::RouterInactive),
        StartPurchaseError::GatewayNotConfigured => ApiError::bad_request(match gateway {
            GatewayKind::Conekta => CONEKTA_NOT_CONFIGURED,
            GatewayKind::MercadoPago => MERCADO_PAGO_NOT_CONFIGURED,
        })
        .code(ErrorCode::GatewayNotConfigured),
        StartPurchaseError::AmountMismatch => ApiError::bad_request(
            "El monto no coincide con el precio del producto. Actualice la página e intente de nuevo. No se realizó ningún cargo.",
        )
        .code(ErrorCode::AmountMismatch),
        StartPurchaseError::CurrencyNotAccepted => ApiError::bad_request(
            "Mercado Pago cobra en pesos mexicanos y este producto tiene otra moneda. Elija otra forma de pago. No se realizó ningún cargo.",
        )
        .code(ErrorCode::CurrencyNotAccepted),
        StartPurchaseError::KeyReused => ApiError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "Esta solicitud de pago ya se usó con otros datos. Inicie una compra nueva. Esta solicitud no se cobró.",
        )
        .code(ErrorCode::KeyReused),
        StartPurchaseError::Throttled(throttled) => ApiError::too_many(
            "Demasiados intentos de pago seguidos. No se realizó ningún cargo.",
            throttled.retry_after.as_secs(),
        ),
        StartPurchaseError::Busy => ApiError::unavailable(),
        StartPurchaseError::Failure(failure) => failure.into(),
    }
}

pub(super) fn declined_text(reason: DeclineReason) -> &'static str {
    match reason {
        DeclineReason::InsufficientFunds => {
            "Su tarjeta no tiene fondos suficientes. Intente con otra tarjeta. No se realizó ningún cargo."
        }
        DeclineReason::Declined => {
            "Su banco rechazó el pago. Intente con otra tarjeta o consulte a su banco. No se realizó ningún cargo."
        }
        DeclineReason::CallIssuer => {
            "Su banco pide que autorice este pago. Llame a su banco e intente de nuevo. No se realizó ningún cargo."
        }
        DeclineReason::BadCardData => {
            "Los datos de la tarjeta no son correctos. Revíselos e intente de nuevo. No se realizó ningún cargo."
        }
        DeclineReason::ExpiredCard => {
            "Su tarjeta está vencida. Intente con otra tarjeta. No se realizó ningún cargo."
        }
        DeclineReason::Fraud => {
            "No pudimos procesar este pago. Intente con otra forma de pago. No se realizó ningún cargo."
        }
        DeclineReason::LimitExceeded => {
            "La tarjeta superó un límite de monto o de intentos. Intente con otra tarjeta o más tarde. No se realizó ningún cargo."
        }
        DeclineReason::CardNotSupported => {
            "Esta tarjeta no está activada o no se acepta. Intente con otra tarjeta. No se realizó ningún cargo."
        }
        DeclineReason::ThreeDsFailed => {
            "No se completó la verificación de su banco. Intente de nuevo. No se realizó ningún cargo."
        }
        DeclineReason::TokenUsed => {
            "Los datos de la tarjeta ya se usaron o caducaron. Escríbalos de nuevo. No se realizó ningún cargo."
        }
        DeclineReason::Duplicated => {
            "Acaba de hacer un pago igual. Revise si ya tiene su acceso antes de pagar otra vez. Este intento no se cobró."
        }
        DeclineReason::IssuerUnavailable => {
            "Su banco no responde en este momento. Intente de nuevo en unos minutos. No se realizó ningún cargo."
        }
        DeclineReason::InvalidInstallments => {
            "La tarjeta no acepta ese número de mensualidades. Elija otro. No se realizó ningún cargo."
        }
        DeclineReason::Other => {
            "El pago fue rechazado. Intente con otra tarjeta. No se realizó ningún cargo."
        }
    }
}

pub(super) fn failure_text(reason: FailureReason) -> &'static str {
    match reason {
        FailureReason::RouterTimeout => {
            "El punto de acceso no respondió a tiempo. Intente de nuevo en un momento. No se realizó ningún cargo."
        }
        FailureReason::RouterRefused => {
            "No se pudo conectar con el punto de acceso. Avise al establecimiento. No se realizó ningún cargo."
        }
        FailureReason::ProfileMissing => {
            "Este plan no está disponible en el punto de acceso. Avise al establecimiento. No se realizó ningún cargo."
        }
        FailureReason::NamesTaken => {
            "No se pudo preparar su acceso. Intente de nuevo. No se realizó ningún cargo."
        }
        FailureReason::GatewayTimeout => {
            "El servicio de pagos no respondió a tiempo. Intente de nuevo en un momento. No se realizó ningún cargo."
        }
        FailureReason::GatewayRefused => {
            "El servicio de pagos del establecimiento no está disponible. Avise al establecimiento. No se realizó ningún cargo."
        }
        FailureReason::RequestInvalid => {
            "El servicio de pagos no aceptó los datos enviados. Revíselos e intente de nuevo. No se realizó ningún cargo."
        }
        FailureReason::GatewayBusy => {
            "El servicio de pagos está saturado. Intente de nuevo en un momento. No se realizó ningún cargo."
        }
        FailureReason::Abandoned => {
            "La compra se interrumpió antes del cobro. Intente de nuevo. No se realizó ningún cargo."
        }
    }
}

/// The status of the response, and when it is worth trying again.
pub(super) const fn status_of_failure(reason: FailureReason) -> (StatusCode, Option<u64>) {
    match reason {
        FailureReason::RouterTimeout | FailureReason::GatewayTimeout => {
            (StatusCode::GATEWAY_TIMEOUT, None)
        }
        FailureReason::RequestInvalid => (StatusCode::BAD_REQUEST, None),
        FailureReason::GatewayBusy => (StatusCode::TOO_MANY_REQUESTS, Some(5)),
        FailureReason::RouterRefused
        | FailureReason::ProfileMissing
        | FailureReason::NamesTaken
        | FailureReason::GatewayRefused
        | FailureReason::Abandoned => (StatusCode::BAD_GATEWAY, None),
    }
}

pub(super) const STILL_RUNNING_TEXT: &str =
    "Esta compra ya se está procesando. Espere un momento; no vuelva a pagar.";
pub(super) const GIVEN_UP_TEXT: &str =
    "No pudimos confirmar el pago y no se cobró. Puede intentar de nuevo.";
pub(super) const UNKNOWN_TEXT: &str = "Estamos verificando su pago con el banco. Por favor no vuelva a pagar: \
                                       su acceso aparecerá aquí en cuanto se confirme.";
pub(super) const PENDING_TEXT: &str = "Su pago está en revisión. Por favor no vuelva a pagar: su acceso aparecerá \
                                       aquí en cuanto se apruebe.";

pub(super) fn returned_text(state: PurchaseState) -> &'static str {
    match state {
        PurchaseState::ChargedBack => "El banco devolvió este pago; el acceso terminó.",
        PurchaseState::Refunded => "Este pago fue reembolsado.",
        _ => "Este pago se está reembolsando.",
    }
}
