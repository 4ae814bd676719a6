//! Payments and refunds as Mercado Pago shows them.

use serde_json::{Map, Value, json};

use crate::core::clock::iso;
use crate::core::money::major_json;
use crate::mercado_pago::store::{Payment, Refund};

/// The payment with everything in it.
pub(crate) fn payment(payment: &Payment) -> Value {
    let approved = payment.approved_ms.is_some();
    // 3.49 % and 4 MXN, in whole cents.
    let fee = payment.amount * 349 / 10_000 + 400;
    let application_fee = payment.application_fee.unwrap_or(0);
    let net = if approved {
        (payment.amount - fee - application_fee).max(0)
    } else {
        0
    };
    let mut fees = Vec::new();
    if approved {
        fees.push(json!({ "type": "mercadopago_fee", "amount": major_json(fee), "fee_payer": "collector" }));
        if application_fee > 0 {
            fees.push(json!({ "type": "application_fee", "amount": major_json(application_fee), "fee_payer": "collector" }));
        }
    }
    json!({
        "id": payment.id,
        "date_created": iso(payment.created_ms),
        "date_approved": payment.approved_ms.map(iso),
        "date_last_updated": iso(payment.updated_ms),
        "date_of_expiration": payment.expiration,
        "money_release_date": payment.approved_ms.map(iso),
        "operation_type": "regular_payment",
        "issuer_id": payment.issuer_id,
        "payment_method_id": payment.method.id,
        "payment_type_id": payment.method.kind,
        "payment_method": { "id": payment.method.id, "type": payment.method.kind, "issuer_id": payment.issuer_id },
        "status": payment.status,
        "status_detail": payment.detail,
        "currency_id": "MXN",
        "description": payment.description,
        "live_mode": payment.live,
        "sponsor_id": null,
        "authorization_code": payment.authorization_code,
        "collector_id": payment.collector,
        "payer": payer(payment),
        "metadata": payment.metadata.iter().map(|(k, v)| (snake(k), v.clone())).collect::<Map<_, _>>(),
        "additional_info": payment.additional_info,
        "external_reference": payment.external_reference,
        "transaction_amount": major_json(payment.amount),
        "transaction_amount_refunded": major_json(payment.refunded()),
        "coupon_amount": major_json(0),
        "transaction_details": {
            "net_received_amount": major_json(net),
            "total_paid_amount": major_json(payment.amount),
            "overpaid_amount": major_json(0),
            "external_resource_url": payment.resource_url,
            "installment_amount": major_json(payment.amount / payment.installments.max(1)),
            "financial_institution": null,
        },
        "fee_details": fees,
        "charges_details": [],
        "captured": payment.captured,
        "binary_mode": payment.binary_mode,
        "statement_descriptor": payment.statement_descriptor,
        "installments": payment.installments,
        "card": card(payment),
        "notification_url": payment.notification_url,
        "refunds": payment.refunds.iter().map(|one| refund(payment, one)).collect::<Vec<_>>(),
        "processing_mode": "aggregator",
        "three_ds_info": payment.three_ds,
        "point_of_interaction": { "type": "UNSPECIFIED" },
    })
}

/// A refund.
pub(crate) fn refund(payment: &Payment, refund: &Refund) -> Value {
    let source = if refund.by_admin {
        ("Mercado Pago", "admin")
    } else {
        ("Vendedor", "collector")
    };
    json!({
        "id": refund.id,
        "payment_id": payment.id,
        "amount": major_json(refund.amount),
        "adjustment_amount": major_json(0),
        "amount_refunded_to_payer": major_json(refund.amount),
        "metadata": {},
        "source": { "id": payment.collector.to_string(), "name": source.0, "type": source.1 },
        "date_created": iso(refund.created_ms),
        "unique_sequence_number": null,
        "refund_mode": "standard",
        "status": "approved",
        "reason": null,
        "labels": [],
        "partition_details": [],
    })
}

fn payer(payment: &Payment) -> Value {
    let asked = |name: &str| payment.payer.get(name).cloned().unwrap_or(Value::Null);
    json!({
        "id": asked("id"),
        "email": asked("email"),
        "identification": asked("identification"),
        "type": payment.payer.get("type").cloned().unwrap_or_else(|| json!("guest")),
        "first_name": null,
        "last_name": null,
        "phone": asked("phone"),
        "entity_type": null,
    })
}

fn card(payment: &Payment) -> Value {
    let Some(card) = &payment.card else {
        return json!({});
    };
    json!({
        "id": null,
        "first_six_digits": card.first6,
        "last_four_digits": card.last4,
        "expiration_month": card.month,
        "expiration_year": card.year,
        "date_created": iso(payment.created_ms),
        "date_last_updated": iso(payment.created_ms),
        "cardholder": {
            "name": card.holder,
            "identification": { "number": null, "type": null },
        },
    })
}

/// Metadata keys come back in snake case.
fn snake(key: &str) -> String {
    let mut word = String::with_capacity(key.len() + 4);
    let mut before_lower = false;
    for letter in key.chars() {
        if letter.is_ascii_uppercase() {
            if before_lower {
                word.push('_');
            }
            word.push(letter.to_ascii_lowercase());
            before_lower = false;
        } else {
            word.push(if matches!(letter, '-' | ' ') {
                '_'
            } else {
                letter
            });
            before_lower = letter.is_ascii_lowercase() || letter.is_ascii_digit();
        }
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_keys_come_back_in_snake_case() {
        for (sent, shown) in [
            ("purchaseId", "purchase_id"),
            ("tenant", "tenant"),
            ("MAC-Address", "mac_address"),
        ] {
            assert_eq!(snake(sent), shown);
        }
    }
}
