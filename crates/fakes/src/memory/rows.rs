//! The rows of the store, by table.

use domain::api_key::ApiKey;
use domain::audit::AuditEntry;
use domain::gateway::GatewayKind;
use domain::ids::{ApiKeyId, ProductId, PurchaseId, RefundId, RouterId, TenantId, UserId};
use domain::product::Product;
use domain::purchase::Purchase;
use domain::refund::Refund;
use domain::router::Router;
use domain::tenant::{GatewaySettings, Tenant};
use domain::time::Timestamp;
use domain::user::User;
use ports::security::PasswordHash;
use ports::store::inbox::InboxEntry;
use ports::store::outbox::OutboxEntry;
use ports::store::router_care::{PendingUser, RouterCheck};
use ports::store::tenants::Logo;
use uuid::Uuid;

/// The owner of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner<'a> {
    /// A tenant's.
    Tenant(&'a TenantId),
    /// The platform's: only units of the platform's scope reach it.
    Platform,
}

/// A tenant with its present gateway settings.
#[derive(Debug, Clone)]
pub(super) struct TenantRow {
    pub(super) tenant: Tenant,
}

/// Gateway settings as they were at a version.
#[derive(Debug, Clone)]
pub(super) struct GatewayVersionRow {
    pub(super) tenant_id: TenantId,
    pub(super) settings: GatewaySettings,
}

/// An uploaded logo.
#[derive(Debug, Clone)]
pub(super) struct LogoRow {
    pub(super) tenant_id: TenantId,
    pub(super) logo: Logo,
}

/// A panel user with its hash.
#[derive(Debug, Clone)]
pub(super) struct UserRow {
    pub(super) user: User,
    pub(super) hash: PasswordHash,
}

/// A session token that was logged out.
#[derive(Debug, Clone)]
pub(super) struct EndedSessionRow {
    pub(super) tenant_id: Option<TenantId>,
    pub(super) user_id: UserId,
    pub(super) expires_at: Timestamp,
}

/// A router with the hash of its present API key.
#[derive(Debug, Clone)]
pub(super) struct RouterRow {
    pub(super) router: Router,
    pub(super) key_hash: String,
}

/// An API key with the hash of its token.
#[derive(Debug, Clone)]
pub(super) struct ApiKeyRow {
    pub(super) key: ApiKey,
    pub(super) hash: String,
}

/// A RouterOS user that is not in use yet.
#[derive(Debug, Clone)]
pub(super) struct PendingUserRow {
    pub(super) user: PendingUser,
}

/// The checks of a router.
#[derive(Debug, Clone)]
pub(super) struct RouterCheckRow {
    pub(super) check: RouterCheck,
}

/// A product.
#[derive(Debug, Clone)]
pub(super) struct ProductRow {
    pub(super) product: Product,
}

/// A purchase with the digest of its public token.
#[derive(Debug, Clone)]
pub(super) struct PurchaseRow {
    pub(super) purchase: Purchase,
    pub(super) token_digest: String,
}

/// An idempotency key of a purchase.
#[derive(Debug, Clone)]
pub(super) struct PurchaseKeyRow {
    pub(super) tenant_id: TenantId,
    pub(super) purchase_id: PurchaseId,
    pub(super) fingerprint: String,
}

/// How far a tenant's account at a gateway was audited.
#[derive(Debug, Clone)]
pub(super) struct GatewayAuditRow {
    pub(super) tenant_id: TenantId,
    pub(super) audited_until: Option<Timestamp>,
    pub(super) next_at: Timestamp,
}

/// Somebody whose purchases are being decided about; only ever locked.
#[derive(Debug, Clone)]
pub(super) struct PersonRow;

/// A refund.
#[derive(Debug, Clone)]
pub(super) struct RefundRow {
    pub(super) refund: Refund,
}

/// A notification to be sent.
#[derive(Debug, Clone)]
pub(super) struct OutboxRow {
    pub(super) entry: OutboxEntry,
    pub(super) due_at: Timestamp,
    pub(super) locked_until: Option<Timestamp>,
}

/// A gateway event.
#[derive(Debug, Clone)]
pub(super) struct InboxRow {
    pub(super) entry: InboxEntry,
    pub(super) due_at: Timestamp,
    pub(super) locked_until: Option<Timestamp>,
    pub(super) finished_at: Option<Timestamp>,
}

