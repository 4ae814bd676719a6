//! Request bodies, validated; all wrong fields are collected, as the vendor does.

use serde_json::{Map, Value, json};

use crate::conekta::error::Refusal;
use crate::conekta::store::Customer;

/// A checked `POST /orders`.
#[derive(Debug)]
pub(crate) struct NewOrder {
    pub(crate) currency: String,
    pub(crate) amount: i64,
    pub(crate) customer: Customer,
    pub(crate) line_items: Vec<Map<String, Value>>,
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
    let mut errors = FieldErrors::default();
    let currency = currency(&mut errors, body.get("currency"));
    let customer = customer(&mut errors, body.get("customer_info"));
    let line_items = line_items(&mut errors, body.get("line_items"));
    let metadata = errors.metadata("metadata", body.get("metadata"));
    let charges = charges(&mut errors, body.get("charges"));
    let pre_authorize = flag(&mut errors, body, "pre_authorize");
    choice(
        &mut errors,
        body,
        "three_ds_mode",
        &["strict", "not_strict", "smart"],
    );
    choice(
        &mut errors,
        body,
        "processing_mode",
        &["ecommerce", "recurrent", "validation"],
    );
    let return_url = errors.optional_text("return_url", body.get("return_url"), (1, 2_000));
    if return_url
        .as_deref()
        .is_some_and(|text| url::Url::parse(text).is_err())
    {
        errors.add("return_url", "The parameter must be a URL.");
    }
    if return_url.is_some() && body.get("checkout").is_some() {
        errors.add("return_url", "Do not use it together with checkout.");
    }
    let amount = total(&line_items);
    if charges
        .iter()
        .filter_map(|charge| charge.amount)
        .sum::<i64>()
        > amount
    {
        errors.add("charges", "The charges exceed the amount of the order.");
    }
    if !errors.0.is_empty() {
        return Err(Refusal::invalid(errors.0));
    }
    Ok(NewOrder {
        currency: currency.unwrap_or_default(),
        amount,
        customer: customer.unwrap_or_default(),
        line_items,
        metadata,
        charges,
        pre_authorize,
        processing_mode: body.get("processing_mode").cloned().unwrap_or(Value::Null),
        return_url,
    })
}

/// Reads the body of `POST /orders/{id}/charges`.
pub(crate) fn lone_charge(body: &Value) -> Result<NewCharge, Refusal> {
    let mut errors = FieldErrors::default();
    let charge = charge(&mut errors, "", body);
    match charge {
        Some(charge) if errors.0.is_empty() => Ok(charge),
        _ => Err(Refusal::invalid(errors.0)),
    }
}

/// Reads the body of `POST /orders/{id}/add_charges`: a list, or an object with `charges`.
pub(crate) fn several_charges(body: &Value) -> Result<Vec<NewCharge>, Refusal> {
    let mut errors = FieldErrors::default();
    let list = match body {
        Value::Object(fields) if fields.contains_key("charges") => fields.get("charges"),
        Value::Object(_) => None,
        other => Some(other),
    };
    let charges = match list {
        Some(list) => charges(&mut errors, Some(list)),
        // The published schema shows a single charge here.
        None => charge(&mut errors, "", body).into_iter().collect(),
    };
    if errors.0.is_empty() && !charges.is_empty() {
        return Ok(charges);
    }
    if errors.0.is_empty() {
        errors.add("charges", "At least one charge is required.");
    }
    Err(Refusal::invalid(errors.0))
}

fn currency(errors: &mut FieldErrors, value: Option<&Value>) -> Option<String> {
    let text = errors.text("currency", value, (3, 3))?;
    if matches!(text.as_str(), "MXN" | "USD") {
        return Some(text);
    }
    errors.add("currency", "The currency must be MXN or USD.");
    None
}

fn customer(errors: &mut FieldErrors, value: Option<&Value>) -> Option<Customer> {
    let Some(Value::Object(fields)) = value else {
        errors.add(
            "customer_info",
            "The parameter is required and must be a hash.",
        );
        return None;
    };
    if let Some(id) = fields.get("customer_id").filter(|id| !id.is_null()) {
        let id = errors.text("customer_info.customer_id", Some(id), (5, 64))?;
        return Some(Customer {
            saved_id: Some(id),
            ..Customer::default()
        });
    }
    Some(Customer {
        name: errors.text("customer_info.name", fields.get("name"), (1, 249)),
        email: errors.email("customer_info.email", fields.get("email")),
        phone: errors.phone("customer_info.phone", fields.get("phone")),
        saved_id: None,
    })
}

