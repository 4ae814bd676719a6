//! Kinds of fields, and values that do not fit.

use serde_json::{Value, json};

/// What a field is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Email,
    Price,
    Amount,
    Currency,
    Port,
    Host,
    GatewayMode,
    Switch,
    DisplayOrder,
    ProductId,
    Credential,
    Installments,
    Details,
    TlsMode,
    Password,
    PublicKeys,
}

impl Kind {
    /// Values that a field of this kind must refuse.
    pub(super) fn bad_values(self) -> Vec<Value> {
        match self {
            Self::Email => vec![
                json!("x"),
                json!("@x.test"),
                json!("a@"),
                json!("a b@x.test"),
                json!(""),
                json!(5),
            ],
            Self::Price => vec![
                json!(-1),
                json!(0),
                json!(0.0),
                json!(1.999),
                json!(0.001),
                json!("15"),
                json!(true),
                json!(1e20),
                json!(100_000_000),
                json!([]),
            ],
            Self::Amount => vec![json!("15"), json!(1e20), json!({})],
            Self::Currency => vec![
                json!("GBP"),
                json!("mx"),
                json!("PESOS"),
                json!(5),
                json!(""),
            ],
            Self::Port => vec![
                json!(70000),
                json!(0),
                json!(-1),
                json!(65536),
                json!(87.5),
                json!("x"),
                json!([]),
            ],
            Self::Host => vec![
                json!("bad host"),
                json!("http://x"),
                json!("x/y"),
                json!("x:8728"),
                json!(""),
                json!("-x"),
                json!("999.1.1.1"),
                json!(5),
            ],
            Self::GatewayMode => vec![json!("prod"), json!("LIVE"), json!(1)],
            Self::Switch => vec![json!("true"), json!(1), json!("si")],
            Self::DisplayOrder => vec![json!("x"), json!(1.5), json!(3_000_000_000_i64), json!([])],
            Self::ProductId => vec![json!("x"), json!(1.5), json!(-1), json!([]), json!(1e30)],
            Self::Credential => vec![json!("otro"), json!(1), json!("PIN")],
            Self::Installments => vec![json!(0), json!(-1), json!(49), json!("x"), json!(1.5)],
            Self::Details => vec![
                json!({}),
                json!("x"),
                json!([5]),
                json!([null]),
                json!(vec!["x"; 51]),
            ],
            Self::TlsMode => vec![json!("siempre"), json!(1)],
            Self::Password => vec![json!("corta"), json!("x".repeat(129)), json!(12_345_678)],
            Self::PublicKeys => vec![json!("clave"), json!(5), json!(["a", "b", "c", "d"])],
        }
    }
}
