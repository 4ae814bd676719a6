//! A checked `POST /v1/payments`.

use serde_json::{Map, Value};

use crate::mercado_pago::error::Refusal;
use crate::mercado_pago::fields::{Fields, wrong_names};
use crate::mercado_pago::store::{METHODS, PaymentMethod};
use crate::wire::Request;

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
        // With a token the card tells its brand.
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
