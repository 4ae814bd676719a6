//! Conekta's error replies and decline codes.

use serde_json::{Value, json};

use crate::conekta::store::Failure;
use crate::core::clock::Ids;
use crate::core::http::Reply;
use crate::core::scenario::Scenario;

/// One entry of `details`.
#[derive(Debug, Clone)]
pub(crate) struct Detail {
    /// Code after `conekta.errors.`.
    pub(crate) code: String,
    /// Text for the customer.
    pub(crate) message: String,
    /// Text for the log.
    pub(crate) debug: String,
    /// The field that is wrong.
    pub(crate) param: Option<String>,
}

/// A refusal.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) kind: &'static str,
    pub(crate) details: Vec<Detail>,
    /// The order, on processing errors.
    pub(crate) data: Option<Value>,
}

impl Refusal {
    fn one(status: u16, kind: &'static str, code: &str, message: &str, debug: &str) -> Self {
        let detail = Detail {
            code: code.to_owned(),
            message: message.to_owned(),
            debug: debug.to_owned(),
            param: None,
        };
        Self {
            status,
            kind,
            details: vec![detail],
            data: None,
        }
    }

    /// 400: no JSON.
    pub(crate) fn malformed() -> Self {
        Self::one(
            400,
            "malformed_request_error",
            "malformed_request.invalid_json",
            "La petición no es un JSON válido.",
            "The request body is not a JSON object.",
        )
    }

    /// 401: no key, or one that does not open anything.
    pub(crate) fn unauthenticated() -> Self {
        Self::one(
            401,
            "authentication_error",
            "authentication.missing_key",
            "Acceso no autorizado.",
            "Please include your access key in your request.",
        )
    }

    /// 403: not allowed to this company.
    pub(crate) fn forbidden() -> Self {
        Self::one(
            403,
            "processing_error",
            "forbidden.feature_not_enabled",
            "La función no está habilitada para esta cuenta.",
            "The feature is not enabled for this company.",
        )
    }

    /// 404: nothing here under this id.
    pub(crate) fn not_found() -> Self {
        Self::one(
            404,
            "resource_not_found_error",
            "resource_not_found.entity",
            "El recurso no ha sido encontrado.",
            "The requested resource was not found.",
        )
    }

    /// 409: the API version in `Accept` is missing or not served.
    pub(crate) fn wrong_version() -> Self {
        Self::one(
            409,
            "conflict_error",
            "conflict.api_version",
            "La versión del API no es válida.",
            "Send Accept: application/vnd.conekta-v2.3.0+json.",
        )
    }

    /// 428: the order's state forbids it.
    pub(crate) fn precondition(code: &str, debug: &str) -> Self {
        Self::one(
            428,
            "precondition_required_error",
            &format!("precondition_required.{code}"),
            debug,
            debug,
        )
    }

    /// 422: fields are wrong; each with its name.
    pub(crate) fn invalid(faults: Vec<(String, String)>) -> Self {
        let details = faults
            .into_iter()
            .map(|(param, what)| Detail {
                code: format!("parameter_validation.{param}.invalid"),
                message: format!("El parámetro \"{param}\" no es válido."),
                debug: what,
                param: Some(param),
            })
            .collect();
        Self {
            status: 422,
            kind: "parameter_validation_error",
            details,
            data: None,
        }
    }

    /// 422 with a code of its own.
    pub(crate) fn invalid_code(code: &str, param: &str, debug: &str) -> Self {
        let mut refusal = Self::one(
            422,
            "parameter_validation_error",
            &format!("parameter_validation.{code}"),
            "El parámetro no es válido.",
            debug,
        );
        for detail in &mut refusal.details {
            detail.param = Some(param.to_owned());
        }
        refusal
    }

    /// 402: the charge was refused; `data` is the order.
    pub(crate) fn processing(code: &str, message: &str, order: Value) -> Self {
        let mut refusal = Self::one(402, "processing_error", code, message, "The charge failed.");
        refusal.data = Some(order);
        refusal
    }

    /// 500 and its relatives.
    pub(crate) fn system(status: u16) -> Self {
        Self::one(
            status,
            "api_error",
            "api.system.general_failure",
            "Hubo un problema en el sistema.",
            "There was a system error.",
        )
    }

    /// 429.
    pub(crate) fn too_many() -> Self {
        Self::one(
            429,
            "rate_limit_error",
            "rate_limit.exceeded",
            "Demasiadas peticiones, intenta más tarde.",
            "Too many requests.",
        )
    }

