//! Whose fault a Conekta error or failure code is, by its longest known ending.
//!
//! Only codes about the card, its token and its instalments are the card's, and only codes about
//! the customer's name, mail and phone are the customer's. Whatever else is refused would be
//! refused for every customer, so it is the operator's to mend.
//!
//! The codes come from Conekta's checkout, its plugins and recorded answers; long ones look like
//! `conekta.errors.processing.bank.insufficient_funds`, short ones (`failure_code`) like
//! `insufficient_funds`.

use domain::gateway::DeclineReason;

use crate::conekta::wire::ErrorBody;
use crate::text;

/// What a code says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// The card was refused; no money moved.
    Declined(DeclineReason),
    /// The charge may exist all the same: only the order tells. The reason holds once the order
    /// shows the charge as declined.
    Unsure(DeclineReason),
    /// Another card, token or customer may pass; no money moved.
    Invalid,
    /// The tenant's set-up or product is wrong, for every customer; no money moved.
    Misconfigured,
}

use DeclineReason::{
    BadCardData, CallIssuer, CardNotSupported, Declined, Duplicated, ExpiredCard, Fraud,
    InsufficientFunds, InvalidInstallments, IssuerUnavailable, LimitExceeded, ThreeDsFailed,
    TokenUsed,
};

const ENDINGS: &[(&str, Meaning)] = &[
    // The bank.
    ("insufficient_funds", Meaning::Declined(InsufficientFunds)),
    ("bank.declined", Meaning::Declined(Declined)),
    ("bank_bindings.declined", Meaning::Declined(Declined)),
    ("card_declined", Meaning::Declined(Declined)),
    ("call_issuer", Meaning::Declined(CallIssuer)),
    ("card_not_supported", Meaning::Declined(CardNotSupported)),
    ("invalid_card", Meaning::Declined(BadCardData)),
    ("invalid_card_security_code", Meaning::Declined(BadCardData)),
    ("invalid_cvc", Meaning::Declined(BadCardData)),
    ("cvv_incorrect", Meaning::Declined(BadCardData)),
    ("card_number_incorrect", Meaning::Declined(BadCardData)),
    ("invalid_expiration_date", Meaning::Declined(BadCardData)),
    ("expired_card", Meaning::Declined(ExpiredCard)),
    ("invalid_transaction", Meaning::Declined(Declined)),
    ("invalid_merchant", Meaning::Declined(Declined)),
    ("amount_over_limit", Meaning::Declined(LimitExceeded)),
    ("attempts_over_limit", Meaning::Declined(LimitExceeded)),
    ("pick_up_card", Meaning::Declined(Fraud)),
    ("stolen_card", Meaning::Declined(Fraud)),
    ("duplicated_transaction", Meaning::Declined(Duplicated)),
    // The way to the bank failed: whether the bank has charged is open.
    ("timeout", Meaning::Unsure(IssuerUnavailable)),
    ("bank_timeout", Meaning::Unsure(IssuerUnavailable)),
    ("communication_error", Meaning::Unsure(IssuerUnavailable)),
    ("bank_connection_error", Meaning::Unsure(IssuerUnavailable)),
    ("general_error", Meaning::Unsure(IssuerUnavailable)),
    ("format_error", Meaning::Unsure(IssuerUnavailable)),
    // Antifraud and 3-D Secure.
    ("suspicious_behaviour", Meaning::Declined(Fraud)),
    ("suspected_fraud", Meaning::Declined(Fraud)),
    ("rejected_by_risk", Meaning::Declined(Fraud)),
    ("blocked_payment_source", Meaning::Declined(Fraud)),
    (
        "risk_validation_amount_reaching",
        Meaning::Declined(LimitExceeded),
    ),
    ("declined_by_3ds", Meaning::Declined(ThreeDsFailed)),
    // Tokens. A used one may have been used by our own charge.
    ("tokenization.used", Meaning::Unsure(TokenUsed)),
    ("tokenization.expired", Meaning::Declined(TokenUsed)),
    ("tokenization.invalid", Meaning::Declined(TokenUsed)),
    (
        "token_id.incorrect_livemode_of_token",
        Meaning::Misconfigured,
    ),
    ("token_id.nonexistent_token", Meaning::Invalid),
    // Every customer of the product or the tenant gets these.
    ("card.minimum", Meaning::Misconfigured),
    ("card.maximum", Meaning::Misconfigured),
    ("antifraud_info.missing", Meaning::Misconfigured),
    ("shipping_lines.missing", Meaning::Misconfigured),
    ("shipping_contact.missing", Meaning::Misconfigured),
    // Field checks of the checkout.
    (
        "parameter_validation.card.number",
        Meaning::Declined(BadCardData),
    ),
    (
        "parameter_validation.card.cvc",
        Meaning::Declined(BadCardData),
    ),
    ("expiration_date.expired", Meaning::Declined(ExpiredCard)),
    ("charge.invalid_number", Meaning::Declined(BadCardData)),
    (
        "international_card_not_allowed",
        Meaning::Declined(CardNotSupported),
    ),
    (
        "forbidden_card_for_company",
        Meaning::Declined(CardNotSupported),
    ),
    (
        "monthly_installments_not_supported_for_debit",
        Meaning::Declined(InvalidInstallments),
    ),
    // The order's state forbids a charge, most likely because it has one.
    (
        "cannot_be_updated_because_has_charge",
        Meaning::Unsure(Duplicated),
    ),
    (
        "cannot_be_updated_because_has_charge_paid",
        Meaning::Unsure(Duplicated),
    ),
];

