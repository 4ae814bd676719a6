//! Purchases and the keys that keep them single.

use std::time::Duration;

use async_trait::async_trait;
use domain::gateway::{GatewayKind, GatewayMode};
use domain::ids::{ProductId, PurchaseId, RouterId, TenantId};
use domain::money::Currency;
use domain::purchase::{Person, Purchase, PurchaseState, Sale};
use domain::time::Timestamp;

use crate::store::error::StoreError;

/// What kind of key holds a purchase single.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// The caller's `Idempotency-Key` header; single per router.
    Header,
    /// A keyed digest of gateway and card token; single per router.
    CardToken,
}

impl KeyKind {
    /// The stable name used in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Header => "cabecera",
            Self::CardToken => "tarjeta",
        }
    }
}

/// A key to be claimed for a purchase, or looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurchaseKey {
    /// Kind.
    pub kind: KeyKind,
    /// The key: header text, or hex of the digest.
    pub key: String,
}

/// A purchase found by one of its keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyedPurchase {
    /// The purchase.
    pub purchase: Purchase,
    /// Hex fingerprint of the request that claimed the key.
    pub fingerprint: String,
}

/// Which purchases an operator wants to see. Only purchases whose charge was sent are listed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PurchaseFilter {
    /// Created at or after.
    pub from: Option<Timestamp>,
    /// Created before.
    pub to: Option<Timestamp>,
    /// `estado_pago` as shown to callers.
    pub payment_status: Option<String>,
    /// Router.
    pub router_id: Option<RouterId>,
    /// Part of e-mail, phone or hotspot user name, any case.
    pub text: Option<String>,
}

/// Sums over a tenant's purchases whose charge was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SalesTotals {
    /// All of them.
    pub total: i64,
    /// Paid now.
    pub paid: i64,
    /// Open.
    pub pending: i64,
    /// Income in minor units: amounts of paid ones minus what was refunded of them.
    pub income_minor: i64,
    /// Routers of the tenant.
    pub routers: i64,
}

/// What a tenant's paid purchases brought in one currency, with real money or with test money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Income {
    /// The currency.
    pub currency: Currency,
    /// Real or test.
    pub mode: GatewayMode,
    /// Paid now.
    pub paid: i64,
    /// Amounts of paid ones minus what was refunded of them, in minor units.
    pub income_minor: i64,
}

/// Numbers for metrics: how many purchases are in which state of not being finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OpenWork {
    /// Created or charging, their request being the worker.
    pub running: i64,
    /// Outcome unknown.
    pub verifying: i64,
    /// Under review.
    pub pending: i64,
    /// Paid, access not yet active.
    pub awaiting_access: i64,
    /// Router users to be removed.
    pub removals: i64,
    /// Refunds under way.
    pub refunding: i64,
    /// Waiting for a person.
    pub parked: i64,
}

/// How a worker claims purchases or gateway events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The present moment: due are purchases with `next_attempt_at` at or before it that nobody
    /// holds.
    pub now: Timestamp,
    /// How long the claim holds.
    pub lease: Duration,
    /// At most this many.
    pub limit: i64,
    /// At most this many of one tenant, so that one tenant's trouble delays nobody else.
    pub per_tenant: i64,
    /// Nothing of these tenants: this worker is at work on enough of theirs.
    pub skip: Vec<TenantId>,
}

/// A page of purchases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PurchasePage {
    /// How many match in all.
    pub total: i64,
    /// The page, newest first (creation time, then id, descending).
    pub purchases: Vec<Purchase>,
}

/// Purchases.
#[async_trait]
pub trait PurchaseRepository: Send {
    /// Stores a purchase in state created, leased to its request until `locked_until`, with the digest (hex) by which its public token is
    /// looked up. MUST answer a conflict on
    /// [`PURCHASE_HOTSPOT_NAME`](crate::store::error::constraints::PURCHASE_HOTSPOT_NAME) when
    /// the first candidate was sold before on this router.
    async fn insert(
        &mut self,
        sale: &Sale,
        locked_until: Timestamp,
        token_digest: &str,
    ) -> Result<Purchase, StoreError>;

    /// Claims keys for a purchase. MUST answer a conflict on
    /// [`IDEMPOTENCY_KEY`](crate::store::error::constraints::IDEMPOTENCY_KEY) when one is taken.
    async fn claim_keys(
        &mut self,
        purchase: &Purchase,
        keys: &[PurchaseKey],
        fingerprint: &str,
    ) -> Result<(), StoreError>;

