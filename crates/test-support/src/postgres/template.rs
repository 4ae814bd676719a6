//! The migrated database that tests' databases are cloned from.

use std::fmt::Debug;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use tokio::sync::OnceCell;
use tokio_postgres::Client;

use crate::postgres::admin::Admin;

/// How the databases of tests are called, before the process id.
pub(super) const TEST_PREFIX: &str = "hotspot_test_";
const TEMPLATE_PREFIX: &str = "hotspot_template_";

/// The advisory lock under which one test binary makes the template while others wait.
const LOCK: i64 = 0x74_65_6d_70_6c_61_74_65;

/// The name of the template for the present state of the migrations, made if need be.
pub(super) async fn ready<E: Debug>(
    admin: &Admin,
    migrate: impl AsyncFnOnce(&str) -> Result<(), E>,
) -> &'static str {
    static NAME: OnceCell<String> = OnceCell::const_new();
    NAME.get_or_init(async || {
        let name = format!("{TEMPLATE_PREFIX}{:016x}", fingerprint());
        let client = admin.connect_home().await;
        execute(&client, &format!("SELECT pg_advisory_lock({LOCK})")).await;
        sweep(&client).await;
        if !exists(&client, &name).await {
            make(admin, &client, &name, migrate).await;
        }
        // The lock ends with the connection.
        name
    })
    .await
}

/// Makes the template under another name first: a half-made one must not be found by its name.
#[expect(clippy::panic, reason = "a test without its database cannot go on")]
async fn make<E: Debug>(
    admin: &Admin,
    client: &Client,
    name: &str,
    migrate: impl AsyncFnOnce(&str) -> Result<(), E>,
) {
    let draft = format!("{name}_draft");
    execute(
        client,
        &format!("DROP DATABASE IF EXISTS {draft} WITH (FORCE)"),
    )
    .await;
    execute(client, &format!("CREATE DATABASE {draft}")).await;
    if let Err(error) = migrate(&admin.url_of(&draft)).await {
        panic!("the migrations failed: {error:?}");
    }
    // The connection that migrated may still be on its way out, and would be in the way.
    let still_there = format!(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity \
         WHERE datname = '{draft}' AND backend_type = 'client backend'"
    );
    execute(client, &still_there).await;
    execute(client, &format!("ALTER DATABASE {draft} RENAME TO {name}")).await;
}

/// Drops what killed processes left behind.
async fn sweep(client: &Client) {
    let left = client
        .query(
            "SELECT datname::text FROM pg_database d WHERE starts_with(datname, $1) \
             AND NOT EXISTS (SELECT 1 FROM pg_stat_activity a WHERE a.datname = d.datname)",
            &[&TEST_PREFIX],
        )
        .await
        .unwrap_or_default();
    for row in left {
        let name: String = row.get(0);
        let pid = name
            .strip_prefix(TEST_PREFIX)
            .and_then(|rest| rest.split('_').next())
            .unwrap_or_default();
        // Without /proc nothing is known of other processes: leave theirs alone.
        let is_dead = Path::new("/proc/self").exists() && !Path::new("/proc").join(pid).exists();
        if is_dead {
            // Another binary may be faster.
            drop(
                client
                    .batch_execute(&format!("DROP DATABASE IF EXISTS {name}"))
                    .await,
            );
        }
    }
}

async fn exists(client: &Client, name: &str) -> bool {
    let found = client
        .query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&name])
        .await;
    matches!(found, Ok(Some(_)))
}

#[expect(clippy::panic, reason = "a test without its database cannot go on")]
async fn execute(client: &Client, statement: &str) {
    if let Err(error) = client.batch_execute(statement).await {
        panic!("{statement}: {error:?}");
    }
}

/// A number that changes with the migrations.
#[expect(clippy::panic, reason = "a test without its database cannot go on")]
fn fingerprint() -> u64 {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let mut hasher = DefaultHasher::new();
    let mut files: Vec<_> = match std::fs::read_dir(&folder) {
        Ok(steps) => steps
            .flatten()
            .map(|step| step.path().join("up.sql"))
            .collect(),
        Err(error) => panic!("{}: {error}", folder.display()),
    };
    files.sort();
    for file in files {
        std::fs::read(&file).unwrap_or_default().hash(&mut hasher);
    }
    hasher.finish()
}
