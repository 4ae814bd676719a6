//! Tenants and their gateway settings.

use async_trait::async_trait;
use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamp as SqlTimestamp};
use domain::gateway::GatewayKind;
use domain::ids::TenantId;
use domain::secret::Sealed;
use domain::tenant::{GatewaySettings, Tenant};
use domain::time::Timestamp;
use ports::store::error::StoreError;
use ports::store::tenants::{
    AuditClaim, Logo, PlatformCounts, TenantCounts, TenantProfile, TenantRepository,
};

use crate::rows::convert::{RowName, from_sql_time, to_sql_time};
use crate::rows::gateway::{GatewayRow, NewGatewayRow};
use crate::rows::tenant::{
    ConektaChanges, LogoRow, MercadoPagoChanges, NewLogoRow, ProfileChanges, TenantRow,
};
use crate::schema::{auditorias_pasarela, credenciales_pasarela, empresas, logos};
use crate::unit_of_work::PgUnitOfWork;

/// Whether a new tenant's settings are worth a version.
const fn first_version(settings: &GatewaySettings) -> i64 {
    if settings.secret.is_some() || settings.public_key.is_some() {
        1
    } else {
        0
    }
}

#[derive(QueryableByName)]
struct PlatformCountsRow {
    #[diesel(sql_type = BigInt)]
    tenants: i64,
    #[diesel(sql_type = BigInt)]
    active_tenants: i64,
    #[diesel(sql_type = BigInt)]
    users: i64,
}

#[derive(QueryableByName)]
struct TenantCountsRow {
    #[diesel(sql_type = BigInt)]
    routers: i64,
    #[diesel(sql_type = BigInt)]
    active_routers: i64,
    #[diesel(sql_type = BigInt)]
    admins: i64,
    #[diesel(sql_type = BigInt)]
    usable_keys: i64,
}

#[derive(QueryableByName)]
struct AuditedUntil {
    #[diesel(sql_type = Nullable<SqlTimestamp>)]
    auditada_hasta: Option<NaiveDateTime>,
}

#[async_trait]
impl TenantRepository for PgUnitOfWork {
    async fn insert(&mut self, tenant: &Tenant) -> Result<(), StoreError> {
        let conekta = tenant.gateway(GatewayKind::Conekta);
        let mercado_pago = tenant.gateway(GatewayKind::MercadoPago);
        let row = TenantRow::new(tenant, first_version(conekta), first_version(mercado_pago));
        let statement = diesel::insert_into(empresas::table).values(&row);
        self.run(statement).await?;
        let at = Some(to_sql_time(tenant.created_at));
        let versions: Vec<NewGatewayRow<'_>> = [conekta, mercado_pago]
            .into_iter()
            .filter(|settings| first_version(settings) == 1)
            .map(|settings| NewGatewayRow::new(&tenant.id, settings, 1, at))
            .collect();
        if versions.is_empty() {
            return Ok(());
        }
        let statement = diesel::insert_into(credenciales_pasarela::table).values(&versions);
        self.run(statement).await?;
        Ok(())
    }

    async fn find(&mut self, id: &TenantId) -> Result<Option<Tenant>, StoreError> {
        let query = empresas::table
            .find(id.as_str())
            .select(TenantRow::as_select());
        let found = self.row(query).await?;
        found.map(TenantRow::into_domain).transpose()
    }

    async fn find_for_update(&mut self, id: &TenantId) -> Result<Option<Tenant>, StoreError> {
        let query = empresas::table
            .find(id.as_str())
            .select(TenantRow::as_select())
            .for_update();
        let found = self.row(query).await?;
        found.map(TenantRow::into_domain).transpose()
    }

    async fn list(&mut self) -> Result<Vec<Tenant>, StoreError> {
        let query = empresas::table
            .select(TenantRow::as_select())
            .order((empresas::creada_en, empresas::id));
        let found = self.rows(query).await?;
        found.into_iter().map(TenantRow::into_domain).collect()
    }

    async fn update_profile(
        &mut self,
        id: &TenantId,
        profile: &TenantProfile,
    ) -> Result<bool, StoreError> {
        let statement =
            diesel::update(empresas::table.find(id.as_str())).set(ProfileChanges::from(profile));
        let changed = self.run(statement).await?;
        Ok(changed > 0)
    }

