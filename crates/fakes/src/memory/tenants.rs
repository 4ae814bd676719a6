//! Tenants and their gateway settings.

use async_trait::async_trait;
use domain::gateway::GatewayKind;
use domain::ids::TenantId;
use domain::secret::Sealed;
use domain::tenant::{GatewaySettings, Tenant};
use domain::time::Timestamp;
use ports::store::error::StoreError;
use ports::store::tenants::{
    AuditClaim, Logo, PlatformCounts, TenantCounts, TenantProfile, TenantRepository,
};

use crate::memory::rows::{
    ApiKeyRow, GatewayAuditRow, GatewayVersionRow, LogoRow, RouterRow, TenantRow, UserRow,
};
use crate::memory::statement::Statement;
use crate::memory::store::MemoryUnit;

/// Number of things as a database counts them.
pub(super) fn count(things: impl Iterator) -> i64 {
    i64::try_from(things.count()).unwrap_or(i64::MAX)
}

fn put_version(
    rows: &mut Statement<'_>,
    tenant: &TenantId,
    settings: &GatewaySettings,
) -> Result<(), StoreError> {
    let key = (tenant.clone(), settings.kind, settings.version);
    let row = GatewayVersionRow {
        tenant_id: tenant.clone(),
        settings: settings.clone(),
    };
    rows.put(&key, row)
}

#[async_trait]
impl TenantRepository for MemoryUnit {
    async fn insert(&mut self, tenant: &Tenant) -> Result<(), StoreError> {
        let mut rows = self.statement("tenants.insert").await?;
        let mut tenant = tenant.clone();
        for kind in GatewayKind::ALL {
            let settings = tenant.gateway_mut(kind);
            let is_set = settings.secret.is_some() || settings.public_key.is_some();
            settings.version = i64::from(is_set);
        }
        let id = tenant.id.clone();
        rows.insert(
            &id,
            TenantRow {
                tenant: tenant.clone(),
            },
        )?;
        for kind in GatewayKind::ALL {
            let settings = tenant.gateway(kind);
            if settings.version > 0 {
                put_version(&mut rows, &id, settings)?;
            }
        }
        Ok(())
    }

    async fn find(&mut self, id: &TenantId) -> Result<Option<Tenant>, StoreError> {
        let rows = self.statement("tenants.find").await?;
        Ok(rows.get::<TenantRow>(id).map(|row| row.tenant.clone()))
    }

    async fn find_for_update(&mut self, id: &TenantId) -> Result<Option<Tenant>, StoreError> {
        let mut rows = self.statement("tenants.find_for_update").await?;
        Ok(rows.lock::<TenantRow>(id).map(|row| row.tenant))
    }

    async fn list(&mut self) -> Result<Vec<Tenant>, StoreError> {
        let rows = self.statement("tenants.list").await?;
        let mut tenants: Vec<Tenant> = rows
            .rows::<TenantRow>()
            .map(|(_id, row)| row.tenant.clone())
            .collect();
        tenants.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        Ok(tenants)
    }

    async fn update_profile(
        &mut self,
        id: &TenantId,
        profile: &TenantProfile,
    ) -> Result<bool, StoreError> {
        let mut rows = self.statement("tenants.update_profile").await?;
        rows.update(id, |row: &mut TenantRow| {
            let tenant = &mut row.tenant;
            tenant.name.clone_from(&profile.name);
            tenant.contact_email.clone_from(&profile.contact_email);
            tenant.contact_phone.clone_from(&profile.contact_phone);
            tenant.telegram.clone_from(&profile.telegram);
            true
        })
    }

    async fn set_active(&mut self, id: &TenantId, is_active: bool) -> Result<bool, StoreError> {
        let mut rows = self.statement("tenants.set_active").await?;
        rows.update(id, |row: &mut TenantRow| {
            row.tenant.is_active = is_active;
            true
        })
    }

    async fn set_gateway(
        &mut self,
        id: &TenantId,
        settings: &GatewaySettings,
    ) -> Result<i64, StoreError> {
        let mut rows = self.statement("tenants.set_gateway").await?;
        let kind = settings.kind;
        let newest = rows
            .rows::<GatewayVersionRow>()
            .filter(|((tenant, of, _version), _row)| tenant == id && *of == kind)
            .map(|((_tenant, _of, version), _row)| *version)
            .max()
            .unwrap_or(0);
        let settings = GatewaySettings {
            version: newest + 1,
            ..settings.clone()
        };
        put_version(&mut rows, id, &settings)?;
        let version = settings.version;
        rows.update(id, |row: &mut TenantRow| {
            *row.tenant.gateway_mut(kind) = settings;
            true
        })?;
        Ok(version)
    }

    async fn find_gateway_version(
        &mut self,
        id: &TenantId,
        kind: GatewayKind,
        version: i64,
    ) -> Result<Option<GatewaySettings>, StoreError> {
        let rows = self.statement("tenants.find_gateway_version").await?;
        Ok(rows
            .get::<GatewayVersionRow>(&(id.clone(), kind, version))
            .map(|row| row.settings.clone()))
    }

