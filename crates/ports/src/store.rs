//! Persistence: a unit of work is one transaction, and its repositories are views of it.
//!
//! Rules for adapters
//! - [`Store::begin`] opens the transaction; dropping the unit of work without
//!   [`UnitOfWork::commit`] rolls back.
//! - A unit of work sees and touches only rows of its [`Scope`]: with [`Scope::Tenant`] every
//!   row of another tenant is as if it did not exist, whatever the query says.
//! - Times come from the caller; adapters never ask a clock.
//! - `find_*` answers `None` when there is nothing, `list_*` is ordered as documented.

pub mod api_keys;
pub mod audit;
pub mod error;
pub mod inbox;
pub mod maintenance;
pub mod outbox;
pub mod products;
pub mod purchases;
pub mod refunds;
pub mod router_care;
pub mod routers;
pub mod tenants;
pub mod users;

use async_trait::async_trait;
use domain::ids::TenantId;

use self::api_keys::ApiKeyRepository;
use self::audit::AuditRepository;
use self::error::StoreError;
use self::inbox::InboxRepository;
use self::maintenance::MaintenanceRepository;
use self::outbox::OutboxRepository;
use self::products::ProductRepository;
use self::purchases::PurchaseRepository;
use self::refunds::RefundRepository;
use self::router_care::RouterCareRepository;
use self::routers::RouterRepository;
use self::tenants::TenantRepository;
use self::users::UserRepository;

/// Whose rows a unit of work may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// One tenant's. The database itself enforces it.
    Tenant(TenantId),
    /// Everybody's: the platform owner, logins, workers' claims, webhooks before their tenant is
    /// known.
    Platform,
}

/// Opens units of work.
#[async_trait]
pub trait Store: Send + Sync {
    /// Opens a transaction. MUST fail with [`StoreError::Unavailable`] within seconds when no
    /// connection is to be had.
    async fn begin(&self, scope: Scope) -> Result<Box<dyn UnitOfWork>, StoreError>;

    /// Whether the database answers and holds at least the migrations that this build knows: newer
    /// ones suit it as well. Does not wait for whoever uses the store otherwise.
    async fn is_ready(&self) -> Result<bool, StoreError>;
}

/// One transaction.
#[async_trait]
pub trait UnitOfWork: Send {
    /// Tenants and their gateway settings.
    fn tenants(&mut self) -> &mut dyn TenantRepository;
    /// Panel users and ended sessions.
    fn users(&mut self) -> &mut dyn UserRepository;
    /// Routers.
    fn routers(&mut self) -> &mut dyn RouterRepository;
    /// Users that routers do not have yet, and checks of routers.
    fn router_care(&mut self) -> &mut dyn RouterCareRepository;
    /// Router API keys.
    fn api_keys(&mut self) -> &mut dyn ApiKeyRepository;
    /// Products.
    fn products(&mut self) -> &mut dyn ProductRepository;
    /// Purchases and idempotency keys.
    fn purchases(&mut self) -> &mut dyn PurchaseRepository;
    /// Refunds.
    fn refunds(&mut self) -> &mut dyn RefundRepository;
    /// Notifications to be sent.
    fn outbox(&mut self) -> &mut dyn OutboxRepository;
    /// Gateway events to be processed.
    fn inbox(&mut self) -> &mut dyn InboxRepository;
    /// The audit log.
    fn audit(&mut self) -> &mut dyn AuditRepository;
    /// Key rotation, retention, installation id.
    fn maintenance(&mut self) -> &mut dyn MaintenanceRepository;

    /// Makes everything durable. On an error nothing is, as far as the caller can tell; a lost
    /// answer to a commit is [`StoreError::Unavailable`].
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;

    /// Undoes everything, and keeps the connection usable: cheaper than dropping.
    async fn rollback(self: Box<Self>) -> Result<(), StoreError>;
}