    /// Finds a purchase by a key of its router.
    async fn find_by_key(
        &mut self,
        router: &RouterId,
        key: &PurchaseKey,
    ) -> Result<Option<KeyedPurchase>, StoreError>;

    /// Frees the keys of a purchase: `only` one kind, or all.
    async fn release_keys(
        &mut self,
        id: PurchaseId,
        only: Option<KeyKind>,
    ) -> Result<(), StoreError>;

    /// Which of these names were sold before on this router.
    async fn taken_names(
        &mut self,
        router: &RouterId,
        names: &[String],
    ) -> Result<Vec<String>, StoreError>;

    /// Finds a purchase.
    async fn find(&mut self, id: PurchaseId) -> Result<Option<Purchase>, StoreError>;

    /// Finds a purchase of this router by the digest of its public token.
    async fn find_by_token(
        &mut self,
        router: &RouterId,
        token_digest: &str,
    ) -> Result<Option<Purchase>, StoreError>;

    /// Finds a purchase by our reference at the gateway.
    async fn find_by_reference(
        &mut self,
        gateway: GatewayKind,
        reference: &str,
    ) -> Result<Option<Purchase>, StoreError>;

    /// Finds a purchase by the gateway's order or payment id.
    async fn find_by_gateway_id(
        &mut self,
        gateway: GatewayKind,
        order_or_payment: &str,
    ) -> Result<Option<Purchase>, StoreError>;

    /// Finds the newest purchase that sold this hotspot user on this router.
    async fn find_by_hotspot_name(
        &mut self,
        router: &RouterId,
        name: &str,
    ) -> Result<Option<Purchase>, StoreError>;

    /// Writes all mutable fields if the stored revision is still `purchase.revision`, and counts
    /// the revision up in both. `false`: somebody else was faster, nothing was written.
    async fn save(&mut self, purchase: &mut Purchase) -> Result<bool, StoreError>;

    /// Claims due purchases: sets `locked_until` and counts the revision up, so that whoever held
    /// them before cannot save any more. Skips rows that others are claiming.
    async fn claim_due(&mut self, claim: &Claim) -> Result<Vec<Purchase>, StoreError>;

    /// Keeps every other transaction from deciding about the same person until this one ends.
    /// What is read afterwards MUST show what transactions that held the lock before have written.
    async fn lock_person(&mut self, person: &Person) -> Result<(), StoreError>;

    /// The oldest open purchase of this product by this person.
    async fn find_open_of(
        &mut self,
        person: &Person,
        product: ProductId,
    ) -> Result<Option<Purchase>, StoreError>;

    /// What the buyer of `purchase` has bought since: other purchases of the same person that were
    /// paid at or after its creation, or were created at or after it and are open.
    async fn list_bought_since(&mut self, purchase: &Purchase)
    -> Result<Vec<Purchase>, StoreError>;

    /// A page of a tenant's purchases whose charge was sent.
    async fn list(
        &mut self,
        tenant: &TenantId,
        filter: &PurchaseFilter,
        limit: i64,
        offset: i64,
    ) -> Result<PurchasePage, StoreError>;

    /// Purchases in any of these states, or parked ones if `states` is empty, over all tenants or
    /// one; newest first. For the platform owner.
    async fn list_by_state(
        &mut self,
        states: &[PurchaseState],
        tenant: Option<&TenantId>,
        limit: i64,
    ) -> Result<Vec<Purchase>, StoreError>;

    /// Sums over a tenant's purchases.
    async fn totals(&mut self, tenant: &TenantId) -> Result<SalesTotals, StoreError>;

    /// A tenant's income by currency and mode, in this order; without those that have none.
    async fn income(&mut self, tenant: &TenantId) -> Result<Vec<Income>, StoreError>;

    /// What is not finished, over all tenants.
    async fn open_work(&mut self) -> Result<OpenWork, StoreError>;

    /// Paid purchases of a tenant at a gateway within a window, for the daily audit.
    async fn list_paid_between(
        &mut self,
        tenant: &TenantId,
        gateway: GatewayKind,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Purchase>, StoreError>;

    /// Blanks name, e-mail and phone of up to `limit` finished purchases created before `before`,
    /// oldest first; answers how many. Leaves out what others are changing at this moment.
    async fn blank_customers(&mut self, before: Timestamp, limit: i64) -> Result<u64, StoreError>;

    /// Forgets up to `limit` idempotency keys claimed before `before`, oldest first; answers how
    /// many. The purchases stay.
    async fn purge_keys(&mut self, before: Timestamp, limit: i64) -> Result<u64, StoreError>;
}
