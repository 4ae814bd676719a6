//! What is fixed at the moment of sale.

use std::net::Ipv4Addr;

use crate::contact::Customer;
use crate::credentials::{CredentialKind, HotspotName};
use crate::gateway::{GatewayKind, GatewayMode};
use crate::ids::{ApiKeyId, AttemptId, ProductId, RouterId, TenantId};
use crate::money::Money;
use crate::network::MacAddress;
use crate::secret::Sealed;
use crate::time::Timestamp;

/// What the portal says of the customer's device. Hints only: the router's own host table wins.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeviceHints {
    /// MAC address.
    pub mac: Option<MacAddress>,
    /// IPv4 address in the hotspot's network.
    pub ip: Option<Ipv4Addr>,
    /// Free text about the device, at most 255 characters.
    pub info: Option<String>,
    /// Whether the customer wants to be logged in at once.
    pub auto_connect: bool,
}

/// What was sold, to whom and how: a snapshot that nothing changes later, but that the customer's
/// data are blanked when their retention time is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sale {
    /// The charge attempt.
    pub attempt_id: AttemptId,
    /// Owner.
    pub tenant_id: TenantId,
    /// Where the access is.
    pub router_id: RouterId,
    /// What is sold.
    pub product_id: ProductId,
    /// Name of the product.
    pub sale_name: String,
    /// Hotspot profile.
    pub profile_name: String,
    /// Who charges.
    pub gateway: GatewayKind,
    /// Version of the gateway credentials, used from here to the last refund.
    pub credentials_version: i64,
    /// Test or live.
    pub mode: GatewayMode,
    /// Price.
    pub amount: Money,
    /// Who buys.
    pub customer: Customer,
    /// Keyed digest of the customer's e-mail in hex, by which the same person is known when the
    /// customer's data are blanked; empty in rows of older versions.
    pub customer_digest: String,
    /// The device.
    pub device: DeviceHints,
    /// Kind of credentials.
    pub credential_kind: CredentialKind,
    /// Candidate user names, drawn at once so that a crash leaves nothing unknown; the first is
    /// tried first.
    pub candidates: Vec<HotspotName>,
    /// Password of the hotspot user (an empty text for a PIN), sealed.
    pub hotspot_password: Sealed,
    /// Our reference at the gateway (Mercado Pago's `external_reference`, Conekta's
    /// `reference_id`); unique.
    pub reference: String,
    /// The router key that was used; `None` only in rows brought over from an older database.
    pub api_key_id: Option<ApiKeyId>,
    /// When the request came in.
    pub created_at: Timestamp,
}

/// Somebody who buys on a router. The same e-mail or the same device is the same person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The router.
    pub router_id: RouterId,
    /// [`Sale::customer_digest`]; an empty one is nobody's.
    pub customer_digest: String,
    /// MAC address of the device, where the portal told it.
    pub mac: Option<MacAddress>,
}

impl Sale {
    /// Who bought.
    #[must_use]
    pub fn person(&self) -> Person {
        Person {
            router_id: self.router_id.clone(),
            customer_digest: self.customer_digest.clone(),
            mac: self.device.mac,
        }
    }

    /// Whether this was sold to that person.
    #[must_use]
    pub fn is_to(&self, person: &Person) -> bool {
        let same_email =
            !person.customer_digest.is_empty() && self.customer_digest == person.customer_digest;
        let same_device = person.mac.is_some() && self.device.mac == person.mac;
        self.router_id == person.router_id && (same_email || same_device)
    }
}