/// An entry of the audit log.
#[derive(Debug, Clone)]
pub(super) struct AuditRow {
    pub(super) entry: AuditEntry,
}

/// Where a version of gateway settings stands.
pub(super) type GatewayVersionKey = (TenantId, GatewayKind, i64);
/// Primary key of an idempotency key: router, kind, key.
pub(super) type PurchaseKeyKey = (RouterId, &'static str, String);

/// A kind of row.
pub(super) trait Row: Clone + 'static {
    /// Its primary key.
    type Key: Ord + Clone + 'static;
    /// The table's name, for errors.
    const TABLE: &'static str;

    /// Its owner.
    fn owner(&self) -> Owner<'_>;

    /// Under which number claims may hold it; `None` for rows that nobody claims.
    fn claim_number(key: &Self::Key) -> Option<i64>;
}

macro_rules! row {
    ($name:ident, $table:literal, $key:ty, $owner:expr) => {
        row!($name, $table, $key, $owner, |_key| None);
    };
    ($name:ident, $table:literal, $key:ty, $owner:expr, $claim:expr) => {
        impl Row for $name {
            type Key = $key;
            const TABLE: &'static str = $table;

            fn owner(&self) -> Owner<'_> {
                let owner: fn(&$name) -> Owner<'_> = $owner;
                owner(self)
            }

            fn claim_number(key: &$key) -> Option<i64> {
                let claim: fn(&$key) -> Option<i64> = $claim;
                claim(key)
            }
        }
    };
}

fn of_tenant_if_any(tenant: Option<&TenantId>) -> Owner<'_> {
    tenant.map_or(Owner::Platform, Owner::Tenant)
}

row!(TenantRow, "empresas", TenantId, |row| Owner::Tenant(
    &row.tenant.id
));
row!(
    GatewayVersionRow,
    "credenciales_pasarela",
    GatewayVersionKey,
    |row| Owner::Tenant(&row.tenant_id)
);
row!(LogoRow, "logos", String, |row| Owner::Tenant(
    &row.tenant_id
));
row!(UserRow, "usuarios", UserId, |row| of_tenant_if_any(
    row.user.role.tenant()
));
row!(EndedSessionRow, "sesiones_revocadas", Uuid, |row| {
    of_tenant_if_any(row.tenant_id.as_ref())
});
row!(RouterRow, "routers", RouterId, |row| Owner::Tenant(
    &row.router.tenant_id
));
row!(ApiKeyRow, "api_keys_tracking", ApiKeyId, |row| {
    Owner::Tenant(&row.key.tenant_id)
});
row!(PendingUserRow, "credenciales_router", String, |row| {
    Owner::Tenant(&row.user.tenant_id)
});
row!(RouterCheckRow, "revisiones_router", RouterId, |row| {
    Owner::Tenant(&row.check.tenant_id)
});
row!(ProductRow, "productos", ProductId, |row| Owner::Tenant(
    &row.product.tenant_id
));
row!(
    PurchaseRow,
    "transacciones",
    PurchaseId,
    |row| Owner::Tenant(&row.purchase.sale().tenant_id),
    |key| Some(key.get())
);
row!(
    PurchaseKeyRow,
    "claves_idempotencia",
    PurchaseKeyKey,
    |row| Owner::Tenant(&row.tenant_id)
);
row!(
    GatewayAuditRow,
    "auditorias_pasarela",
    (TenantId, GatewayKind),
    |row| Owner::Tenant(&row.tenant_id)
);
row!(PersonRow, "personas", (RouterId, String), |_row| {
    Owner::Platform
});
row!(RefundRow, "reembolsos", RefundId, |row| Owner::Tenant(
    &row.refund.tenant_id
));
row!(
    OutboxRow,
    "bandeja_salida",
    i64,
    |row| Owner::Tenant(&row.entry.tenant_id),
    |key| Some(*key)
);
row!(
    InboxRow,
    "bandeja_webhooks",
    i64,
    |row| Owner::Tenant(&row.entry.tenant_id),
    |key| Some(*key)
);
row!(AuditRow, "auditoria", i64, |row| of_tenant_if_any(
    row.entry.tenant_id.as_ref()
));
