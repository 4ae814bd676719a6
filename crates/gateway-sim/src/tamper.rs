//! Answers that do not say what was done.

use serde_json::{Value, json};

use crate::fault::Fault;
use crate::money::{major_json, parse_major};
use crate::wire::Reply;

/// Changes the answer as the fault says; the state stays as it is.
pub(crate) fn tamper(mut reply: Reply, fault: &Fault) -> Reply {
    match fault {
        Fault::WrongAmount => each(&mut reply.body, &mut |name, value| match name {
            "amount" if value.is_i64() => value.as_i64().map(|amount| json!(amount + 1)),
            "amount" | "transaction_amount" => {
                parse_major(&value.to_string()).map(|cents| major_json(cents + 1))
            }
            _ => None,
        }),
        Fault::WrongCurrency => set(&mut reply.body, &["currency", "currency_id"], |_| {
            json!("USD")
        }),
        Fault::WrongReference => {
            let names = ["reference_id", "external_reference"];
            set(&mut reply.body, &names, |_| {
                json!("somebody-elses-reference")
            });
        }
        Fault::WrongLivemode => {
            set(&mut reply.body, &["livemode", "live_mode"], |value| {
                json!(*value != json!(true))
            });
        }
        Fault::WrongAccount => set(&mut reply.body, &["collector_id"], |_| json!(1)),
        Fault::UnknownStatus => {
            set(&mut reply.body, &["status", "payment_status"], |_| {
                json!("brand_new_status")
            });
        }
        Fault::Overwrite { field, value } => {
            set(&mut reply.body, &[field.as_str()], |_| value.clone());
        }
        Fault::DuplicateResults => {
            for list in ["data", "results"] {
                if let Some(Value::Array(items)) = reply.body.get_mut(list) {
                    let twice = items.clone();
                    items.extend(twice);
                }
            }
        }
        Fault::IdsAsStrings => each(&mut reply.body, &mut |name, value| {
            let id = name == "id" || name.ends_with("_id");
            (id && value.is_number()).then(|| json!(value.to_string()))
        }),
        _ => {}
    }
    reply
}

fn set(body: &mut Value, names: &[&str], to: impl Fn(&Value) -> Value) {
    each(body, &mut |name, value| {
        names.contains(&name).then(|| to(value))
    });
}

/// Visits every field at any depth; `Some` replaces its value.
fn each(body: &mut Value, change: &mut dyn FnMut(&str, &Value) -> Option<Value>) {
    match body {
        Value::Object(fields) => {
            for (name, value) in fields {
                match change(name, value) {
                    Some(new) => *value = new,
                    None => each(value, change),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each(item, change)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(fault: &Fault, body: Value) -> Value {
        tamper(Reply::json(200, body), fault).body
    }

    #[test]
    fn amounts_are_off_by_one_cent_at_every_depth() {
        let body = json!({ "amount": 2_000, "charges": { "data": [{ "amount": 2_000 }] } });
        let wrong = json!({ "amount": 2_001, "charges": { "data": [{ "amount": 2_001 }] } });
        assert_eq!(after(&Fault::WrongAmount, body), wrong);
        let body = json!({ "transaction_amount": major_json(1_999) });
        assert_eq!(
            after(&Fault::WrongAmount, body).to_string(),
            r#"{"transaction_amount":20.00}"#.replace("20.00", "20.0")
        );
    }

    #[test]
    fn modes_flip_ids_turn_and_lists_double() {
        assert_eq!(
            after(&Fault::WrongLivemode, json!({ "livemode": false })),
            json!({ "livemode": true })
        );
        let body = json!({ "id": 12, "payer": { "id": "x" }, "collector_id": 5, "amount": 5 });
        let turned =
            json!({ "id": "12", "payer": { "id": "x" }, "collector_id": "5", "amount": 5 });
        assert_eq!(after(&Fault::IdsAsStrings, body), turned);
        assert_eq!(
            after(&Fault::DuplicateResults, json!({ "results": [1] })),
            json!({ "results": [1, 1] })
        );
    }
}
