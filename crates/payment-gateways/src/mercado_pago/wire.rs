//! Objects that Mercado Pago sends. Ids are numbers or texts; anything may be null.

use serde::Deserialize;

use crate::marks::Metadata;
use crate::tolerant::{self, Decimal};

/// A payment.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Payment {
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) id: Option<String>,
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) status: Option<String>,
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) status_detail: Option<String>,
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) currency_id: Option<String>,
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) transaction_amount: Option<Decimal>,
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) transaction_amount_refunded: Option<Decimal>,
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) external_reference: Option<String>,
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) date_approved: Option<String>,
    #[serde(rename = "payment_method_id", deserialize_with = "tolerant::field")]
    pub(crate) method_id: Option<String>,
    #[serde(rename = "payment_type_id", deserialize_with = "tolerant::field")]
    pub(crate) type_id: Option<String>,
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) issuer_id: Option<String>,
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) installments: Option<u32>,
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) live_mode: Option<bool>,
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) collector_id: Option<String>,
    /// In search results instead of `collector_id`.
    #[serde(deserialize_with = "tolerant::object")]
    pub(crate) collector: Option<Collector>,
    #[serde(deserialize_with = "tolerant::object")]
    pub(crate) card: Option<Card>,
    #[serde(deserialize_with = "tolerant::list")]
    pub(crate) refunds: Vec<Refund>,
    #[serde(deserialize_with = "tolerant::object")]
    pub(crate) metadata: Option<Metadata>,
    #[serde(deserialize_with = "tolerant::object")]
    pub(crate) three_ds_info: Option<ThreeDsInfo>,
}

/// Who received the money.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Collector {
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) id: Option<String>,
}

/// The card.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Card {
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) last_four_digits: Option<String>,
}

/// A refund.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Refund {
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) id: Option<String>,
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) amount: Option<Decimal>,
    /// `approved`, `in_process`, `rejected`, `cancelled`.
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) status: Option<String>,
}

/// Where a challenge is passed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ThreeDsInfo {
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) external_resource_url: Option<String>,
}

/// Search results.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SearchPage {
    #[serde(deserialize_with = "tolerant::object")]
    pub(crate) paging: Option<Paging>,
    #[serde(deserialize_with = "tolerant::list")]
    pub(crate) results: Vec<Payment>,
}

/// Where a page lies.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Paging {
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) total: Option<i64>,
}

/// `GET /users/me`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Account {
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) id: Option<String>,
}

/// An error answer. `cause` is a list, an object or null.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ErrorBody {
    #[serde(deserialize_with = "tolerant::list")]
    pub(crate) cause: Vec<Cause>,
}

/// One cause; the code is a number or a text.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Cause {
    #[serde(deserialize_with = "tolerant::field")]
    pub(crate) code: Option<String>,
}