/// The meaning of the longest ending that is known, cut at a dot.
pub(crate) fn meaning(code: &str) -> Option<Meaning> {
    let code = code.trim().to_ascii_lowercase();
    ENDINGS
        .iter()
        .filter(|(ending, _)| {
            code.strip_suffix(ending)
                .is_some_and(|start| start.is_empty() || start.ends_with('.'))
        })
        .max_by_key(|(ending, _)| ending.len())
        .map(|(_, meaning)| *meaning)
}

/// Parts of a code or of the name of a field that are about the card.
const CARD_FIELDS: &[&str] = &[
    "token",
    "token_id",
    "tokenization",
    "payment_source_id",
    "card",
    "cvc",
    "exp_month",
    "exp_year",
    "expiration_date",
    "monthly_installments",
];

/// Parts that are about the customer.
const CUSTOMER_FIELDS: &[&str] = &["customer_info", "customer", "email", "phone"];

/// Who is to mend a field that Conekta refused with a code that is in no table: never a decline,
/// since nothing is known of the charge.
pub(crate) fn refused_field(code: &str, field: Option<&str>) -> Meaning {
    let is_in = |known: &[&str]| {
        [Some(code), field]
            .into_iter()
            .flatten()
            .flat_map(|text| text.split(['.', '[', ']']))
            .any(|part| known.contains(&part.to_ascii_lowercase().as_str()))
    };
    let is_limit = code.ends_with(".minimum") || code.ends_with(".maximum");
    if !is_limit && (is_in(CARD_FIELDS) || is_in(CUSTOMER_FIELDS)) {
        Meaning::Invalid
    } else {
        Meaning::Misconfigured
    }
}

/// Why a charge that the order shows as declined was declined.
pub(crate) fn decline_reason(failure_code: Option<&str>) -> DeclineReason {
    match failure_code.map(meaning) {
        Some(Some(Meaning::Declined(reason) | Meaning::Unsure(reason))) => reason,
        Some(_) => DeclineReason::Other,
        None => Declined,
    }
}

/// A code as it is kept: without the prefix that all of them share.
pub(crate) fn short(code: &str) -> String {
    let code = text::code(code);
    code.strip_prefix("conekta.errors.")
        .map_or_else(|| code.clone(), str::to_owned)
}

