//! State shared by the units of one store.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ports::store::error::StoreError;

use crate::memory::rows::{
    ApiKeyRow, AuditRow, EndedSessionRow, GatewayAuditRow, GatewayVersionRow, InboxRow, LogoRow,
    OutboxRow, PendingUserRow, PersonRow, ProductRow, PurchaseKeyRow, PurchaseRow, RefundRow,
    RouterCheckRow, RouterRow, Row, TenantRow, UserRow,
};
use crate::memory::table::{Changes, Table, View};

/// Result of a [`StoreHook`].
pub type StoreHookFuture = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>>;

/// Called with the name of every step before it is done: `store.begin`, each statement
/// (`purchases.save`), `unit.commit`, `unit.rollback`, and after a commit has taken effect
/// `unit.committed`. It may yield, never return, or fail the step; failing `unit.committed` is
/// the lost answer to a commit that happened.
pub type StoreHook = Arc<dyn Fn(&'static str) -> StoreHookFuture + Send + Sync>;

/// Finds the tables and changes of one kind of row.
pub(super) trait Kept: Row {
    fn table(database: &Database) -> &Table<Self::Key, Self>;
    fn changes(writes: &Writes) -> &Changes<Self::Key, Self>;
    fn changes_mut(writes: &mut Writes) -> &mut Changes<Self::Key, Self>;

    /// All rows of this kind as a unit with these changes sees them, whoever owns them.
    fn view<'a>(database: &'a Database, writes: &'a Writes) -> View<'a, Self::Key, Self> {
        View::new(Self::table(database), Self::changes(writes))
    }
}

macro_rules! database {
    ($($field:ident: $row:ty,)*) => {
        /// The committed rows.
        #[derive(Debug, Default)]
        pub(super) struct Database {
            $($field: Table<<$row as Row>::Key, $row>,)*
            version: u64,
        }

        /// One unit's changes.
        #[derive(Debug, Default)]
        pub(super) struct Writes {
            $($field: Changes<<$row as Row>::Key, $row>,)*
        }

        impl Writes {
            /// Whether nobody else has written the same rows since.
            pub(super) fn still_fit(&self, database: &Database) -> bool {
                $(self.$field.still_fit(&database.$field))&&*
            }

            /// Makes the changes part of the committed rows.
            pub(super) fn apply(self, database: &mut Database) {
                database.version += 1;
                $(self.$field.apply(&mut database.$field, database.version);)*
            }
        }

        $(impl Kept for $row {
            fn table(database: &Database) -> &Table<Self::Key, Self> {
                &database.$field
            }

            fn changes(writes: &Writes) -> &Changes<Self::Key, Self> {
                &writes.$field
            }

            fn changes_mut(writes: &mut Writes) -> &mut Changes<Self::Key, Self> {
                &mut writes.$field
            }
        })*
    };
}

database! {
    tenants: TenantRow,
    gateway_versions: GatewayVersionRow,
    logos: LogoRow,
    users: UserRow,
    ended_sessions: EndedSessionRow,
    routers: RouterRow,
    api_keys: ApiKeyRow,
    pending_users: PendingUserRow,
    router_checks: RouterCheckRow,
    products: ProductRow,
    purchases: PurchaseRow,
    purchase_keys: PurchaseKeyRow,
    people: PersonRow,
    gateway_audits: GatewayAuditRow,
    refunds: RefundRow,
    outbox: OutboxRow,
    inbox: InboxRow,
    audit: AuditRow,
}

/// The state behind the lock.
#[derive(Debug, Default)]
pub(super) struct Data {
    pub(super) database: Database,
    /// Which unit has written which claimable row and has not ended yet: claims skip such rows.
    pub(super) held: BTreeMap<(&'static str, i64), u64>,
    /// Like Postgres' sequences: numbers drawn by a unit that rolls back are gone.
    sequences: BTreeMap<&'static str, i64>,
    units: u64,
}

impl Data {
    /// The next number of a table.
    pub(super) fn next_number(&mut self, table: &'static str) -> i64 {
        let number = self.sequences.entry(table).or_insert(0);
        *number += 1;
        *number
    }

    /// The number of a new unit.
    pub(super) fn next_unit(&mut self) -> u64 {
        self.units += 1;
        self.units
    }

    /// Forgets which rows a unit has written.
    pub(super) fn release(&mut self, unit: u64) {
        self.held.retain(|_row, holder| *holder != unit);
    }
}

/// What all units of a store share.
pub(super) struct Shared {
    data: Mutex<Data>,
    pub(super) hook: Option<StoreHook>,
    pub(super) installation: String,
}

impl Shared {
    pub(super) fn new(installation: String, hook: Option<StoreHook>) -> Self {
        Self {
            data: Mutex::new(Data::default()),
            hook,
            installation,
        }
    }

    /// The data. No lock outlives a statement, so nothing waits here for long.
    pub(super) fn lock(&self) -> MutexGuard<'_, Data> {
        self.data.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the hook which step comes next.
    pub(super) async fn announce(&self, step: &'static str) -> Result<(), StoreError> {
        match &self.hook {
            Some(hook) => hook(step).await,
            None => Ok(()),
        }
    }
}
