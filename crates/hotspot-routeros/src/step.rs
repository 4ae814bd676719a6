//! One bounded piece of work on a router.

use std::time::Duration;

use domain::ids::RouterId;
use ports::hotspot::RouterAccess;
use routeros_client::CallOptions;
use routeros_client::Command;
use routeros_client::Reply;
use routeros_client::{Lease, Pool};
use tokio::time::Instant;

use crate::access::options;
use crate::config::HotspotConfig;
use crate::failure::Failure;

/// Tries of a command that may be repeated, and of a command that was never sent.
const TRIES: usize = 3;
/// With less time than this no command is sent: it would only be cancelled.
const TOO_LATE: Duration = Duration::from_millis(20);

/// One call of the port: a deadline, and a lease on a pooled connection once it is needed.
pub(crate) struct Step<'a> {
    pool: &'a Pool<RouterId>,
    router: &'a RouterAccess,
    config: &'a HotspotConfig,
    deadline: Instant,
    lease: Option<Lease>,
}

impl<'a> Step<'a> {
    /// A step that ends `config.router_timeout` from now.
    pub(crate) fn new(
        pool: &'a Pool<RouterId>,
        router: &'a RouterAccess,
        config: &'a HotspotConfig,
    ) -> Self {
        Self {
            pool,
            router,
            config,
            deadline: Instant::now() + config.router_timeout,
            lease: None,
        }
    }

    pub(crate) const fn router(&self) -> &'a RouterAccess {
        self.router
    }

    pub(crate) const fn config(&self) -> &'a HotspotConfig {
        self.config
    }

    pub(crate) fn time_left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// Sends a command once: if its reply is lost, the caller must find out what became of it.
    /// A command that was certainly not sent is tried again.
    pub(crate) async fn once(&mut self, command: Command) -> Result<Reply, Failure> {
        self.attempt(command, |failure| {
            failure.is_connection_lost() && !failure.is_unknown()
        })
        .await
    }

    /// Sends a command that may be repeated, on another connection if one is lost.
    pub(crate) async fn repeatedly(&mut self, command: Command) -> Result<Reply, Failure> {
        self.attempt(command, Failure::is_connection_lost).await
    }

    async fn attempt(
        &mut self,
        command: Command,
        again: impl Fn(&Failure) -> bool,
    ) -> Result<Reply, Failure> {
        for _ in 1..TRIES {
            match self.send(command.clone()).await {
                Err(failure) if again(&failure) => {}
                outcome => return outcome,
            }
        }
        self.send(command).await
    }

    async fn send(&mut self, command: Command) -> Result<Reply, Failure> {
        let lease = match self.lease.take() {
            Some(lease) => lease,
            None => self.lease().await?,
        };
        let left = self.time_left();
        if left < TOO_LATE {
            return Err(Failure::TimeOver);
        }
        // What is kept back is for finding out, should no answer come.
        let limit = CallOptions::timeout(left.mul_f64(0.7));
        match lease.execute_with(command, limit).await {
            Ok(reply) => {
                self.lease = Some(lease);
                Ok(reply)
            }
            Err(error) => {
                let failure = Failure::Call(error);
                if !failure.is_connection_lost() {
                    self.lease = Some(lease);
                }
                Err(failure)
            }
        }
    }

    /// The certificate that the router showed on a connection that is logged in.
    pub(crate) async fn certificate(&self) -> Result<Option<String>, Failure> {
        let lease = self.lease().await?;
        Ok(lease.fingerprint().map(|seen| seen.to_string()))
    }

    async fn lease(&self) -> Result<Lease, Failure> {
        let router = self.router;
        let version = u64::try_from(router.version).unwrap_or_default();
        let options = || options(router, self.config);
        self.pool
            .lease(&router.router_id, version, self.deadline, options)
            .await
            .map_err(Failure::NoConnection)
    }
}