    /// The answer on the wire.
    pub(crate) fn reply(self, ids: &mut Ids) -> Reply {
        let details: Vec<Value> = self
            .details
            .into_iter()
            .map(|detail| {
                json!({
                    "code": format!("conekta.errors.{}", detail.code),
                    "param": detail.param,
                    "message": detail.message,
                    "debug_message": detail.debug,
                })
            })
            .collect();
        let mut body = json!({
            "object": "error",
            "type": self.kind,
            "log_id": ids.hex24(),
            "details": details,
        });
        if let (Some(data), Some(fields)) = (self.data, body.as_object_mut()) {
            fields.insert("data".to_owned(), data);
        }
        reply(self.status, body)
    }
}

/// An answer with Conekta's headers.
pub(crate) fn reply(status: u16, body: Value) -> Reply {
    Reply::json(status, body)
        .with_header("content-type", "application/vnd.conekta-v2.3.0+json")
        .with_header(
            "conekta-media-type",
            "conekta-v2.3.0; format=application/json",
        )
}

/// The refusal that belongs to a scenario; `None` when the scenario is no refusal.
pub(crate) fn failure_of(scenario: Scenario) -> Option<Failure> {
    let (code, short, message) = match scenario {
        Scenario::Declined => (
            "processing.bank.declined",
            "card_declined",
            "La tarjeta fue declinada por el banco.",
        ),
        Scenario::InsufficientFunds => (
            "processing.bank.insufficient_funds",
            "insufficient_funds",
            "La tarjeta no tiene fondos suficientes.",
        ),
        Scenario::ExpiredCard => (
            "processing.bank.invalid_expiration_date",
            "expired_card",
            "La tarjeta ha expirado.",
        ),
        Scenario::BadCardNumber | Scenario::BadCardData => (
            "processing.bank.invalid_card",
            "invalid_card",
            "La tarjeta no es válida.",
        ),
        Scenario::BadSecurityCode => (
            "processing.bank.invalid_card_security_code",
            "invalid_cvc",
            "El código de seguridad no es válido.",
        ),
        Scenario::Fraud | Scenario::Blacklist => (
            "processing.charge.card_payment.suspicious_behaviour",
            "suspected_fraud",
            "Tu método de pago ha sido rechazado, intenta con otro método.",
        ),
        Scenario::CallIssuer => (
            "processing.bank.call_issuer",
            "call_issuer",
            "Llama a tu banco para autorizar el cargo.",
        ),
        Scenario::CardDisabled => (
            "processing.bank.pick_up_card",
            "stolen_card",
            "La tarjeta no está habilitada.",
        ),
        Scenario::Attempts => (
            "processing.bank.attempts_over_limit",
            "attempts_over_limit",
            "Se excedió el número de intentos.",
        ),
        Scenario::AmountLimit => (
            "processing.bank.amount_over_limit",
            "amount_over_limit",
            "El monto excede el límite de la tarjeta.",
        ),
        Scenario::Duplicate => (
            "processing.bank.invalid_transaction",
            "invalid_transaction",
            "La transacción no es válida.",
        ),
        Scenario::NotSupported => (
            "processing.bank.card_not_supported",
            "card_not_supported",
            "La tarjeta no admite este cargo.",
        ),
        Scenario::ThreeDsFailed => (
            "processing.charge.card_payment.declined_by_3ds",
            "declined_by_3ds",
            "No se pudo autenticar la tarjeta.",
        ),
        Scenario::IssuerUnavailable => (
            "processing.bank.timeout",
            "bank_timeout",
            "El banco no respondió.",
        ),
        Scenario::Approved
        | Scenario::Installments
        | Scenario::Challenge
        | Scenario::Pending
        | Scenario::Review
        | Scenario::Nonexistent => return None,
    };
    Some(Failure {
        code: code.to_owned(),
        short: short.to_owned(),
        message: message.to_owned(),
    })
}

/// A refusal with a given code.
pub(crate) fn chosen_failure(code: &str) -> Failure {
    let code = code.strip_prefix("conekta.errors.").unwrap_or(code);
    Failure {
        code: code.to_owned(),
        short: code.rsplit('.').next().unwrap_or(code).to_owned(),
        message: "El cargo fue rechazado.".to_owned(),
    }
}
