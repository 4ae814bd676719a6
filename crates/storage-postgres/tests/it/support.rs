//! Databases and stores for the tests.

use std::sync::Arc;
use std::time::Duration;

use domain::ids::TenantId;
use domain::product::Product;
use domain::purchase::Purchase;
use domain::router::Router;
use domain::tenant::Tenant;
use ports::store::{Scope, Store, UnitOfWork};
use storage_postgres::{DatabaseUrl, PgStore, PoolSettings};
use test_support::builders::{self, NOW};
use test_support::postgres::TestDatabase;

/// A migrated database.
pub(crate) async fn database() -> TestDatabase {
    TestDatabase::new(async |url| {
        let url = DatabaseUrl::parse(url).unwrap();
        storage_postgres::migrate(&url).await.map(drop)
    })
    .await
}

/// A store with a pool of this size.
pub(crate) fn store(database: &TestDatabase, size: usize) -> PgStore {
    let settings = PoolSettings {
        size,
        ..PoolSettings::default()
    };
    PgStore::new(DatabaseUrl::parse(&database.url()).unwrap(), &settings).unwrap()
}

/// A store whose callers do not wait long for a connection.
pub(crate) fn impatient_store(database: &TestDatabase, size: usize) -> PgStore {
    let settings = PoolSettings {
        size,
        wait: Duration::from_millis(50),
        ..PoolSettings::default()
    };
    PgStore::new(DatabaseUrl::parse(&database.url()).unwrap(), &settings).unwrap()
}

/// A fresh store, with its database to be kept as long.
pub(crate) async fn fresh() -> (Arc<dyn Store>, TestDatabase) {
    let database = database().await;
    let store = store(&database, 4);
    (Arc::new(store), database)
}

pub(crate) async fn platform(store: &PgStore) -> Box<dyn UnitOfWork> {
    store.begin(Scope::Platform).await.unwrap()
}

pub(crate) async fn scoped(store: &PgStore, tenant: &TenantId) -> Box<dyn UnitOfWork> {
    store.begin(Scope::Tenant(tenant.clone())).await.unwrap()
}

/// A tenant with a router that sells a product.
pub(crate) struct Shop {
    pub(crate) tenant: Tenant,
    pub(crate) router: Router,
    pub(crate) product: Product,
}

/// Stores a shop of this number.
pub(crate) async fn open_shop(store: &PgStore, number: u32) -> Shop {
    let mut unit = platform(store).await;
    let tenant = builders::tenant(number);
    unit.tenants().insert(&tenant).await.unwrap();
    let router = builders::router(&tenant.id, number);
    let hash = builders::key_hash(number);
    unit.routers().insert(&router, &hash).await.unwrap();
    let draft = builders::draft(&router.id, "*1");
    let product = unit
        .products()
        .insert(&tenant.id, &draft, NOW)
        .await
        .unwrap();
    unit.commit().await.unwrap();
    Shop {
        tenant,
        router,
        product,
    }
}

/// Stores a purchase of this number, only created.
pub(crate) async fn buy(unit: &mut Box<dyn UnitOfWork>, shop: &Shop, number: u32) -> Purchase {
    let new = builders::purchase(&shop.product, number);
    let digest = builders::token_digest(number);
    unit.purchases()
        .insert(&new, builders::LOCKED_UNTIL, &digest)
        .await
        .unwrap()
}
