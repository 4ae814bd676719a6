//! Objects that Conekta sends. Lists are list objects, plain arrays or null.

use serde::Deserialize;

use crate::marks::Metadata;
use crate::tolerant;

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
    pub(crate) payment_method: Option<PaymentMethod>,
    #[serde(deserialize_with = "tolerant::list")]
    pub(crate) refunds: Vec<Refund>,
    #[serde(deserialize_with = "tolerant::object")]
    pub(crate) next_action: Option<NextAction>,
}

/// What a charge was paid with.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct PaymentMethod {
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
