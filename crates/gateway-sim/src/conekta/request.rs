//! What callers send, checked.

use serde_json::{Map, Value, json};

use crate::conekta::check::Faults;
use crate::conekta::error::Refusal;
use crate::conekta::store::Customer;

/// A checked `POST /orders`.
#[derive(Debug)]
pub(crate) struct NewOrder {
    pub(crate) currency: String,
    pub(crate) amount: i64,
    pub(crate) customer: Customer,
    pub(crate) line_items: Vec<Map<String, Value>>,
    pub(crate) shipping_lines: Vec<Map<String, Value>>,
    pub(crate) tax_lines: Vec<Map<String, Value>>,
    pub(crate) discount_lines: Vec<Map<String, Value>>,
    pub(crate) metadata: Map<String, Value>,
    pub(crate) charges: Vec<NewCharge>,
    pub(crate) pre_authorize: bool,
    pub(crate) processing_mode: Value,
    pub(crate) return_url: Option<String>,
}

/// A checked charge.
#[derive(Debug)]
pub(crate) struct NewCharge {
    pub(crate) amount: Option<i64>,
    pub(crate) reference_id: Option<String>,
    pub(crate) method: NewMethod,
    pub(crate) installments: Option<i64>,
}

/// What a charge is to be paid with.
#[derive(Debug)]
pub(crate) enum NewMethod {
    Token(String),
    /// A saved card (`src_...`); which one decides nothing.
    SavedCard,
    Cash {
        expires_at: Option<i64>,
    },
    Spei {
        expires_at: Option<i64>,
    },
}

/// Reads an order request.
pub(crate) fn order(body: &Value) -> Result<NewOrder, Refusal> {
    let mut faults = Faults::default();
    let currency = currency(&mut faults, body.get("currency"));
    let customer = customer(&mut faults, body.get("customer_info"));
    let line_items = line_items(&mut faults, body.get("line_items"));
    let shipping_lines = amounts(&mut faults, "shipping_lines", body, &[]);
    let tax_lines = amounts(&mut faults, "tax_lines", body, &["description"]);
    let discount_lines = amounts(&mut faults, "discount_lines", body, &["code", "type"]);
    let metadata = faults.metadata("metadata", body.get("metadata"));
    let charges = charges(&mut faults, body.get("charges"));
    let pre_authorize = flag(&mut faults, body, "pre_authorize");
    choice(
        &mut faults,
        body,
        "three_ds_mode",
        &["strict", "not_strict", "smart"],
    );
    choice(
        &mut faults,
        body,
        "processing_mode",
        &["ecommerce", "recurrent", "validation"],
    );
    let return_url = faults.optional_text("return_url", body.get("return_url"), (1, 2_000));
    if return_url
        .as_deref()
        .is_some_and(|text| url::Url::parse(text).is_err())
    {
        faults.add("return_url", "The parameter must be a URL.");
    }
    if return_url.is_some() && body.get("checkout").is_some() {
        faults.add("return_url", "Do not use it together with checkout.");
    }
    let amount = total(&line_items) + sum(&shipping_lines) + sum(&tax_lines) - sum(&discount_lines);
    if amount < 0 {
        faults.add("discount_lines", "The discounts exceed the order.");
    }
    if charges
        .iter()
        .filter_map(|charge| charge.amount)
        .sum::<i64>()
        > amount
    {
        faults.add("charges", "The charges exceed the amount of the order.");
    }
    if !faults.0.is_empty() {
        return Err(Refusal::invalid(faults.0));
    }
    Ok(NewOrder {
        currency: currency.unwrap_or_default(),
        amount,
        customer: customer.unwrap_or_default(),
        line_items,
        shipping_lines,
        tax_lines,
        discount_lines,
        metadata,
        charges,
        pre_authorize,
        processing_mode: body.get("processing_mode").cloned().unwrap_or(Value::Null),
        return_url,
    })
}

