//! Tenants.

use async_trait::async_trait;
use domain::contact::Email;
use domain::gateway::GatewayKind;
use domain::ids::TenantId;
use domain::secret::Sealed;
use domain::tenant::{GatewaySettings, TelegramSettings, Tenant};
use domain::time::Timestamp;

use crate::store::error::StoreError;

/// Numbers for the platform owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlatformCounts {
    /// All tenants.
    pub tenants: i64,
    /// Active tenants.
    pub active_tenants: i64,
    /// Users of both roles.
    pub users: i64,
}

/// Numbers of one tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TenantCounts {
    /// Routers.
    pub routers: i64,
    /// Active routers.
    pub active_routers: i64,
    /// Administrators.
    pub admins: i64,
    /// Keys neither revoked nor expired.
    pub usable_keys: i64,
}

/// A tenant's own fields. The whole set is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantProfile {
    /// Display name.
    pub name: String,
    /// Contact address.
    pub contact_email: Option<Email>,
    /// Contact phone.
    pub contact_phone: Option<String>,
    /// Telegram.
    pub telegram: TelegramSettings,
}

/// An uploaded logo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    /// File name, unguessable enough to be cached for ever (`logo_EMP_7B20C4D91E_9f01ab.png`).
    pub file_name: String,
    /// `image/png`, `image/jpeg` or `image/webp`.
    pub content_type: String,
    /// The picture.
    pub content: Vec<u8>,
    /// Strong validator.
    pub etag: String,
}

/// An account taken over to be audited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditClaim {
    /// Every change up to here was compared before; `None`: there was no audit yet.
    pub audited_until: Option<Timestamp>,
}

/// Tenants and their gateway settings.
#[async_trait]
pub trait TenantRepository: Send {
    /// Stores a new tenant, with its gateway settings as version 1 where a secret or public key
    /// is set.
    async fn insert(&mut self, tenant: &Tenant) -> Result<(), StoreError>;

    /// Finds a tenant.
    async fn find(&mut self, id: &TenantId) -> Result<Option<Tenant>, StoreError>;

    /// Finds a tenant and locks its row until the transaction ends, so that two changes of its
    /// settings do not lose one another.
    async fn find_for_update(&mut self, id: &TenantId) -> Result<Option<Tenant>, StoreError>;

    /// All tenants, by creation time, then id.
    async fn list(&mut self) -> Result<Vec<Tenant>, StoreError>;

    /// Writes the tenant's own fields; `false` if there is no such tenant.
    async fn update_profile(
        &mut self,
        id: &TenantId,
        profile: &TenantProfile,
    ) -> Result<bool, StoreError>;

    /// Switches a tenant on or off; `false` if there is no such tenant.
    async fn set_active(&mut self, id: &TenantId, is_active: bool) -> Result<bool, StoreError>;

    /// Writes gateway settings as a new version and answers its number (`settings.version` is
    /// ignored). Earlier versions stay readable.
    async fn set_gateway(
        &mut self,
        id: &TenantId,
        settings: &GatewaySettings,
    ) -> Result<i64, StoreError>;

    /// The settings as they were at a version.
    async fn find_gateway_version(
        &mut self,
        id: &TenantId,
        kind: GatewayKind,
        version: i64,
    ) -> Result<Option<GatewaySettings>, StoreError>;

    /// Notes the account's id at the gateway on that version.
    async fn set_collector(
        &mut self,
        id: &TenantId,
        kind: GatewayKind,
        version: i64,
        collector: &str,
    ) -> Result<(), StoreError>;

    /// Present versions of all tenants that have a secret set, for the daily audit; by tenant.
    async fn list_configured_gateways(
        &mut self,
    ) -> Result<Vec<(TenantId, GatewayKind, i64)>, StoreError>;

    /// Takes a tenant's account at a gateway over to audit it; nobody else does until `until`.
    /// `None`: the next audit is not due by `now`, or somebody else is at it.
    async fn claim_audit(
        &mut self,
        tenant: &TenantId,
        kind: GatewayKind,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<AuditClaim>, StoreError>;

    /// Notes that every change up to `audited_until` was compared, and when the next audit is due.
    async fn finish_audit(
        &mut self,
        tenant: &TenantId,
        kind: GatewayKind,
        audited_until: Timestamp,
        next: Timestamp,
    ) -> Result<(), StoreError>;

    /// Replaces Mercado Pago's webhook secret on the present version without making a new one.
    async fn set_webhook_secret(
        &mut self,
        id: &TenantId,
        secret: Option<&Sealed>,
    ) -> Result<bool, StoreError>;

    /// Replaces the tenant's logo and its `logo_url`.
    async fn set_logo(
        &mut self,
        id: &TenantId,
        logo: &Logo,
        url: &str,
        at: Timestamp,
    ) -> Result<(), StoreError>;

    /// Finds a logo by its file name.
    async fn find_logo(&mut self, file_name: &str) -> Result<Option<Logo>, StoreError>;

    /// Numbers for the platform owner.
    async fn platform_counts(&mut self) -> Result<PlatformCounts, StoreError>;

    /// Numbers of one tenant; keys are judged at `now`.
    async fn counts(&mut self, id: &TenantId, now: Timestamp) -> Result<TenantCounts, StoreError>;
}
