//! Bugs around the store.

use std::sync::Arc;

use async_trait::async_trait;
use domain::gateway::GatewayKind;
use domain::ids::{ProductId, PurchaseId, RouterId, TenantId};
use domain::purchase::{ParkReason, Person, Purchase, PurchaseState, Sale};
use domain::time::Timestamp;
use ports::store::api_keys::ApiKeyRepository;
use ports::store::audit::AuditRepository;
use ports::store::error::StoreError;
use ports::store::inbox::InboxRepository;
use ports::store::maintenance::MaintenanceRepository;
use ports::store::outbox::OutboxRepository;
use ports::store::products::ProductRepository;
use ports::store::purchases::{
    Claim, Income, KeyKind, KeyedPurchase, OpenWork, PurchaseFilter, PurchaseKey, PurchasePage,
    PurchaseRepository, SalesTotals,
};
use ports::store::refunds::RefundRepository;
use ports::store::router_care::RouterCareRepository;
use ports::store::routers::RouterRepository;
use ports::store::tenants::TenantRepository;
use ports::store::users::UserRepository;
use ports::store::{Scope, Store, UnitOfWork};

use crate::planted::bug::PlantedBug;

/// A store that keeps purchases badly.
pub(super) struct BuggyStore {
    pub(super) inner: Arc<dyn Store>,
    pub(super) bug: PlantedBug,
}

struct BuggyUnit {
    inner: Box<dyn UnitOfWork>,
    bug: PlantedBug,
}

#[async_trait]
impl Store for BuggyStore {
    async fn begin(&self, scope: Scope) -> Result<Box<dyn UnitOfWork>, StoreError> {
        Ok(Box::new(BuggyUnit {
            inner: self.inner.begin(scope).await?,
            bug: self.bug,
        }))
    }

    async fn is_ready(&self) -> Result<bool, StoreError> {
        self.inner.is_ready().await
    }
}

#[async_trait]
impl UnitOfWork for BuggyUnit {
    fn tenants(&mut self) -> &mut dyn TenantRepository {
        self.inner.tenants()
    }

    fn users(&mut self) -> &mut dyn UserRepository {
        self.inner.users()
    }

    fn routers(&mut self) -> &mut dyn RouterRepository {
        self.inner.routers()
    }

    fn router_care(&mut self) -> &mut dyn RouterCareRepository {
        self.inner.router_care()
    }

    fn api_keys(&mut self) -> &mut dyn ApiKeyRepository {
        self.inner.api_keys()
    }

    fn products(&mut self) -> &mut dyn ProductRepository {
        self.inner.products()
    }

    fn purchases(&mut self) -> &mut dyn PurchaseRepository {
        self
    }

    fn refunds(&mut self) -> &mut dyn RefundRepository {
        self.inner.refunds()
    }

    fn outbox(&mut self) -> &mut dyn OutboxRepository {
        self.inner.outbox()
    }

    fn inbox(&mut self) -> &mut dyn InboxRepository {
        self.inner.inbox()
    }

    fn audit(&mut self) -> &mut dyn AuditRepository {
        self.inner.audit()
    }

    fn maintenance(&mut self) -> &mut dyn MaintenanceRepository {
        self.inner.maintenance()
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.inner.commit().await
    }

    async fn rollback(self: Box<Self>) -> Result<(), StoreError> {
        self.inner.rollback().await
    }
}

#[async_trait]
impl PurchaseRepository for BuggyUnit {
    async fn claim_keys(
        &mut self,
        purchase: &Purchase,
        keys: &[PurchaseKey],
        fingerprint: &str,
    ) -> Result<(), StoreError> {
        let kept = if self.bug == PlantedBug::ForgetKeys {
            &[]
        } else {
            keys
        };
        let purchases = self.inner.purchases();
        purchases.claim_keys(purchase, kept, fingerprint).await
    }

    async fn find(&mut self, id: PurchaseId) -> Result<Option<Purchase>, StoreError> {
        let mut found = self.inner.purchases().find(id).await?;
        if self.bug == PlantedBug::NoLease
            && let Some(purchase) = &mut found
        {
            // Nobody sees that somebody works on it.
            let next_run = purchase.work().next_run;
            purchase.release(next_run);
        }
        Ok(found)
    }

    async fn save(&mut self, purchase: &mut Purchase) -> Result<bool, StoreError> {
        if self.bug == PlantedBug::NoCompareAndSet
            && let Some(stored) = self.inner.purchases().find(purchase.id()).await?
        {
            purchase.saved_as(stored.work().revision);
        }
        if self.bug == PlantedBug::NoRemovalAfterDecline
            && purchase.state() == PurchaseState::Declined
        {
            purchase.removal_confirmed();
        }
        self.inner.purchases().save(purchase).await
    }

    async fn claim_due(&mut self, claim: &Claim) -> Result<Vec<Purchase>, StoreError> {
        let mut claim = claim.clone();
        if self.bug == PlantedBug::NoLease {
            // By this clock every lease is long over, and everything is due.
            claim.now = claim.now.plus(claim.lease * 2);
        }
        self.inner.purchases().claim_due(&claim).await
    }

