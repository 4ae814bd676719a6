//! The use of a pooled connection.

use std::fmt;
use std::sync::Arc;

use routeros_proto::command::Command;
use routeros_proto::connection::CallOptions;
use tokio::sync::OwnedSemaphorePermit;

use crate::client::Client;
use crate::error::CallError;
use crate::fingerprint::Fingerprint;
use crate::pool::entry::Entry;
use crate::reply::Reply;
use crate::stream::{RowStream, StreamOptions};

/// The right to use a pooled connection until it is dropped. The pool learns from how its calls
/// end.
pub struct Lease {
    client: Client,
    session: u64,
    entry: Arc<Entry>,
    _permit: OwnedSemaphorePermit,
}

impl Lease {
    pub(super) const fn new(
        client: Client,
        session: u64,
        entry: Arc<Entry>,
        permit: OwnedSemaphorePermit,
    ) -> Self {
        Self {
            client,
            session,
            entry,
            _permit: permit,
        }
    }

    /// Runs a command and gathers its answer, within the default time for commands.
    ///
    /// # Errors
    /// [`CallError`], which tells whether the command may have had its effect.
    pub async fn execute(&self, command: Command) -> Result<Reply, CallError> {
        let outcome = self.client.execute(command).await;
        self.learn(outcome)
    }

    /// Runs a command and gathers its answer, within the given time.
    ///
    /// # Errors
    /// [`CallError`], which tells whether the command may have had its effect.
    pub async fn execute_with(
        &self,
        command: Command,
        options: CallOptions,
    ) -> Result<Reply, CallError> {
        let outcome = self.client.execute_with(command, options).await;
        self.learn(outcome)
    }

    /// Starts a command whose rows are taken one by one. The stream may outlive the lease.
    ///
    /// # Errors
    /// [`CallError`] when it could not be started.
    pub async fn stream(
        &self,
        command: Command,
        options: StreamOptions,
    ) -> Result<RowStream, CallError> {
        self.client.stream(command, options).await
    }

    /// SHA-256 of the certificate that the router showed; `None` without TLS.
    #[must_use]
    pub fn fingerprint(&self) -> Option<Fingerprint> {
        self.client.fingerprint()
    }

    fn learn(&self, outcome: Result<Reply, CallError>) -> Result<Reply, CallError> {
        match &outcome {
            Ok(_) => self.entry.answered(self.session),
            Err(error) => self.entry.learn(self.session, error),
        }
        outcome
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.entry.returned(self.session);
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease")
            .field("client", &self.client)
            .finish_non_exhaustive()
    }
}