    async fn set_active(&mut self, id: &TenantId, is_active: bool) -> Result<bool, StoreError> {
        let statement =
            diesel::update(empresas::table.find(id.as_str())).set(empresas::activa.eq(is_active));
        let changed = self.run(statement).await?;
        Ok(changed > 0)
    }

    async fn set_gateway(
        &mut self,
        id: &TenantId,
        settings: &GatewaySettings,
    ) -> Result<i64, StoreError> {
        // The update locks the tenant, so that two changes get two numbers.
        let tenant = empresas::table.find(id.as_str());
        let version = match settings.kind {
            GatewayKind::Conekta => {
                let changes = (
                    ConektaChanges::from(settings),
                    empresas::conekta_version.eq(empresas::conekta_version + 1),
                );
                let query = diesel::update(tenant).set(changes);
                self.row::<i64, _>(query.returning(empresas::conekta_version))
                    .await?
            }
            GatewayKind::MercadoPago => {
                let changes = (
                    MercadoPagoChanges::from(settings),
                    empresas::mercado_pago_version.eq(empresas::mercado_pago_version + 1),
                );
                let query = diesel::update(tenant).set(changes);
                self.row::<i64, _>(query.returning(empresas::mercado_pago_version))
                    .await?
            }
        };
        // Without a tenant the version's reference is broken, and says so.
        let version = version.unwrap_or(1);
        let statement = diesel::insert_into(credenciales_pasarela::table)
            .values(NewGatewayRow::new(id, settings, version, None));
        self.run(statement).await?;
        Ok(version)
    }

    async fn find_gateway_version(
        &mut self,
        id: &TenantId,
        kind: GatewayKind,
        version: i64,
    ) -> Result<Option<GatewaySettings>, StoreError> {
        let query = credenciales_pasarela::table
            .find((id.as_str(), kind.as_str(), version))
            .select(GatewayRow::as_select());
        let found = self.row(query).await?;
        found.map(GatewayRow::into_domain).transpose()
    }

    async fn set_collector(
        &mut self,
        id: &TenantId,
        kind: GatewayKind,
        version: i64,
        collector: &str,
    ) -> Result<(), StoreError> {
        let statement = diesel::update(credenciales_pasarela::table.find((
            id.as_str(),
            kind.as_str(),
            version,
        )))
        .set(credenciales_pasarela::cobrador.eq(collector));
        self.run(statement).await?;
        let tenant = empresas::table.find(id.as_str());
        match kind {
            GatewayKind::Conekta => {
                let present = tenant.filter(empresas::conekta_version.eq(version));
                let collector = empresas::conekta_collector.eq(collector);
                self.run(diesel::update(present).set(collector)).await?;
            }
            GatewayKind::MercadoPago => {
                let present = tenant.filter(empresas::mercado_pago_version.eq(version));
                let collector = empresas::mercado_pago_collector.eq(collector);
                self.run(diesel::update(present).set(collector)).await?;
            }
        }
        Ok(())
    }

    async fn list_configured_gateways(
        &mut self,
    ) -> Result<Vec<(TenantId, GatewayKind, i64)>, StoreError> {
        let query = empresas::table
            .select((
                empresas::id,
                empresas::conekta_private_key.is_not_null(),
                empresas::conekta_version,
                empresas::mercado_pago_access_token.is_not_null(),
                empresas::mercado_pago_version,
            ))
            .order(empresas::id);
        let found = self
            .rows::<(String, bool, i64, bool, i64), _>(query)
            .await?;
        let mut configured = Vec::new();
        for (id, conekta, conekta_version, mercado_pago, mercado_pago_version) in found {
            let id = RowName::new("empresas", &id).id(TenantId::parse(&id))?;
            if conekta {
                configured.push((id.clone(), GatewayKind::Conekta, conekta_version));
            }
            if mercado_pago {
                configured.push((id, GatewayKind::MercadoPago, mercado_pago_version));
            }
        }
        Ok(configured)
    }

