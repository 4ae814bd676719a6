//! Units of work on few connections: nothing stays, nothing blocks, nothing is lost.

use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use domain::user::Role;
use ports::store::error::{StoreError, constraints};
use ports::store::purchases::{KeyKind, PurchaseKey};
use ports::store::{Scope, Store};
use storage_postgres::{DatabaseUrl, PgStore, PoolSettings, StatementCounts};
use test_support::builders;

use crate::support::{buy, database, impatient_store, open_shop, platform, scoped, store};

#[tokio::test]
async fn a_dropped_unit_leaves_one_connection_usable() {
    let database = database().await;
    let store = store(&database, 1);
    let mut unit = platform(&store).await;
    unit.tenants().insert(&builders::tenant(1)).await.unwrap();
    drop(unit);
    let mut unit = platform(&store).await;
    assert_eq!(unit.tenants().list().await.unwrap(), []);
    unit.commit().await.unwrap();
}

#[tokio::test]
async fn a_dropped_unit_gives_its_locks_back() {
    let database = database().await;
    let store = store(&database, 2);
    let shop = open_shop(&store, 1).await;
    let mut holder = platform(&store).await;
    let held = holder.tenants().find_for_update(&shop.tenant.id).await;
    assert!(held.unwrap().is_some());
    // On the other connection of the pool: nobody takes the first one out again.
    let mut waiter = platform(&store).await;
    drop(holder);
    let found = waiter.tenants().find_for_update(&shop.tenant.id).await;
    assert!(found.unwrap().is_some());
    waiter.commit().await.unwrap();
}

#[tokio::test]
async fn a_cancelled_statement_leaves_one_connection_usable() {
    let database = database().await;
    let store = store(&database, 1);
    let tenant = builders::tenant(1);
    let mut unit = platform(&store).await;
    {
        let mut tenants = Box::pin(unit.tenants().insert(&tenant));
        // Polled once, so the statement is on its way, and then no more.
        poll_fn(|context| {
            assert!(tenants.as_mut().poll(context).is_pending());
            Poll::Ready(())
        })
        .await;
    }
    drop(unit);
    let mut unit = platform(&store).await;
    assert_eq!(unit.tenants().list().await.unwrap(), []);
    unit.commit().await.unwrap();
}

#[tokio::test]
async fn a_cancelled_beginning_or_commit_leaves_one_connection_usable() {
    let database = database().await;
    let store = store(&database, 1);
    for _turn in 0..5 {
        let mut begin = Box::pin(store.begin(Scope::Platform));
        poll_fn(|context| {
            drop(begin.as_mut().poll(context));
            Poll::Ready(())
        })
        .await;
        drop(begin);
        let unit = platform(&store).await;
        let mut commit = Box::pin(unit.commit());
        poll_fn(|context| {
            drop(commit.as_mut().poll(context));
            Poll::Ready(())
        })
        .await;
        drop(commit);
    }
    let mut unit = platform(&store).await;
    assert_eq!(unit.tenants().list().await.unwrap(), []);
    unit.commit().await.unwrap();
}

