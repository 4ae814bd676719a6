//! One transaction on one connection.

use std::time::Duration;

use async_trait::async_trait;
use diesel::pg::Pg;
use diesel::query_builder::{AsQuery, QueryFragment};
use diesel_async::methods::LoadQuery;
use diesel_async::pooled_connection::deadpool::Object;
use diesel_async::{AnsiTransactionManager, AsyncPgConnection, RunQueryDsl, TransactionManager};
use futures::future::BoxFuture;
use futures::{FutureExt, TryFutureExt};
use ports::store::api_keys::ApiKeyRepository;
use ports::store::audit::AuditRepository;
use ports::store::error::StoreError;
use ports::store::inbox::InboxRepository;
use ports::store::maintenance::MaintenanceRepository;
use ports::store::outbox::OutboxRepository;
use ports::store::products::ProductRepository;
use ports::store::purchases::PurchaseRepository;
use ports::store::refunds::RefundRepository;
use ports::store::router_care::RouterCareRepository;
use ports::store::routers::RouterRepository;
use ports::store::tenants::TenantRepository;
use ports::store::users::UserRepository;
use ports::store::{Scope, UnitOfWork};

use crate::deadline::within;
use crate::statement::Statement;

/// One transaction. Implements every repository itself: they are views of one connection.
pub struct PgUnitOfWork {
    /// Gone once the transaction has ended.
    conn: Option<Object<AsyncPgConnection>>,
    /// A statement failed: Postgres undoes everything, whatever it answers to a commit.
    has_failed: bool,
    scope: Scope,
    /// How long one statement is waited for.
    patience: Duration,
}

/// The unit of work was used after a failed statement.
#[derive(Debug, thiserror::Error)]
#[error("a statement of this transaction failed before")]
struct FailedBefore;

impl PgUnitOfWork {
    /// Takes over a connection on which a transaction was begun.
    pub(crate) fn new(conn: Object<AsyncPgConnection>, scope: Scope, patience: Duration) -> Self {
        Self {
            conn: Some(conn),
            has_failed: false,
            scope,
            patience,
        }
    }

    /// Whose rows this transaction may see.
    pub(crate) const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Runs a query and answers its rows.
    pub(crate) fn rows<'a, R, Q>(
        &'a mut self,
        query: Q,
    ) -> BoxFuture<'a, Result<Vec<R>, StoreError>>
    where
        Q: AsQuery,
        Q::Query: QueryFragment<Pg> + Send + 'a,
        Q::SqlType: 'static,
        Statement<'a, Q::SqlType>: LoadQuery<'a, AsyncPgConnection, R>,
        R: Send + 'a,
    {
        self.load(Statement::with_rows(query)).boxed()
    }

    /// Runs a query and answers its first row, if there is one.
    pub(crate) fn row<'a, R, Q>(
        &'a mut self,
        query: Q,
    ) -> BoxFuture<'a, Result<Option<R>, StoreError>>
    where
        Q: AsQuery,
        Q::Query: QueryFragment<Pg> + Send + 'a,
        Q::SqlType: 'static,
        Statement<'a, Q::SqlType>: LoadQuery<'a, AsyncPgConnection, R>,
        R: Send + 'a,
    {
        let rows = self.load(Statement::with_rows(query));
        rows.map_ok(|rows| rows.into_iter().next()).boxed()
    }

    /// Runs a query that always answers a row: a sum, or what was just inserted.
    pub(crate) fn sure_row<'a, R, Q>(&'a mut self, query: Q) -> BoxFuture<'a, Result<R, StoreError>>
    where
        Q: AsQuery,
        Q::Query: QueryFragment<Pg> + Send + 'a,
        Q::SqlType: 'static,
        Statement<'a, Q::SqlType>: LoadQuery<'a, AsyncPgConnection, R>,
        R: Send + 'a,
    {
        let rows = self.load(Statement::with_rows(query));
        rows.map(|rows| {
            let row = rows?.into_iter().next();
            row.ok_or_else(|| StoreError::Internal(Box::new(diesel::result::Error::NotFound)))
        })
        .boxed()
    }

    /// Runs a statement and answers how many rows it changed.
    pub(crate) fn run<'a>(
        &'a mut self,
        statement: impl QueryFragment<Pg> + Send + 'a,
    ) -> BoxFuture<'a, Result<u64, StoreError>> {
        self.execute(Statement::without_rows(statement)).boxed()
    }

    async fn load<'a, R, ST>(
        &'a mut self,
        statement: Statement<'a, ST>,
    ) -> Result<Vec<R>, StoreError>
    where
        ST: 'a,
        Statement<'a, ST>: LoadQuery<'a, AsyncPgConnection, R>,
        R: Send,
    {
        let patience = self.patience;
        let rows = within(patience, RunQueryDsl::load(statement, self.conn()?)).await;
        self.check(rows)
    }

    async fn execute(&mut self, statement: Statement<'_, ()>) -> Result<u64, StoreError> {
        let patience = self.patience;
        let changed = within(patience, RunQueryDsl::execute(statement, self.conn()?)).await;
        let changed = self.check(changed)?;
        Ok(u64::try_from(changed).unwrap_or(u64::MAX))
    }

    /// The connection.
    fn conn(&mut self) -> Result<&mut AsyncPgConnection, StoreError> {
        match self.conn.as_mut() {
            Some(conn) => Ok(conn),
            None => Err(StoreError::Internal(Box::new(FailedBefore))),
        }
    }

    /// Notes a failure. Every statement's outcome passes here.
    fn check<T>(&mut self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        if let Err(error) = &outcome {
            self.has_failed = true;
            if matches!(error, StoreError::Unavailable(_)) {
                self.close();
            }
        }
        outcome
    }

    /// Closes the connection: whatever was not committed is undone.
    fn close(&mut self) {
        if let Some(conn) = self.conn.take() {
            drop(Object::take(conn));
        }
    }
}

