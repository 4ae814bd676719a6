//! The store in memory keeps the contract of every store.

use std::sync::Arc;

use fakes::MemoryStore;
use ports::store::Store;

#[expect(clippy::unused_async, reason = "other stores take time to be made")]
async fn fresh() -> (Arc<dyn Store>, ()) {
    (Arc::new(MemoryStore::new()), ())
}

test_support::store_contract!(crate::memory_store_contract::fresh);