    async fn claim_audit(
        &mut self,
        tenant: &TenantId,
        kind: GatewayKind,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<AuditClaim>, StoreError> {
        let query = diesel::sql_query(
            "INSERT INTO auditorias_pasarela AS a (empresa_id, pasarela, proxima_en) \
             VALUES ($1, $2, $3) \
             ON CONFLICT (empresa_id, pasarela) DO UPDATE SET proxima_en = excluded.proxima_en \
             WHERE a.proxima_en <= $4 RETURNING a.auditada_hasta",
        )
        .bind::<Text, _>(tenant.as_str())
        .bind::<Text, _>(kind.as_str())
        .bind::<SqlTimestamp, _>(to_sql_time(until))
        .bind::<SqlTimestamp, _>(to_sql_time(now));
        let claimed = self.row::<AuditedUntil, _>(query).await?;
        Ok(claimed.map(|row| AuditClaim {
            audited_until: row.auditada_hasta.map(from_sql_time),
        }))
    }

    async fn finish_audit(
        &mut self,
        tenant: &TenantId,
        kind: GatewayKind,
        audited_until: Timestamp,
        next: Timestamp,
    ) -> Result<(), StoreError> {
        let row = auditorias_pasarela::table.find((tenant.as_str(), kind.as_str()));
        let statement = diesel::update(row).set((
            auditorias_pasarela::auditada_hasta.eq(to_sql_time(audited_until)),
            auditorias_pasarela::proxima_en.eq(to_sql_time(next)),
        ));
        self.run(statement).await?;
        Ok(())
    }

    async fn set_webhook_secret(
        &mut self,
        id: &TenantId,
        secret: Option<&Sealed>,
    ) -> Result<bool, StoreError> {
        let secret = secret.map(Sealed::as_str);
        let query = diesel::update(empresas::table.find(id.as_str()))
            .set(empresas::mercado_pago_webhook_secret.eq(secret))
            .returning(empresas::mercado_pago_version);
        let version = self.row::<i64, _>(query).await?;
        let Some(version) = version else {
            return Ok(false);
        };
        let kind = GatewayKind::MercadoPago.as_str();
        let present = credenciales_pasarela::table.find((id.as_str(), kind, version));
        let statement =
            diesel::update(present).set(credenciales_pasarela::webhook_secreto.eq(secret));
        self.run(statement).await?;
        Ok(true)
    }

    async fn set_logo(
        &mut self,
        id: &TenantId,
        logo: &Logo,
        url: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let row = NewLogoRow {
            empresa_id: id.as_str(),
            archivo: &logo.file_name,
            tipo: &logo.content_type,
            contenido: &logo.content,
            etag: &logo.etag,
            creado_en: to_sql_time(at),
        };
        let statement = diesel::insert_into(logos::table)
            .values(&row)
            .on_conflict(logos::empresa_id)
            .do_update()
            .set(&row);
        self.run(statement).await?;
        let statement =
            diesel::update(empresas::table.find(id.as_str())).set(empresas::logo_url.eq(url));
        self.run(statement).await?;
        Ok(())
    }

    async fn find_logo(&mut self, file_name: &str) -> Result<Option<Logo>, StoreError> {
        let query = logos::table
            .filter(logos::archivo.eq(file_name))
            .select(LogoRow::as_select());
        let found = self.row(query).await?;
        Ok(found.map(Logo::from))
    }

    async fn platform_counts(&mut self) -> Result<PlatformCounts, StoreError> {
        let query = diesel::sql_query(
            "SELECT count(*) AS tenants, count(*) FILTER (WHERE activa) AS active_tenants, \
             (SELECT count(*) FROM usuarios) AS users FROM empresas",
        );
        let counted = self.sure_row::<PlatformCountsRow, _>(query).await?;
        let row = counted;
        Ok(PlatformCounts {
            tenants: row.tenants,
            active_tenants: row.active_tenants,
            users: row.users,
        })
    }

    async fn counts(&mut self, id: &TenantId, now: Timestamp) -> Result<TenantCounts, StoreError> {
        let query = diesel::sql_query(
            "SELECT count(*) AS routers, count(*) FILTER (WHERE activo) AS active_routers, \
             (SELECT count(*) FROM usuarios WHERE empresa_id = $1) AS admins, \
             (SELECT count(*) FROM api_keys_tracking \
              WHERE empresa_id = $1 AND NOT revoked AND expires_at > $2) AS usable_keys \
             FROM routers WHERE empresa_id = $1",
        )
        .bind::<Text, _>(id.as_str())
        .bind::<SqlTimestamp, _>(to_sql_time(now));
        let counted = self.sure_row::<TenantCountsRow, _>(query).await?;
        let row = counted;
        Ok(TenantCounts {
            routers: row.routers,
            active_routers: row.active_routers,
            admins: row.admins,
            usable_keys: row.usable_keys,
        })
    }
}