fn line_items(errors: &mut FieldErrors, value: Option<&Value>) -> Vec<Map<String, Value>> {
    let Some(Value::Array(items)) = value.filter(|v| v.as_array().is_some_and(|a| !a.is_empty()))
    else {
        errors.add("line_items", "At least one line item is required.");
        return Vec::new();
    };
    let mut read = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let at = |field: &str| format!("line_items.{index}.{field}");
        let name = errors.text(&at("name"), item.get("name"), (3, 249));
        let price = errors.integer(&at("unit_price"), item.get("unit_price"), 0);
        let quantity = errors.integer(&at("quantity"), item.get("quantity"), 1);
        let sku = errors.optional_text(&at("sku"), item.get("sku"), (1, 249));
        let description =
            errors.optional_text(&at("description"), item.get("description"), (3, 249));
        let brand = errors.optional_text(&at("brand"), item.get("brand"), (2, 249));
        let metadata = errors.metadata(&at("metadata"), item.get("metadata"));
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

fn total(lines: &[Map<String, Value>]) -> i64 {
    let number = |line: &Map<String, Value>, name: &str| line.get(name).and_then(Value::as_i64);
    lines
        .iter()
        .filter_map(|line| number(line, "unit_price")?.checked_mul(number(line, "quantity")?))
        .fold(0_i64, i64::saturating_add)
}

fn flag(errors: &mut FieldErrors, body: &Value, name: &str) -> bool {
    match body.get(name) {
        None | Some(Value::Null) => false,
        Some(Value::Bool(flag)) => *flag,
        Some(_) => {
            errors.add(name, "The parameter must be a boolean.");
            false
        }
    }
}

/// One of a few words. An explicit null is refused, as the vendor does.
fn choice(errors: &mut FieldErrors, body: &Value, name: &str, words: &[&str]) {
    if let Some(value) = body.get(name)
        && !value.as_str().is_some_and(|word| words.contains(&word))
    {
        errors.add(
            name,
            format!("The parameter must be one of {}.", words.join(", ")),
        );
    }
}

fn charges(errors: &mut FieldErrors, value: Option<&Value>) -> Vec<NewCharge> {
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(items)) => items
            .iter()
            .enumerate()
            .filter_map(|(index, item)| charge(errors, &format!("charges.{index}."), item))
            .collect(),
        Some(_) => {
            errors.add("charges", "The parameter must be an array.");
            Vec::new()
        }
    }
}

