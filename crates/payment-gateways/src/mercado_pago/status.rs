//! `status` and `status_detail` of a payment.

use domain::gateway::{DeclineReason, PaymentStatus};

use crate::outcome;

use DeclineReason::{
    BadCardData, CallIssuer, CardNotSupported, Declined, Duplicated, Fraud, InsufficientFunds,
    InvalidInstallments, IssuerUnavailable, LimitExceeded, Other, ThreeDsFailed, TokenUsed,
};

/// Why a rejected payment was rejected.
const REASONS: &[(&str, DeclineReason)] = &[
    ("cc_rejected_bad_filled_card_number", BadCardData),
    ("cc_rejected_bad_filled_date", BadCardData),
    ("cc_rejected_bad_filled_security_code", BadCardData),
    ("cc_rejected_bad_filled_other", BadCardData),
    ("cc_rejected_insufficient_amount", InsufficientFunds),
    ("insufficient_amount", InsufficientFunds),
    ("cc_rejected_call_for_authorize", CallIssuer),
    ("cc_rejected_card_disabled", CardNotSupported),
    ("cc_rejected_card_type_not_allowed", CardNotSupported),
    ("cc_rejected_card_error", Declined),
    ("cc_rejected_other_reason", Declined),
    ("rejected_other_reason", Declined),
    ("rejected_by_bank", Declined),
    ("cc_rejected_duplicated_payment", Duplicated),
    ("cc_rejected_high_risk", Fraud),
    ("rejected_high_risk", Fraud),
    ("cc_rejected_blacklist", Fraud),
    ("cc_rejected_fraud", Fraud),
    ("cc_rejected_max_attempts", LimitExceeded),
    ("cc_amount_rate_limit_exceeded", LimitExceeded),
    ("cc_rejected_invalid_installments", InvalidInstallments),
    ("cc_rejected_3ds_challenge", ThreeDsFailed),
    ("cc_rejected_3ds_mandatory", ThreeDsFailed),
    ("cc_rejected_time_out", IssuerUnavailable),
    ("bank_error", IssuerUnavailable),
    ("cc_rejected_invalid_token", TokenUsed),
    ("invalid_token", TokenUsed),
    ("rejected_by_regulations", Other),
    ("rejected_by_biz_rule", Other),
    ("rejected_insufficient_data", Other),
];

/// The reason behind the detail of a rejected payment; a new one has none that we know.
pub(crate) fn decline_reason(detail: &str) -> DeclineReason {
    REASONS
        .iter()
        .find(|(known, _)| *known == detail)
        .map_or(Other, |(_, reason)| *reason)
}

/// What a payment's words and amounts say together.
pub(crate) fn status(
    status: Option<&str>,
    detail: Option<&str>,
    amount: Option<i64>,
    refunded: Option<i64>,
) -> PaymentStatus {
    let detail = detail.unwrap_or_default();
    match status.unwrap_or_default() {
        "approved" => outcome::paid(amount, refunded, detail == "partially_refunded"),
        "authorized" | "in_process" | "pending" => PaymentStatus::Pending,
        "rejected" => PaymentStatus::Declined(decline_reason(detail)),
        "cancelled" | "canceled" => PaymentStatus::Cancelled,
        "refunded" => PaymentStatus::Refunded,
        // A dispute that was won: the money is ours again.
        "charged_back" if detail == "reimbursed" => PaymentStatus::Approved,
        "charged_back" => PaymentStatus::ChargedBack,
        // `in_mediation` too: the money is frozen, and nobody knows for whom.
        _ => PaymentStatus::Unknown,
    }
}

