//! What is known of a purchase.

use std::net::Ipv4Addr;

use crate::contact::Customer;
use crate::gateway::{CardSummary, DeclineReason, ExpectedPayment, GatewayKind, GatewayMode};
use crate::ids::{ApiKeyId, AttemptId, ProductId, PurchaseId, RouterId, TenantId};
use crate::money::Money;
use crate::network::MacAddress;
use crate::purchase::state::{AccessState, FailureReason, PurchaseState};
use crate::secret::Sealed;
use crate::time::Timestamp;
use crate::voucher::{HotspotName, VoucherKind};

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

/// What a purchase is stored with before anything else happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPurchase {
    /// The charge attempt.
    pub attempt_id: AttemptId,
    /// Owner.
    pub tenant_id: TenantId,
    /// Where the access will be.
    pub router_id: RouterId,
    /// What is sold.
    pub product_id: ProductId,
    /// Name of the product at the time of sale.
    pub sale_name: String,
    /// Hotspot profile at the time of sale.
    pub profile_name: String,
    /// Who charges.
    pub gateway: GatewayKind,
    /// Version of the gateway credentials used from here to the last refund.
    pub credentials_version: i64,
    /// Test or live at the time of sale.
    pub mode: GatewayMode,
    /// Price at the time of sale.
    pub amount: Money,
    /// Who buys.
    pub customer: Customer,
    /// The device.
    pub device: DeviceHints,
    /// Kind of credentials.
    pub voucher_kind: VoucherKind,
    /// Candidate user names, drawn at once so that a crash leaves nothing unknown; the first is
    /// tried first.
    pub candidates: Vec<HotspotName>,
    /// Password of the hotspot user (an empty text for a PIN), sealed.
    pub hotspot_password: Sealed,
    /// Mercado Pago's `external_reference`, Conekta's `reference_id`; unique.
    pub reference: String,
    /// The router key that was used.
    pub api_key_id: ApiKeyId,
    /// When the request came in.
    pub created_at: Timestamp,
    /// Until when the request alone works on it.
    pub locked_until: Timestamp,
}

/// What reading the gateway has brought while the outcome was unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReadTally {
    /// Successful reads that found no charge.
    pub empty_reads: i32,
    /// Since when every read has failed; `None` after a successful one.
    pub failing_since: Option<Timestamp>,
}

/// A sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purchase {
    /// Row number; the operator sees it.
    pub id: PurchaseId,
    /// The charge attempt.
    pub attempt_id: AttemptId,
    /// Owner.
    pub tenant_id: TenantId,
    /// Where the access is.
    pub router_id: RouterId,
    /// What was sold; `None` only in rows brought over from an older database.
    pub product_id: Option<ProductId>,
    /// Name of the product at the time of sale.
    pub sale_name: String,
    /// Hotspot profile at the time of sale.
    pub profile_name: String,
    /// Who charges.
    pub gateway: GatewayKind,
    /// Version of the gateway credentials.
    pub credentials_version: i64,
    /// Test or live.
    pub mode: GatewayMode,
    /// Price at the time of sale.
    pub amount: Money,
    /// What the gateway says was charged, in minor units; differs only in a mismatch.
    pub charged_minor: Option<i64>,
    /// Sum of all finished refunds in minor units.
    pub refunded_minor: i64,
    /// Who bought; blanked when the retention time is over.
    pub customer: Customer,
    /// The device.
    pub device: DeviceHints,
    /// Kind of credentials.
    pub voucher_kind: VoucherKind,
    /// The user name: the first candidate until the router took one.
    pub hotspot_name: HotspotName,
    /// All candidate names.
    pub candidates: Vec<HotspotName>,
    /// The password, sealed.
    pub hotspot_password: Sealed,
    /// RouterOS `.id` of the user, once the router told it.
    pub hotspot_id: Option<String>,
    /// Until when a command that was cut off from its answer may still add the user, although
    /// its repetition did already; `None`: there was none.
    pub may_be_added_until: Option<Timestamp>,
    /// Our reference at the gateway.
    pub reference: String,
    /// Conekta's order.
    pub order_id: Option<String>,
    /// Conekta's charge or Mercado Pago's payment.
    pub payment_id: Option<String>,
    /// The gateway's status word, as last believed.
    pub gateway_status: Option<String>,
    /// The gateway's detail, as last believed.
    pub gateway_detail: Option<String>,
    /// What may be shown of the card.
    pub card: CardSummary,
    /// Where the customer can pass a challenge, while pending.
    pub challenge_url: Option<String>,
    /// Why the card was declined.
    pub decline: Option<DeclineReason>,
    /// Why it ended before a charge.
    pub failure: Option<FailureReason>,
    /// The router key that was used.
    pub api_key_id: Option<ApiKeyId>,
    /// Money.
    pub state: PurchaseState,
    /// Access.
    pub access: AccessState,
    /// Reads while unknown.
    pub reads: ReadTally,
    /// Counted up by every write; a write with an old number changes nothing.
    pub revision: i64,
    /// Until when whoever holds the lease works on it alone.
    pub locked_until: Option<Timestamp>,
    /// When a worker should look at it next; `None`: nothing left to do.
    pub next_attempt_at: Option<Timestamp>,
    /// Fruitless worker turns since the last progress.
    pub attempts: i32,
    /// Why a person must decide, if so; workers leave it alone.
    pub parked_reason: Option<String>,
    /// When the request came in.
    pub created_at: Timestamp,
    /// When the charge was committed to; `None`: no charge was ever sent.
    pub charge_sent_at: Option<Timestamp>,
    /// When it was paid.
    pub paid_at: Option<Timestamp>,
    /// When the router user was enabled.
    pub activated_at: Option<Timestamp>,
    /// When the money was back, or the outcome final otherwise.
    pub settled_at: Option<Timestamp>,
}

