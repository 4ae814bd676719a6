//! Bodies that we send to Mercado Pago, and the objects that it sends. Ids are numbers or texts;
//! anything may be null.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use domain::gateway::GatewayMode;
use domain::money::Money;
use domain::payment_method::PaymentMethod;
use ports::payments::{ChargeRequest, GatewayAccount};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use url::Url;

use crate::marks::{self, Metadata};
use crate::text;
use crate::tolerant::{self, Decimal};

/// What the customer finds on the card statement. Some cards show 13 characters only.
const STATEMENT: &str = "HOTSPOT WIFI";

/// An amount in major units as a JSON number, digit by digit: no floating point on the way.
pub(crate) fn decimal(amount: Money) -> Box<RawValue> {
    RawValue::from_string(amount.to_decimal()).unwrap_or_else(|_not_json| RawValue::NULL.to_owned())
}

/// `POST /v1/payments`.
#[derive(Serialize)]
pub(crate) struct PaymentBody<'a> {
    transaction_amount: Box<RawValue>,
    token: &'a str,
    description: String,
    installments: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_method_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer_id: Option<&'a str>,
    external_reference: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    notification_url: Option<String>,
    statement_descriptor: &'static str,
    binary_mode: bool,
    capture: bool,
    payer: Payer<'a>,
    metadata: BTreeMap<&'static str, String>,
    additional_info: AdditionalInfo,
}

#[derive(Serialize)]
struct Payer<'a> {
    email: &'a str,
    #[serde(flatten)]
    name: Name,
}

#[derive(Clone, Serialize)]
struct Name {
    #[serde(skip_serializing_if = "String::is_empty")]
    first_name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    last_name: String,
}

#[derive(Serialize)]
struct AdditionalInfo {
    #[serde(skip_serializing_if = "Option::is_none")]
    ip_address: Option<Ipv4Addr>,
    items: [Item; 1],
    payer: Buyer,
}

#[derive(Serialize)]
struct Item {
    id: String,
    title: String,
    description: String,
    category_id: &'static str,
    quantity: u8,
    unit_price: Box<RawValue>,
}

#[derive(Serialize)]
struct Buyer {
    #[serde(flatten)]
    name: Name,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<Phone>,
}

#[derive(Serialize)]
struct Phone {
    area_code: &'static str,
    number: String,
}

impl<'a> PaymentBody<'a> {
    pub(crate) fn new(
        account: &GatewayAccount,
        request: &'a ChargeRequest,
        is_sandbox: bool,
    ) -> Self {
        let PaymentMethod::Card(card) = &request.method;
        let sale_name = text::tidy(&request.sale_name);
        let name = split(&request.customer.name);
        let phones = [
            request.customer.phone.as_deref(),
            request.fallback_phone.as_deref(),
        ];
        let number = phones.into_iter().flatten().find_map(text::national_phone);
        let filled = |text: &'a Option<String>| text.as_deref().filter(|text| !text.is_empty());
        Self {
            transaction_amount: decimal(request.amount),
            token: card.token.expose(),
            description: text::clip(&format!("Acceso Hotspot - {sale_name}"), 250),
            installments: card.installments.max(1),
            payment_method_id: filled(&card.brand),
            // Test cards belong to no bank: with one they are refused.
            issuer_id: filled(&card.issuer).filter(|_| account.mode == GatewayMode::Live),
            external_reference: &request.reference,
            notification_url: filled(&request.notification_url)
                .and_then(|url| notification_url(url, is_sandbox)),
            statement_descriptor: STATEMENT,
            // Approved or refused at once: nobody waits for days in front of a hotspot.
            binary_mode: true,
            capture: true,
            payer: Payer {
                email: request.customer.email.as_str(),
                name: name.clone(),
            },
            metadata: marks::metadata(request),
            additional_info: AdditionalInfo {
                ip_address: request.customer_ip,
                items: [Item {
                    id: request.product_id.to_string(),
                    title: text::clip(&format!("WiFi {sale_name}"), 250),
                    description: text::clip(&sale_name, 250),
                    category_id: "services",
                    quantity: 1,
                    unit_price: decimal(request.amount),
                }],
                payer: Buyer {
                    name,
                    phone: number.map(|number| Phone {
                        area_code: "",
                        number,
                    }),
                },
            },
        }
    }
}

