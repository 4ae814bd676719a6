//! Key rotation and the installation's own id.

use std::collections::BTreeSet;

use async_trait::async_trait;
use domain::gateway::GatewayKind;
use domain::ids::TenantId;
use domain::secret::Sealed;
use domain::tenant::GatewaySettings;
use ports::store::error::StoreError;
use ports::store::maintenance::{MaintenanceRepository, SealedPage, SealedPosition, SealedRow};

use crate::memory::purchases::to_size;
use crate::memory::rows::{
    GatewayVersionRow, InboxRow, PendingUserRow, PurchaseRow, RouterRow, TenantRow,
};
use crate::memory::statement::Statement;
use crate::memory::store::MemoryUnit;

/// The text before the first `:`.
fn key_id(sealed: &Sealed) -> &str {
    sealed
        .as_str()
        .split_once(':')
        .map_or(sealed.as_str(), |(id, _text)| id)
}

const fn secret_column(kind: GatewayKind) -> &'static str {
    match kind {
        GatewayKind::Conekta => "conekta_private_key",
        GatewayKind::MercadoPago => "mercado_pago_access_token",
    }
}

const WEBHOOK_COLUMN: &str = "mercado_pago_webhook_secret";
const TELEGRAM_COLUMN: &str = "telegram_bot_token";

fn sealed_in_settings(tenant: &TenantId, settings: &GatewaySettings) -> Vec<SealedRow> {
    [
        (secret_column(settings.kind), &settings.secret),
        (WEBHOOK_COLUMN, &settings.webhook_secret),
    ]
    .into_iter()
    .filter_map(|(column, sealed)| {
        sealed
            .as_ref()
            .map(|sealed| sealed_of_tenant(tenant, column, sealed))
    })
    .collect()
}

fn sealed_of_tenant(tenant: &TenantId, column: &'static str, sealed: &Sealed) -> SealedRow {
    SealedRow {
        table: "empresas",
        column,
        tenant_id: tenant.clone(),
        row: tenant.to_string(),
        sealed: sealed.clone(),
    }
}

/// Every sealed secret; one that stands in several versions is named once.
fn all_sealed(rows: &Statement<'_>) -> Vec<SealedRow> {
    let mut found = Vec::new();
    for (id, row) in rows.rows::<TenantRow>() {
        for kind in GatewayKind::ALL {
            found.extend(sealed_in_settings(id, row.tenant.gateway(kind)));
        }
        let token = row.tenant.telegram.bot_token.as_ref();
        found.extend(token.map(|sealed| sealed_of_tenant(id, TELEGRAM_COLUMN, sealed)));
    }
    for (_key, row) in rows.rows::<GatewayVersionRow>() {
        for sealed in sealed_in_settings(&row.tenant_id, &row.settings) {
            if !found.contains(&sealed) {
                found.push(sealed);
            }
        }
    }
    found.extend(rows.rows::<RouterRow>().map(|(id, row)| SealedRow {
        table: "routers",
        column: "password_encrypted",
        tenant_id: row.router.tenant_id.clone(),
        row: id.to_string(),
        sealed: row.router.password.clone(),
    }));
    found.extend(rows.rows::<PendingUserRow>().map(|(name, row)| SealedRow {
        table: "credenciales_router",
        column: "password_encrypted",
        tenant_id: row.user.tenant_id.clone(),
        row: name.clone(),
        sealed: row.user.password.clone(),
    }));
    found.extend(rows.rows::<PurchaseRow>().map(|(_id, row)| SealedRow {
        table: "transacciones",
        column: "password_hotspot",
        tenant_id: row.purchase.sale().tenant_id.clone(),
        row: row.purchase.sale().attempt_id.to_string(),
        sealed: row.purchase.sale().hotspot_password.clone(),
    }));
    found.extend(rows.rows::<InboxRow>().filter_map(|(_id, row)| {
        row.entry.body.as_ref().map(|sealed| SealedRow {
            table: "bandeja_webhooks",
            column: "cuerpo",
            tenant_id: row.entry.tenant_id.clone(),
            row: row.entry.body_hash.clone(),
            sealed: sealed.clone(),
        })
    }));
    found
}

/// Replaces the old text if it stands here.
fn swap(place: &mut Option<Sealed>, old: &Sealed, new: &Sealed) -> bool {
    let stands_here = place.as_ref() == Some(old);
    if stands_here {
        *place = Some(new.clone());
    }
    stands_here
}

