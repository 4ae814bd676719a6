//! Requests to Conekta, and the objects that it sends. Lists are list objects, plain arrays or
//! null.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use domain::payment_method;
use ports::payments::{ChargeRequest, GatewayAccount};
use reqwest::Method;
use reqwest::header::{ACCEPT, ACCEPT_LANGUAGE};
use serde::{Deserialize, Serialize};

use crate::http::Call;
use crate::marks::{self, Metadata};
use crate::{text, tolerant};

/// Media type that selects the API version.
const VERSION: &str = "application/vnd.conekta-v2.3.0+json";

/// A request in the tenant's name.
pub(crate) fn call(
    account: &GatewayAccount,
    operation: &'static str,
    method: Method,
    path: &[&str],
) -> Call {
    Call::new(operation, method, path)
        .bearer(&account.secret)
        .header(ACCEPT, VERSION)
        // The language of messages; the default, but not everywhere the same.
        .header(ACCEPT_LANGUAGE, "es")
}

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
        let payment_method::PaymentMethod::Card(card) = &request.method;
        let months = card.installments;
        Self {
            amount: request.amount.minor(),
            reference_id: &request.reference,
            payment_method: CardMethod {
                kind: "card",
                token_id: card.token.expose(),
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

/// An order.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Order {
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) id: Option<String>,
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) livemode: Option<bool>,
    /// Cents.
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) amount: Option<i64>,
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) currency: Option<String>,
    /// Absent on an order without a charge.
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) payment_status: Option<String>,
    /// Cents, positive.
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) amount_refunded: Option<i64>,
    #[serde(deserialize_with = "tolerant::object")]
    pub(crate) metadata: Option<Metadata>,
    #[serde(deserialize_with = "tolerant::list")]
    pub(crate) charges: Vec<Charge>,
    #[serde(deserialize_with = "tolerant::object")]
    pub(crate) next_action: Option<NextAction>,
}

/// A charge, alone or on its order.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Charge {
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) id: Option<String>,
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) order_id: Option<String>,
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) livemode: Option<bool>,
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) status: Option<String>,
    /// Cents.
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) amount: Option<i64>,
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) currency: Option<String>,
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) reference_id: Option<String>,
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) failure_code: Option<String>,
    /// Unix seconds.
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) paid_at: Option<i64>,
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) monthly_installments: Option<u32>,
    #[serde(deserialize_with = "tolerant::object")]
    pub(crate) payment_method: Option<CardUsed>,
    #[serde(deserialize_with = "tolerant::list")]
    pub(crate) refunds: Vec<Refund>,
    #[serde(deserialize_with = "tolerant::object")]
    pub(crate) next_action: Option<NextAction>,
}

/// What a charge was paid with.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct CardUsed {
    /// `credit`, `debit`.
    #[serde(rename = "type", deserialize_with = "tolerant::field")]
    pub(crate) kind: Option<String>,
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) brand: Option<String>,
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) issuer: Option<String>,
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) last4: Option<String>,
}

/// A refund of a charge.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Refund {
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) id: Option<String>,
    /// Cents, negative.
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) amount: Option<i64>,
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) status: Option<String>,
}

/// What the customer must do.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct NextAction {
    #[serde(deserialize_with = "tolerant::object")]
    pub(crate) redirect_to_url: Option<Redirect>,
}

/// Where the customer must go.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Redirect {
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) url: Option<String>,
}

/// A page of orders.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct OrderPage {
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) object: Option<String>,
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) next_page_url: Option<String>,
    #[serde(deserialize_with = "tolerant::list")]
    pub(crate) data: Vec<Order>,
}

/// An error answer.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ErrorBody {
    #[serde(rename = "type", deserialize_with = "tolerant::field")]
    pub(crate) kind: Option<String>,
    #[serde(deserialize_with = "tolerant::list")]
    pub(crate) details: Vec<ErrorDetail>,
    /// On processing errors: the order.
    #[serde(deserialize_with = "tolerant::object")]
    pub(crate) data: Option<Order>,
}

/// One entry of an error answer.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ErrorDetail {
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) code: Option<String>,
    /// The field concerned.
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) param: Option<String>,
}
