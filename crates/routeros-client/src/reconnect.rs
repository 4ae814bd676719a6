//! A handle for one router that outlives its connections.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex as StdMutex, PoisonError};
use std::time::Duration;

use routeros_proto::command::Command;
use routeros_proto::connection::CallOptions;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::client::Client;
use crate::connect::connect;
use crate::connect_error::ConnectError;
use crate::error::{CallError, CallErrorKind, Effect};
use crate::menu::{Execute, Menu, new_id};
use crate::moment::{after, later};
use crate::options::ConnectOptions;
use crate::reply::Reply;

/// How a [`ReconnectingClient`] tries again. All tries together take no longer than the call may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Retry {
    /// Tries of one call, the first included; at least 1.
    pub tries: u32,
    /// Pause before the second try; doubled before each further one.
    pub first_pause: Duration,
    /// Longest pause.
    pub longest_pause: Duration,
}

impl Retry {
    /// The same with so many tries.
    #[must_use]
    pub const fn with_tries(mut self, tries: u32) -> Self {
        self.tries = tries;
        self
    }

    /// The same with these pauses.
    #[must_use]
    pub const fn with_pauses(mut self, first: Duration, longest: Duration) -> Self {
        self.first_pause = first;
        self.longest_pause = longest;
        self
    }

    /// The pause before the try after so many.
    fn pause(&self, tries: u32) -> Duration {
        let doublings = tries.saturating_sub(1).min(u32::BITS - 1);
        self.first_pause
            .saturating_mul(1 << doublings)
            .min(self.longest_pause)
    }
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            tries: 4,
            first_pause: Duration::from_millis(50),
            longest_pause: Duration::from_secs(2),
        }
    }
}

/// A handle for one router that connects when it is first needed, and again when its connection is
/// gone. Cheap to clone; all clones share the connection.
///
/// It repeats only what is safe to repeat. A command that [only reads](Command::is_read) is
/// repeated when its connection is lost. Any other is repeated only when it certainly did not
/// reach the router ([`Effect::None`]); when nobody knows, the error says so, and looking is the
/// caller's: only the caller knows what to look for.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use routeros_client::{ConnectOptions, Effect, ReconnectingClient};
/// let options = ConnectOptions::new("192.168.88.1", 8728, "api", "secret");
/// let router = ReconnectingClient::new(options);
/// let addresses = router.menu("/ip/address").list().await?;
/// let secrets = router.menu("/ppp/secret");
/// match secrets.add([("name", "ana")]).await {
///     Err(error) if error.effect() == Effect::Unknown => { /* look for `ana` */ }
///     outcome => println!("{outcome:?}"),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ReconnectingClient {
    inner: Arc<Inner>,
}

struct Inner {
    options: ConnectOptions,
    retry: Retry,
    /// Held while connecting, so that callers share one attempt.
    connecting: Mutex<()>,
    current: StdMutex<Option<Client>>,
}

impl ReconnectingClient {
    /// A handle that is not connected yet.
    #[must_use]
    pub fn new(options: ConnectOptions) -> Self {
        Self::with_retry(options, Retry::default())
    }

    /// As [`new`](Self::new), with other ways to try again.
    #[must_use]
    pub fn with_retry(options: ConnectOptions, retry: Retry) -> Self {
        Self {
            inner: Arc::new(Inner {
                options,
                retry,
                connecting: Mutex::new(()),
                current: StdMutex::new(None),
            }),
        }
    }