fn swap_in_settings(settings: &mut GatewaySettings, row: &SealedRow, new: &Sealed) -> bool {
    if row.column == secret_column(settings.kind) {
        swap(&mut settings.secret, &row.sealed, new)
    } else if row.column == WEBHOOK_COLUMN {
        swap(&mut settings.webhook_secret, &row.sealed, new)
    } else {
        false
    }
}

fn swap_of_tenant(
    rows: &mut Statement<'_>,
    row: &SealedRow,
    new: &Sealed,
) -> Result<u64, StoreError> {
    let present = rows.update(&row.tenant_id, |stored: &mut TenantRow| {
        let tenant = &mut stored.tenant;
        if row.column == TELEGRAM_COLUMN {
            return swap(&mut tenant.telegram.bot_token, &row.sealed, new);
        }
        let conekta = swap_in_settings(tenant.gateway_mut(GatewayKind::Conekta), row, new);
        swap_in_settings(tenant.gateway_mut(GatewayKind::MercadoPago), row, new) || conekta
    })?;
    let earlier = rows.update_where(|stored: &mut GatewayVersionRow| {
        stored.tenant_id == row.tenant_id && swap_in_settings(&mut stored.settings, row, new)
    })?;
    Ok(earlier + u64::from(present))
}

#[async_trait]
impl MaintenanceRepository for MemoryUnit {
    async fn installation_id(&mut self) -> Result<String, StoreError> {
        self.statement("maintenance.installation_id").await?;
        Ok(self.installation().to_owned())
    }

    async fn sealed_key_ids(&mut self) -> Result<Vec<String>, StoreError> {
        let rows = self.statement("maintenance.sealed_key_ids").await?;
        let ids: BTreeSet<String> = all_sealed(&rows)
            .iter()
            // Nobody opens bodies, and a text without a colon is of an older kind.
            .filter(|row| row.table != "bandeja_webhooks" && row.sealed.as_str().contains(':'))
            .map(|row| key_id(&row.sealed).to_owned())
            .collect();
        Ok(ids.into_iter().collect())
    }

    async fn begin_key_retirement(&mut self, _keep: &str) -> Result<(), StoreError> {
        // The keys are read from the secrets themselves: there is nothing to mark or forget.
        self.statement("maintenance.begin_key_retirement").await?;
        Ok(())
    }

    async fn end_key_retirement(&mut self) -> Result<(), StoreError> {
        self.statement("maintenance.end_key_retirement").await?;
        Ok(())
    }

    async fn list_sealed_otherwise(
        &mut self,
        wanted: &str,
        after: &SealedPosition,
        limit: i64,
    ) -> Result<SealedPage, StoreError> {
        let rows = self.statement("maintenance.list_sealed_otherwise").await?;
        let all = all_sealed(&rows);
        let end = after.place.saturating_add(to_size(limit));
        Ok(SealedPage {
            rows: all
                .iter()
                .skip(after.place)
                .take(to_size(limit))
                .filter(|row| key_id(&row.sealed) != wanted)
                .cloned()
                .collect(),
            next: (end < all.len()).then_some(SealedPosition {
                place: end,
                row: None,
            }),
        })
    }

    async fn replace_sealed(&mut self, row: &SealedRow, new: &Sealed) -> Result<bool, StoreError> {
        let mut rows = self.statement("maintenance.replace_sealed").await?;
        let replaced = match row.table {
            "empresas" => swap_of_tenant(&mut rows, row, new)?,
            "routers" => rows.update_where(|stored: &mut RouterRow| {
                let stands_here =
                    stored.router.id.as_str() == row.row && stored.router.password == row.sealed;
                stored.router.password = new.clone();
                stands_here
            })?,
            "credenciales_router" => rows.update_where(|stored: &mut PendingUserRow| {
                let stands_here =
                    stored.user.username == row.row && stored.user.password == row.sealed;
                stored.user.password = new.clone();
                stands_here
            })?,
            "transacciones" => rows.update_where(|stored: &mut PurchaseRow| {
                let purchase = &mut stored.purchase;
                let stands_here = purchase.sale().attempt_id.to_string() == row.row
                    && purchase.sale().hotspot_password == row.sealed;
                let mut stored = purchase.clone().into_stored();
                stored.sale.hotspot_password = new.clone();
                *purchase = domain::purchase::Purchase::from_stored(stored);
                stands_here
            })?,
            "bandeja_webhooks" => rows.update_where(|stored: &mut InboxRow| {
                stored.entry.body_hash == row.row && swap(&mut stored.entry.body, &row.sealed, new)
            })?,
            _ => 0,
        };
        Ok(replaced > 0)
    }
}
