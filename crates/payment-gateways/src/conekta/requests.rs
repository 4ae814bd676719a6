//! Bodies that we send.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use ports::payments::ChargeRequest;
use serde::Serialize;

use crate::{marks, text};

/// `POST /orders`, without a charge.
#[derive(Serialize)]
pub(crate) struct OrderBody {
    currency: &'static str,
    customer_info: CustomerInfo,
    line_items: [LineItem; 1],
    metadata: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
struct CustomerInfo {
    name: String,
    email: String,
    phone: String,
}

#[derive(Serialize)]
struct LineItem {
    name: String,
    unit_price: i64,
    quantity: u8,
}

impl OrderBody {
    pub(crate) fn new(request: &ChargeRequest) -> Self {
        let customer = &request.customer;
        let phones = [customer.phone.as_deref(), request.fallback_phone.as_deref()];
        let name = text::clip(&text::letters(&customer.name), 249);
        Self {
            currency: request.amount.currency().code(),
            customer_info: CustomerInfo {
                name: if name.is_empty() {
                    "Cliente WiFi".to_owned()
                } else {
                    name
                },
                email: customer.email.as_str().to_owned(),
                phone: text::international_phone(phones.into_iter().flatten()),
            },
            line_items: [LineItem {
                // 3 to 249 characters are allowed.
                name: text::clip(&text::tidy(&format!("WiFi {}", request.sale_name)), 249),
                unit_price: request.amount.minor(),
                quantity: 1,
            }],
            metadata: marks::metadata(request),
        }
    }
}

/// `POST /orders/{id}/charges`.
#[derive(Serialize)]
pub(crate) struct ChargeBody<'a> {
    amount: i64,
    reference_id: &'a str,
    payment_method: CardMethod<'a>,
}

#[derive(Serialize)]
struct CardMethod<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    token_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    monthly_installments: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer_ip_address: Option<Ipv4Addr>,
}

impl<'a> ChargeBody<'a> {
    pub(crate) fn new(request: &'a ChargeRequest) -> Self {
        let months = request.installments;
        Self {
            amount: request.amount.minor(),
            reference_id: &request.reference,
            payment_method: CardMethod {
                kind: "card",
                token_id: request.card_token.expose(),
                // Other numbers are refused, and 1 means: not in instalments.
                monthly_installments: [3, 6, 9, 12, 18].contains(&months).then_some(months),
                customer_ip_address: request.customer_ip,
            },
        }
    }
}

/// `POST /orders/{id}/refunds`.
#[derive(Serialize)]
pub(crate) struct RefundBody {
    pub(crate) amount: i64,
    pub(crate) reason: &'static str,
}
