//! Where the sandboxes listen.

use serde::Serialize;

/// Base URLs, without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Urls {
    /// Conekta.
    pub conekta: String,
    /// Mercado Pago.
    pub mercado_pago: String,
    /// Telegram.
    pub telegram: String,
    /// The control side, if it has a port.
    pub control: Option<String>,
}
