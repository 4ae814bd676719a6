//! The pool of connections.

use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::QueueMode;
use diesel::result::ConnectionError;
use diesel_async::pooled_connection::deadpool::{BuildError, Pool};
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use futures::FutureExt;
use tokio::runtime::Handle;

use crate::connect::connect;
use crate::statements::StatementCounter;
use crate::url::DatabaseUrl;

/// Sizes and limits of the pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolSettings {
    /// Connections at most; at least 1.
    pub size: usize,
    /// How long a caller waits for a free connection before the store counts as unavailable.
    pub wait: Duration,
    /// How long one statement may run before the server ends it.
    pub statement_timeout: Duration,
    /// How long we wait for the answer to one statement, whatever the server does; more than
    /// `statement_timeout`, so that a server that lives speaks first.
    pub patience: Duration,
    /// How long a transaction may sit idle before the server ends it and its connection. No
    /// remote call happens inside a transaction, so only a stuck process comes near it.
    pub idle_in_transaction_timeout: Duration,
}

impl Default for PoolSettings {
    fn default() -> Self {
        Self {
            size: 20,
            wait: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(15),
            patience: Duration::from_secs(20),
            idle_in_transaction_timeout: Duration::from_secs(10),
        }
    }
}

/// Opens connections on the runtime that it was made on, whichever runtime asks for them: a
/// connection ends with its runtime.
#[derive(Clone)]
pub(crate) struct Opener {
    home: Handle,
    url: DatabaseUrl,
    setup: String,
    counter: StatementCounter,
    timeout: Duration,
}

impl Opener {
    pub(crate) fn new(
        url: DatabaseUrl,
        settings: &PoolSettings,
        counter: StatementCounter,
    ) -> Self {
        Self {
            home: Handle::current(),
            url,
            setup: format!(
                "SET statement_timeout = {}; SET idle_in_transaction_session_timeout = {}",
                settings.statement_timeout.as_millis(),
                settings.idle_in_transaction_timeout.as_millis(),
            ),
            counter,
            timeout: settings.wait,
        }
    }

    pub(crate) async fn open(&self) -> Result<AsyncPgConnection, ConnectionError> {
        let opener = self.clone();
        let task = self.home.spawn(async move {
            // Whoever asked may have gone by then: the attempt has to end all the same.
            let connecting = connect(&opener.url, &opener.setup);
            let mut connection = tokio::time::timeout(opener.timeout, connecting)
                .await
                .map_err(|_elapsed| ConnectionError::BadConnection("no answer".to_owned()))?
                .map_err(ConnectionError::from)?;
            connection.set_instrumentation(opener.counter);
            Ok(connection)
        });
        task.await
            .map_err(|error| ConnectionError::BadConnection(error.to_string()))?
    }
}

/// Builds the pool; no connection is opened yet.
pub(crate) fn build(
    opener: &Opener,
    settings: &PoolSettings,
) -> Result<Pool<AsyncPgConnection>, BuildError> {
    let mut manager = ManagerConfig::default();
    // A check before each use would cost a round trip; a closed connection is noticed without.
    manager.recycling_method = RecyclingMethod::Fast;
    let opener = opener.clone();
    manager.custom_setup = Box::new(move |_| {
        let opener = opener.clone();
        async move { opener.open().await }.boxed()
    });
    // The address is in the closure: the manager must not hold a text with a password.
    let manager = AsyncDieselConnectionManager::new_with_config(String::new(), manager);
    Pool::builder(manager)
        .max_size(settings.size.max(1))
        // The most recently used connection is the one most surely alive, and the warmest.
        .queue_mode(QueueMode::Lifo)
        .wait_timeout(Some(settings.wait))
        .create_timeout(Some(settings.wait))
        .recycle_timeout(Some(settings.wait))
        .runtime(Runtime::Tokio1)
        .build()
}
