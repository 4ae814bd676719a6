//! Request bodies, read strictly: exact numbers, no unknown names.

use std::collections::BTreeMap;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::core::http::Request;
use crate::core::money::parse_major;
use crate::mercado_pago::error::Refusal;
use crate::mercado_pago::store::{METHODS, PaymentMethod};

const KNOWN: &[&str] = &[
    "additional_info",
    "application_fee",
    "binary_mode",
    "callback_url",
    "campaign_id",
    "capture",
    "coupon_amount",
    "coupon_code",
    "date_of_expiration",
    "description",
    "differential_pricing_id",
    "external_reference",
    "forward_data",
    "installments",
    "issuer_id",
    "metadata",
    "notification_url",
    "payer",
    "payment_method_id",
    "point_of_interaction",
    "processing_mode",
    "sponsor_id",
    "statement_descriptor",
    "three_d_secure_mode",
    "token",
    "transaction_amount",
    "transaction_details",
];

const KNOWN_PAYER: &[&str] = &[
    "address",
    "email",
    "entity_type",
    "first_name",
    "id",
    "identification",
    "last_name",
    "phone",
    "type",
];

/// What the caller asks for, checked.
#[derive(Debug)]
pub(crate) struct NewPayment {
    /// Minor units.
    pub(crate) amount: i64,
    pub(crate) method: &'static PaymentMethod,
    pub(crate) token: Option<String>,
    pub(crate) installments: i64,
    pub(crate) issuer_id: Value,
    pub(crate) external_reference: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) statement_descriptor: Option<String>,
    pub(crate) notification_url: Option<String>,
    pub(crate) application_fee: Option<i64>,
    pub(crate) binary_mode: bool,
    pub(crate) capture: bool,
    pub(crate) three_ds: bool,
    pub(crate) payer: Value,
    pub(crate) additional_info: Value,
    pub(crate) metadata: Map<String, Value>,
    pub(crate) expiration: Option<String>,
}

/// Reads the request.
pub(crate) fn payment(request: &Request) -> Result<NewPayment, Refusal> {
    let fields = Fields::read(request, false)?;
    fields.only(KNOWN)?;
    let amount = fields
        .amount("transaction_amount", 4037)?
        .ok_or_else(|| Refusal::bad(4037, "transaction_amount attribute can't be null"))?;
    let payer = payer(&fields)?;
    let token = fields.text("token", 200, 3003)?;
    let method = method(&fields, token.is_some())?;
    let card = method.kind.ends_with("_card");
    if card && token.as_ref().is_none_or(String::is_empty) {
        return Err(Refusal::bad(2006, "Card Token not found"));
    }
    let installments = match fields.get("installments") {
        None if card => return Err(Refusal::bad(4033, "installments attribute can't be null")),
        None => 1,
        Some(value) => value
            .as_i64()
            .filter(|count| (1..=48).contains(count))
            .ok_or_else(|| Refusal::bad(4033, "Invalid installments"))?,
    };
    let capture = fields.flag("capture", true)?;
    if !capture && method.kind != "credit_card" {
        return Err(Refusal::bad(2077, "Deferred capture not supported"));
    }
    let application_fee = fields.amount("application_fee", 4040)?;
    if application_fee.is_some_and(|fee| fee >= amount) {
        return Err(Refusal::bad(
            4040,
            "application_fee must be less than transaction_amount",
        ));
    }
    fields.amount("coupon_amount", 4041)?;
    let notification_url = url(&fields, "notification_url", 4020)?;
    url(&fields, "callback_url", 4020)?;
    let expiration = fields.text("date_of_expiration", 40, 23)?;
    if expiration
        .as_deref()
        .is_some_and(|t| chrono::DateTime::parse_from_rfc3339(t).is_err())
    {
        return Err(Refusal::bad(
            23,
            "The following parameters must be valid date and format (yyyy-MM-dd'T'HH:mm:ssz) : date_of_expiration",
        ));
    }
    let three_ds = match fields.text("three_d_secure_mode", 20, 1)?.as_deref() {
        None | Some("not_supported") => false,
        Some("optional" | "mandatory") => true,
        Some(_) => return Err(Refusal::bad(1, "Invalid three_d_secure_mode")),
    };
    let issuer_id = fields.get("issuer_id").unwrap_or(Value::Null);
    if !matches!(issuer_id, Value::Null | Value::String(_) | Value::Number(_)) {
        return Err(Refusal::bad(2009, "Invalid issuer_id"));
    }
    let metadata = match fields.object("metadata")? {
        Some(Value::Object(metadata)) => metadata,
        _ => Map::new(),
    };
    Ok(NewPayment {
        amount,
        method,
        token,
        installments,
        issuer_id,
        external_reference: fields.text("external_reference", 256, 1)?,
        description: fields.text("description", 600, 1)?,
        statement_descriptor: fields.text("statement_descriptor", 22, 1)?,
        notification_url,
        application_fee,
        binary_mode: fields.flag("binary_mode", false)?,
        capture,
        three_ds,
        payer,
        additional_info: fields
            .object("additional_info")?
            .unwrap_or_else(|| Value::Object(Map::new())),
        metadata,
        expiration,
    })
}