/// Reads the body of `POST /orders/{id}/charges`.
pub(crate) fn lone_charge(body: &Value) -> Result<NewCharge, Refusal> {
    let mut faults = Faults::default();
    let charge = charge(&mut faults, "", body);
    match charge {
        Some(charge) if faults.0.is_empty() => Ok(charge),
        _ => Err(Refusal::invalid(faults.0)),
    }
}

/// Reads the body of `POST /orders/{id}/add_charges`: a list, or an object with `charges`.
pub(crate) fn several_charges(body: &Value) -> Result<Vec<NewCharge>, Refusal> {
    let mut faults = Faults::default();
    let list = match body {
        Value::Object(fields) if fields.contains_key("charges") => fields.get("charges"),
        Value::Object(_) => None,
        other => Some(other),
    };
    let charges = match list {
        Some(list) => charges(&mut faults, Some(list)),
        // The published schema shows a single charge here.
        None => charge(&mut faults, "", body).into_iter().collect(),
    };
    if faults.0.is_empty() && !charges.is_empty() {
        return Ok(charges);
    }
    if faults.0.is_empty() {
        faults.add("charges", "At least one charge is required.");
    }
    Err(Refusal::invalid(faults.0))
}

fn currency(faults: &mut Faults, value: Option<&Value>) -> Option<String> {
    let text = faults.text("currency", value, (3, 3))?;
    if matches!(text.as_str(), "MXN" | "USD") {
        return Some(text);
    }
    faults.add("currency", "The currency must be MXN or USD.");
    None
}

fn customer(faults: &mut Faults, value: Option<&Value>) -> Option<Customer> {
    let Some(Value::Object(fields)) = value else {
        faults.add(
            "customer_info",
            "The parameter is required and must be a hash.",
        );
        return None;
    };
    if let Some(id) = fields.get("customer_id").filter(|id| !id.is_null()) {
        let id = faults.text("customer_info.customer_id", Some(id), (5, 64))?;
        return Some(Customer {
            saved_id: Some(id),
            ..Customer::default()
        });
    }
    Some(Customer {
        name: faults.text("customer_info.name", fields.get("name"), (1, 249)),
        email: faults.email("customer_info.email", fields.get("email")),
        phone: faults.phone("customer_info.phone", fields.get("phone")),
        saved_id: None,
    })
}

fn line_items(faults: &mut Faults, value: Option<&Value>) -> Vec<Map<String, Value>> {
    let Some(Value::Array(items)) = value.filter(|v| v.as_array().is_some_and(|a| !a.is_empty()))
    else {
        faults.add("line_items", "At least one line item is required.");
        return Vec::new();
    };
    let mut read = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let at = |field: &str| format!("line_items.{index}.{field}");
        let name = faults.text(&at("name"), item.get("name"), (3, 249));
        let price = faults.integer(&at("unit_price"), item.get("unit_price"), 0);
        let quantity = faults.integer(&at("quantity"), item.get("quantity"), 1);
        let sku = faults.optional_text(&at("sku"), item.get("sku"), (1, 249));
        let description =
            faults.optional_text(&at("description"), item.get("description"), (3, 249));
        let brand = faults.optional_text(&at("brand"), item.get("brand"), (2, 249));
        let metadata = faults.metadata(&at("metadata"), item.get("metadata"));
        let fields = json!({
            "name": name, "unit_price": price, "quantity": quantity, "sku": sku,
            "description": description, "brand": brand, "metadata": metadata,
        });
        if let Value::Object(fields) = fields {
            read.push(
                fields
                    .into_iter()
                    .filter(|(_, value)| !value.is_null())
                    .collect(),
            );
        }
    }
    read
}

/// Lines of an order that carry an amount.
fn amounts(
    faults: &mut Faults,
    name: &str,
    body: &Value,
    required: &[&str],
) -> Vec<Map<String, Value>> {
    let items = match body.get(name) {
        None | Some(Value::Null) => return Vec::new(),
        Some(Value::Array(items)) => items,
        Some(_) => {
            faults.add(name, "The parameter must be an array.");
            return Vec::new();
        }
    };
    let mut read = Vec::new();
    for (index, item) in items.iter().enumerate() {
        faults.integer(&format!("{name}.{index}.amount"), item.get("amount"), 0);
        for field in required {
            faults.text(
                &format!("{name}.{index}.{field}"),
                item.get(*field),
                (1, 249),
            );
        }
        if let Value::Object(fields) = item {
            read.push(fields.clone());
        }
    }
    read
}

