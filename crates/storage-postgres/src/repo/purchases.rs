//! Purchases and the keys that keep them single. Long queries live in the files next to this one.

use async_trait::async_trait;
use diesel::prelude::*;
use domain::gateway::GatewayKind;
use domain::ids::{ProductId, PurchaseId, RouterId, TenantId};
use domain::purchase::{Person, Purchase, PurchaseState, Sale};
use domain::time::Timestamp;
use ports::store::error::StoreError;
use ports::store::purchases::{
    Claim, Income, KeyKind, KeyedPurchase, OpenWork, PurchaseFilter, PurchaseKey, PurchasePage,
    PurchaseRepository, SalesTotals,
};

use crate::repo::purchase_query::{first, purchases};
use crate::repo::{purchase_claims, purchase_lists, purchase_people, purchase_sums};
use crate::rows::convert::to_sql_time;
use crate::rows::purchase::PurchaseRow;
use crate::rows::purchase_write::{NewPurchaseRow, PurchaseChanges};
use crate::schema::{claves_idempotencia, transacciones};
use crate::unit_of_work::PgUnitOfWork;

/// A key to be stored.
#[derive(Insertable)]
#[diesel(table_name = claves_idempotencia)]
struct NewKeyRow<'a> {
    router_id: &'a str,
    tipo: &'static str,
    clave: &'a str,
    empresa_id: &'a str,
    compra_id: i64,
    huella: &'a str,
    creada_en: chrono::NaiveDateTime,
}

#[async_trait]
impl PurchaseRepository for PgUnitOfWork {
    async fn insert(
        &mut self,
        sale: &Sale,
        locked_until: Timestamp,
        token_digest: &str,
    ) -> Result<Purchase, StoreError> {
        let query = diesel::insert_into(transacciones::table)
            .values(NewPurchaseRow::new(sale, locked_until, token_digest))
            .returning(transacciones::id);
        let stored = self.sure_row::<i64, _>(query).await?;
        let id = PurchaseId::new(stored);
        Ok(Purchase::new(id, sale.clone(), locked_until))
    }

