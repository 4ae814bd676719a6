//! Events that a gateway reports to a merchant, and how they are to be delivered.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::core::gateway::{Gateway, Secret, mark};
use crate::core::retained::Retained;

/// One event, kept until it is sent and after.
#[derive(Debug, Clone, Serialize)]
pub struct GatewayEvent {
    /// Number of the event in the sandbox, from 1.
    pub seq: u64,
    /// The event's own id, as in its body.
    pub id: String,
    /// Which service reports it.
    pub gateway: Gateway,
    /// Mark of the merchant account.
    pub account: String,
    /// Conekta's type (`order.paid`), Mercado Pago's action (`payment.updated`).
    pub event: String,
    /// Conekta's order id, Mercado Pago's payment id.
    pub subject: String,
    /// The body that is sent.
    pub body: Value,
    /// Where the payment itself asked it to be sent (Mercado Pago's `notification_url`).
    pub notification_url: Option<String>,
    /// How many times it was sent.
    pub sent: u32,
}

/// Newest events that are kept.
const KEPT_EVENTS: usize = 4_000;

/// The newest events, oldest first.
#[derive(Debug)]
pub(crate) struct EventLog(Retained<GatewayEvent>);

impl Default for EventLog {
    fn default() -> Self {
        Self(Retained::new(KEPT_EVENTS))
    }
}

impl EventLog {
    pub(crate) fn push(&mut self, mut event: GatewayEvent) {
        event.seq = self.0.next_number();
        self.0.push(event);
    }

    pub(crate) fn all(&self) -> &[GatewayEvent] {
        self.0.items()
    }

    /// The first event after this number that was not sent yet.
    pub(crate) fn unsent_after(&self, seq: u64) -> Option<&GatewayEvent> {
        self.0.after(seq).iter().find(|event| event.sent == 0)
    }

    pub(crate) fn mark_sent(&mut self, seq: u64) {
        let mut events = self.0.items_mut().iter_mut().rev();
        if let Some(event) = events.find(|event| event.seq == seq) {
            event.sent = event.sent.saturating_add(1);
        }
    }
}

/// How an event is signed.
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

/// Which events to send, where, and with which defects.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SendOrder {
    /// Only this service's events.
    pub gateway: Option<Gateway>,
    /// Only the event with this event id.
    pub event_id: Option<String>,
    /// Only events about this order or payment.
    pub subject: Option<String>,
    /// Only events of this type (`order.paid`, `payment.updated`).
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
    /// Sends this body instead of a recorded event (once, with `gateway`): pings, chargeback
    /// topics, forged contents.
    pub body: Option<Value>,
    /// The `data.id` in Mercado Pago's query, instead of the body's.
    pub data_id: Option<String>,
}

/// The result of one delivery.
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

/// Addresses for merchants that have no address of their own, as set in the services' panels.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebhookTargets {
    /// Where Conekta's events go.
    pub conekta: Option<String>,
    /// Where Mercado Pago's events go, unless a payment names its own address.
    pub mercado_pago: Option<String>,
    /// Secret with which Mercado Pago's events are signed; none: they are not signed.
    #[serde(skip_serializing)]
    pub secret: Option<Secret>,
}

/// The address of one merchant.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MerchantTarget {
    /// At which service.
    pub gateway: Gateway,
    /// The merchant's secret key (Mercado Pago: access token).
    pub key: Secret,
    /// Where its events go.
    pub url: Option<String>,
    /// Secret with which they are signed (Mercado Pago).
    pub secret: Option<Secret>,
}

/// All addresses.
#[derive(Debug, Default)]
pub(crate) struct Targets {
    pub(crate) general: WebhookTargets,
    own: BTreeMap<(Gateway, String), MerchantTarget>,
}

impl Targets {
    pub(crate) fn new(general: WebhookTargets) -> Self {
        Self {
            general,
            own: BTreeMap::new(),
        }
    }

    pub(crate) fn set(&mut self, target: MerchantTarget) {
        self.own
            .insert((target.gateway, mark(target.key.expose())), target);
    }

    /// Where an account's events go.
    pub(crate) fn url(&self, gateway: Gateway, account: &str) -> Option<String> {
        let general = match gateway {
            Gateway::Conekta => &self.general.conekta,
            Gateway::MercadoPago => &self.general.mercado_pago,
            Gateway::Telegram => &None,
        };
        self.own(gateway, account)
            .and_then(|own| own.url.clone())
            .or_else(|| general.clone())
    }

    /// What an account's events are signed with.
    pub(crate) fn secret(&self, gateway: Gateway, account: &str) -> Option<Secret> {
        let own = self
            .own(gateway, account)
            .and_then(|own| own.secret.clone());
        own.or_else(|| self.general.secret.clone())
    }

    fn own(&self, gateway: Gateway, account: &str) -> Option<&MerchantTarget> {
        self.own.get(&(gateway, account.to_owned()))
    }
}