fn sum(lines: &[Map<String, Value>]) -> i64 {
    lines
        .iter()
        .filter_map(|line| line.get("amount").and_then(Value::as_i64))
        .sum()
}

fn total(lines: &[Map<String, Value>]) -> i64 {
    let number = |line: &Map<String, Value>, name: &str| line.get(name).and_then(Value::as_i64);
    lines
        .iter()
        .filter_map(|line| number(line, "unit_price")?.checked_mul(number(line, "quantity")?))
        .fold(0_i64, i64::saturating_add)
}

fn flag(faults: &mut Faults, body: &Value, name: &str) -> bool {
    match body.get(name) {
        None | Some(Value::Null) => false,
        Some(Value::Bool(flag)) => *flag,
        Some(_) => {
            faults.add(name, "The parameter must be a boolean.");
            false
        }
    }
}

/// One of a few words. An explicit null is refused, as the vendor does.
fn choice(faults: &mut Faults, body: &Value, name: &str, words: &[&str]) {
    if let Some(value) = body.get(name)
        && !value.as_str().is_some_and(|word| words.contains(&word))
    {
        faults.add(
            name,
            format!("The parameter must be one of {}.", words.join(", ")),
        );
    }
}

fn charges(faults: &mut Faults, value: Option<&Value>) -> Vec<NewCharge> {
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(items)) => items
            .iter()
            .enumerate()
            .filter_map(|(index, item)| charge(faults, &format!("charges.{index}."), item))
            .collect(),
        Some(_) => {
            faults.add("charges", "The parameter must be an array.");
            Vec::new()
        }
    }
}

fn charge(faults: &mut Faults, prefix: &str, body: &Value) -> Option<NewCharge> {
    let at = |field: &str| format!("{prefix}{field}");
    let amount = match body.get("amount") {
        None | Some(Value::Null) => None,
        some => faults.integer(&at("amount"), some, 1),
    };
    let reference_id =
        faults.optional_text(&at("reference_id"), body.get("reference_id"), (1, 249));
    let Some(Value::Object(method)) = body.get("payment_method") else {
        faults.add(
            &at("payment_method"),
            "The parameter is required and must be a hash.",
        );
        return None;
    };
    let installments = match method.get("monthly_installments") {
        None | Some(Value::Null) => None,
        some => {
            let months = faults.integer(&at("payment_method.monthly_installments"), some, 1);
            if months.is_some_and(|months| ![3, 6, 9, 12, 18].contains(&months)) {
                faults.add(
                    &at("payment_method.monthly_installments"),
                    "3, 6, 9, 12 or 18.",
                );
            }
            months
        }
    };
    let expires_at = match method.get("expires_at") {
        None | Some(Value::Null) => None,
        some => faults.integer(&at("payment_method.expires_at"), some, 1),
    };
    let text = |name: &str| method.get(name).and_then(Value::as_str).map(str::to_owned);
    let method = match method.get("type").and_then(Value::as_str) {
        Some("card") => match (text("token_id"), text("payment_source_id")) {
            (Some(token), None) if !token.is_empty() => NewMethod::Token(token),
            (None, Some(source)) if source.starts_with("src_") => NewMethod::SavedCard,
            _ => {
                faults.add(
                    &at("payment_method.token_id"),
                    "A token or a saved card is required.",
                );
                return None;
            }
        },
        Some("cash" | "oxxo_cash") => NewMethod::Cash { expires_at },
        Some("spei") => NewMethod::Spei { expires_at },
        _ => {
            faults.add(
                &at("payment_method.type"),
                "The type must be card, cash or spei.",
            );
            return None;
        }
    };
    Some(NewCharge {
        amount,
        reference_id,
        method,
        installments,
    })
}
