//! Status texts of orders and charges.

use domain::gateway::PaymentStatus;

use crate::conekta::codes;
use crate::outcome;

/// What one word says by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StatusText {
    Paid,
    PartiallyRefunded,
    Refunded,
    ChargedBack,
    Pending,
    Declined,
    Ended,
    Unknown,
}

fn status_text(text: &str) -> StatusText {
    match text {
        "paid" => StatusText::Paid,
        "partially_refunded" => StatusText::PartiallyRefunded,
        // A reversed charge is one that went back before it was settled.
        "refunded" | "reversed" => StatusText::Refunded,
        "charged_back" | "chargeback" => StatusText::ChargedBack,
        // A pre-authorisation is money held, not money taken; we never ask for one.
        "pending_payment"
        | "pending"
        | "pending_confirmation"
        | "preauthorized"
        | "pre_authorized"
        | "under_fraud_review"
        | "partially_paid" => StatusText::Pending,
        "declined" | "failed" => StatusText::Declined,
        "expired" | "canceled" | "cancelled" | "voided" => StatusText::Ended,
        // `fraudulent` too: whether money was taken before is not told.
        _ => StatusText::Unknown,
    }
}

/// What a charge and its order say together.
///
/// Paid means both say so. Money that went back shows on either; words that contradict each other
/// decide nothing.
pub(crate) fn status(
    charge: Option<&str>,
    order: Option<&str>,
    failure_code: Option<&str>,
    amount: Option<i64>,
    refunded: Option<i64>,
) -> PaymentStatus {
    let charge = charge.map_or(StatusText::Unknown, status_text);
    let order = order.map(status_text);
    let either = |wanted: StatusText| charge == wanted || order == Some(wanted);
    if either(StatusText::ChargedBack) {
        return PaymentStatus::ChargedBack;
    }
    if either(StatusText::Refunded) {
        return PaymentStatus::Refunded;
    }
    let is_paid =
        |word: StatusText| matches!(word, StatusText::Paid | StatusText::PartiallyRefunded);
    match charge {
        StatusText::Paid | StatusText::PartiallyRefunded if order.is_none_or(is_paid) => {
            outcome::paid(amount, refunded, either(StatusText::PartiallyRefunded))
        }
        // Paid on a split order that still waits for the rest.
        StatusText::Paid | StatusText::PartiallyRefunded if order == Some(StatusText::Pending) => {
            PaymentStatus::Pending
        }
        StatusText::Pending if order == Some(StatusText::Ended) => PaymentStatus::Cancelled,
        StatusText::Pending => PaymentStatus::Pending,
        StatusText::Declined if order.is_none_or(|order| !is_paid(order)) => {
            PaymentStatus::Declined(codes::decline_reason(failure_code))
        }
        StatusText::Ended if order.is_none_or(|order| !is_paid(order)) => PaymentStatus::Cancelled,
        _ => PaymentStatus::Unknown,
    }
}

/// Whether a charge or order with this word took money at some time.
pub(crate) fn took_money(text: Option<&str>) -> bool {
    matches!(
        text.map(status_text),
        Some(
            StatusText::Paid
                | StatusText::PartiallyRefunded
                | StatusText::Refunded
                | StatusText::ChargedBack
        )
    )
}

/// Whether a charge with this word is over without money.
pub(crate) fn is_dead(charge: Option<&str>) -> bool {
    matches!(
        charge.map(status_text),
        Some(StatusText::Declined | StatusText::Ended)
    )
}

#[cfg(test)]
mod tests {
    use domain::gateway::DeclineReason;

    use super::*;

    fn lone(word: &str) -> PaymentStatus {
        status(Some(word), None, None, Some(100), Some(0))
    }

    fn both(charge: &str, order: &str) -> PaymentStatus {
        status(Some(charge), Some(order), None, Some(100), Some(0))
    }

    #[test]
    fn every_documented_word_of_a_charge() {
        for (word, expected) in [
            ("paid", PaymentStatus::Approved),
            ("pending_payment", PaymentStatus::Pending),
            ("pending_confirmation", PaymentStatus::Pending),
            ("under_fraud_review", PaymentStatus::Pending),
            ("preauthorized", PaymentStatus::Pending),
            ("pre_authorized", PaymentStatus::Pending),
            ("declined", PaymentStatus::Declined(DeclineReason::Declined)),
            ("expired", PaymentStatus::Cancelled),
            ("canceled", PaymentStatus::Cancelled),
            ("voided", PaymentStatus::Cancelled),
            ("refunded", PaymentStatus::Refunded),
            ("reversed", PaymentStatus::Refunded),
            ("partially_refunded", PaymentStatus::PartiallyRefunded),
            ("charged_back", PaymentStatus::ChargedBack),
            ("fraudulent", PaymentStatus::Unknown),
            ("PAID", PaymentStatus::Unknown),
            ("brand_new_word", PaymentStatus::Unknown),
            ("", PaymentStatus::Unknown),
        ] {
            assert_eq!(lone(word), expected, "{word}");
        }
        assert_eq!(
            status(None, Some("paid"), None, None, None),
            PaymentStatus::Unknown
        );
    }

    #[test]
    fn paid_needs_both_words() {
        for (charge, order, expected) in [
            ("paid", "paid", PaymentStatus::Approved),
            ("paid", "pending_payment", PaymentStatus::Pending),
            ("paid", "declined", PaymentStatus::Unknown),
            ("paid", "fraudulent", PaymentStatus::Unknown),
            ("pending_payment", "paid", PaymentStatus::Pending),
            ("declined", "paid", PaymentStatus::Unknown),
            (
                "paid",
                "partially_refunded",
                PaymentStatus::PartiallyRefunded,
            ),
            ("paid", "refunded", PaymentStatus::Refunded),
            ("paid", "charged_back", PaymentStatus::ChargedBack),
            ("charged_back", "paid", PaymentStatus::ChargedBack),
            ("pending_payment", "expired", PaymentStatus::Cancelled),
            ("canceled", "canceled", PaymentStatus::Cancelled),
        ] {
            assert_eq!(both(charge, order), expected, "{charge} {order}");
        }
    }

    #[test]
    fn refunds_count_whatever_the_word() {
        let with = |refunded| status(Some("paid"), Some("paid"), None, Some(100), Some(refunded));
        assert_eq!(with(0), PaymentStatus::Approved);
        assert_eq!(with(1), PaymentStatus::PartiallyRefunded);
        assert_eq!(with(100), PaymentStatus::Refunded);
    }

    #[test]
    fn a_failure_code_names_the_reason() {
        let read = status(
            Some("declined"),
            None,
            Some("insufficient_funds"),
            None,
            None,
        );
        assert_eq!(
            read,
            PaymentStatus::Declined(DeclineReason::InsufficientFunds)
        );
    }
}