    /// A menu such as `/ppp/secret`.
    pub fn menu(&self, path: &str) -> Menu<'_, Self> {
        Menu::new(self, path)
    }

    /// The connection, made now if there is none: for streams, which are not repeated.
    ///
    /// # Errors
    /// [`ConnectError`].
    pub async fn client(&self) -> Result<Client, Arc<ConnectError>> {
        let inner = &self.inner;
        if let Some(client) = inner.live() {
            return Ok(client);
        }
        let _connecting = inner.connecting.lock().await;
        // Somebody may have been faster.
        if let Some(client) = inner.live() {
            return Ok(client);
        }
        let client = connect(inner.options.clone()).await.map_err(Arc::new)?;
        *inner.lock() = Some(client.clone());
        Ok(client)
    }

    /// Runs a command and gathers its answer, within the default time for commands, tries and
    /// pauses included.
    ///
    /// # Errors
    /// [`CallError`], which tells whether the command may have had its effect.
    pub async fn execute(&self, command: Command) -> Result<Reply, CallError> {
        let options = CallOptions::timeout(self.inner.options.timeouts.command);
        self.execute_with(command, options).await
    }

    /// Runs a command and gathers its answer, within the given time, tries and pauses included.
    ///
    /// # Errors
    /// [`CallError`], which tells whether the command may have had its effect.
    pub async fn execute_with(
        &self,
        command: Command,
        options: CallOptions,
    ) -> Result<Reply, CallError> {
        let deadline = options.timeout.map(after);
        let reads = command.is_read();
        let mut tries = 1;
        loop {
            let error = match self.attempt(&command, options, deadline).await {
                Ok(reply) => return Ok(reply),
                Err(error) => error,
            };
            let lost = error.is_connection_lost();
            if matches!(
                error.kind(),
                CallErrorKind::TimedOut {
                    effect: Effect::Unknown
                }
            ) {
                // It may be dead without anybody knowing: the next call finds out on a new one.
                self.inner.lock().take();
            }
            let unsent = error.effect() == Effect::None;
            let again = match error.kind() {
                // Connecting may do better in a moment, unless somebody said no.
                CallErrorKind::NotConnected(error) => error.is_unreachable(),
                _ => lost && (reads || unsent),
            };
            let pause = later(Instant::now(), self.inner.retry.pause(tries));
            let in_time = deadline.is_none_or(|deadline| pause < deadline);
            if !again || !in_time || tries >= self.inner.retry.tries {
                return Err(error);
            }
            tries = tries.saturating_add(1);
            sleep_until(pause).await;
        }
    }

    /// Runs an `add` and returns the new id. It is never sent twice unless the first certainly
    /// did not arrive.
    ///
    /// # Errors
    /// [`CallError`]; of the kind [`CallErrorKind::NoId`] when the router named none.
    pub async fn add(&self, command: Command) -> Result<String, CallError> {
        new_id(self, command).await
    }

    async fn attempt(
        &self,
        command: &Command,
        mut options: CallOptions,
        deadline: Option<Instant>,
    ) -> Result<Reply, CallError> {
        let failed = |kind| CallError::new(kind, command.path(), None);
        let connected = match deadline {
            Some(deadline) => timeout_at(deadline, self.client())
                .await
                .map_err(|_elapsed| {
                    let effect = Effect::None;
                    failed(CallErrorKind::TimedOut { effect })
                })?,
            None => self.client().await,
        };
        let client = connected.map_err(|error| failed(CallErrorKind::NotConnected(error)))?;
        options.timeout =
            deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        client.execute_with(command.clone(), options).await
    }
}

impl Inner {
    /// A client is put in and taken out whole, so a panic elsewhere spoils nothing.
    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Client>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn live(&self) -> Option<Client> {
        let current = self.lock();
        current.as_ref().filter(|one| one.end().is_none()).cloned()
    }
}

impl Execute for ReconnectingClient {
    async fn execute_with(
        &self,
        command: Command,
        options: CallOptions,
    ) -> Result<Reply, CallError> {
        Self::execute_with(self, command, options).await
    }

    fn command_timeout(&self) -> Duration {
        self.inner.options.timeouts.command
    }

    fn peer(&self) -> Option<SocketAddr> {
        self.inner.lock().as_ref().and_then(Client::peer)
    }
}

impl fmt::Debug for ReconnectingClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReconnectingClient")
            .field("options", &self.inner.options)
            .field("current", &*self.inner.lock())
            .finish_non_exhaustive()
    }
}
