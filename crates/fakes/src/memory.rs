//! A store in memory with the isolation, constraints and claims of the real one.
//!
//! Statements see what was committed plus their own unit's changes, as in Postgres' default
//! isolation. Nothing ever waits for another unit: where Postgres would wait for a row, this
//! store lets both go on and fails the later commit with
//! [`StoreError::Serialization`](ports::store::error::StoreError), so callers that repeat the use
//! case behave the same on both.

mod audit;
mod data;
mod integrity;
mod maintenance;
mod messages;
mod products;
mod purchase_queries;
mod purchases;
mod refunds;
mod router_care;
mod routers;
mod rows;
mod statement;
mod store;
mod table;
mod tenants;
mod users;

pub use data::{StoreHook, StoreHookFuture};
pub use store::MemoryStore;
