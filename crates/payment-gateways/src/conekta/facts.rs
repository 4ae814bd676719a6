//! From Conekta's objects to facts.

use domain::gateway::{CardSummary, PaymentFacts};
use domain::payment_method;
use domain::time::Timestamp;

use crate::conekta::codes;
use crate::conekta::status;
use crate::conekta::wire::{CardUsed, Charge, NextAction, Order};
use crate::text;

/// The charge of an order that matters: money first, then our reference, then the newest.
/// Somebody else's charge without money is passed over.
pub(crate) fn choose<'a>(order: &'a Order, reference: Option<&str>) -> Option<&'a Charge> {
    let is_ours = |charge: &Charge| match (&charge.reference_id, reference) {
        (Some(theirs), Some(ours)) => theirs == ours,
        _ => false,
    };
    let is_foreign = |charge: &Charge| charge.reference_id.is_some() && !is_ours(charge);
    order
        .charges
        .iter()
        .filter(|charge| {
            reference.is_none() || !is_foreign(charge) || !status::is_dead(charge.status.as_deref())
        })
        .max_by_key(|charge| {
            (
                status::took_money(charge.status.as_deref()),
                is_ours(charge),
            )
        })
}

/// What a charge and, where known, its order say.
pub(crate) fn read(charge: &Charge, order: Option<&Order>) -> PaymentFacts {
    // A pending refund is in the list before it is in the order's total: the greater one counts,
    // so that nothing is sent back twice.
    let total = order.and_then(|order| order.amount_refunded);
    let refunded = total
        .max(sum_of_refunds(charge))
        .filter(|total| *total >= 0);
    let status = status::status(
        charge.status.as_deref(),
        order.and_then(|order| order.payment_status.as_deref()),
        charge.failure_code.as_deref(),
        charge.amount,
        refunded,
    );
    let method = charge.payment_method.clone().unwrap_or_default();
    let action = charge
        .next_action
        .as_ref()
        .or_else(|| order?.next_action.as_ref());
    PaymentFacts {
        detail: charge.failure_code.as_deref().map(codes::short),
        order_id: charge.order_id.clone().or_else(|| order?.id.clone()),
        payment_id: charge.id.clone(),
        amount_minor: charge.amount,
        currency: charge.currency.clone().or_else(|| order?.currency.clone()),
        reference: charge.reference_id.clone(),
        live_mode: charge.livemode.or_else(|| order?.livemode),
        refunded_minor: refunded,
        next_action: action
            .and_then(challenge)
            .map(|url| payment_method::NextAction::PassChallenge { url }),
        card: card(method, charge.monthly_installments),
        approved_at: charge
            .paid_at
            .filter(|at| *at > 0)
            .map(Timestamp::from_unix_seconds),
        ..PaymentFacts::new(
            status,
            text::code(charge.status.as_deref().unwrap_or_default()),
        )
    }
}

/// The most that may have gone back on an order, pending refunds included.
pub(crate) fn refunded_at_most(order: &Order) -> i64 {
    let listed: i64 = order
        .charges
        .iter()
        .filter_map(sum_of_refunds)
        .fold(0, i64::saturating_add);
    order.amount_refunded.unwrap_or(0).max(listed)
}

/// Refunds have negative amounts; those that failed or were undone do not count.
fn sum_of_refunds(charge: &Charge) -> Option<i64> {
    if charge.refunds.is_empty() {
        return None;
    }
    let counts = |status: Option<&str>| {
        !matches!(
            status,
            Some("failed" | "canceled" | "cancelled" | "declined" | "expired" | "rejected")
        )
    };
    charge
        .refunds
        .iter()
        .filter(|refund| counts(refund.status.as_deref()))
        .filter_map(|refund| refund.amount)
        .try_fold(0_i64, |sum, amount| sum.checked_add(amount.checked_abs()?))
}

fn challenge(action: &NextAction) -> Option<String> {
    let url = action.redirect_to_url.as_ref()?.url.clone()?;
    url.starts_with("https://").then_some(url)
}

fn card(method: CardUsed, installments: Option<u32>) -> CardSummary {
    let kind = method.kind.map(|kind| match kind.as_str() {
        "credit" => "credit_card".to_owned(),
        "debit" => "debit_card".to_owned(),
        other => text::code(other),
    });
    CardSummary {
        brand: method.brand.as_deref().map(text::code),
        kind,
        issuer: method.issuer.map(|issuer| text::clip(&issuer, 100)),
        last_four: method.last4.filter(|digits| digits.len() <= 4),
        installments,
    }
}

#[cfg(test)]
mod tests {
    use domain::gateway::PaymentStatus;
    use proptest::prelude::*;

    use super::*;

    fn order(json: &str) -> Order {
        serde_json::from_str(json).unwrap()
    }