/// First name up to the first blank, the rest is the last name.
fn split(name: &str) -> Name {
    let name = text::clip(&text::letters(name), 100);
    let (first, last) = name.split_once(' ').unwrap_or((name.as_str(), ""));
    Name {
        first_name: first.to_owned(),
        last_name: last.to_owned(),
    }
}

/// Longest address for events that is accepted.
const MAX_NOTIFICATION_URL: usize = 248;

/// Whether Mercado Pago takes this address for its events: `https`, a public name and at most 248
/// characters. With any other one it refuses every payment, so it is left out.
#[must_use]
pub fn accepts_notification_url(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else {
        return false;
    };
    let is_public = url.domain().is_some_and(|name| {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        let private = ["localhost", "local", "internal", "lan", "home", "arpa"];
        name.rsplit_once('.')
            .is_some_and(|(_, last)| !private.contains(&last))
    });
    url.scheme() == "https" && is_public && url.as_str().len() <= MAX_NOTIFICATION_URL
}

/// The address, asking for webhooks only: the older IPN beside them are not signed. A sandbox
/// takes any address.
fn notification_url(address: &str, is_sandbox: bool) -> Option<String> {
    let mut url = Url::parse(address).ok()?;
    url.query_pairs_mut().append_pair("source_news", "webhooks");
    let address = String::from(url);
    (is_sandbox || accepts_notification_url(&address)).then_some(address)
}

/// `POST /v1/payments/{id}/refunds`. The amount is always named, so that a repeat cannot mean
/// more than what was asked for first.
#[derive(Serialize)]
pub(crate) struct RefundBody {
    pub(crate) amount: Box<RawValue>,
}

/// `PUT /v1/payments/{id}`.
#[derive(Serialize)]
pub(crate) struct CancelBody {
    pub(crate) status: &'static str,
}

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

#[cfg(test)]
mod tests {
    use domain::money::Currency;

    use super::*;

    #[test]
    fn amounts_are_numbers_and_exact() {
        for (minor, json) in [
            (1999, "19.99"),
            (2000, "20.00"),
            (5, "0.05"),
            (9_999_999_999, "99999999.99"),
        ] {
            let raw = decimal(Money::from_minor(minor, Currency::Mxn));
            assert_eq!(serde_json::to_string(&raw).unwrap(), json);
        }
    }

    #[test]
    fn names_are_split_at_the_first_blank() {
        for (typed, first, last) in [
            ("Ana María  Paz", "Ana", "María Paz"),
            ("Ana", "Ana", ""),
            ("  ", "", ""),
        ] {
            let name = split(typed);
            assert_eq!(
                (name.first_name.as_str(), name.last_name.as_str()),
                (first, last)
            );
        }
        let json = serde_json::to_string(&split("Ana")).unwrap();
        assert_eq!(json, r#"{"first_name":"Ana"}"#, "an empty name is left out");
    }

    #[test]
    fn only_public_https_addresses_are_sent_for_events() {
        assert_eq!(
            notification_url("https://wifi.example/api/v1/webhook/x", false).as_deref(),
            Some("https://wifi.example/api/v1/webhook/x?source_news=webhooks")
        );
        let long = format!("https://wifi.example/{}", "x".repeat(248));
        for refused in [
            "http://localhost:8000/x",
            "http://wifi.example/x",
            "https://localhost/x",
            "https://router.lan/x",
            "https://server/x",
            "https://10.0.0.7/x",
            "https://[::1]/x",
            "wifi.example",
            "",
            &long,
        ] {
            assert_eq!(notification_url(refused, false), None, "{refused}");
        }
        assert!(notification_url("http://127.0.0.1:9/x", true).is_some());
    }
}
