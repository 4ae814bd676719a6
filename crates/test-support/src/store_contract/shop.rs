//! What most tests begin with.

use std::sync::Arc;

use domain::credentials::HotspotName;
use domain::gateway::PaymentStatus;
use domain::ids::TenantId;
use domain::product::Product;
use domain::purchase::{FactSource, Purchase};
use domain::router::Router;
use domain::tenant::Tenant;
use ports::store::error::StoreError;
use ports::store::{Scope, Store, UnitOfWork};

use crate::builders::{self, NOW};

/// How a test ends.
pub(super) type Done = Result<(), StoreError>;

/// A store as tests get it.
pub(super) type AnyStore = Arc<dyn Store>;

/// A unit of work.
pub(super) type Unit = Box<dyn UnitOfWork>;

/// A tenant with a router that sells a product.
#[derive(Debug, Clone)]
pub(super) struct Shop {
    pub(super) tenant: Tenant,
    pub(super) router: Router,
    pub(super) product: Product,
}

/// A unit that sees everybody's rows.
pub(super) async fn platform(store: &AnyStore) -> Result<Unit, StoreError> {
    store.begin(Scope::Platform).await
}

/// A unit that sees one tenant's rows.
pub(super) async fn scoped(store: &AnyStore, tenant: &TenantId) -> Result<Unit, StoreError> {
    store.begin(Scope::Tenant(tenant.clone())).await
}

/// Stores a shop: tenant, router, product and the hash of the router's key, all of this number.
pub(super) async fn open_shop(store: &AnyStore, number: u32) -> Result<Shop, StoreError> {
    let mut unit = platform(store).await?;
    let tenant = builders::tenant(number);
    unit.tenants().insert(&tenant).await?;
    let router = builders::router(&tenant.id, number);
    let hash = builders::key_hash(number);
    unit.routers().insert(&router, &hash).await?;
    let draft = builders::draft(&router.id, "*1");
    let product = unit.products().insert(&tenant.id, &draft, NOW).await?;
    unit.commit().await?;
    Ok(Shop {
        tenant,
        router,
        product,
    })
}

/// Stores a purchase that is only created.
pub(super) async fn buy(
    unit: &mut Unit,
    product: &Product,
    number: u32,
) -> Result<Purchase, StoreError> {
    let new = builders::purchase(product, number);
    unit.purchases()
        .insert(
            &new,
            builders::LOCKED_UNTIL,
            &builders::token_digest(number),
        )
        .await
}

/// Sends the charge of a purchase.
pub(super) async fn send_charge(unit: &mut Unit, purchase: &mut Purchase) -> Done {
    let name = HotspotName::from_stored(purchase.access().name.as_str());
    let order = format!("order-{}", purchase.id());
    purchase
        .begin_charge(name, "*A".to_owned(), Some(order), NOW)
        .unwrap();
    save(unit, purchase).await
}

/// Applies the gateway's word to a purchase whose charge was sent.
pub(super) async fn hear(unit: &mut Unit, purchase: &mut Purchase, status: PaymentStatus) -> Done {
    let facts = builders::facts(purchase, status, "word");
    let expected = purchase.expected_payment(None);
    purchase
        .apply_facts(&facts, &expected, FactSource::FollowUp, NOW)
        .unwrap();
    save(unit, purchase).await
}

/// Stores a purchase whose charge was sent.
pub(super) async fn buy_and_send(
    unit: &mut Unit,
    product: &Product,
    number: u32,
) -> Result<Purchase, StoreError> {
    let mut purchase = buy(unit, product, number).await?;
    send_charge(unit, &mut purchase).await?;
    Ok(purchase)
}

/// Stores a purchase that is paid.
pub(super) async fn buy_and_pay(
    unit: &mut Unit,
    product: &Product,
    number: u32,
) -> Result<Purchase, StoreError> {
    let mut purchase = buy_and_send(unit, product, number).await?;
    hear(unit, &mut purchase, PaymentStatus::Approved).await?;
    Ok(purchase)
}

/// Writes a purchase that nobody else is writing.
pub(super) async fn save(unit: &mut Unit, purchase: &mut Purchase) -> Done {
    let is_saved = unit.purchases().save(purchase).await?;
    assert!(is_saved, "nobody else wrote {}", purchase.id());
    Ok(())
}