impl Drop for PgUnitOfWork {
    /// Back in the pool, an open transaction would keep its locks until somebody takes the
    /// connection out again. Closing it ends the transaction now.
    fn drop(&mut self) {
        self.close();
    }
}

#[async_trait]
impl UnitOfWork for PgUnitOfWork {
    fn tenants(&mut self) -> &mut dyn TenantRepository {
        self
    }

    fn users(&mut self) -> &mut dyn UserRepository {
        self
    }

    fn routers(&mut self) -> &mut dyn RouterRepository {
        self
    }

    fn router_care(&mut self) -> &mut dyn RouterCareRepository {
        self
    }

    fn api_keys(&mut self) -> &mut dyn ApiKeyRepository {
        self
    }

    fn products(&mut self) -> &mut dyn ProductRepository {
        self
    }

    fn purchases(&mut self) -> &mut dyn PurchaseRepository {
        self
    }

    fn refunds(&mut self) -> &mut dyn RefundRepository {
        self
    }

    fn outbox(&mut self) -> &mut dyn OutboxRepository {
        self
    }

    fn inbox(&mut self) -> &mut dyn InboxRepository {
        self
    }

    fn audit(&mut self) -> &mut dyn AuditRepository {
        self
    }

    fn maintenance(&mut self) -> &mut dyn MaintenanceRepository {
        self
    }

    async fn commit(mut self: Box<Self>) -> Result<(), StoreError> {
        if self.has_failed {
            // Postgres would answer this commit with a silent rollback.
            self.rollback().await?;
            return Err(StoreError::Internal(Box::new(FailedBefore)));
        }
        let patience = self.patience;
        let commit = AnsiTransactionManager::commit_transaction(self.conn()?);
        let outcome = within(patience, commit).await;
        if outcome.is_ok() {
            // Ended: the connection may go back to the pool.
            drop(self.conn.take());
        }
        self.check(outcome)
    }

    async fn rollback(mut self: Box<Self>) -> Result<(), StoreError> {
        let patience = self.patience;
        let rollback = AnsiTransactionManager::rollback_transaction(self.conn()?);
        let outcome = within(patience, rollback).await;
        if outcome.is_ok() {
            drop(self.conn.take());
        }
        self.check(outcome)
    }
}
