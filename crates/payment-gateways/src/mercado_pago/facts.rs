//! From a payment to facts.

use domain::gateway::{CardSummary, GatewayMode, PaymentFacts};
use domain::payment_method::NextAction;

use crate::mercado_pago::status;
use crate::mercado_pago::wire::Payment;
use crate::text;

/// What a payment says to an account of this mode.
pub(crate) fn read(payment: &Payment, mode: GatewayMode) -> PaymentFacts {
    let amount = payment.transaction_amount.map(|amount| amount.0);
    let refunded = payment
        .transaction_amount_refunded
        .map(|amount| amount.0)
        .or_else(|| sum_of_refunds(payment))
        .filter(|total| *total >= 0);
    let status = status::status(
        payment.status.as_deref(),
        payment.status_detail.as_deref(),
        amount,
        refunded,
    );
    let collector = payment
        .collector
        .as_ref()
        .and_then(|collector| collector.id.clone());
    let challenge = payment
        .three_ds_info
        .as_ref()
        .and_then(|info| info.external_resource_url.clone());
    PaymentFacts {
        detail: payment.status_detail.as_deref().map(text::code),
        payment_id: payment.id.clone(),
        amount_minor: amount,
        currency: payment.currency_id.clone(),
        reference: payment.external_reference.clone(),
        live_mode: live_mode(payment.live_mode, mode),
        collector: payment.collector_id.clone().or(collector),
        refunded_minor: refunded,
        next_action: challenge
            .filter(|url| url.starts_with("https://"))
            .map(|url| NextAction::PassChallenge { url }),
        card: CardSummary {
            brand: payment.method_id.as_deref().map(text::code),
            kind: payment.type_id.as_deref().map(text::code),
            issuer: payment.issuer_id.as_deref().map(text::code),
            last_four: payment
                .card
                .as_ref()
                .and_then(|card| card.last_four_digits.clone())
                .filter(|digits| digits.len() <= 4),
            installments: payment.installments,
        },
        approved_at: payment
            .date_approved
            .as_deref()
            .and_then(text::parse_moment),
        ..PaymentFacts::new(
            status,
            text::code(payment.status.as_deref().unwrap_or_default()),
        )
    }
}

/// Test money for a live account contradicts. The other way round it says nothing: a test user's
/// own credentials answer `live_mode: true` though no real money moves.
const fn live_mode(theirs: Option<bool>, mode: GatewayMode) -> Option<bool> {
    match (theirs, mode) {
        (Some(true), GatewayMode::Test) => None,
        (theirs, _) => theirs,
    }
}

fn sum_of_refunds(payment: &Payment) -> Option<i64> {
    if payment.refunds.is_empty() {
        return None;
    }
    payment
        .refunds
        .iter()
        .filter(|refund| {
            refund
                .status
                .as_deref()
                .is_none_or(|status| status == "approved")
        })
        .filter_map(|refund| refund.amount)
        .try_fold(0_i64, |sum, amount| sum.checked_add(amount.0))
}

#[cfg(test)]
mod tests {
    use domain::gateway::PaymentStatus;
    use domain::time::Timestamp;
    use proptest::prelude::*;

    use super::*;

    fn facts(json: &str) -> PaymentFacts {
        read(&serde_json::from_str(json).unwrap(), GatewayMode::Test)
    }

    #[test]
    fn a_payment_is_understood() {
        let facts = facts(
            r#"{"id":123456789012,"status":"approved","status_detail":"accredited",
                "currency_id":"MXN","transaction_amount":19.99,"transaction_amount_refunded":0,
                "external_reference":"att","date_approved":"2024-01-15T10:30:00.000-03:00",
                "payment_method_id":"visa","payment_type_id":"credit_card","issuer_id":310,
                "installments":1,"live_mode":false,"collector_id":44,"captured":true,
                "card":{"last_four_digits":"4242"},"refunds":[],"metadata":{"compra":"7"},
                "unknown":{"x":[1]}}"#,
        );
        assert_eq!(facts.status, PaymentStatus::Approved);
        assert_eq!(facts.payment_id.as_deref(), Some("123456789012"));
        assert_eq!(
            (facts.amount_minor, facts.refunded_minor),
            (Some(1999), Some(0))
        );
        assert_eq!(facts.currency.as_deref(), Some("MXN"));
        assert_eq!(facts.reference.as_deref(), Some("att"));
        assert_eq!(facts.collector.as_deref(), Some("44"));
        assert_eq!(facts.live_mode, Some(false));
        assert_eq!(facts.card.issuer.as_deref(), Some("310"));
        assert_eq!(facts.card.last_four.as_deref(), Some("4242"));
        assert_eq!(
            facts.approved_at,
            Some(Timestamp::from_unix_seconds(1_705_325_400))
        );
    }

    #[test]
    fn a_bare_payment_says_little_but_breaks_nothing() {
        let facts = facts(
            r#"{"id":"123","status":"approved","transaction_amount":null,"currency_id":"",
                "collector":{"id":"44"},"refunds":[{"amount":5,"status":"approved"},
                {"amount":"1.50"},{"amount":9,"status":"rejected"}]}"#,
        );
        assert_eq!((facts.amount_minor, facts.currency), (None, None));
        assert_eq!(facts.collector.as_deref(), Some("44"));
        assert_eq!(facts.refunded_minor, Some(650));
        assert_eq!(facts.status, PaymentStatus::PartiallyRefunded);
    }

    #[test]
    fn live_mode_contradicts_in_one_direction_only() {
        assert_eq!(live_mode(Some(false), GatewayMode::Live), Some(false));
        assert_eq!(live_mode(Some(true), GatewayMode::Live), Some(true));
        assert_eq!(live_mode(Some(false), GatewayMode::Test), Some(false));
        assert_eq!(live_mode(Some(true), GatewayMode::Test), None);
        assert_eq!(live_mode(None, GatewayMode::Live), None);
    }

    proptest! {
        #[test]
        fn any_field_values_are_read_without_panic(
            fields in prop::collection::vec(
                (
                    prop::sample::select(vec![
                        "id", "status", "status_detail", "transaction_amount", "refunds", "card",
                        "transaction_amount_refunded", "collector", "collector_id", "metadata",
                        "date_approved", "installments", "three_ds_info", "live_mode",
                    ]),
                    prop::sample::select(vec![
                        "null", "\"\"", "\"x\"", "0", "-1", "1e999", "99999999999999999999", "[]",
                        "{}", "[{}]", "[null,{\"amount\":1e300}]", "true", "\"approved\"",
                        "{\"id\":[[]]}", "\"2024-13-99T99:99:99Z\"", "9223372036854775807",
                    ]),
                ),
                0..8,
            )
        ) {
            let body: Vec<String> =
                fields.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
            let json = format!("{{{}}}", body.join(","));
            if let Ok(payment) = serde_json::from_str::<Payment>(&json) {
                let _facts = read(&payment, GatewayMode::Live);
            }
        }

        #[test]
        fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _payment = serde_json::from_slice::<Payment>(&bytes);
        }
    }
}
