//! What to send, how to sign it, and what came back.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::gateway::Gateway;
use crate::secret::Secret;

/// How a notice is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signing {
    /// As the service does.
    #[default]
    Right,
    /// With a key or secret that is not the account's.
    Wrong,
    /// A signature that belongs to another body (Conekta) or another id (Mercado Pago).
    Foreign,
    /// A header that is no signature at all.
    Malformed,
    /// No signature header.
    Missing,
}

/// How the id is written in Mercado Pago's manifest. Matters for ids with letters only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdCase {
    /// As in the query.
    #[default]
    AsIs,
    /// In lower case, as the vendor's documents say.
    Lower,
}

/// The unit of Mercado Pago's `ts`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TsUnit {
    /// Thirteen digits.
    #[default]
    Milliseconds,
    /// Ten digits.
    Seconds,
}

/// Which notices to send, where, and with what wrong about them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SendOrder {
    /// Only this service's notices.
    pub gateway: Option<Gateway>,
    /// Only the notice with this event id.
    pub event_id: Option<String>,
    /// Only notices about this order or payment.
    pub subject: Option<String>,
    /// Only notices of this type (`order.paid`, `payment.updated`).
    pub event: Option<String>,
    /// Also those that were sent before.
    pub again: bool,
    /// Newest first.
    pub reversed: bool,
    /// How many times each; 0 counts as 1.
    pub copies: u32,
    /// The signature.
    pub signing: Signing,
    /// The id in Mercado Pago's manifest.
    pub id_case: IdCase,
    /// The unit of Mercado Pago's `ts`.
    pub ts_unit: TsUnit,
    /// Leaves Mercado Pago's `x-request-id` out, also of the signature.
    pub without_request_id: bool,
    /// Where to, instead of the configured address.
    pub url: Option<String>,
    /// The secret to sign with (Mercado Pago), instead of the configured one.
    pub secret: Option<Secret>,
    /// Sends this body instead of a recorded notice (once, with `gateway`): pings, chargeback
    /// topics, forged contents.
    pub body: Option<Value>,
    /// The `data.id` in Mercado Pago's query, instead of the body's.
    pub data_id: Option<String>,
}

/// What became of one notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// The event's id.
    pub event_id: String,
    /// The event's type.
    pub event: String,
    /// Where it went.
    pub url: String,
    /// HTTP status of the answer; none when there was no answer.
    pub status: Option<u16>,
    /// Why there was no answer.
    pub error: Option<String>,
}
