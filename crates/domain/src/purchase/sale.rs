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
