//! A running simulator and its controls.

mod contents;
mod faults;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::clock::Clock;
use crate::command::listen::tell_listeners;
use crate::counters::Counters;
use crate::hotspot::expiry;
use crate::router::Router;
use crate::server::port::{Order, Unplugged};
use crate::server::tls::Identity;
use crate::settings::Settings;
use crate::shared::Shared;
use crate::sync::lock;

/// A simulated router on a port of its own. Stops when dropped; when that is because a test
/// panics, the transcript is printed.
///
/// Clones control the same router; it stops with the last one.
///
/// ```
/// use routeros_sim::{Simulator, Version};
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let router = Simulator::builder()
///     .version(Version::V7_18)
///     .account("api", "secret")
///     .start()
///     .await?;
/// router.add_user("V7K2", "V7K2", "1hora")?;
/// assert_eq!(router.user("V7K2").unwrap().get("profile"), Some("1hora"));
/// println!("a client can connect to {}", router.addr());
/// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Simulator {
    inner: Arc<Inner>,
}

/// What a running simulator consists of.
pub(crate) struct Parts {
    pub(crate) shared: Arc<Shared>,
    pub(crate) address: SocketAddr,
    pub(crate) tls: Option<Identity>,
    pub(crate) clock: Clock,
    pub(crate) orders: mpsc::Sender<Order>,
}

/// Stops the simulator when the last handle goes.
struct Inner(Parts);

impl Simulator {
    /// Takes control of what the builder started.
    pub(crate) fn new(parts: Parts) -> Self {
        Self {
            inner: Arc::new(Inner(parts)),
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.inner.0.address
    }

    /// Whether it speaks TLS.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.inner.0.tls.is_some()
    }

    /// SHA-256 of its certificate in lower-case hex; `None` without one.
    #[must_use]
    pub fn tls_fingerprint(&self) -> Option<&str> {
        self.inner.0.tls.as_ref()?.fingerprint.as_deref()
    }

    /// Its certificate in PEM; `None` without one. It is its own authority.
    #[must_use]
    pub fn tls_certificate_pem(&self) -> Option<&str> {
        self.inner.0.tls.as_ref()?.pem.as_deref()
    }

    /// Its clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.inner.0.clock
    }

    /// Moves the clock forward. Sessions and cookies that end meanwhile have ended afterwards,
    /// and whoever listens is told.
    pub fn advance(&self, by: Duration) {
        self.inner.0.clock.advance(by);
        self.with(|_| ());
    }

    /// What was asked of it so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.inner.0.shared.tally.read()
    }

    /// Sets the counters to zero.
    pub fn reset_counters(&self) {
        self.inner.0.shared.tally.reset();
    }

    /// Waits until the counters are as wanted, without a deadline of its own.
    pub async fn until(&self, wanted: impl Fn(&Counters) -> bool) {
        self.inner.0.shared.tally.until(wanted).await;
    }

    /// The latest lines that were said on its connections, secrets as `***`.
    #[must_use]
    pub fn transcript(&self) -> Vec<String> {
        self.inner.0.shared.transcript.lines()
    }

    /// The switches as they are.
    #[must_use]
    pub fn settings(&self) -> Settings {
        lock(&self.inner.0.shared.router).settings.clone()
    }

    /// Changes switches.
    pub fn change_settings(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut lock(&self.inner.0.shared.router).settings);
    }

    /// Cuts the power: see [`Unplugged`]. State stays, as on a router that was only unreachable.
    ///
    /// # Errors
    /// When the port could not be kept for [`plug_in`](Self::plug_in).
    pub async fn unplug(&self, how: Unplugged) -> std::io::Result<()> {
        self.order(Some(how)).await
    }

    /// Gives power back, on the same port. Connections from before are gone.
    ///
    /// # Errors
    /// When the port could not be listened on.
    pub async fn plug_in(&self) -> std::io::Result<()> {
        self.order(None).await
    }

    /// Closes all connections; new ones are accepted.
    pub fn drop_connections(&self) {
        self.inner.0.shared.kill_connections();
    }

    /// Stops: the port is free and all connections are closed afterwards.
    pub async fn stop(&self) {
        self.inner.0.shared.root.cancel();
        // The port task drops its end of the orders when it is over.
        self.inner.0.orders.closed().await;
        self.until(|counters| counters.open_connections == 0).await;
    }

    /// What it consists of.
    pub(crate) fn parts(&self) -> &Parts {
        &self.inner.0
    }

    async fn order(&self, how: Option<Unplugged>) -> std::io::Result<()> {
        let stopped = || std::io::Error::other("the simulator was stopped");
        let (sender, answer) = oneshot::channel();
        let sent = self.inner.0.orders.send((how, sender)).await;
        sent.map_err(|_closed| stopped())?;
        answer.await.map_err(|_closed| stopped())?
    }

    /// Looks at or changes the router, then tells listeners.
    pub(crate) fn with<T>(&self, act: impl FnOnce(&mut Router) -> T) -> T {
        let mut router = lock(&self.inner.0.shared.router);
        expiry::tick(&mut router);
        let outcome = act(&mut router);
        tell_listeners(&mut router);
        outcome
    }
}

impl fmt::Debug for Simulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Simulator")
            .field("address", &self.inner.0.address)
            .field("tls", &self.is_tls())
            .finish_non_exhaustive()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.0.shared.root.cancel();
        if std::thread::panicking() {
            print(&self.0.shared.transcript.lines());
        }
    }
}

#[expect(
    clippy::print_stderr,
    reason = "the test harness captures it and shows it with the failure"
)]
fn print(lines: &[String]) {
    eprintln!("--- what the simulated router heard and said");
    for line in lines {
        eprintln!("{line}");
    }
    eprintln!("---");
}