    async fn claim_keys(
        &mut self,
        purchase: &Purchase,
        keys: &[PurchaseKey],
        fingerprint: &str,
    ) -> Result<(), StoreError> {
        let row = |key: &'_ PurchaseKey| (key.kind.as_str(), key.key.clone());
        let keys: Vec<(&'static str, String)> = keys.iter().map(row).collect();
        let rows: Vec<NewKeyRow<'_>> = keys
            .iter()
            .map(|(kind, key)| NewKeyRow {
                router_id: purchase.sale().router_id.as_str(),
                tipo: kind,
                clave: key,
                empresa_id: purchase.sale().tenant_id.as_str(),
                compra_id: purchase.id().get(),
                huella: fingerprint,
                creada_en: to_sql_time(purchase.sale().created_at),
            })
            .collect();
        if rows.is_empty() {
            return Ok(());
        }
        let statement = diesel::insert_into(claves_idempotencia::table).values(&rows);
        self.run(statement).await?;
        Ok(())
    }

    async fn find_by_key(
        &mut self,
        router: &RouterId,
        key: &PurchaseKey,
    ) -> Result<Option<KeyedPurchase>, StoreError> {
        let query = claves_idempotencia::table
            .find((router.as_str(), key.kind.as_str(), key.key.as_str()))
            .inner_join(
                transacciones::table.on(transacciones::id.eq(claves_idempotencia::compra_id)),
            )
            .select((PurchaseRow::as_select(), claves_idempotencia::huella));
        let found = self.row::<(PurchaseRow, String), _>(query).await?;
        found
            .map(|(row, fingerprint)| {
                Ok(KeyedPurchase {
                    purchase: row.into_domain()?,
                    fingerprint,
                })
            })
            .transpose()
    }

    async fn release_keys(
        &mut self,
        id: PurchaseId,
        only: Option<KeyKind>,
    ) -> Result<(), StoreError> {
        let mut keys = diesel::delete(claves_idempotencia::table)
            .filter(claves_idempotencia::compra_id.eq(id.get()))
            .into_boxed();
        if let Some(kind) = only {
            keys = keys.filter(claves_idempotencia::tipo.eq(kind.as_str()));
        }
        self.run(keys).await?;
        Ok(())
    }

    async fn taken_names(
        &mut self,
        router: &RouterId,
        names: &[String],
    ) -> Result<Vec<String>, StoreError> {
        let query = transacciones::table
            .filter(transacciones::router_id.eq(router.as_str()))
            .filter(transacciones::usuario_hotspot.eq_any(names))
            .select(transacciones::usuario_hotspot);
        let found = self.rows::<String, _>(query).await?;
        let taken = found;
        let is_taken = |name: &&String| taken.contains(*name);
        Ok(names.iter().filter(is_taken).cloned().collect())
    }

    async fn find(&mut self, id: PurchaseId) -> Result<Option<Purchase>, StoreError> {
        first(self, purchases().filter(transacciones::id.eq(id.get()))).await
    }

    async fn find_by_token(
        &mut self,
        router: &RouterId,
        token_digest: &str,
    ) -> Result<Option<Purchase>, StoreError> {
        let query = purchases()
            .filter(transacciones::token_huella.eq(token_digest))
            .filter(transacciones::router_id.eq(router.as_str()));
        first(self, query).await
    }

    async fn find_by_reference(
        &mut self,
        gateway: GatewayKind,
        reference: &str,
    ) -> Result<Option<Purchase>, StoreError> {
        let query = purchases()
            .filter(transacciones::external_reference.eq(reference))
            .filter(transacciones::pasarela.eq(gateway.as_str()));
        first(self, query).await
    }

    async fn find_by_gateway_id(
        &mut self,
        gateway: GatewayKind,
        order_or_payment: &str,
    ) -> Result<Option<Purchase>, StoreError> {
        let is_it = transacciones::orden_id
            .eq(order_or_payment)
            .or(transacciones::pago_id.eq(order_or_payment));
        let query = purchases()
            .filter(transacciones::pasarela.eq(gateway.as_str()))
            .filter(is_it)
            .order((transacciones::creada_en.desc(), transacciones::id.desc()));
        first(self, query).await
    }

    async fn find_by_hotspot_name(
        &mut self,
        router: &RouterId,
        name: &str,
    ) -> Result<Option<Purchase>, StoreError> {
        // At most one: a name is sold once per router.
        let query = purchases()
            .filter(transacciones::router_id.eq(router.as_str()))
            .filter(transacciones::usuario_hotspot.eq(name));
        first(self, query).await
    }

    async fn save(&mut self, purchase: &mut Purchase) -> Result<bool, StoreError> {
        let revision = purchase.work().revision;
        let next = revision.saturating_add(1);
        let unchanged = transacciones::table
            .find(purchase.id().get())
            .filter(transacciones::empresa_id.eq(purchase.sale().tenant_id.as_str()))
            .filter(transacciones::revision.eq(revision));
        let statement = diesel::update(unchanged).set(PurchaseChanges::new(purchase, next));
        let changed = self.run(statement).await?;
        let is_saved = changed > 0;
        if is_saved {
            purchase.saved_as(next);
        }
        Ok(is_saved)
    }

    async fn claim_due(&mut self, claim: &Claim) -> Result<Vec<Purchase>, StoreError> {
        purchase_claims::claim_due(self, claim).await
    }

    async fn lock_person(&mut self, person: &Person) -> Result<(), StoreError> {
        purchase_people::lock(self, person).await
    }

    async fn find_open_of(
        &mut self,
        person: &Person,
        product: ProductId,
    ) -> Result<Option<Purchase>, StoreError> {
        purchase_people::find_open(self, person, product).await
    }

    async fn list_bought_since(
        &mut self,
        purchase: &Purchase,
    ) -> Result<Vec<Purchase>, StoreError> {
        purchase_people::bought_since(self, purchase).await
    }

    async fn list(
        &mut self,
        tenant: &TenantId,
        filter: &PurchaseFilter,
        limit: i64,
        offset: i64,
    ) -> Result<PurchasePage, StoreError> {
        purchase_lists::page(self, tenant, filter, limit, offset).await
    }

    async fn list_by_state(
        &mut self,
        states: &[PurchaseState],
        tenant: Option<&TenantId>,
        limit: i64,
    ) -> Result<Vec<Purchase>, StoreError> {
        purchase_lists::by_state(self, states, tenant, limit).await
    }

    async fn totals(&mut self, tenant: &TenantId) -> Result<SalesTotals, StoreError> {
        purchase_sums::totals(self, tenant).await
    }

    async fn income(&mut self, tenant: &TenantId) -> Result<Vec<Income>, StoreError> {
        purchase_sums::income(self, tenant).await
    }

    async fn open_work(&mut self) -> Result<OpenWork, StoreError> {
        purchase_sums::open_work(self).await
    }

    async fn list_paid_between(
        &mut self,
        tenant: &TenantId,
        gateway: GatewayKind,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Purchase>, StoreError> {
        purchase_lists::paid_between(self, tenant, gateway, from, to).await
    }

    async fn blank_customers(&mut self, before: Timestamp, limit: i64) -> Result<u64, StoreError> {
        purchase_sums::blank_customers(self, before, limit).await
    }

    async fn purge_keys(&mut self, before: Timestamp, limit: i64) -> Result<u64, StoreError> {
        purchase_sums::purge_keys(self, before, limit).await
    }
}