/// The codes of an error answer, shortened, for logs; empty when it has none.
pub(crate) fn codes_of(error: &ErrorBody) -> String {
    let codes = error
        .details
        .iter()
        .filter_map(|detail| detail.code.as_deref());
    text::joined(codes.map(short))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_decline_code_has_its_reason() {
        let table = [
            ("processing.bank.insufficient_funds", InsufficientFunds),
            ("processing.bank.declined", Declined),
            ("processing.bank.call_issuer", CallIssuer),
            ("processing.bank.card_not_supported", CardNotSupported),
            ("processing.bank.invalid_card", BadCardData),
            ("processing.bank.invalid_card_security_code", BadCardData),
            ("processing.bank.invalid_expiration_date", BadCardData),
            ("processing.bank.invalid_transaction", Declined),
            ("processing.bank.invalid_merchant", Declined),
            ("processing.bank.amount_over_limit", LimitExceeded),
            ("processing.bank.attempts_over_limit", LimitExceeded),
            ("processing.bank.pick_up_card", Fraud),
            (
                "processing.bank_bindings.insufficient_funds",
                InsufficientFunds,
            ),
            ("processing.bank_bindings.declined", Declined),
            ("processing.charge.card_payment.suspicious_behaviour", Fraud),
            (
                "processing.charge.card_payment.declined_by_3ds",
                ThreeDsFailed,
            ),
            ("processing.tokenization.expired", TokenUsed),
            ("parameter_validation.card.number", BadCardData),
            ("parameter_validation.card.cvc", BadCardData),
            ("parameter_validation.expiration_date.expired", ExpiredCard),
            ("parameter_validation.charge.rejected_by_risk", Fraud),
            ("parameter_validation.charge.invalid_number", BadCardData),
            (
                "parameter_validation.charge.international_card_not_allowed",
                CardNotSupported,
            ),
            (
                "parameter_validation.charge.risk_validation_amount_reaching",
                LimitExceeded,
            ),
            ("parameter_validation.charge.blocked_payment_source", Fraud),
            (
                "parameter_validation.charge.monthly_installments_not_supported_for_debit",
                InvalidInstallments,
            ),
            (
                "parameter_validation.charge.forbidden_card_for_company",
                CardNotSupported,
            ),
            ("suspected_fraud", Fraud),
            ("insufficient_funds", InsufficientFunds),
            ("card_declined", Declined),
            ("expired_card", ExpiredCard),
            ("stolen_card", Fraud),
            ("card_number_incorrect", BadCardData),
            ("cvv_incorrect", BadCardData),
        ];
        for (code, reason) in table {
            let long = format!("conekta.errors.{code}");
            assert_eq!(meaning(code), Some(Meaning::Declined(reason)), "{code}");
            assert_eq!(meaning(&long), Some(Meaning::Declined(reason)), "{long}");
            assert_eq!(decline_reason(Some(&long)), reason);
        }
    }

    #[test]
    fn codes_that_leave_doubt_are_no_declines() {
        for code in [
            "conekta.errors.processing.bank.timeout",
            "conekta.errors.processing.bank.communication_error",
            "conekta.errors.processing.bank.general_error",
            "conekta.errors.processing.bank.format_error",
            "conekta.errors.processing.bank_bindings.timeout",
            "conekta.errors.processing.tokenization.used",
            "conekta.errors.precondition_required.combo.order.cannot_be_updated_because_has_charge",
            "bank_timeout",
        ] {
            assert!(matches!(meaning(code), Some(Meaning::Unsure(_))), "{code}");
        }
    }

    #[test]
    fn endings_match_whole_words_only() {
        for code in [
            "",
            "not_a_timeout",
            "xinsufficient_funds",
            "processing.new_code",
            "used",
        ] {
            assert_eq!(meaning(code), None, "{code}");
        }
        assert_eq!(
            decline_reason(Some("processing.new_code")),
            DeclineReason::Other
        );
        assert_eq!(decline_reason(None), Declined);
    }

    #[test]
    fn a_token_of_the_wrong_mode_is_a_set_up_fault() {
        let code = "conekta.errors.parameter_validation.payment_method.token_id.\
            incorrect_livemode_of_token";
        assert_eq!(meaning(code), Some(Meaning::Misconfigured));
    }

    #[test]
    fn what_every_customer_would_get_is_the_operators_to_mend() {
        for code in [
            "conekta.errors.parameter_validation.card.minimum",
            "conekta.errors.parameter_validation.charge.antifraud_info.missing",
            "conekta.errors.parameter_validation.shipping_lines.missing",
        ] {
            assert_eq!(meaning(code), Some(Meaning::Misconfigured), "{code}");
        }
        for (code, field, expected) in [
            (
                "parameter_validation.currency.invalid",
                None,
                Meaning::Misconfigured,
            ),
            (
                "parameter_validation.line_items.name.too_long",
                None,
                Meaning::Misconfigured,
            ),
            (
                "parameter_validation.amount.minimum",
                None,
                Meaning::Misconfigured,
            ),
            (
                "parameter_validation.cash.minimum",
                Some("card"),
                Meaning::Misconfigured,
            ),
            ("brand.new", None, Meaning::Misconfigured),
            (
                "parameter_validation.customer_info.name.invalid",
                None,
                Meaning::Invalid,
            ),
            (
                "parameter_validation.invalid",
                Some("customer_info.phone"),
                Meaning::Invalid,
            ),
            (
                "parameter_validation.payment_method.token_id.format",
                None,
                Meaning::Invalid,
            ),
            (
                "parameter_validation.invalid",
                Some("charges[0].payment_method.token_id"),
                Meaning::Invalid,
            ),
            (
                "parameter_validation.monthly_installments.invalid",
                None,
                Meaning::Invalid,
            ),
        ] {
            assert_eq!(refused_field(code, field), expected, "{code}");
        }
    }

    #[test]
    fn kept_codes_are_short_and_clean() {
        assert_eq!(
            short("conekta.errors.processing.bank.declined"),
            "processing.bank.declined"
        );
        assert_eq!(short("x\ny\u{0}"), "xy");
    }
}
