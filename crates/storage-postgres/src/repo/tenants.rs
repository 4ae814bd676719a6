//! Tenants and their gateway settings.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamp as SqlTimestamp};
use diesel_async::RunQueryDsl;
use domain::gateway::GatewayKind;
use domain::ids::TenantId;
use domain::secret::Sealed;
use domain::tenant::{GatewaySettings, Tenant};
use domain::time::Timestamp;
use ports::store::error::StoreError;
use ports::store::tenants::{Logo, PlatformCounts, TenantCounts, TenantProfile, TenantRepository};

use crate::rows::convert::{RowName, to_sql_time};
use crate::rows::gateway::{GatewayRow, NewGatewayRow};
use crate::rows::tenant::{
    ConektaChanges, LogoRow, MercadoPagoChanges, NewLogoRow, ProfileChanges, TenantRow,
};
use crate::schema::{credenciales_pasarela, empresas, logos};
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

#[async_trait]
impl TenantRepository for PgUnitOfWork {
    async fn insert(&mut self, tenant: &Tenant) -> Result<(), StoreError> {
        let (conekta, mercado_pago) = (&tenant.conekta, &tenant.mercado_pago);
        let row = TenantRow::new(tenant, first_version(conekta), first_version(mercado_pago));
        let stored = diesel::insert_into(empresas::table)
            .values(&row)
            .execute(self.conn()?)
            .await;
        self.check(stored)?;
        let at = Some(to_sql_time(tenant.created_at));
        let versions: Vec<NewGatewayRow<'_>> = [conekta, mercado_pago]
            .into_iter()
            .filter(|settings| first_version(settings) == 1)
            .map(|settings| NewGatewayRow::new(&tenant.id, settings, 1, at))
            .collect();
        if versions.is_empty() {
            return Ok(());
        }
        let stored = diesel::insert_into(credenciales_pasarela::table)
            .values(&versions)
            .execute(self.conn()?)
            .await;
        self.check(stored).map(|_rows| ())
    }

    async fn find(&mut self, id: &TenantId) -> Result<Option<Tenant>, StoreError> {
        let found = empresas::table
            .find(id.as_str())
            .select(TenantRow::as_select())
            .first(self.conn()?)
            .await
            .optional();
        self.check(found)?.map(TenantRow::into_domain).transpose()
    }

    async fn find_for_update(&mut self, id: &TenantId) -> Result<Option<Tenant>, StoreError> {
        let found = empresas::table
            .find(id.as_str())
            .select(TenantRow::as_select())
            .for_update()
            .first(self.conn()?)
            .await
            .optional();
        self.check(found)?.map(TenantRow::into_domain).transpose()
    }

    async fn list(&mut self) -> Result<Vec<Tenant>, StoreError> {
        let found = empresas::table
            .select(TenantRow::as_select())
            .order((empresas::creada_en, empresas::id))
            .load(self.conn()?)
            .await;
        self.check(found)?
            .into_iter()
            .map(TenantRow::into_domain)
            .collect()
    }

    async fn update_profile(
        &mut self,
        id: &TenantId,
        profile: &TenantProfile,
    ) -> Result<bool, StoreError> {
        let changed = diesel::update(empresas::table.find(id.as_str()))
            .set(ProfileChanges::from(profile))
            .execute(self.conn()?)
            .await;
        Ok(self.check(changed)? > 0)
    }

