//! The routers of a pool.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout_at};

use crate::call::Observer;
use crate::client::Client;
use crate::connect_error::ConnectError;
use crate::error::CallErrorKind;
use crate::options::ConnectOptions;
use crate::pool::breaker::BreakerState;
use crate::pool::config::{Jitter, PoolConfig, PoolError};
use crate::pool::entry::{Entry, check_out};

/// Connections by router. Cheap to clone; all clones share them.
///
/// A router is named by a key of the caller's and a version of its settings: once a newer version
/// was asked for, connections of older ones are not handed out again and close with their last
/// lease. Whoever still asks with an older version is served by the newer.
///
/// Connections live on the runtime given at the start, whoever asks for them.
pub struct Pool<K> {
    registry: Arc<Registry<K>>,
}

impl<K> Clone for Pool<K> {
    fn clone(&self) -> Self {
        Self {
            registry: Arc::clone(&self.registry),
        }
    }
}

/// How many routers' breakers are in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BreakerCounts {
    /// In order.
    pub closed: usize,
    /// Left alone.
    pub open: usize,
    /// Being tried.
    pub half_open: usize,
}

impl<K: Eq + Hash + Clone + Send + Sync + 'static> Pool<K> {
    /// An empty pool whose connections live on `runtime`.
    #[must_use]
    pub fn new(config: PoolConfig, runtime: Handle, jitter: Jitter) -> Self {
        let registry = Arc::new(Registry {
            entries: Mutex::new(HashMap::new()),
            config,
            runtime,
            jitter,
        });
        let weak = Arc::downgrade(&registry);
        let evict = move |now| {
            let registry = weak.upgrade();
            registry.as_ref().inspect(|one| one.evict(now)).is_some()
        };
        registry.runtime.spawn(reap(config.idle_timeout, evict));
        Self { registry }
    }

    /// A connection to a router, from the pool or new, by `deadline`. `options` is asked only for
    /// a router, or a version, that the pool does not know yet.
    ///
    /// # Errors
    /// [`PoolError`]; at once for a router that failed a moment ago.
    pub async fn lease(
        &self,
        key: &K,
        version: u64,
        deadline: Instant,
        options: impl FnOnce() -> Result<ConnectOptions, ConnectError>,
    ) -> Result<Lease, PoolError> {
        let entry = self.registry.entry(key, version, options)?;
        if let Some(refusal) = entry.refusal() {
            return Err(refusal);
        }
        let place = Arc::clone(&entry.leases).acquire_owned();
        let Ok(Ok(permit)) = timeout_at(deadline, place).await else {
            return Err(PoolError::TimedOut);
        };
        let (session, client) = check_out(&entry, &self.registry.runtime, deadline).await?;
        Ok(Lease::new(&client, session, entry, permit))
    }

    /// The breaker of a router that the pool knows.
    #[must_use]
    pub fn breaker(&self, key: &K) -> Option<BreakerState> {
        let entry = self.registry.lock().get(key).cloned()?;
        Some(entry.breaker_state())
    }

    /// How many routers' breakers are in which state.
    #[must_use]
    pub fn breakers(&self) -> BreakerCounts {
        let entries: Vec<_> = self.registry.lock().values().cloned().collect();
        let mut counts = BreakerCounts::default();
        for entry in entries {
            let count = match entry.breaker_state() {
                BreakerState::Closed => &mut counts.closed,
                BreakerState::Open => &mut counts.open,
                BreakerState::HalfOpen => &mut counts.half_open,
            };
            *count = count.saturating_add(1);
        }
        counts
    }

    /// Open connections to all routers.
    #[must_use]
    pub fn sessions(&self) -> usize {
        let entries: Vec<_> = self.registry.lock().values().cloned().collect();
        entries
            .iter()
            .map(|entry| entry.lock().sessions.len())
            .sum()
    }
}

impl<K> fmt::Debug for Pool<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("config", &self.registry.config)
            .finish_non_exhaustive()
    }
}

/// What the clones of a pool share.
struct Registry<K> {
    entries: Mutex<HashMap<K, Arc<Entry>>>,
    config: PoolConfig,
    runtime: Handle,
    jitter: Jitter,
}

impl<K> Registry<K> {
    /// Entries are put in and taken out whole, so a panic elsewhere spoils nothing.
    fn lock(&self) -> MutexGuard<'_, HashMap<K, Arc<Entry>>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash> Registry<K> {
    fn entry(
        &self,
        key: &K,
        version: u64,
        options: impl FnOnce() -> Result<ConnectOptions, ConnectError>,
    ) -> Result<Arc<Entry>, PoolError>
    where
        K: Clone,
    {
        if let Some(entry) = self.lock().get(key).filter(|one| one.version >= version) {
            return Ok(Arc::clone(entry));
        }
        let options = options().map_err(|error| PoolError::Connect(Arc::new(error)))?;
        let made = Entry::new(version, options, self.config, Arc::clone(&self.jitter));
        let mut entries = self.lock();
        // Somebody may have been faster.
        if let Some(entry) = entries.get(key).filter(|one| one.version >= version) {
            return Ok(Arc::clone(entry));
        }
        let made = Arc::new(made);
        entries.insert(key.clone(), Arc::clone(&made));
        Ok(made)
    }

    fn evict(&self, now: Instant) {
        // Who holds an entry besides the table uses it or is about to.
        self.lock()
            .retain(|_, entry| !entry.evict(now) || Arc::strong_count(entry) > 1);
    }
}

/// The right to use a pooled connection, until it is dropped and with it every clone of its client
/// and every stream. It does what a [`Client`] does, and the pool learns from how its calls end.
#[derive(Debug)]
pub struct Lease {
    client: Client,
}

impl Lease {
    fn new(client: &Client, session: u64, entry: Arc<Entry>, permit: OwnedSemaphorePermit) -> Self {
        let held = Held {
            session,
            entry,
            _permit: permit,
        };
        Self {
            client: client.observed(Arc::new(held)),
        }
    }
}

impl Deref for Lease {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

/// A place on a connection, given back when dropped.
struct Held {
    session: u64,
    entry: Arc<Entry>,
    _permit: OwnedSemaphorePermit,
}

impl Observer for Held {
    fn call_ended(&self, error: Option<&CallErrorKind>) {
        match error {
            None => self.entry.answered(self.session),
            Some(error) => self.entry.learn(self.session, error),
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.entry.returned(self.session);
    }
}

/// How often, at most.
const OFTEN: Duration = Duration::from_secs(30);

/// Calls `evict` every now and then until it returns `false`: the pool is gone.
pub(super) async fn reap(idle: Duration, evict: impl Fn(Instant) -> bool) {
    let period = (idle / 2).clamp(Duration::from_millis(10), OFTEN);
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if !evict(Instant::now()) {
            return;
        }
    }
}