#[tokio::test]
async fn after_a_conflict_a_commit_is_refused_and_the_connection_usable() {
    let database = database().await;
    let store = store(&database, 1);
    let user = builders::user(Role::SuperAdmin, "ana@x.test");
    let mut unit = platform(&store).await;
    unit.users().insert(&user).await.unwrap();
    unit.commit().await.unwrap();
    for ends_with_commit in [true, false] {
        let mut unit = platform(&store).await;
        unit.tenants().insert(&builders::tenant(1)).await.unwrap();
        let refused = unit.users().insert(&user).await.unwrap_err();
        assert!(refused.is_conflict_on(constraints::USER_EMAIL));
        if ends_with_commit {
            let error = unit.commit().await.unwrap_err();
            assert!(matches!(error, StoreError::Internal(_)), "{error:?}");
        } else {
            unit.rollback().await.unwrap();
        }
        let mut unit = platform(&store).await;
        assert_eq!(unit.tenants().list().await.unwrap(), []);
        unit.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_unit_may_live_in_a_task_of_its_own() {
    let database = database().await;
    let store = Arc::new(store(&database, 1));
    let task = tokio::spawn({
        let store = Arc::clone(&store);
        async move {
            let mut unit = platform(&store).await;
            unit.tenants().insert(&builders::tenant(1)).await.unwrap();
            unit.commit().await.unwrap();
        }
    });
    task.await.unwrap();
    assert_eq!(
        platform(&store).await.tenants().list().await.unwrap().len(),
        1
    );
}

#[tokio::test]
async fn without_a_free_connection_the_store_is_unavailable() {
    let database = database().await;
    let store = impatient_store(&database, 1);
    let held = platform(&store).await;
    let error = store.begin(Scope::Platform).await.err().unwrap();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    assert!(store.is_ready().await.unwrap(), "busy, not broken");
    held.commit().await.unwrap();
    platform(&store).await.commit().await.unwrap();
}

#[tokio::test]
async fn without_a_database_the_store_is_unavailable() {
    let url = DatabaseUrl::parse("postgresql://u:hunter2@127.0.0.1:1/none").unwrap();
    let store = PgStore::new(url, &PoolSettings::default()).unwrap();
    let error = store.begin(Scope::Platform).await.err().unwrap();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    assert!(!format!("{error:?}").contains("hunter2"));
    assert!(matches!(
        store.is_ready().await,
        Err(StoreError::Unavailable(_))
    ));
}

#[tokio::test]
async fn connections_that_the_server_ended_are_replaced() {
    let database = database().await;
    let store = store(&database, 3);
    let units = [
        platform(&store).await,
        platform(&store).await,
        platform(&store).await,
    ];
    for unit in units {
        unit.commit().await.unwrap();
    }
    database
        .connect()
        .await
        .execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid() \
             AND backend_type = 'client backend'",
            &[],
        )
        .await
        .unwrap();
    for _turn in 0..3 {
        platform(&store).await.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_connection_lost_inside_a_unit_is_unavailable() {
    let database = database().await;
    let store = store(&database, 1);
    let mut unit = platform(&store).await;
    unit.tenants().insert(&builders::tenant(1)).await.unwrap();
    database
        .connect()
        .await
        .execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid() \
             AND backend_type = 'client backend'",
            &[],
        )
        .await
        .unwrap();
    let error = unit.commit().await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    assert_eq!(platform(&store).await.tenants().list().await.unwrap(), []);
}

#[tokio::test]
async fn a_deadlock_asks_for_a_repeat() {
    let database = database().await;
    let store = Arc::new(store(&database, 2));
    let (first, second) = (open_shop(&store, 1).await, open_shop(&store, 2).await);
    let (first, second) = (first.tenant.id, second.tenant.id);
    let mut one = platform(&store).await;
    let mut two = platform(&store).await;
    one.tenants().set_active(&first, false).await.unwrap();
    two.tenants().set_active(&second, false).await.unwrap();
    let one = async {
        let outcome = one.tenants().set_active(&second, false).await;
        one.rollback().await.unwrap();
        outcome
    };
    let two = async {
        let outcome = two.tenants().set_active(&first, false).await;
        two.rollback().await.unwrap();
        outcome
    };
    let (one, two) = tokio::join!(one, two);
    let errors: Vec<StoreError> = [one, two].into_iter().filter_map(Result::err).collect();
    assert!(
        matches!(errors.as_slice(), [StoreError::Serialization]),
        "{errors:?}"
    );
}

#[tokio::test]
async fn a_statement_that_runs_too_long_is_ended() {
    let database = database().await;
    let settings = PoolSettings {
        size: 2,
        statement_timeout: Duration::from_millis(50),
        ..PoolSettings::default()
    };
    let url = DatabaseUrl::parse(&database.url()).unwrap();
    let store = PgStore::new(url, &settings).unwrap();
    let shop = open_shop(&store, 1).await;
    let mut holder = platform(&store).await;
    let id = &shop.tenant.id;
    holder.tenants().find_for_update(id).await.unwrap();
    let mut waiter = platform(&store).await;
    let error = waiter.tenants().find_for_update(id).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
}

#[tokio::test]
async fn a_server_that_falls_silent_is_not_waited_for() {
    let database = database().await;
    let settings = PoolSettings {
        size: 2,
        // Long enough for every other statement here on a crowded machine.
        patience: Duration::from_secs(3),
        ..PoolSettings::default()
    };
    let url = DatabaseUrl::parse(&database.url()).unwrap();
    let store = PgStore::new(url, &settings).unwrap();
    let shop = open_shop(&store, 1).await;
    let mut holder = platform(&store).await;
    let id = &shop.tenant.id;
    holder.tenants().find_for_update(id).await.unwrap();
    // The server would go on for its fifteen seconds; for the caller that is silence.
    let mut waiter = platform(&store).await;
    let error = waiter.tenants().find_for_update(id).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    assert!(waiter.commit().await.is_err());
    holder.commit().await.unwrap();
    // The late answer is nobody's: the next one is asked on another connection.
    let mut next = platform(&store).await;
    assert!(next.tenants().find_for_update(id).await.unwrap().is_some());
    next.commit().await.unwrap();
}

#[tokio::test]
async fn a_server_that_accepts_and_says_nothing_is_unavailable() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://u:p@{}/d", silent.local_addr().unwrap());
    let settings = PoolSettings {
        wait: Duration::from_millis(50),
        ..PoolSettings::default()
    };
    let store = PgStore::new(DatabaseUrl::parse(&url).unwrap(), &settings).unwrap();
    let error = store.begin(Scope::Platform).await.err().unwrap();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    let error = store.is_ready().await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
}

#[tokio::test]
async fn the_parts_of_a_sale_take_few_statements() {
    let database = database().await;
    let store = store(&database, 1);
    let shop = open_shop(&store, 1).await;
    let key = builders::api_key(&shop.router, 1);
    let mut unit = platform(&store).await;
    unit.api_keys().insert(&key, "hash").await.unwrap();
    unit.commit().await.unwrap();
    let counter = store.counter();
    let mut before = counter.counts();
    let mut since = |transactions, statements, what: &str| {
        let now = counter.counts();
        let spent = StatementCounts {
            transactions: now.transactions - before.transactions,
            statements: now.statements - before.statements,
        };
        before = now;
        let allowed = StatementCounts {
            transactions,
            statements,
        };
        assert_eq!(spent, allowed, "{what}");
    };

    let mut unit = platform(&store).await;
    let portal = unit.api_keys().find_by_hash("hash").await.unwrap();
    assert!(portal.is_some());
    unit.commit().await.unwrap();
    since(1, 1, "key, router and tenant in one");

    let mut unit = scoped(&store, &shop.tenant.id).await;
    let (tenant, router) = (&shop.tenant.id, &shop.router.id);
    let offer = unit.products().find_offer(tenant, router, shop.product.id);
    assert!(offer.await.unwrap().is_some());
    unit.commit().await.unwrap();
    since(1, 1, "product, router and tenant in one");

    let mut unit = scoped(&store, &shop.tenant.id).await;
    let mut purchase = buy(&mut unit, &shop, 1).await;
    let keys = [KeyKind::Header, KeyKind::CardToken].map(|kind| PurchaseKey {
        kind,
        key: "key".to_owned(),
    });
    let claimed = unit.purchases().claim_keys(&purchase, &keys, "print");
    claimed.await.unwrap();
    unit.commit().await.unwrap();
    since(1, 2, "a purchase and both its keys");

    let mut unit = scoped(&store, &shop.tenant.id).await;
    let name = purchase.access().name.clone();
    purchase
        .begin_charge(name, "*1".to_owned(), None, builders::NOW)
        .unwrap();
    assert!(unit.purchases().save(&mut purchase).await.unwrap());
    unit.commit().await.unwrap();
    since(1, 1, "a step of its life");

    let mut unit = scoped(&store, &shop.tenant.id).await;
    let found = unit
        .purchases()
        .find_by_key(router, &keys[0])
        .await
        .unwrap();
    assert_eq!(found.unwrap().purchase, purchase);
    unit.commit().await.unwrap();
    since(1, 1, "a repeated request");
}
