//! Conekta's words for a refused charge.

use crate::conekta::store::Failure;
use crate::scenario::Scenario;

/// The refusal that belongs to a scenario; `None` when the scenario is no refusal.
pub(crate) fn failure(scenario: Scenario) -> Option<Failure> {
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

/// A refusal with a code that somebody chose.
pub(crate) fn chosen(code: &str) -> Failure {
    let code = code.strip_prefix("conekta.errors.").unwrap_or(code);
    Failure {
        code: code.to_owned(),
        short: code.rsplit('.').next().unwrap_or(code).to_owned(),
        message: "El cargo fue rechazado.".to_owned(),
    }
}
