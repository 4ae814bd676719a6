//! Brings a database to the schema of this build.

use std::collections::BTreeSet;
use std::time::Duration;

use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::sql_types::{Bool, Text};
use diesel::{OptionalExtension, QueryResult, QueryableByName};
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::connect::{ConnectError, connect};
use crate::url::DatabaseUrl;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations");

/// The advisory lock that lets replicas start together: "hotspot" in ASCII.
const LOCK: i64 = 0x68_6f_74_73_70_6f_74;

/// How often a process that waits for another one's migrations looks again, however long they take.
const LOCK_POLL: Duration = Duration::from_millis(200);

/// A migration waits at most this long for a table that is in use; and it may run for longer than
/// an ordinary statement.
const SETUP: &str = "SET lock_timeout = '60s'; SET statement_timeout = '10min'; \
                     SET app.alcance = '*'";

/// Why the schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// The database cannot be reached, or refused the login.
    #[error("no connection to the database")]
    Connect(#[source] ConnectError),
    /// A statement failed.
    #[error("the database refused a statement of the migrations")]
    Query(#[source] diesel::result::Error),
    /// A migration failed; it left no trace.
    #[error("a migration failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The process is shutting down.
    #[error("interrupted")]
    Interrupted(#[source] tokio::task::JoinError),
}

impl MigrationError {
    /// Whether the database is only not up yet.
    #[must_use]
    pub fn is_for_want_of_a_database(&self) -> bool {
        matches!(self, Self::Connect(ConnectError::NotUp(_)))
    }
}

/// Applies the migrations that the database lacks and answers their versions. Any number of
/// replicas may call it at the same time: one works, the others wait for it.
///
/// # Errors
/// [`MigrationError`]; migrations before the failing one stay applied.
pub async fn migrate(url: &DatabaseUrl) -> Result<Vec<String>, MigrationError> {
    under_lock(url, |harness| {
        Ok(harness
            .run_pending_migrations(MIGRATIONS)?
            .into_iter()
            .map(|version| version.to_string())
            .collect())
    })
    .await
}

/// Undoes all migrations, newest first, and answers their versions.
///
/// # Errors
/// [`MigrationError`].
pub async fn revert_all(url: &DatabaseUrl) -> Result<Vec<String>, MigrationError> {
    under_lock(url, |harness| {
        Ok(harness
            .revert_all_migrations(MIGRATIONS)?
            .into_iter()
            .map(|version| version.to_string())
            .collect())
    })
    .await
}

/// Versions of the migrations that the database lacks, oldest first.
///
/// # Errors
/// [`MigrationError`].
pub async fn pending_migrations(url: &DatabaseUrl) -> Result<Vec<String>, MigrationError> {
    let mut conn = open(url).await?;
    let applied = applied(&mut conn).await.map_err(MigrationError::Query)?;
    Ok(known().difference(&applied).cloned().collect())
}

type Harness = AsyncConnectionWrapper<AsyncPgConnection>;
type Work = fn(&mut Harness) -> diesel::migration::Result<Vec<String>>;

async fn under_lock(url: &DatabaseUrl, work: Work) -> Result<Vec<String>, MigrationError> {
    let mut conn = open(url).await?;
    let mut is_told = false;
    while !try_lock(&mut conn).await.map_err(MigrationError::Query)? {
        if !is_told {
            tracing::info!("another process is migrating the database: waiting for it");
            is_told = true;
        }
        tokio::time::sleep(LOCK_POLL).await;
    }
    // diesel's runner is synchronous. The lock ends with the connection, at the end of the task.
    tokio::task::spawn_blocking(move || work(&mut Harness::from(conn)))
        .await
        .map_err(MigrationError::Interrupted)?
        .map_err(MigrationError::Failed)
}

#[derive(QueryableByName)]
struct Locked {
    #[diesel(sql_type = Bool)]
    is_locked: bool,
}

/// Asks for the lock without waiting in the database: a statement that waits keeps a snapshot,
/// and `CREATE INDEX CONCURRENTLY` of whoever holds the lock would wait for that in turn.
async fn try_lock(conn: &mut AsyncPgConnection) -> QueryResult<bool> {
    let query = format!("SELECT pg_try_advisory_lock({LOCK}) AS is_locked");
    let answer: Locked = diesel::sql_query(query).get_result(conn).await?;
    Ok(answer.is_locked)
}

async fn open(url: &DatabaseUrl) -> Result<AsyncPgConnection, MigrationError> {
    connect(url, SETUP).await.map_err(MigrationError::Connect)
}

/// Versions that this build knows.
pub(crate) fn known() -> BTreeSet<String> {
    let migrations: Vec<Box<dyn Migration<Pg>>> = MIGRATIONS.migrations().unwrap_or_default();
    migrations
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect()
}

#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = Text)]
    version: String,
}

/// Versions that were applied; none when the database has never been migrated.
pub(crate) async fn applied(conn: &mut AsyncPgConnection) -> QueryResult<BTreeSet<String>> {
    let table = diesel::sql_query(
        "SELECT to_regclass('__diesel_schema_migrations')::text AS version \
         WHERE to_regclass('__diesel_schema_migrations') IS NOT NULL",
    );
    if table
        .get_result::<Applied>(conn)
        .await
        .optional()?
        .is_none()
    {
        return Ok(BTreeSet::new());
    }
    let rows: Vec<Applied> =
        diesel::sql_query("SELECT version::text AS version FROM __diesel_schema_migrations")
            .load(conn)
            .await?;
    Ok(rows.into_iter().map(|row| row.version).collect())
}
