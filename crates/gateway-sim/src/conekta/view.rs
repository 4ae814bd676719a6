//! Orders and charges as Conekta shows them.

use serde_json::{Value, json};

use crate::conekta::store::{Charge, ChargeStatus, Customer, Method, Order};

/// A list; an empty one is `null`, as recorded from the vendor.
fn list(items: &[Value]) -> Value {
    if items.is_empty() {
        return Value::Null;
    }
    json!({ "object": "list", "has_more": false, "total": items.len(), "data": items })
}

/// The order with everything in it. Without a charge it has no `payment_status` at all.
pub(crate) fn order(order: &Order) -> Value {
    let charges: Vec<Value> = order.charges.iter().map(|one| charge(order, one)).collect();
    let mut body = json!({
        "id": order.id,
        "object": "order",
        "livemode": order.live,
        "amount": order.amount,
        "amount_refunded": order.refunded(),
        "currency": order.currency,
        "is_refundable": is_refundable(order),
        "split_payment": null,
        "processing_mode": order.processing_mode,
        "channel": null,
        "fiscal_entity": null,
        "customer_info": customer(&order.customer),
        "metadata": order.metadata,
        "created_at": order.created_at,
        "updated_at": order.updated_at,
        "line_items": list(&order.line_items),
        "shipping_lines": null,
        "tax_lines": null,
        "discount_lines": null,
        "charges": list(&charges),
    });
    if let Some(fields) = body.as_object_mut() {
        if let Some(status) = order.status_word() {
            fields.insert("payment_status".to_owned(), json!(status));
        }
        let action = order
            .charges
            .iter()
            .find(|charge| charge.is_open() && charge.next_action.is_some())
            .and_then(|charge| charge.next_action.clone());
        if let Some(action) = action {
            fields.insert("next_action".to_owned(), action);
        }
    }
    body
}

fn is_refundable(order: &Order) -> bool {
    order
        .charges
        .iter()
        .any(|c| c.status == ChargeStatus::Paid && c.refunded() < c.amount)
}

fn customer(customer: &Customer) -> Value {
    json!({
        "object": "customer_info",
        "name": customer.name,
        "email": customer.email,
        "phone": customer.phone,
        "corporate": null,
        "customer_id": customer.saved_id,
    })
}

/// A charge inside of its order or in a list of charges: refunds are a list object.
pub(crate) fn charge(order: &Order, charge: &Charge) -> Value {
    let refunds: Vec<Value> = refunds(charge);
    let mut body = plain_charge(order, charge);
    if let Some(fields) = body.as_object_mut() {
        fields.insert("refunds".to_owned(), list(&refunds));
        fields.insert("is_refundable".to_owned(), json!(is_refundable(order)));
        fields.insert(
            "chargeback".to_owned(),
            charge.chargeback.clone().unwrap_or(Value::Null),
        );
    }
    body
}

/// A charge as `POST /orders/{id}/charges` answers it: refunds are a plain array.
pub(crate) fn lone_charge(order: &Order, charge: &Charge) -> Value {
    let mut body = plain_charge(order, charge);
    if let Some(fields) = body.as_object_mut() {
        fields.insert("refunds".to_owned(), json!(refunds(charge)));
    }
    body
}

fn refunds(charge: &Charge) -> Vec<Value> {
    charge
        .refunds
        .iter()
        .map(|refund| {
            json!({
                "id": refund.id,
                "object": "refund",
                "amount": -refund.amount,
                "auth_code": refund.auth_code,
                "created_at": refund.created_at,
                "status": "refunded",
            })
        })
        .collect()
}

fn plain_charge(order: &Order, charge: &Charge) -> Value {
    let failure = charge.failure.as_ref();
    let mut body = json!({
        "id": charge.id,
        "object": "charge",
        "livemode": order.live,
        "created_at": charge.created_at,
        "paid_at": charge.paid_at,
        "order_id": order.id,
        "currency": order.currency,
        "amount": charge.amount,
        "status": charge.status_word(),
        "description": "Payment from order",
        "failure_code": failure.map(|failure| failure.short.as_str()),
        "failure_message": failure.map(|failure| failure.message.as_str()),
        "monthly_installments": charge.installments,
        "reference_id": charge.reference_id,
        "customer_id": order.customer.saved_id.clone().unwrap_or_default(),
        "device_fingerprint": null,
        "payment_method": method(&charge.method, charge),
    });
    if charge.took_money()
        && let Some(fields) = body.as_object_mut()
    {
        // 2.9 % and 2.50 MXN, in whole cents: some charges carry it.
        fields.insert("fee".to_owned(), json!(charge.amount * 29 / 1_000 + 250));
    }
    body
}

fn method(method: &Method, charge: &Charge) -> Value {
    match method {
        Method::Card(card) => json!({
            "object": "card_payment",
            "type": "credit",
            "name": card.name,
            "last4": card.last4,
            "brand": card.brand,
            "issuer": "BANAMEX",
            "account_type": "Credit",
            "country": "MX",
            "exp_month": card.exp_month,
            "exp_year": card.exp_year,
            "auth_code": card.auth_code,
            "fraud_indicators": [],
            "three_ds_flow_required": charge.next_action.is_some(),
        }),
        Method::Cash {
            reference,
            expires_at,
        } => json!({
            "object": "cash_payment",
            "type": "cash",
            "service_name": "OxxoPay",
            "reference": reference,
            "barcode_url": format!("https://barcodes.conekta.com/{reference}.png"),
            "expires_at": expires_at,
            "store_name": "OXXO",
            "store": null,
            "agreement": "agreement_sandbox",
            "product_type": "cash_in",
            "cashier_id": null,
            "auth_code": null,
        }),
        Method::Spei { clabe, expires_at } => json!({
            "object": "bank_transfer_payment",
            "type": "spei",
            "clabe": clabe,
            "bank": "STP",
            "receiving_account_number": clabe,
            "receiving_account_bank": "STP",
            "reference_number": null,
            "tracking_code": null,
            "executed_at": null,
            "payment_attempts": [],
            "expires_at": expires_at,
        }),
    }
}
