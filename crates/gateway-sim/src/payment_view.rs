//! A payment as the control side shows it, alike for both gateways.

use serde::Serialize;
use serde_json::Value;

use crate::gateway::Gateway;

/// What the control side tells about one payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PaymentView {
    /// Where it is.
    pub gateway: Gateway,
    /// Conekta's charge id or Mercado Pago's payment id.
    pub id: String,
    /// Conekta's order id.
    pub order_id: Option<String>,
    /// The service's status word.
    pub status: String,
    /// The service's detail or failure code.
    pub detail: Option<String>,
    /// Minor units.
    pub amount_cents: i64,
    /// Minor units given back.
    pub refunded_cents: i64,
    /// The caller's reference.
    pub reference: Option<String>,
    /// The caller's metadata.
    pub metadata: Value,
}