/// How much a payment matters among several with one reference: money that is there, then money
/// that may come, then money that was there.
pub(crate) const fn rank(status: &PaymentStatus) -> u8 {
    match status {
        PaymentStatus::Approved | PaymentStatus::PartiallyRefunded => 3,
        PaymentStatus::Pending | PaymentStatus::Unknown => 2,
        PaymentStatus::ChargedBack | PaymentStatus::Refunded => 1,
        PaymentStatus::Declined(_) | PaymentStatus::Cancelled => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(word: &str, detail: &str) -> PaymentStatus {
        status(Some(word), Some(detail), Some(2000), Some(0))
    }

    #[test]
    fn every_documented_row() {
        for (word, detail, expected) in [
            ("approved", "accredited", PaymentStatus::Approved),
            (
                "approved",
                "partially_refunded",
                PaymentStatus::PartiallyRefunded,
            ),
            ("authorized", "pending_capture", PaymentStatus::Pending),
            ("in_process", "pending_contingency", PaymentStatus::Pending),
            (
                "in_process",
                "pending_review_manual",
                PaymentStatus::Pending,
            ),
            ("in_process", "offline_process", PaymentStatus::Pending),
            ("in_process", "deferred_retry", PaymentStatus::Pending),
            ("pending", "pending_waiting_payment", PaymentStatus::Pending),
            (
                "pending",
                "pending_waiting_transfer",
                PaymentStatus::Pending,
            ),
            ("pending", "pending_challenge", PaymentStatus::Pending),
            ("cancelled", "expired", PaymentStatus::Cancelled),
            ("cancelled", "by_collector", PaymentStatus::Cancelled),
            ("cancelled", "by_payer", PaymentStatus::Cancelled),
            ("refunded", "refunded", PaymentStatus::Refunded),
            ("refunded", "by_admin", PaymentStatus::Refunded),
            ("charged_back", "in_process", PaymentStatus::ChargedBack),
            ("charged_back", "settled", PaymentStatus::ChargedBack),
            ("charged_back", "reimbursed", PaymentStatus::Approved),
            ("in_mediation", "pending", PaymentStatus::Unknown),
            ("brand_new", "x", PaymentStatus::Unknown),
            ("APPROVED", "accredited", PaymentStatus::Unknown),
            ("", "", PaymentStatus::Unknown),
        ] {
            assert_eq!(read(word, detail), expected, "{word} {detail}");
        }
        assert_eq!(status(None, None, None, None), PaymentStatus::Unknown);
    }

    #[test]
    fn every_documented_reason_for_a_rejection() {
        for (detail, reason) in [
            ("cc_rejected_bad_filled_card_number", BadCardData),
            ("cc_rejected_bad_filled_date", BadCardData),
            ("cc_rejected_bad_filled_security_code", BadCardData),
            ("cc_rejected_bad_filled_other", BadCardData),
            ("cc_rejected_insufficient_amount", InsufficientFunds),
            ("cc_rejected_call_for_authorize", CallIssuer),
            ("cc_rejected_card_disabled", CardNotSupported),
            ("cc_rejected_card_error", Declined),
            ("cc_rejected_other_reason", Declined),
            ("cc_rejected_duplicated_payment", Duplicated),
            ("cc_rejected_high_risk", Fraud),
            ("rejected_high_risk", Fraud),
            ("cc_rejected_blacklist", Fraud),
            ("cc_rejected_max_attempts", LimitExceeded),
            ("cc_rejected_invalid_installments", InvalidInstallments),
            ("cc_rejected_card_type_not_allowed", CardNotSupported),
            ("cc_rejected_3ds_challenge", ThreeDsFailed),
            ("cc_rejected_3ds_mandatory", ThreeDsFailed),
            ("cc_rejected_time_out", IssuerUnavailable),
            ("cc_amount_rate_limit_exceeded", LimitExceeded),
            ("rejected_by_bank", Declined),
            ("bank_error", IssuerUnavailable),
            ("rejected_by_regulations", Other),
            ("rejected_by_biz_rule", Other),
            ("rejected_insufficient_data", Other),
            ("rejected_other_reason", Declined),
            ("insufficient_amount", InsufficientFunds),
            ("cc_rejected_something_new", Other),
            ("", Other),
        ] {
            assert_eq!(
                read("rejected", detail),
                PaymentStatus::Declined(reason),
                "{detail}"
            );
        }
    }

    #[test]
    fn refunds_count_whatever_the_word() {
        let with = |refunded| {
            status(
                Some("approved"),
                Some("accredited"),
                Some(2000),
                Some(refunded),
            )
        };
        assert_eq!(with(0), PaymentStatus::Approved);
        assert_eq!(with(1), PaymentStatus::PartiallyRefunded);
        assert_eq!(with(2000), PaymentStatus::Refunded);
    }
}
