//! Where notices go.

use serde::{Deserialize, Serialize};

/// Addresses of the merchant's server, as set in the services' panels.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhookTargets {
    /// Where Conekta's notices go.
    pub conekta: Option<String>,
    /// Where Mercado Pago's notices go, unless a payment names its own address.
    pub mercado_pago: Option<String>,
    /// Secret with which Mercado Pago's notices are signed; none: they are not signed.
    #[serde(skip_serializing)]
    pub secret: Option<String>,
}
