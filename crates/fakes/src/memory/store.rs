//! The store and its transactions.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use ports::store::api_keys::ApiKeyRepository;
use ports::store::audit::AuditRepository;
use ports::store::error::StoreError;
use ports::store::inbox::InboxRepository;
use ports::store::maintenance::MaintenanceRepository;
use ports::store::outbox::OutboxRepository;
use ports::store::products::ProductRepository;
use ports::store::purchases::PurchaseRepository;
use ports::store::refunds::RefundRepository;
use ports::store::router_care::RouterCareRepository;
use ports::store::routers::RouterRepository;
use ports::store::tenants::TenantRepository;
use ports::store::users::UserRepository;
use ports::store::{Scope, Store, UnitOfWork};

use crate::memory::data::{Shared, StoreHook, Writes};
use crate::memory::integrity::check_all;
use crate::memory::statement::{Statement, UnitState};

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

/// A unit of work. The repositories are implemented in the files next to this one.
pub(super) struct MemoryUnit {
    shared: Arc<Shared>,
    state: UnitState,
}

impl MemoryUnit {
    pub(super) fn new(shared: Arc<Shared>, scope: Scope) -> Self {
        let number = shared.lock().next_unit();
        Self {
            shared,
            state: UnitState {
                number,
                scope,
                writes: Writes::default(),
                is_aborted: false,
            },
        }
    }

    /// Starts a statement: the hook first, then the rows.
    pub(super) async fn statement(
        &mut self,
        step: &'static str,
    ) -> Result<Statement<'_>, StoreError> {
        self.shared.announce(step).await?;
        if self.state.is_aborted {
            return Err(aborted());
        }
        Ok(Statement::new(self.shared.lock(), &mut self.state))
    }

    /// The id of this installation.
    pub(super) fn installation(&self) -> &str {
        &self.shared.installation
    }

    fn make_durable(&mut self) -> Result<(), StoreError> {
        if self.state.is_aborted {
            return Err(aborted());
        }
        let mut data = self.shared.lock();
        let writes = std::mem::take(&mut self.state.writes);
        let fits = writes.still_fit(&data.database) && check_all(&data.database, &writes).is_ok();
        if !fits {
            return Err(StoreError::Serialization);
        }
        writes.apply(&mut data.database);
        data.release(self.state.number);
        Ok(())
    }
}

impl Drop for MemoryUnit {
    fn drop(&mut self) {
        self.shared.lock().release(self.state.number);
    }
}

fn aborted() -> StoreError {
    StoreError::Internal("the transaction is aborted: only a rollback is left".into())
}

#[async_trait]
impl UnitOfWork for MemoryUnit {
    fn tenants(&mut self) -> &mut dyn TenantRepository {
        self
    }

    fn users(&mut self) -> &mut dyn UserRepository {
        self
    }

    fn routers(&mut self) -> &mut dyn RouterRepository {
        self
    }

    fn router_care(&mut self) -> &mut dyn RouterCareRepository {
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
        self.shared.announce("unit.commit").await?;
        self.make_durable()?;
        self.shared.announce("unit.committed").await
    }

    async fn rollback(self: Box<Self>) -> Result<(), StoreError> {
        self.shared.announce("unit.rollback").await
    }
}
