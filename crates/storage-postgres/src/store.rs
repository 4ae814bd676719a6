//! The store.

use std::time::Duration;

use async_trait::async_trait;
use diesel::sql_types::Bool;
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::{AnsiTransactionManager, AsyncPgConnection, RunQueryDsl};
use ports::store::error::StoreError;
use ports::store::{Scope, Store, UnitOfWork};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::deadline::within;
use crate::error::unavailable;
use crate::migrations;
use crate::pool::{self, Opener, PoolSettings};
use crate::scope::begin_sql;
use crate::statements::StatementCounter;
use crate::unit_of_work::PgUnitOfWork;
use crate::url::DatabaseUrl;

/// How often a connection that turns out to be dead is replaced before giving up. Nothing has
/// happened yet when a transaction cannot even begin, so trying again is safe.
const BEGIN_TRIES: usize = 3;

/// The store on Postgres.
pub struct PgStore {
    pool: Pool<AsyncPgConnection>,
    opener: Opener,
    /// The connection of the readiness probe, beside the pool: a pool that is used up is no reason
    /// to take the replica out.
    probe: Mutex<Option<AsyncPgConnection>>,
    counter: StatementCounter,
    is_on_this_machine: bool,
    patience: Duration,
    /// Patience with whoever only asks whether the database is there.
    short_patience: Duration,
}

impl PgStore {
    /// A store over a pool of its own; connections are opened when first needed. They belong to
    /// the runtime that this is called on: call it on the main one.
    ///
    /// # Errors
    /// [`StoreError::Internal`] when the pool cannot be built.
    pub fn new(url: DatabaseUrl, settings: &PoolSettings) -> Result<Self, StoreError> {
        let counter = StatementCounter::default();
        let is_on_this_machine = url.is_on_this_machine();
        let opener = Opener::new(url, settings, counter.clone());
        let pool = pool::build(&opener, settings)
            .map_err(|error| StoreError::Internal(Box::new(error)))?;
        Ok(Self {
            pool,
            opener,
            probe: Mutex::new(None),
            counter,
            is_on_this_machine,
            patience: settings.patience,
            short_patience: settings.wait.min(settings.patience),
        })
    }

    /// Counts what this store sends to the database.
    #[must_use]
    pub fn counter(&self) -> StatementCounter {
        self.counter.clone()
    }

    /// Whether row-level security binds the database user. A superuser and a user with
    /// `BYPASSRLS` pass through it, so the server should warn at start.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not answer.
    pub async fn is_isolated(&self) -> Result<bool, StoreError> {
        let mut conn = self.connection().await?;
        let query = diesel::select(diesel::dsl::sql::<Bool>(
            "(SELECT NOT (rolsuper OR rolbypassrls) FROM pg_roles WHERE rolname = current_user)",
        ));
        let answer = within(self.patience, query.get_result(&mut conn)).await;
        close_if_dead(conn, answer)
    }

    /// Whether what is read and written crosses a network in clear, so that the server should warn
    /// at start.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not answer.
    pub async fn is_exposed(&self) -> Result<bool, StoreError> {
        if self.is_on_this_machine {
            return Ok(false);
        }
        let mut conn = self.connection().await?;
        let query = diesel::select(diesel::dsl::sql::<Bool>(
            "(SELECT NOT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid())",
        ));
        let answer = within(self.patience, query.get_result(&mut conn)).await;
        close_if_dead(conn, answer)
    }

    async fn connection(&self) -> Result<Object<AsyncPgConnection>, StoreError> {
        self.pool.get().await.map_err(unavailable)
    }
}

#[async_trait]
impl Store for PgStore {
    async fn begin(&self, scope: Scope) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let sql = begin_sql(&scope);
        let mut tries = 0;
        // One patience for all tries: behind a paused server every pooled connection is silent.
        let deadline = Instant::now() + self.patience;
        loop {
            let mut conn = self.connection().await?;
            let begun = within(
                deadline.saturating_duration_since(Instant::now()),
                AnsiTransactionManager::begin_transaction_sql(&mut *conn, &sql),
            )
            .await;
            tries += 1;
            match begun {
                Ok(()) => {
                    return Ok(Box::new(PgUnitOfWork::new(conn, scope, self.patience)));
                }
                Err(error) => {
                    drop(Object::take(conn));
                    let may_try_again = tries < BEGIN_TRIES && Instant::now() < deadline;
                    if !may_try_again || !matches!(error, StoreError::Unavailable(_)) {
                        return Err(error);
                    }
                }
            }
        }
    }

    async fn is_ready(&self) -> Result<bool, StoreError> {
        let deadline = Instant::now() + self.short_patience;
        let mut probe = self.probe.lock().await;
        let left = || deadline.saturating_duration_since(Instant::now());
        if let Some(mut conn) = probe.take() {
            // One that was opened before may have ended since: then a new one tells.
            if let Ok(applied) = within(left(), migrations::applied(&mut conn)).await {
                *probe = Some(conn);
                return Ok(migrations::known().is_subset(&applied));
            }
        }
        let mut conn = tokio::time::timeout(left(), self.opener.open())
            .await
            .map_err(unavailable)?
            .map_err(unavailable)?;
        let applied = within(left(), migrations::applied(&mut conn)).await?;
        *probe = Some(conn);
        Ok(migrations::known().is_subset(&applied))
    }
}

/// A connection that did not answer must not go back to the pool: its answer may still come.
fn close_if_dead<T>(
    conn: Object<AsyncPgConnection>,
    answer: Result<T, StoreError>,
) -> Result<T, StoreError> {
    if matches!(answer, Err(StoreError::Unavailable(_))) {
        drop(Object::take(conn));
    }
    answer
}