    /// As recorded from the vendor, shortened.
    const RECORDED: &str = r#"{"id":"ord_1","object":"order","livemode":false,"amount":10000,
        "currency":"MXN","payment_status":"paid","amount_refunded":0,"split_payment":null,
        "metadata":{"test":"false"},"shipping_lines":null,"charges":{"object":"list",
        "has_more":false,"total":1,"data":[{"id":"69cad","object":"charge","livemode":false,
        "paid_at":1774901374,"order_id":"ord_1","currency":"MXN","amount":10000,"status":"paid",
        "failure_code":null,"monthly_installments":null,"reference_id":null,"customer_id":"",
        "refunds":null,"payment_method":{"object":"card_payment","type":"credit","last4":"4242",
        "brand":"visa","issuer":"BANAMEX"}}]}}"#;

    #[test]
    fn a_recorded_order_is_understood() {
        let order = order(RECORDED);
        let facts = read(choose(&order, Some("att")).unwrap(), Some(&order));
        assert_eq!(facts.status, PaymentStatus::Approved);
        assert_eq!(
            (facts.amount_minor, facts.currency.as_deref()),
            (Some(10_000), Some("MXN"))
        );
        assert_eq!(facts.order_id.as_deref(), Some("ord_1"));
        assert_eq!(facts.payment_id.as_deref(), Some("69cad"));
        assert_eq!((facts.reference, facts.live_mode), (None, Some(false)));
        assert_eq!(facts.card.kind.as_deref(), Some("credit_card"));
        assert_eq!(facts.card.last_four.as_deref(), Some("4242"));
        assert_eq!(
            facts.approved_at,
            Some(Timestamp::from_unix_seconds(1_774_901_374))
        );
    }

    #[test]
    fn money_wins_then_our_reference_then_the_newest() {
        let pick = |charges: &str| {
            let order = order(&format!(r#"{{"charges":[{charges}]}}"#));
            choose(&order, Some("ours")).and_then(|charge| charge.id.clone())
        };
        let dead = r#"{"id":"dead","status":"declined","reference_id":"ours"}"#;
        let paid = r#"{"id":"paid","status":"paid","reference_id":"other"}"#;
        let open = r#"{"id":"open","status":"pending_payment","reference_id":"ours"}"#;
        let bare = r#"{"id":"bare","status":"declined"}"#;
        let alien = r#"{"id":"alien","status":"declined","reference_id":"other"}"#;
        assert_eq!(pick(&format!("{paid},{dead}")).as_deref(), Some("paid"));
        assert_eq!(pick(&format!("{open},{bare}")).as_deref(), Some("open"));
        assert_eq!(pick(&format!("{dead},{open}")).as_deref(), Some("open"));
        assert_eq!(pick(bare).as_deref(), Some("bare"));
        assert_eq!(pick(alien), None);
        assert_eq!(pick(""), None);
    }

    #[test]
    fn refunds_add_up_without_the_failed_ones() {
        let order = order(
            r#"{"charges":[{"status":"paid","amount":300,"refunds":{"data":[
                {"amount":-100},{"amount":-50,"status":"failed"},{"amount":-1}]}}]}"#,
        );
        let facts = read(choose(&order, None).unwrap(), Some(&order));
        assert_eq!(facts.refunded_minor, Some(101));
        assert_eq!(facts.status, PaymentStatus::PartiallyRefunded);
    }

    #[test]
    fn a_pending_refund_counts_before_the_orders_total_has_grown() {
        for (total, listed, expected) in [
            ("0", r#"{"amount":-100,"status":"pending"}"#, 100),
            (
                "100",
                r#"{"amount":-100},{"amount":-50,"status":"pending"}"#,
                150,
            ),
            (
                "100",
                r#"{"amount":-100},{"amount":-50,"status":"failed"}"#,
                100,
            ),
            ("100", "", 100),
            ("null", r#"{"amount":-100}"#, 100),
        ] {
            let order = order(&format!(
                r#"{{"amount_refunded":{total},"charges":[{{"status":"paid","amount":300,
                    "refunds":{{"data":[{listed}]}}}}]}}"#
            ));
            let facts = read(choose(&order, None).unwrap(), Some(&order));
            assert_eq!(facts.refunded_minor, Some(expected), "{total} {listed}");
            assert_eq!(refunded_at_most(&order), expected, "{total} {listed}");
        }
    }

    #[test]
    fn only_safe_challenge_addresses_are_passed_on() {
        for (url, kept) in [
            ("https://3ds-pay.conekta.com/x", true),
            ("javascript:x", false),
        ] {
            let order = order(&format!(
                r#"{{"payment_status":"pending_payment","charges":[{{"status":"pending_payment"}}],
                    "next_action":{{"redirect_to_url":{{"url":"{url}"}}}}}}"#
            ));
            let facts = read(choose(&order, None).unwrap(), Some(&order));
            assert_eq!(facts.next_action.is_some(), kept, "{url}");
        }
    }

    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let names = prop::sample::select(vec![
            "id",
            "status",
            "amount",
            "charges",
            "data",
            "refunds",
            "payment_status",
            "currency",
            "reference_id",
            "payment_method",
            "next_action",
            "redirect_to_url",
            "url",
            "metadata",
            "amount_refunded",
            "paid_at",
            "type",
            "details",
            "code",
        ]);
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into),
            ".{0,8}".prop_map(Into::into),
            Just("paid".into()),
        ];
        leaf.prop_recursive(5, 48, 6, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
                prop::collection::vec((names.clone(), inner), 0..6).prop_map(|fields| {
                    fields
                        .into_iter()
                        .map(|(name, value)| (name.to_owned(), value))
                        .collect()
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_json_is_read_without_panic(value in any_json()) {
            if let Ok(order) = serde_json::from_str::<Order>(&value.to_string())
                && let Some(charge) = choose(&order, Some("ours"))
            {
                let _facts = read(charge, Some(&order));
            }
        }
    }
}
