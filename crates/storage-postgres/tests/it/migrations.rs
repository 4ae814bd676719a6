//! Up, down, up; several at once; what the server asks before it is ready.

use ports::store::Store;
use storage_postgres::{DatabaseUrl, migrate, pending_migrations, revert_all};
use test_support::postgres::TestDatabase;

use crate::support;

/// Everything in the schema that we made, described.
async fn describe(database: &TestDatabase) -> Vec<String> {
    let rows = database
        .connect()
        .await
        .query(
            "SELECT format('column %s.%s %s %s %s', table_name, column_name, udt_name, \
                 is_nullable, column_default) AS what \
             FROM information_schema.columns WHERE table_schema = 'public' \
             UNION ALL \
             SELECT format('constraint %s %s', conrelid::regclass, pg_get_constraintdef(oid)) \
             FROM pg_constraint WHERE connamespace = 'public'::regnamespace \
             UNION ALL \
             SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' \
             UNION ALL \
             SELECT format('policy %s %s %s', tablename, policyname, qual) FROM pg_policies \
             UNION ALL \
             SELECT format('row security %s %s %s', relname, relrowsecurity, relforcerowsecurity) \
             FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' \
             UNION ALL \
             SELECT format('trigger %s', pg_get_triggerdef(oid)) FROM pg_trigger \
             WHERE NOT tgisinternal \
             UNION ALL \
             SELECT format('function %s', proname) FROM pg_proc \
             WHERE pronamespace = 'public'::regnamespace \
             ORDER BY what",
            &[],
        )
        .await
        .unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn run_up_down_and_up_again() {
    let database = TestDatabase::empty().await;
    let url = DatabaseUrl::parse(&database.url()).unwrap();
    let all = pending_migrations(&url).await.unwrap();
    assert!(!all.is_empty());
    assert_eq!(migrate(&url).await.unwrap(), all);
    assert_eq!(
        pending_migrations(&url).await.unwrap(),
        Vec::<String>::new()
    );
    let first = describe(&database).await;
    assert_eq!(migrate(&url).await.unwrap(), Vec::<String>::new());

    let mut reverted = revert_all(&url).await.unwrap();
    reverted.reverse();
    assert_eq!(reverted, all);
    let left = describe(&database).await;
    assert!(
        left.iter()
            .all(|what| what.contains("__diesel_schema_migrations")),
        "{left:#?}"
    );

    assert_eq!(migrate(&url).await.unwrap(), all);
    assert_eq!(describe(&database).await, first);
}

#[tokio::test]
async fn replicas_may_start_together() {
    let database = TestDatabase::empty().await;
    let url = DatabaseUrl::parse(&database.url()).unwrap();
    let all = pending_migrations(&url).await.unwrap();
    let replicas = (0..3).map(|_| {
        tokio::spawn({
            let url = url.clone();
            async move { migrate(&url).await.unwrap() }
        })
    });
    let mut applied = Vec::new();
    for replica in replicas.collect::<Vec<_>>() {
        applied.push(replica.await.unwrap());
    }
    applied.retain(|versions| !versions.is_empty());
    assert_eq!(applied, [all], "one worked, the others found it done");
}

#[tokio::test]
async fn a_store_is_ready_when_nothing_that_it_knows_is_missing() {
    let database = TestDatabase::empty().await;
    let store = support::store(&database, 1);
    assert!(!store.is_ready().await.unwrap(), "nothing was migrated");
    migrate(&DatabaseUrl::parse(&database.url()).unwrap())
        .await
        .unwrap();
    assert!(store.is_ready().await.unwrap());
    database
        .connect()
        .await
        .batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101')")
        .await
        .unwrap();
    assert!(store.is_ready().await.unwrap(), "a newer server was here");
    database
        .connect()
        .await
        .batch_execute(
            "DELETE FROM __diesel_schema_migrations WHERE version = \
             (SELECT min(version) FROM __diesel_schema_migrations)",
        )
        .await
        .unwrap();
    assert!(!store.is_ready().await.unwrap(), "one is missing");
}

/// Who waits for another one's migrations holds no snapshot: an index can be made concurrently.
#[tokio::test]
async fn waiting_for_anothers_migrations_does_not_block_them() {
    let database = TestDatabase::empty().await;
    let url = DatabaseUrl::parse(&database.url()).unwrap();
    let all = pending_migrations(&url).await.unwrap();
    let other = database.connect().await;
    let held = "CREATE TABLE t (a int); SELECT pg_advisory_lock(29395943521546100)";
    other.batch_execute(held).await.unwrap();
    let waiting = tokio::spawn(async move { migrate(&url).await.unwrap() });
    let watcher = database.connect().await;
    let asked = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() \
                 AND query LIKE '%advisory_lock%' AND pid <> pg_backend_pid() \
                 AND query NOT LIKE '%29395943521546100)'";
    while watcher.query(asked, &[]).await.unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    let index = "CREATE INDEX CONCURRENTLY t_a_idx ON t (a)";
    other.batch_execute(index).await.unwrap();
    assert!(!waiting.is_finished());
    other
        .batch_execute("DROP TABLE t; SELECT pg_advisory_unlock_all()")
        .await
        .unwrap();
    assert_eq!(waiting.await.unwrap(), all);
}

#[tokio::test]
async fn an_address_that_leads_nowhere_is_an_error() {
    let url = DatabaseUrl::parse("postgresql://u:hunter2@127.0.0.1:1/none").unwrap();
    let error = migrate(&url).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}