fn charge(errors: &mut FieldErrors, prefix: &str, body: &Value) -> Option<NewCharge> {
    let at = |field: &str| format!("{prefix}{field}");
    let amount = match body.get("amount") {
        None | Some(Value::Null) => None,
        some => errors.integer(&at("amount"), some, 1),
    };
    let reference_id =
        errors.optional_text(&at("reference_id"), body.get("reference_id"), (1, 249));
    let Some(Value::Object(method)) = body.get("payment_method") else {
        errors.add(
            &at("payment_method"),
            "The parameter is required and must be a hash.",
        );
        return None;
    };
    let installments = match method.get("monthly_installments") {
        None | Some(Value::Null) => None,
        some => {
            let months = errors.integer(&at("payment_method.monthly_installments"), some, 1);
            if months.is_some_and(|months| ![3, 6, 9, 12, 18].contains(&months)) {
                errors.add(
                    &at("payment_method.monthly_installments"),
                    "3, 6, 9, 12 or 18.",
                );
            }
            months
        }
    };
    let expires_at = match method.get("expires_at") {
        None | Some(Value::Null) => None,
        some => errors.integer(&at("payment_method.expires_at"), some, 1),
    };
    let text = |name: &str| method.get(name).and_then(Value::as_str).map(str::to_owned);
    let method = match method.get("type").and_then(Value::as_str) {
        Some("card") => match (text("token_id"), text("payment_source_id")) {
            (Some(token), None) if !token.is_empty() => NewMethod::Token(token),
            (None, Some(source)) if source.starts_with("src_") => NewMethod::SavedCard,
            _ => {
                errors.add(
                    &at("payment_method.token_id"),
                    "A token or a saved card is required.",
                );
                return None;
            }
        },
        Some("cash" | "oxxo_cash") => NewMethod::Cash { expires_at },
        Some("spei") => NewMethod::Spei { expires_at },
        _ => {
            errors.add(
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

/// The errors found so far: field and what is wrong with it.
#[derive(Debug, Default)]
pub(crate) struct FieldErrors(pub(crate) Vec<(String, String)>);

impl FieldErrors {
    pub(crate) fn add(&mut self, param: &str, what: impl Into<String>) {
        self.0.push((param.to_owned(), what.into()));
    }

    /// A text of `min` to `max` characters.
    pub(crate) fn text(
        &mut self,
        param: &str,
        value: Option<&Value>,
        (min, max): (usize, usize),
    ) -> Option<String> {
        match value {
            Some(Value::String(text)) if (min..=max).contains(&text.chars().count()) => {
                Some(text.clone())
            }
            Some(Value::String(_)) => {
                self.add(
                    param,
                    format!("The length must be between {min} and {max}."),
                );
                None
            }
            Some(_) => {
                self.add(param, "The parameter must be a string.");
                None
            }
            None => {
                self.add(param, "The parameter is required.");
                None
            }
        }
    }

    /// The same, where it may be absent.
    pub(crate) fn optional_text(
        &mut self,
        param: &str,
        value: Option<&Value>,
        bounds: (usize, usize),
    ) -> Option<String> {
        match value {
            None | Some(Value::Null) => None,
            some => self.text(param, some, bounds),
        }
    }

    /// An integer of at least `min`. `2000.0` is no integer.
    pub(crate) fn integer(&mut self, param: &str, value: Option<&Value>, min: i64) -> Option<i64> {
        let Some(value) = value else {
            self.add(param, "The parameter is required.");
            return None;
        };
        // 99,999,999,999 keeps every later sum far from overflow.
        match value.as_i64() {
            Some(number) if (min..=99_999_999_999).contains(&number) => Some(number),
            Some(_) => {
                self.add(
                    param,
                    format!("The parameter must be at least {min} and not too large."),
                );
                None
            }
            None => {
                self.add(param, "The parameter must be an integer.");
                None
            }
        }
    }

    /// `metadata`: at most 100 keys, scalar values only.
    pub(crate) fn metadata(&mut self, param: &str, value: Option<&Value>) -> Map<String, Value> {
        let fields = match value {
            None | Some(Value::Null) => return Map::new(),
            Some(Value::Object(fields)) => fields,
            Some(_) => {
                self.add(param, "The parameter must be a hash.");
                return Map::new();
            }
        };
        if fields.len() > 100 {
            self.add(param, "At most 100 keys are allowed.");
        }
        for (key, value) in fields {
            let fits = match value {
                Value::String(text) => text.chars().count() <= 249,
                Value::Number(_) | Value::Bool(_) => true,
                Value::Null | Value::Array(_) | Value::Object(_) => false,
            };
            if !fits {
                self.add(
                    &format!("{param}.{key}"),
                    "Only scalar values, text up to 249 characters.",
                );
            }
        }
        fields.clone()
    }

    /// An e-mail address, as far as one can tell.
    pub(crate) fn email(&mut self, param: &str, value: Option<&Value>) -> Option<String> {
        let text = self.text(param, value, (3, 249))?;
        let fits = text.split_once('@').is_some_and(|(local, host)| {
            !local.is_empty()
                && host.split('.').count() > 1
                && host.split('.').all(|label| !label.is_empty())
                && !host.contains('@')
        }) && !text.contains(char::is_whitespace);
        if !fits {
            self.add(param, "The parameter must be an e-mail address.");
            return None;
        }
        Some(text)
    }

    /// A phone number: 10 to 15 digits, a leading plus allowed.
    pub(crate) fn phone(&mut self, param: &str, value: Option<&Value>) -> Option<String> {
        let text = self.text(param, value, (1, 249))?;
        let digits = text.strip_prefix('+').unwrap_or(&text);
        let fits = (10..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        if !fits {
            self.add(
                param,
                "The parameter must be a phone number of 10 to 15 digits.",
            );
            return None;
        }
        Some(text)
    }
}
