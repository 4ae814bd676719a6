//! The queries that run all day are answered from indexes.
//!
//! Sequential scans are made so expensive that Postgres only takes one where no index serves;
//! the server's own counters then say whether it took one. Counting the real calls, nothing is
//! said twice.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::gateway::GatewayKind;
use domain::ids::{PurchaseId, UserId};
use domain::purchase::{Purchase, PurchaseState};
use ports::store::UnitOfWork;
use ports::store::api_keys::KeyUse;
use ports::store::audit::AuditFilter;
use ports::store::maintenance::SealedPosition;
use ports::store::purchases::{Claim, KeyKind, PurchaseFilter, PurchaseKey};
use test_support::builders::{self, NOW, after};
use test_support::postgres::TestDatabase;
use tokio_postgres::Client;
use uuid::Uuid;

use crate::support::{Shop, buy, database, open_shop, platform, store};

/// Sequential scans and rows fetched through indexes, by table. Ends every other connection
/// first: their counts are complete only then.
async fn counters(client: &Client) -> BTreeMap<String, (i64, i64)> {
    client
        .execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid() \
             AND backend_type = 'client backend'",
            &[],
        )
        .await
        .unwrap();
    client
        .query(
            "SELECT relname::text, seq_scan, coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables",
            &[],
        )
        .await
        .unwrap()
        .iter()
        .map(|row| (row.get(0), (row.get(1), row.get(2))))
        .collect()
}

/// Makes every later connection shun sequential scans.
async fn shun_sequential_scans(client: &Client) {
    let query = "SELECT current_database()::text";
    let name: String = client.query_one(query, &[]).await.unwrap().get(0);
    client
        .batch_execute(&format!("ALTER DATABASE {name} SET enable_seqscan = off"))
        .await
        .unwrap();
}

async fn some_sales(database: &TestDatabase) -> Shop {
    let store = store(database, 1);
    let shop = open_shop(&store, 1).await;
    let mut unit = platform(&store).await;
    for number in 0..20 {
        let mut purchase = buy(&mut unit, &shop, number).await;
        let name = purchase.access().name.clone();
        purchase
            .begin_charge(name, "*1".to_owned(), None, NOW)
            .unwrap();
        assert!(unit.purchases().save(&mut purchase).await.unwrap());
    }
    unit.commit().await.unwrap();
    shop
}

/// What portals, operators and gateways cause.
async fn requests(unit: &mut Box<dyn UnitOfWork>, shop: &Shop) {
    let (tenant, router, product) = (&shop.tenant.id, &shop.router.id, shop.product.id);
    let conekta = GatewayKind::Conekta;
    unit.api_keys().find_by_hash("hash").await.unwrap();
    let used = KeyUse {
        id: builders::api_key(&shop.router, 1).id,
        count: 1,
        last_used_at: NOW,
    };
    unit.api_keys().record_uses(&[used]).await.unwrap();
    unit.api_keys().list(tenant, router).await.unwrap();
    let email = builders::user(domain::user::Role::SuperAdmin, "ana@x.test").email;
    unit.users().find_login(&email).await.unwrap();
    let token = Uuid::from_u128(1);
    unit.users()
        .find_session(UserId::new(1), token)
        .await
        .unwrap();
    unit.users().count_tenant_admins(tenant).await.unwrap();
    unit.tenants().find(tenant).await.unwrap();
    unit.tenants().find_logo("logo").await.unwrap();
    unit.tenants().counts(tenant, NOW).await.unwrap();
    unit.routers().find(tenant, router).await.unwrap();
    unit.routers().list(tenant).await.unwrap();
    unit.routers().count_use(tenant, router).await.unwrap();
    let products = unit.products();
    products.list(tenant, None).await.unwrap();
    products.list(tenant, Some(router)).await.unwrap();
    products.list_for_sale(tenant, router).await.unwrap();
    products.find_offer(tenant, router, product).await.unwrap();
    let purchases = unit.purchases();
    let key = PurchaseKey {
        kind: KeyKind::Header,
        key: "key".to_owned(),
    };
    purchases.find_by_key(router, &key).await.unwrap();
    purchases
        .taken_names(router, &["a".to_owned()])
        .await
        .unwrap();
    purchases.find_by_token(router, "token").await.unwrap();
    purchases.find_by_reference(conekta, "r").await.unwrap();
    purchases.find_by_gateway_id(conekta, "o").await.unwrap();
    purchases.find_by_hotspot_name(router, "n").await.unwrap();
    let sale = builders::purchase(&shop.product, 1);
    purchases.lock_person(&sale.person()).await.unwrap();
    purchases
        .find_open_of(&sale.person(), product)
        .await
        .unwrap();
    let asked = Purchase::new(PurchaseId::new(1), sale, NOW);
    purchases.list_bought_since(&asked).await.unwrap();
    let filters = [
        PurchaseFilter::default(),
        PurchaseFilter {
            from: Some(NOW),
            to: Some(after(9)),
            payment_status: Some("paid".to_owned()),
            router_id: Some(router.clone()),
            text: Some("ana".to_owned()),
        },
    ];
    for filter in filters {
        purchases.list(tenant, &filter, 10, 0).await.unwrap();
    }
    purchases.totals(tenant).await.unwrap();
    let filter = AuditFilter {
        tenant_id: Some(tenant.clone()),
        ..AuditFilter::default()
    };
    unit.audit().list(&filter, 10, 0).await.unwrap();
}

