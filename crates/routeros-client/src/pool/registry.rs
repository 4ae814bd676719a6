//! The routers of a pool.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::Handle;
use tokio::time::{Instant, timeout_at};

use crate::connect_error::ConnectError;
use crate::options::ConnectOptions;
use crate::pool::breaker::BreakerState;
use crate::pool::checkout::check_out;
use crate::pool::config::{Jitter, PoolConfig};
use crate::pool::entry::Entry;
use crate::pool::error::PoolError;
use crate::pool::lease::Lease;
use crate::pool::reaper::reap;

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
            return Err(PoolError::Deadline);
        };
        let (session, client) = check_out(&entry, &self.registry.runtime, deadline).await?;
        Ok(Lease::new(client, session, entry, permit))
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