    async fn insert(
        &mut self,
        sale: &Sale,
        locked_until: Timestamp,
        token_digest: &str,
    ) -> Result<Purchase, StoreError> {
        let purchases = self.inner.purchases();
        purchases.insert(sale, locked_until, token_digest).await
    }

    async fn find_by_key(
        &mut self,
        router: &RouterId,
        key: &PurchaseKey,
    ) -> Result<Option<KeyedPurchase>, StoreError> {
        self.inner.purchases().find_by_key(router, key).await
    }

    async fn release_keys(
        &mut self,
        id: PurchaseId,
        only: Option<KeyKind>,
    ) -> Result<(), StoreError> {
        self.inner.purchases().release_keys(id, only).await
    }

    async fn taken_names(
        &mut self,
        router: &RouterId,
        names: &[String],
    ) -> Result<Vec<String>, StoreError> {
        self.inner.purchases().taken_names(router, names).await
    }

    async fn find_by_token(
        &mut self,
        router: &RouterId,
        token_digest: &str,
    ) -> Result<Option<Purchase>, StoreError> {
        let purchases = self.inner.purchases();
        purchases.find_by_token(router, token_digest).await
    }

    async fn find_by_reference(
        &mut self,
        gateway: GatewayKind,
        reference: &str,
    ) -> Result<Option<Purchase>, StoreError> {
        let purchases = self.inner.purchases();
        purchases.find_by_reference(gateway, reference).await
    }

    async fn find_by_gateway_id(
        &mut self,
        gateway: GatewayKind,
        order_or_payment: &str,
    ) -> Result<Option<Purchase>, StoreError> {
        let purchases = self.inner.purchases();
        purchases
            .find_by_gateway_id(gateway, order_or_payment)
            .await
    }

    async fn find_by_hotspot_name(
        &mut self,
        router: &RouterId,
        name: &str,
    ) -> Result<Option<Purchase>, StoreError> {
        let purchases = self.inner.purchases();
        purchases.find_by_hotspot_name(router, name).await
    }

    async fn lock_person(&mut self, person: &Person) -> Result<(), StoreError> {
        if self.bug == PlantedBug::NoPersonLock {
            return Ok(());
        }
        self.inner.purchases().lock_person(person).await
    }

    async fn find_open_of(
        &mut self,
        person: &Person,
        product: ProductId,
    ) -> Result<Option<Purchase>, StoreError> {
        if self.bug == PlantedBug::ForgetOpenPurchases {
            return Ok(None);
        }
        self.inner.purchases().find_open_of(person, product).await
    }

    async fn list_bought_since(
        &mut self,
        purchase: &Purchase,
    ) -> Result<Vec<Purchase>, StoreError> {
        let purchases = self.inner.purchases();
        let found = purchases.list_bought_since(purchase).await?;
        Ok(match self.bug {
            PlantedBug::GrantFoundMoney => Vec::new(),
            PlantedBug::RefundFoundMoney => vec![parked(purchase)],
            _ => found,
        })
    }

    async fn list(
        &mut self,
        tenant: &TenantId,
        filter: &PurchaseFilter,
        limit: i64,
        offset: i64,
    ) -> Result<PurchasePage, StoreError> {
        let purchases = self.inner.purchases();
        purchases.list(tenant, filter, limit, offset).await
    }

    async fn list_by_state(
        &mut self,
        states: &[PurchaseState],
        tenant: Option<&TenantId>,
        limit: i64,
    ) -> Result<Vec<Purchase>, StoreError> {
        let purchases = self.inner.purchases();
        purchases.list_by_state(states, tenant, limit).await
    }

    async fn totals(&mut self, tenant: &TenantId) -> Result<SalesTotals, StoreError> {
        self.inner.purchases().totals(tenant).await
    }

    async fn income(&mut self, tenant: &TenantId) -> Result<Vec<Income>, StoreError> {
        self.inner.purchases().income(tenant).await
    }

    async fn open_work(&mut self) -> Result<OpenWork, StoreError> {
        self.inner.purchases().open_work().await
    }

    async fn list_paid_between(
        &mut self,
        tenant: &TenantId,
        gateway: GatewayKind,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Purchase>, StoreError> {
        let purchases = self.inner.purchases();
        purchases.list_paid_between(tenant, gateway, from, to).await
    }

    async fn blank_customers(&mut self, before: Timestamp, limit: i64) -> Result<u64, StoreError> {
        self.inner.purchases().blank_customers(before, limit).await
    }

    async fn purge_keys(&mut self, before: Timestamp, limit: i64) -> Result<u64, StoreError> {
        self.inner.purchases().purge_keys(before, limit).await
    }
}

/// As if the person had another purchase that nobody can decide about.
fn parked(purchase: &Purchase) -> Purchase {
    let mut stored = purchase.clone().into_stored();
    stored.payment.state = PurchaseState::Verifying;
    stored.work.parked = Some(ParkReason::Other);
    Purchase::from_stored(stored)
}