fn payer(fields: &Fields) -> Result<Value, Refusal> {
    let payer = fields
        .object("payer")?
        .ok_or_else(|| Refusal::bad(4050, "payer.email must be a valid email"))?;
    if let Some(object) = payer.as_object() {
        let wrong: Vec<&str> = object
            .keys()
            .map(String::as_str)
            .filter(|name| !KNOWN_PAYER.contains(name))
            .collect();
        if !wrong.is_empty() {
            return Err(wrong_names(&wrong));
        }
    }
    let email = payer
        .get("email")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let valid = email.len() <= 254
        && !email.contains(char::is_whitespace)
        && email.split_once('@').is_some_and(|(local, host)| {
            !local.is_empty()
                && !host.contains('@')
                && host.contains('.')
                && host.split('.').all(|label| !label.is_empty())
        });
    if valid {
        Ok(payer)
    } else {
        Err(Refusal::bad(4050, "payer.email must be a valid email"))
    }
}

fn method(fields: &Fields, has_token: bool) -> Result<&'static PaymentMethod, Refusal> {
    match fields.text("payment_method_id", 50, 3011)? {
        Some(id) => METHODS
            .iter()
            .find(|method| method.id == id)
            .ok_or_else(|| Refusal::bad(3011, "Not found payment_method")),
        // With a token the card decides the brand.
        None if has_token => METHODS.first().ok_or_else(Refusal::not_found),
        None => Err(Refusal::bad(2131, "Cannot infer Payment Method")),
    }
}

fn url(fields: &Fields, name: &str, cause: i64) -> Result<Option<String>, Refusal> {
    let Some(text) = fields.text(name, 500, cause)? else {
        return Ok(None);
    };
    let valid = url::Url::parse(&text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if valid {
        Ok(Some(text))
    } else {
        Err(Refusal::bad(
            cause,
            format!("{name} attribute must be url valid"),
        ))
    }
}

/// A JSON object whose values are still text, so that decimals stay exact.
#[derive(Debug)]
pub(crate) struct Fields(BTreeMap<String, Box<RawValue>>);

impl Fields {
    /// Reads the body; an empty one counts as `{}` where that is allowed.
    pub(crate) fn read(request: &Request, empty: bool) -> Result<Self, Refusal> {
        if empty && request.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self(BTreeMap::new()));
        }
        serde_json::from_slice(&request.body)
            .map(Self)
            .map_err(|error| Refusal::bad(1, format!("Invalid json: {error}")))
    }

    /// Refuses names that are not in the list (cause 8).
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), Refusal> {
        let wrong: Vec<&str> = self
            .0
            .keys()
            .map(String::as_str)
            .filter(|name| !known.contains(name))
            .collect();
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(wrong_names(&wrong))
        }
    }

    /// The value, where present and not null.
    pub(crate) fn get(&self, name: &str) -> Option<Value> {
        let value: Value = serde_json::from_str(self.0.get(name)?.get()).ok()?;
        (!value.is_null()).then_some(value)
    }

    /// An amount in minor units: a JSON number above zero with at most two decimals.
    pub(crate) fn amount(&self, name: &str, cause: i64) -> Result<Option<i64>, Refusal> {
        let Some(raw) = self.0.get(name) else {
            return Ok(None);
        };
        let text = raw.get().trim();
        if text == "null" {
            return Ok(None);
        }
        let numeric = text.starts_with(|c: char| c == '-' || c.is_ascii_digit());
        if !numeric {
            return Err(Refusal::bad(
                cause,
                format!("{name} attribute must be numeric"),
            ));
        }
        match parse_major(text) {
            Some(cents) if cents > 0 => Ok(Some(cents)),
            _ => Err(Refusal::bad(cause, format!("Invalid {name}"))),
        }
    }

    /// A text of at most `max` characters.
    pub(crate) fn text(
        &self,
        name: &str,
        max: usize,
        cause: i64,
    ) -> Result<Option<String>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) if text.chars().count() <= max => Ok(Some(text)),
            Some(_) => Err(Refusal::bad(
                cause,
                format!("{name} attribute must be a string of at most {max} characters"),
            )),
        }
    }

    /// A boolean.
    pub(crate) fn flag(&self, name: &str, default: bool) -> Result<bool, Refusal> {
        match self.get(name) {
            None => Ok(default),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(_) => Err(Refusal::bad(1, format!("{name} attribute must be boolean"))),
        }
    }

    /// An object.
    pub(crate) fn object(&self, name: &str) -> Result<Option<Value>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some(value @ Value::Object(_)) => Ok(Some(value)),
            Some(_) => Err(Refusal::bad(
                1,
                format!("{name} attribute must be an object"),
            )),
        }
    }
}

/// Cause 8.
pub(crate) fn wrong_names(names: &[&str]) -> Refusal {
    let names = names.join(", ");
    Refusal::bad(
        8,
        format!("The name of the following parameters is wrong : [{names}]"),
    )
}
