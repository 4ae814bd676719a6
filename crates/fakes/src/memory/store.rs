//! The store itself.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use ports::store::error::StoreError;
use ports::store::{Scope, Store, UnitOfWork};

use crate::memory::data::{Shared, StoreHook};
use crate::memory::unit::MemoryUnit;

/// A [`Store`] in memory. Clones share their rows.
#[derive(Clone)]
pub struct MemoryStore {
    shared: Arc<Shared>,
}

impl MemoryStore {
    /// An empty store of the installation `memory`.
    #[must_use]
    pub fn new() -> Self {
        Self::build("memory", None)
    }

    /// An empty store that calls `hook` before every step.
    #[must_use]
    pub fn with_hook(hook: StoreHook) -> Self {
        Self::build("memory", Some(hook))
    }

    /// An empty store with this installation id, calling `hook`, if given, before every step.
    #[must_use]
    pub fn build(installation: &str, hook: Option<StoreHook>) -> Self {
        Self {
            shared: Arc::new(Shared::new(installation.to_owned(), hook)),
        }
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemoryStore(..)")
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn begin(&self, scope: Scope) -> Result<Box<dyn UnitOfWork>, StoreError> {
        self.shared.announce("store.begin").await?;
        Ok(Box::new(MemoryUnit::new(Arc::clone(&self.shared), scope)))
    }

    async fn is_ready(&self) -> Result<bool, StoreError> {
        self.shared.announce("store.is_ready").await?;
        Ok(true)
    }
}