/// What workers and the platform owner cause.
async fn work(unit: &mut Box<dyn UnitOfWork>, shop: &Shop) {
    let lease = Duration::from_mins(1);
    let claim = Claim {
        now: after(999),
        lease,
        limit: 5,
        per_tenant: 5,
        skip: Vec::new(),
    };
    let tenant = &shop.tenant.id;
    let purchases = unit.purchases();
    let claimed = purchases.claim_due(&claim).await.unwrap();
    assert_eq!(claimed.len(), 5);
    let mut purchase = claimed.into_iter().next().unwrap();
    assert!(purchases.save(&mut purchase).await.unwrap());
    purchases.release_keys(purchase.id(), None).await.unwrap();
    purchases.open_work().await.unwrap();
    purchases
        .list_paid_between(tenant, GatewayKind::Conekta, NOW, after(9))
        .await
        .unwrap();
    let states = [PurchaseState::Paid];
    purchases.list_by_state(&states, None, 10).await.unwrap();
    purchases.list_by_state(&[], None, 10).await.unwrap();
    purchases.blank_customers(NOW, 9).await.unwrap();
    purchases.purge_keys(NOW, 9).await.unwrap();
    let refunds = unit.refunds();
    refunds.find_open(purchase.id()).await.unwrap();
    refunds
        .find_by_request_key(purchase.id(), "k")
        .await
        .unwrap();
    refunds.list(purchase.id()).await.unwrap();
    unit.outbox().claim(claim.now, lease, 5).await.unwrap();
    unit.inbox().claim(&claim).await.unwrap();
    unit.inbox().purge(NOW, NOW, 9).await.unwrap();
    unit.users().forget_expired_sessions(NOW).await.unwrap();
    key_rotation(unit).await;
    let filter = AuditFilter::default();
    unit.audit().list(&filter, 10, 0).await.unwrap();
}

/// What every start asks, and what `rotate-keys` does.
async fn key_rotation(unit: &mut Box<dyn UnitOfWork>) {
    let secrets = unit.maintenance();
    assert_eq!(secrets.sealed_key_ids().await.unwrap(), ["k1"]);
    let mut position = Some(SealedPosition::default());
    let mut found = 0;
    while let Some(after) = position {
        let page = secrets.list_sealed_otherwise("k2", &after, 7).await;
        let page = page.unwrap();
        found += page.rows.len();
        for row in page.rows {
            let new = row.sealed.clone();
            assert!(secrets.replace_sealed(&row, &new).await.unwrap());
        }
        position = page.next;
    }
    assert!(found > 20, "{found}");
}

#[tokio::test]
async fn hot_queries_scan_no_table() {
    let database = database().await;
    let shop = some_sales(&database).await;
    let client = database.connect().await;
    shun_sequential_scans(&client).await;
    let before = counters(&client).await;
    let store = store(&database, 1);
    let mut unit = platform(&store).await;
    requests(&mut unit, &shop).await;
    work(&mut unit, &shop).await;
    unit.commit().await.unwrap();
    drop(store);
    let after = counters(&client).await;
    for (table, (scans, _fetched)) in &after {
        // One row for each encryption key.
        if table == "claves_cifrado" {
            continue;
        }
        let (earlier, _) = before.get(table).copied().unwrap_or_default();
        assert_eq!(*scans, earlier, "{table} was scanned");
    }
    // The counters do count: nothing serves this one.
    let other = database.connect().await;
    other
        .batch_execute("SET app.alcance = '*'; SELECT 1 FROM transacciones WHERE intentos = 7")
        .await
        .unwrap();
    let (scans, _fetched) = counters(&client).await["transacciones"];
    assert_eq!(scans, after["transacciones"].0 + 1);
}

#[tokio::test]
async fn sums_are_answered_from_the_index_alone() {
    let database = database().await;
    let shop = some_sales(&database).await;
    let client = database.connect().await;
    shun_sequential_scans(&client).await;
    client
        .batch_execute("VACUUM (ANALYZE) transacciones")
        .await
        .unwrap();
    let (_, before) = counters(&client).await["transacciones"];
    let store = store(&database, 1);
    let mut unit = platform(&store).await;
    let totals = unit.purchases().totals(&shop.tenant.id).await.unwrap();
    assert_eq!((totals.total, totals.pending), (20, 20));
    unit.commit().await.unwrap();
    drop(store);
    let (_, after) = counters(&client).await["transacciones"];
    // Not none at all: sessions that ended before report a row of theirs late now and then.
    assert!(after - before < 20, "the sales were fetched");
    let scans = "SELECT idx_scan FROM pg_stat_user_indexes \
                 WHERE indexrelname = 'transacciones_totales_idx'";
    let scans: i64 = client.query_one(scans, &[]).await.unwrap().get(0);
    assert_eq!(scans, 1);
}
