//! Connections to many routers, shared: one dead router costs its own callers a fast clear error
//! and nobody else anything.

mod breaker;
mod config;
mod entry;
mod registry;

pub use breaker::BreakerState;
pub use config::{Jitter, PoolConfig, PoolError};
pub use registry::{BreakerCounts, Lease, Pool};
