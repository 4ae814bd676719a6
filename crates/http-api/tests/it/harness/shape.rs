//! Comparing an answer with a documented sample: same names, same types.

use serde_json::Value;

/// Checks that every field of `sample` is in `answer` with a value of the same kind. Where the
/// sample shows null, null or anything is fine; of lists the first item is the model for all.
#[track_caller]
pub(crate) fn has_shape_of(answer: &Value, sample: &Value) {
    compare(answer, sample, "$");
}

#[track_caller]
fn compare(answer: &Value, sample: &Value, at: &str) {
    match (answer, sample) {
        (_, Value::Null)
        | (Value::Bool(_), Value::Bool(_))
        | (Value::Number(_), Value::Number(_))
        | (Value::String(_), Value::String(_)) => {}
        (Value::Array(items), Value::Array(models)) => {
            if let Some(model) = models.first() {
                assert!(!items.is_empty(), "{at} is empty");
                for (index, item) in items.iter().enumerate() {
                    compare(item, model, &format!("{at}[{index}]"));
                }
            }
        }
        (Value::Object(fields), Value::Object(model)) => {
            for (name, expected) in model {
                let found = fields
                    .get(name)
                    .unwrap_or_else(|| panic!("{at}.{name} is missing in {answer}"));
                compare(found, expected, &format!("{at}.{name}"));
            }
        }
        _ => panic!("{at} is {answer}, documented as {sample}"),
    }
}
