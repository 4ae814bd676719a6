//! One transaction on one connection.

use async_trait::async_trait;
use diesel::QueryResult;
use diesel_async::pooled_connection::deadpool::Object;
use diesel_async::{AnsiTransactionManager, AsyncPgConnection, TransactionManager};
use ports::store::UnitOfWork;
use ports::store::api_keys::ApiKeyRepository;
use ports::store::audit::AuditRepository;
use ports::store::error::StoreError;
use ports::store::inbox::InboxRepository;
use ports::store::maintenance::MaintenanceRepository;
use ports::store::outbox::OutboxRepository;
use ports::store::products::ProductRepository;
use ports::store::purchases::PurchaseRepository;
use ports::store::refunds::RefundRepository;
use ports::store::routers::RouterRepository;
use ports::store::tenants::TenantRepository;
use ports::store::users::UserRepository;

use crate::error::store_error;

/// One transaction. Implements every repository itself: they are views of one connection.
pub struct PgUnitOfWork {
    /// Gone once the transaction has ended.
    conn: Option<Object<AsyncPgConnection>>,
    /// A statement failed: Postgres undoes everything, whatever it answers to a commit.
    has_failed: bool,
}

/// The unit of work was used after a failed statement.
#[derive(Debug, thiserror::Error)]
#[error("a statement of this transaction failed before")]
struct FailedBefore;

impl PgUnitOfWork {
    /// Takes over a connection on which a transaction was begun.
    pub(crate) fn new(conn: Object<AsyncPgConnection>) -> Self {
        Self {
            conn: Some(conn),
            has_failed: false,
        }
    }

    /// The connection, for a repository's statement.
    pub(crate) fn conn(&mut self) -> Result<&mut AsyncPgConnection, StoreError> {
        match self.conn.as_mut() {
            Some(conn) => Ok(conn),
            None => Err(StoreError::Internal(Box::new(FailedBefore))),
        }
    }

    /// Translates a statement's outcome and notes a failure. Every statement passes here.
    pub(crate) fn check<T>(&mut self, outcome: QueryResult<T>) -> Result<T, StoreError> {
        outcome.map_err(|error| {
            self.has_failed = true;
            store_error(error)
        })
    }
}

impl Drop for PgUnitOfWork {
    /// Back in the pool, an open transaction would keep its locks until somebody takes the
    /// connection out again. Closing it ends the transaction now.
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take() {
            drop(Object::take(conn));
        }
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
        let outcome = AnsiTransactionManager::commit_transaction(self.conn()?).await;
        if outcome.is_ok() {
            // Ended: the connection may go back to the pool.
            drop(self.conn.take());
        }
        self.check(outcome)
    }

    async fn rollback(mut self: Box<Self>) -> Result<(), StoreError> {
        let outcome = AnsiTransactionManager::rollback_transaction(self.conn()?).await;
        if outcome.is_ok() {
            drop(self.conn.take());
        }
        self.check(outcome)
    }
}
