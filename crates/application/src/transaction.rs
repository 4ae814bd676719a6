//! Transactions that hold no remote call: a few statements, then the end.
//!
//! The money path opens and commits its own, because what happens between them matters there.

use std::ops::{Deref, DerefMut};

use ports::store::error::StoreError;
use ports::store::{Scope, UnitOfWork};

use crate::app::App;

/// An open transaction. Only [`App::read`] and [`App::write`] end it.
pub(crate) struct Transaction(Box<dyn UnitOfWork>);

impl Deref for Transaction {
    type Target = dyn UnitOfWork;

    fn deref(&self) -> &Self::Target {
        self.0.as_ref()
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.0.as_mut()
    }
}

impl App {
    /// Runs queries in one transaction.
    ///
    /// # Errors
    /// The first [`StoreError`].
    pub(crate) async fn read<T>(
        &self,
        scope: Scope,
        queries: impl AsyncFnOnce(&mut Transaction) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.write(scope, queries).await
    }

    /// Runs statements in one transaction and commits it, unless `statements` refuses or fails:
    /// then nothing is written.
    ///
    /// # Errors
    /// That of `statements`, or that of beginning and committing.
    pub(crate) async fn write<T, E: From<StoreError>>(
        &self,
        scope: Scope,
        statements: impl AsyncFnOnce(&mut Transaction) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut transaction = Transaction(self.ports.store.begin(scope).await?);
        match statements(&mut transaction).await {
            Ok(done) => {
                transaction.0.commit().await?;
                Ok(done)
            }
            Err(refusal) => {
                // What is not committed does not count, whether or not this works.
                if let Err(error) = transaction.0.rollback().await {
                    tracing::debug!(%error, "a transaction was dropped instead of rolled back");
                }
                Err(refusal)
            }
        }
    }
}