    async fn set_collector(
        &mut self,
        id: &TenantId,
        kind: GatewayKind,
        version: i64,
        collector: &str,
    ) -> Result<(), StoreError> {
        let mut rows = self.statement("tenants.set_collector").await?;
        let key = (id.clone(), kind, version);
        rows.update(&key, |row: &mut GatewayVersionRow| {
            row.settings.collector = Some(collector.to_owned());
            true
        })?;
        rows.update(id, |row: &mut TenantRow| {
            let settings = row.tenant.gateway_mut(kind);
            let is_present = settings.version == version;
            if is_present {
                settings.collector = Some(collector.to_owned());
            }
            is_present
        })?;
        Ok(())
    }

    async fn list_configured_gateways(
        &mut self,
    ) -> Result<Vec<(TenantId, GatewayKind, i64)>, StoreError> {
        let rows = self.statement("tenants.list_configured_gateways").await?;
        Ok(rows
            .rows::<TenantRow>()
            .flat_map(|(id, row)| {
                GatewayKind::ALL
                    .into_iter()
                    .map(move |kind| (id, row.tenant.gateway(kind)))
            })
            .filter(|(_id, settings)| settings.secret.is_some())
            .map(|(id, settings)| (id.clone(), settings.kind, settings.version))
            .collect())
    }

    async fn claim_audit(
        &mut self,
        tenant: &TenantId,
        kind: GatewayKind,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<AuditClaim>, StoreError> {
        let mut rows = self.statement("tenants.claim_audit").await?;
        let key = (tenant.clone(), kind);
        let before = rows.get::<GatewayAuditRow>(&key).cloned();
        if before.as_ref().is_some_and(|row| row.next_at > now) {
            return Ok(None);
        }
        let audited_until = before.and_then(|row| row.audited_until);
        let row = GatewayAuditRow {
            tenant_id: tenant.clone(),
            audited_until,
            next_at: until,
        };
        rows.note(&key, Some(row));
        Ok(Some(AuditClaim { audited_until }))
    }

    async fn finish_audit(
        &mut self,
        tenant: &TenantId,
        kind: GatewayKind,
        audited_until: Timestamp,
        next: Timestamp,
    ) -> Result<(), StoreError> {
        let mut rows = self.statement("tenants.finish_audit").await?;
        let row = GatewayAuditRow {
            tenant_id: tenant.clone(),
            audited_until: Some(audited_until),
            next_at: next,
        };
        rows.note(&(tenant.clone(), kind), Some(row));
        Ok(())
    }

    async fn set_webhook_secret(
        &mut self,
        id: &TenantId,
        secret: Option<&Sealed>,
    ) -> Result<bool, StoreError> {
        let mut rows = self.statement("tenants.set_webhook_secret").await?;
        let mut version = 0;
        let is_there = rows.update(id, |row: &mut TenantRow| {
            let settings = row.tenant.gateway_mut(GatewayKind::MercadoPago);
            settings.webhook_secret = secret.cloned();
            version = settings.version;
            true
        })?;
        let key = (id.clone(), GatewayKind::MercadoPago, version);
        rows.update(&key, |row: &mut GatewayVersionRow| {
            row.settings.webhook_secret = secret.cloned();
            true
        })?;
        Ok(is_there)
    }

    async fn set_logo(
        &mut self,
        id: &TenantId,
        logo: &Logo,
        url: &str,
        _at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut rows = self.statement("tenants.set_logo").await?;
        rows.remove_where(|_name, row: &LogoRow| row.tenant_id == *id)?;
        let row = LogoRow {
            tenant_id: id.clone(),
            logo: logo.clone(),
        };
        rows.insert(&logo.file_name, row)?;
        rows.update(id, |row: &mut TenantRow| {
            row.tenant.logo_url = Some(url.to_owned());
            true
        })?;
        Ok(())
    }

    async fn find_logo(&mut self, file_name: &str) -> Result<Option<Logo>, StoreError> {
        let rows = self.statement("tenants.find_logo").await?;
        Ok(rows
            .get::<LogoRow>(&file_name.to_owned())
            .map(|row| row.logo.clone()))
    }

    async fn platform_counts(&mut self) -> Result<PlatformCounts, StoreError> {
        let rows = self.statement("tenants.platform_counts").await?;
        let tenants = || rows.rows::<TenantRow>();
        Ok(PlatformCounts {
            tenants: count(tenants()),
            active_tenants: count(tenants().filter(|(_id, row)| row.tenant.is_active)),
            users: count(rows.rows::<UserRow>()),
        })
    }

    async fn counts(&mut self, id: &TenantId, now: Timestamp) -> Result<TenantCounts, StoreError> {
        let rows = self.statement("tenants.counts").await?;
        let routers = || {
            rows.rows::<RouterRow>()
                .filter(|(_id, row)| row.router.tenant_id == *id)
        };
        Ok(TenantCounts {
            routers: count(routers()),
            active_routers: count(routers().filter(|(_id, row)| row.router.is_active)),
            admins: count(
                rows.rows::<UserRow>()
                    .filter(|(_id, row)| row.user.role.tenant() == Some(id)),
            ),
            usable_keys: count(
                rows.rows::<ApiKeyRow>()
                    .filter(|(_id, row)| row.key.tenant_id == *id && row.key.is_usable(now)),
            ),
        })
    }
}