impl Purchase {
    /// A freshly stored purchase.
    #[must_use]
    pub fn from_new(id: PurchaseId, new: NewPurchase) -> Self {
        Self {
            id,
            attempt_id: new.attempt_id,
            tenant_id: new.tenant_id,
            router_id: new.router_id,
            product_id: Some(new.product_id),
            sale_name: new.sale_name,
            profile_name: new.profile_name,
            gateway: new.gateway,
            credentials_version: new.credentials_version,
            mode: new.mode,
            amount: new.amount,
            charged_minor: None,
            refunded_minor: 0,
            customer: new.customer,
            device: new.device,
            voucher_kind: new.voucher_kind,
            hotspot_name: new
                .candidates
                .first()
                .cloned()
                .unwrap_or_else(|| HotspotName::from_stored("")),
            candidates: new.candidates,
            hotspot_password: new.hotspot_password,
            hotspot_id: None,
            may_be_added_until: None,
            reference: new.reference,
            order_id: None,
            payment_id: None,
            gateway_status: None,
            gateway_detail: None,
            card: CardSummary::default(),
            challenge_url: None,
            decline: None,
            failure: None,
            api_key_id: Some(new.api_key_id),
            state: PurchaseState::Created,
            access: AccessState::Pending,
            reads: ReadTally::default(),
            revision: 0,
            locked_until: Some(new.locked_until),
            next_attempt_at: Some(new.locked_until),
            attempts: 0,
            parked_reason: None,
            created_at: new.created_at,
            charge_sent_at: None,
            paid_at: None,
            activated_at: None,
            settled_at: None,
        }
    }

    /// What the gateway must say before this purchase counts as paid.
    #[must_use]
    pub fn expected_payment(&self, collector: Option<String>) -> ExpectedPayment {
        ExpectedPayment {
            amount: self.amount,
            reference: self.reference.clone(),
            order_id: self.order_id.clone(),
            mode: self.mode,
            collector,
        }
    }

    /// The comment on the router while the user is only reserved; together with the name it says
    /// that the user is ours.
    #[must_use]
    pub fn reservation_comment(&self) -> String {
        format!("reserva {}", self.id)
    }

    /// What can still be refunded, in minor units.
    #[must_use]
    pub fn refundable_minor(&self) -> i64 {
        self.charged_minor
            .unwrap_or(self.amount.minor())
            .saturating_sub(self.refunded_minor)
            .max(0)
    }
}