    async fn set_active(&mut self, id: &TenantId, is_active: bool) -> Result<bool, StoreError> {
        let changed = diesel::update(empresas::table.find(id.as_str()))
            .set(empresas::activa.eq(is_active))
            .execute(self.conn()?)
            .await;
        Ok(self.check(changed)? > 0)
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
                diesel::update(tenant)
                    .set((
                        ConektaChanges::from(settings),
                        empresas::conekta_version.eq(empresas::conekta_version + 1),
                    ))
                    .returning(empresas::conekta_version)
                    .get_result::<i64>(self.conn()?)
                    .await
            }
            GatewayKind::MercadoPago => {
                diesel::update(tenant)
                    .set((
                        MercadoPagoChanges::from(settings),
                        empresas::mercado_pago_version.eq(empresas::mercado_pago_version + 1),
                    ))
                    .returning(empresas::mercado_pago_version)
                    .get_result::<i64>(self.conn()?)
                    .await
            }
        };
        // Without a tenant the version's reference is broken, and says so.
        let version = self.check(version.optional())?.unwrap_or(1);
        let stored = diesel::insert_into(credenciales_pasarela::table)
            .values(NewGatewayRow::new(id, settings, version, None))
            .execute(self.conn()?)
            .await;
        self.check(stored)?;
        Ok(version)
    }

    async fn find_gateway_version(
        &mut self,
        id: &TenantId,
        kind: GatewayKind,
        version: i64,
    ) -> Result<Option<GatewaySettings>, StoreError> {
        let found = credenciales_pasarela::table
            .find((id.as_str(), kind.as_str(), version))
            .select(GatewayRow::as_select())
            .first(self.conn()?)
            .await
            .optional();
        self.check(found)?.map(GatewayRow::into_domain).transpose()
    }

    async fn set_collector(
        &mut self,
        id: &TenantId,
        kind: GatewayKind,
        version: i64,
        collector: &str,
    ) -> Result<(), StoreError> {
        let changed = diesel::update(credenciales_pasarela::table.find((
            id.as_str(),
            kind.as_str(),
            version,
        )))
        .set(credenciales_pasarela::cobrador.eq(collector))
        .execute(self.conn()?)
        .await;
        self.check(changed)?;
        let tenant = empresas::table.find(id.as_str());
        let mirrored = match kind {
            GatewayKind::Conekta => {
                diesel::update(tenant.filter(empresas::conekta_version.eq(version)))
                    .set(empresas::conekta_collector.eq(collector))
                    .execute(self.conn()?)
                    .await
            }
            GatewayKind::MercadoPago => {
                diesel::update(tenant.filter(empresas::mercado_pago_version.eq(version)))
                    .set(empresas::mercado_pago_collector.eq(collector))
                    .execute(self.conn()?)
                    .await
            }
        };
        self.check(mirrored).map(|_rows| ())
    }

    async fn list_configured_gateways(
        &mut self,
    ) -> Result<Vec<(TenantId, GatewayKind, i64)>, StoreError> {
        let found = empresas::table
            .select((
                empresas::id,
                empresas::conekta_private_key.is_not_null(),
                empresas::conekta_version,
                empresas::mercado_pago_access_token.is_not_null(),
                empresas::mercado_pago_version,
            ))
            .order(empresas::id)
            .load::<(String, bool, i64, bool, i64)>(self.conn()?)
            .await;
        let mut configured = Vec::new();
        for (id, conekta, conekta_version, mercado_pago, mercado_pago_version) in
            self.check(found)?
        {
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

    async fn set_webhook_secret(
        &mut self,
        id: &TenantId,
        secret: Option<&Sealed>,
    ) -> Result<bool, StoreError> {
        let secret = secret.map(Sealed::as_str);
        let version = diesel::update(empresas::table.find(id.as_str()))
            .set(empresas::mercado_pago_webhook_secret.eq(secret))
            .returning(empresas::mercado_pago_version)
            .get_result::<i64>(self.conn()?)
            .await
            .optional();
        let Some(version) = self.check(version)? else {
            return Ok(false);
        };
        let kind = GatewayKind::MercadoPago.as_str();
        let mirrored =
            diesel::update(credenciales_pasarela::table.find((id.as_str(), kind, version)))
                .set(credenciales_pasarela::webhook_secreto.eq(secret))
                .execute(self.conn()?)
                .await;
        self.check(mirrored)?;
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
        let stored = diesel::insert_into(logos::table)
            .values(&row)
            .on_conflict(logos::empresa_id)
            .do_update()
            .set(&row)
            .execute(self.conn()?)
            .await;
        self.check(stored)?;
        let linked = diesel::update(empresas::table.find(id.as_str()))
            .set(empresas::logo_url.eq(url))
            .execute(self.conn()?)
            .await;
        self.check(linked).map(|_rows| ())
    }

    async fn find_logo(&mut self, file_name: &str) -> Result<Option<Logo>, StoreError> {
        let found = logos::table
            .filter(logos::archivo.eq(file_name))
            .select(LogoRow::as_select())
            .first(self.conn()?)
            .await
            .optional();
        Ok(self.check(found)?.map(Logo::from))
    }

    async fn platform_counts(&mut self) -> Result<PlatformCounts, StoreError> {
        let counted = diesel::sql_query(
            "SELECT count(*) AS tenants, count(*) FILTER (WHERE activa) AS active_tenants, \
             (SELECT count(*) FROM usuarios) AS users FROM empresas",
        )
        .get_result::<PlatformCountsRow>(self.conn()?)
        .await;
        let row = self.check(counted)?;
        Ok(PlatformCounts {
            tenants: row.tenants,
            active_tenants: row.active_tenants,
            users: row.users,
        })
    }

    async fn counts(&mut self, id: &TenantId, now: Timestamp) -> Result<TenantCounts, StoreError> {
        let counted = diesel::sql_query(
            "SELECT count(*) AS routers, count(*) FILTER (WHERE activo) AS active_routers, \
             (SELECT count(*) FROM usuarios WHERE empresa_id = $1) AS admins, \
             (SELECT count(*) FROM api_keys_tracking \
              WHERE empresa_id = $1 AND NOT revoked AND expires_at > $2) AS usable_keys \
             FROM routers WHERE empresa_id = $1",
        )
        .bind::<Text, _>(id.as_str())
        .bind::<SqlTimestamp, _>(to_sql_time(now))
        .get_result::<TenantCountsRow>(self.conn()?)
        .await;
        let row = self.check(counted)?;
        Ok(TenantCounts {
            routers: row.routers,
            active_routers: row.active_routers,
            admins: row.admins,
            usable_keys: row.usable_keys,
        })
    }
}
